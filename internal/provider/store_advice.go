package provider

import (
	"errors"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/connection"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/message"
	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

// errorSentences returns an error of a store or of a change as sentences. The advice about Terraform comes last.
func errorSentences(err error) string { return message.Capitalise(withStoreAdvice(err)) }

// withStoreAdvice is errorSentences for a text that follows another one: it begins as the error does.
func withStoreAdvice(err error) string {
	text, advice := message.Sentence(err.Error()), storeAdvice(err)
	switch {
	case advice == "":
		return text
	case strings.Contains(text, "\n"):
		return text + "\n" + advice
	default:
		return text + " " + advice
	}
}

// storeAdvice returns what a user of Terraform can do about an error of a store, as sentences, or "".
func storeAdvice(err error) string {
	var (
		alarmed     *publisher.Error
		unconfirmed *store.UnconfirmedError
		ofFile      *file.Error
		ofShell     *shell.Error
		texts       []string
	)
	switch {
	case errors.As(err, &ofFile):
		texts = append(texts, fileAdvice[ofFile.Kind])
	case errors.As(err, &ofShell):
		texts = append(texts, shellAdvice[ofShell.Kind])
	}
	if errors.Is(err, store.ErrConflict) {
		texts = append(texts, "Other programs changed it at each attempt. Apply again when they have ended.")
	}
	if errors.As(err, &unconfirmed) {
		texts = append(texts, "Run terraform plan when the topology can be read again.")
	}
	if errors.As(err, &alarmed) && alarmed.Stage == publisher.Alarmed {
		texts = append(texts, "If you publish another topology on that host, run terraform plan afterwards.")
	}
	texts = append(texts, connection.Advice(err))
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), " ")
}

// shellAdvice has the advice for each kind of an error of a management shell.
var shellAdvice = map[shell.Kind]string{
	shell.Busy:       "Apply again when that run has ended.",
	shell.Late:       "Raise the timeout of the operation.",
	shell.FailedOver: "After the failback, apply again.",
	shell.NoEffect:   "Read the report, then apply again.",
}

const (
	setTopologyFile = "Set topology_file (or " + environment.TopologyFile + ") to "
	allowWriting    = "Give the account that runs Terraform the right to write the document and its directory. " +
		"Terraform replaces the document with a temporary file in the same directory."
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
	file.InUse: "Close the file in the other program, or wait until that program has read it. Then run Terraform " +
		"again. If no program has it open: " + allowWriting,
	file.Locked: "Another process is publishing to this document, or has stopped responding while it was " +
		"publishing. Wait for the process or end it, then apply again. The system releases the lock when the process " +
		"ends. You do not need to delete the lock file.",
	file.LockNotWritable: allowWriting +
		" If another account has left the lock file, delete it while no process is publishing.",
	file.LockNotRegular: "Move it to another name. Terraform needs this name for its lock file.",
	file.OwnerNotKept: "Run Terraform as the owner of the document, or give root the right to change owners " +
		"(CAP_CHOWN).",
	file.RightsNotKept: "Terraform replaces the document with a new file. Without the attribute or list, other " +
		"accounts could gain or lose rights on the document. Run Terraform as an account that can set the attribute " +
		"or list: root or an administrator, or, for an access control list, the owner of the document. If the " +
		"document does not need the attribute or list, remove it.",
	file.NotDeletable: "Give the account that runs Terraform one of these rights, in the advanced security settings: " +
		"Delete on the document, or Delete subfolders and files on its directory. Terraform replaces the document " +
		"with a temporary file in the same directory.",
	file.HardLinks: "Keep the document under one path: remove its other names, or replace them with symbolic links " +
		"to this path, which Terraform follows. Then run Terraform again.",
}
