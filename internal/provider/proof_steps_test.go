package provider_test

// Steps of the file store that proofs distinguish. A load does not have the first one.
const (
	firstStep          = "check write access to the document"
	lockStep           = "lock"
	sweepStep          = "remove temporary files of killed processes"
	createStep         = "create the temporary file"
	rightsStep         = "set the rights of the temporary file"
	writeStep          = "write the temporary file"
	flushStep          = "flush the temporary file"
	replaceStep        = "replace the document"
	flushDirectoryStep = "flush the directory"
	removeStep         = "remove the temporary file after a failure"
)
