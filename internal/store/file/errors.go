package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// failure is an error for the person in front of Terraform: what was tried, on what, what came back, what to do next.
type failure struct {
	tried string
	err   error
	next  string
}

func (f *failure) Error() string {
	text := "cannot " + f.tried + ": " + reason(f.err)
	if f.next != "" {
		text += ". " + f.next
	}
	return text
}

func (f *failure) Unwrap() error { return f.err }

// because is a reason in our own words, with an error that programs know it by.
type because struct {
	text string
	is   error
}

func (b because) Error() string { return b.text }
func (b because) Unwrap() error { return b.is }

func tooLarge(what string) error {
	return because{fmt.Sprintf("%s, and a topology document has at most %d MiB", what, MaxSize>>20), syscall.EFBIG}
}

// reason is what the system said, without the names of its calls and the paths that the text around it has already.
func reason(err error) string {
	switch e := err.(type) { //nolint:errorlint // only the outermost error repeats what the text around it says
	case *fs.PathError:
		return reason(e.Err)
	case *os.LinkError:
		return reason(e.Err)
	case *os.SyscallError:
		return reason(e.Err)
	}

	if errors.Is(err, fs.ErrNotExist) {
		return "it does not exist"
	}
	return err.Error()
}

// Advice. Each line ends a text, so each is a sentence or more.
const (
	adviceSource = "Set topology_file (or LYNC_TOPOLOGY_FILE) to a published topology document: a file with the " +
		"output of " +
		"(Get-CsTopology -AsXml).ToString() in the management shell."
	adviceRegular = "Set topology_file (or LYNC_TOPOLOGY_FILE) to the file that holds the topology document."
	adviceRead    = "Give the account that runs Terraform the right to read the file and to enter the directories " +
		"above it."
	adviceWrite = "Give the account that runs Terraform the right to write the document and its directory: the " +
		"document is " +
		"replaced whole, through a temporary file beside it."
	adviceMode  = "If the document may be changed, make it writable and apply again."
	adviceMount = "Mount the file system for writing, or let topology_file name a copy of the document elsewhere."
	adviceSpace = "Free space (or quota) on that file system and apply again."
	adviceBusy  = "If the file is a mount of its own, as a single file in a container can be, mount its directory " +
		"instead."
	adviceLocked = "Another process is publishing to this document, or hangs while it does. Wait for it or end it, " +
		"then " +
		"apply again. The lock goes with the process; to delete the lock file is not necessary."
	adviceLockLeft = "A lock file that another account has left may be deleted while nobody publishes."
	adviceLockFile = "Move it away: this name, beside the document, is used for the lock between two runs of Terraform."
	unchanged      = "The document is unchanged."
)

// cannotRead is the failure to read the document; nobody has tried to write yet.
func (s *Store) cannotRead(err error) error {
	next := ""

	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, errEmpty):
		next = adviceSource
	case errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrInvalid), errors.Is(err, syscall.EFBIG):
		next = adviceRegular
	case errors.Is(err, fs.ErrPermission):
		next = adviceRead
	}
	return &failure{tried: "read the topology document " + s.path + s.behind(), err: err, next: next}
}

// behind names the file that a link leads to, for a text: the reason is rarely about the link itself.
func (s *Store) behind() string {
	if to, err := os.Readlink(s.path); err == nil {
		return " (a link to " + to + ")"
	}
	return ""
}

// cannotWrite is a failure on the way to a new document; all of them leave the old one.
func (s *Store) cannotWrite(tried string, err error) error {
	next := unchanged

	switch {
	case errors.Is(err, errReadOnly):
		next += " " + adviceMode
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		// The person, or the timeouts of the configuration, wanted it so.
	case isReadOnlyFileSystem(err):
		next += " " + adviceMount
	case isFull(err):
		next += " " + adviceSpace
	case errors.Is(err, syscall.EBUSY):
		next += " " + adviceBusy
	case errors.Is(err, fs.ErrPermission):
		next += " " + adviceWrite
	}
	return &failure{tried: tried, err: err, next: next}
}

// errReadOnly is behind the refusal of a document whose mode lets nobody write it. It is a matter of permission to
// anyone who asks with errors.Is.
var errReadOnly = fmt.Errorf("read-only by mode: %w", fs.ErrPermission)
