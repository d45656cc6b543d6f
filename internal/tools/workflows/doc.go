// Package workflows has the tests of the workflows and of the scripts that continuous integration and releases run.
package workflows
