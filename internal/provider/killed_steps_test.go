package provider

// Steps of the file store that proofs distinguish. A load does not have the first one.
const (
	FirstStep          = "check write access to the document"
	LockStep           = "lock"
	SweepStep          = "remove temporary files of killed processes"
	CreateStep         = "create the temporary file"
	RightsStep         = "set the rights of the temporary file"
	WriteStep          = "write the temporary file"
	FlushStep          = "flush the temporary file"
	ReplaceStep        = "replace the document"
	FlushDirectoryStep = "flush the directory"
	RemoveStep         = "remove the temporary file after a failure"
)
