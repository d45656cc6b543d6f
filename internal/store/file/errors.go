package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// failure is an error message for users: the failed action with its object, the cause, and advice.
type failure struct {
	action string
	err    error
	advice string // sentences, or empty
}

func (f *failure) Error() string {
	text := "cannot " + f.action + ": " + reason(f.err)
	if f.advice != "" {
		text += ". " + f.advice
	}
	return text
}

func (f *failure) Unwrap() error { return f.err }

// described is an error with its own text and the identity of another error.
type described struct {
	text string
	err  error
}

func (d described) Error() string { return d.text }
func (d described) Unwrap() error { return d.err }

func tooLarge(fact string) error {
	return described{
		fmt.Sprintf("%s, and a topology document has at most %d MiB", fact, MaxSize>>20), syscall.EFBIG,
	}
}

// reason returns the text of an error without the system call and the path, which the failure's action names.
func reason(err error) string {
	switch e := err.(type) { //nolint:errorlint // only the outermost error repeats the action
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

// Advice for users, in complete sentences.
const (
	adviceSource = "Set topology_file (or LYNC_TOPOLOGY_FILE) to a published topology document: a file with the " +
		"output of " +
		"(Get-CsTopology -AsXml).ToString() in the management shell."
	adviceRegular = "Set topology_file (or LYNC_TOPOLOGY_FILE) to the file that holds the topology document."
	adviceRead    = "Give the account that runs Terraform the right to read the file and to enter the directories " +
		"above it."
	adviceWrite = "Give the account that runs Terraform the right to write the document and its directory. " +
		"Terraform " +
		"replaces the document by a temporary file in the same directory."
	adviceMode   = "If the document may be changed, make it writable and apply again."
	adviceMount  = "Mount the file system for writing, or set topology_file to a copy of the document elsewhere."
	adviceSpace  = "Free space or quota on that file system and apply again."
	adviceBusy   = "If the file itself is a mount point, as in a container, mount its directory instead."
	adviceLocked = "Another process is publishing to this document, or has stopped responding while it was " +
		"publishing. " +
		"Wait for the process or end it, then apply again. The system releases the lock when the process ends. You " +
		"do " +
		"not need to delete the lock file."
	adviceLockLeft = "If another account has left the lock file, delete it while no process is publishing."
	adviceLockFile = "Move it away. Terraform needs this name for its lock file."
	unchanged      = "The document is unchanged."
)

// cannotRead returns the failure to read the document.
func (s *Store) cannotRead(err error) error {
	advice := ""

	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, errEmpty):
		advice = adviceSource
	case errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrInvalid), errors.Is(err, syscall.EFBIG):
		advice = adviceRegular
	case errors.Is(err, fs.ErrPermission):
		advice = adviceRead
	}
	return &failure{action: "read the topology document " + s.path + s.linkTarget(), err: err, advice: advice}
}

// linkTarget returns the target of a symbolic link in parentheses, or "". Most failures concern the target.
func (s *Store) linkTarget() string {
	if to, err := os.Readlink(s.path); err == nil {
		return " (a link to " + to + ")"
	}
	return ""
}

// cannotWrite returns the failure of an action that leaves the document unchanged.
func (s *Store) cannotWrite(action string, err error) error {
	advice := unchanged

	switch {
	case errors.Is(err, errReadOnly):
		advice += " " + adviceMode
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		// The user or a timeout of the configuration has stopped the action.
	case isReadOnlyFileSystem(err):
		advice += " " + adviceMount
	case isFull(err):
		advice += " " + adviceSpace
	case errors.Is(err, syscall.EBUSY):
		advice += " " + adviceBusy
	case errors.Is(err, fs.ErrPermission):
		advice += " " + adviceWrite
	}
	return &failure{action: action, err: err, advice: advice}
}

// errReadOnly is the error for a document that is read-only by its mode. It is an fs.ErrPermission.
var errReadOnly = fmt.Errorf("read-only by mode: %w", fs.ErrPermission)
