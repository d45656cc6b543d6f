package provider

import (
	"errors"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/message"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
)

// errorSentences returns an error of a store or of a change as sentences. The advice about Terraform comes last.
func errorSentences(err error) string {
	text := message.Capitalise(message.Sentence(err.Error()))
	advice := storeAdvice(err)
	if advice == "" {
		return text
	}
	if strings.Contains(text, "\n") {
		return text + "\n" + advice
	}
	return text + " " + advice
}

// storeAdvice returns what a user of Terraform can do about an error of a store, as sentences, or "".
func storeAdvice(err error) string {
	var failed *file.Error
	if errors.As(err, &failed) {
		return fileAdvice[failed.Kind]
	}
	return ""
}

const (
	setTopologyFile = "Set topology_file (or " + environment.TopologyFile + ") to "
	allowWriting    = "Give the account that runs Terraform the right to write the document and its directory. " +
		"Terraform replaces the document by a temporary file in the same directory."
)

// fileAdvice has the advice for each kind of a failure of a topology file.
var fileAdvice = map[file.Kind]string{
	file.NoDocument: setTopologyFile + "a published topology document: a file with the output of " +
		"(Get-CsTopology -AsXml).ToString() in the management shell.",
	file.NotRegular: setTopologyFile + "the file that holds the topology document.",
	file.NotReadable: "Give the account that runs Terraform the right to read the file and to enter the directories " +
		"above it.",
	file.NotWritable:  allowWriting,
	file.ReadOnlyMode: "If the document may be changed, make it writable and apply again.",
	file.ReadOnlyFileSystem: "Mount the file system for writing, or set topology_file to a copy of the document " +
		"elsewhere.",
	file.NoSpace: "Free space or quota on that file system and apply again.",
	file.Busy:    "If the file itself is a mount point, as in a container, mount its directory instead.",
	file.Locked: "Another process is publishing to this document, or has stopped responding while it was " +
		"publishing. Wait for the process or end it, then apply again. The system releases the lock when the process " +
		"ends. You do not need to delete the lock file.",
	file.LockNotWritable: allowWriting +
		" If another account has left the lock file, delete it while no process is publishing.",
	file.LockNotRegular: "Move it away. Terraform needs this name for its lock file.",
}
