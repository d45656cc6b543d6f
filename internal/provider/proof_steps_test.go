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

// spaceSteps are the steps that can take space on a file system. Each of them can fail a publish.
var spaceSteps = []string{lockStep, createStep, rightsStep, writeStep, flushStep, replaceStep}

// changeSteps are the steps that change a file system: spaceSteps, and removals, which do not fail a publish.
var changeSteps = append([]string{sweepStep, removeStep}, spaceSteps...)
