package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
)

// Kind is the cause of a failure, as far as a user can remedy it.
type Kind int

// The kinds of failures. Other failures have no known remedy.
const (
	Other              Kind = iota
	NoDocument              // the file does not exist or is empty
	NotRegular              // the file is a directory, a device or too large
	NotReadable             // the account may not read the file
	NotWritable             // the account may not write the file or its directory
	ReadOnlyMode            // the mode of the file makes it read-only
	ReadOnlyFileSystem      // the file system is mounted read-only
	NoSpace                 // the file system or the quota of the account is full
	Busy                    // the file cannot be replaced, for example because it is a mount point
	InUse                   // another program has the file open, or has probably, on Windows
	Locked                  // another process held the lock until the time was over
	LockNotWritable         // the account may not open the lock file
	LockNotRegular          // the path of the lock file has another kind of file
	OwnerNotKept            // root may not keep the owner, who could then no longer write the file
	RightsNotKept           // the account may not keep an access control list or an extended attribute
	NotDeletable            // the account may not delete the file, which a replacement needs on Windows
	HardLinks               // the file has several hard links
)

// Error is a failed Load or Publish. Its text has no advice: the remedy depends on how the path is configured.
type Error struct {
	Kind      Kind
	Action    string // the failed action with its object, such as "read the topology document /x/topology.xml"
	Err       error
	Unchanged bool // the failure of a publish, which left the document unchanged

	// Temporary is the path of the temporary file if a publish has failed and could not remove the file.
	Temporary string
}

func (e *Error) Error() string {
	text := "cannot " + e.Action + ": "
	if e.Kind == InUse {
		text += "another program probably has the file open, such as an editor, a virus scanner or a synchronization " +
			"client: "
	}
	text += reason(e.Err)
	if e.Unchanged {
		text = sentence.Then(text, "The document is unchanged.")
	}
	if e.Temporary != "" {
		text = sentence.Then(text, "The temporary file "+shown(e.Temporary)+" could not be removed. The next publish "+
			"removes it.")
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

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
	return sentence.WithoutStop(err.Error())
}

// cannotRead returns the failure to read the document.
func (s *Store) cannotRead(err error) error {
	kind := Other
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, errEmpty):
		kind = NoDocument
	case isHeld(err):
		kind = InUse
	case errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrInvalid), errors.Is(err, syscall.EFBIG):
		kind = NotRegular
	case errors.Is(err, fs.ErrPermission):
		kind = NotReadable
	}
	return &Error{Kind: kind, Action: "read the topology document " + shown(s.path) + s.linkTarget(), Err: err}
}

// shown returns a path for a message. A path with characters that are not visible, such as a tab, is quoted.
func shown(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(path)
	}
	return path
}

// linkTarget returns the target of a symbolic link in parentheses, or "". Most failures concern the target.
func (s *Store) linkTarget() string {
	if to, err := os.Readlink(s.path); err == nil {
		return " (a link to " + shown(to) + ")"
	}
	return ""
}

// cannotWrite returns the failure of an action that leaves the document unchanged.
func cannotWrite(action string, err error) error {
	kind := Other
	switch {
	case errors.Is(err, errReadOnly):
		kind = ReadOnlyMode
	case errors.Is(err, errOwner):
		kind = OwnerNotKept
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		// The user or a timeout of the configuration has stopped the action.
	case isReadOnlyFileSystem(err):
		kind = ReadOnlyFileSystem
	case isFull(err):
		kind = NoSpace
	case isHeld(err):
		kind = InUse
	case errors.Is(err, syscall.EBUSY):
		kind = Busy
	case errors.Is(err, errLinks):
		kind = HardLinks
	case errors.As(err, new(*deleteError)):
		kind = NotDeletable
	case errors.As(err, new(*attributeError)):
		kind = RightsNotKept
	case errors.Is(err, fs.ErrPermission):
		kind = NotWritable
	}
	return &Error{Kind: kind, Action: action, Err: err, Unchanged: true}
}

// cannotReplace is cannotWrite for the replacement of the document.
func cannotReplace(action string, err error) error {
	if isHeldAtReplacement(err) {
		return &Error{Kind: InUse, Action: action, Err: err, Unchanged: true}
	}
	return cannotWrite(action, err)
}

// errReadOnly is the error for a document that is read-only by its mode. It is an fs.ErrPermission.
var errReadOnly = fmt.Errorf("read-only by mode: %w", fs.ErrPermission)

// errOwner is the error for a document whose owner would change and lose it.
var errOwner = errors.New("the owner cannot be kept")

// errLinks is the error for a document with several hard links.
var errLinks = errors.New("several hard links")

// attributeError is the failure to keep an extended attribute, and an access control list is one.
type attributeError struct {
	fact string // such as "the extended attribute user.x of the document cannot be read"
	err  error
}

func (e *attributeError) Error() string { return e.fact + ": " + reason(e.err) }

// Unwrap returns the cause.
func (e *attributeError) Unwrap() error { return e.err }

// deleteError is the error for a file that the account may not delete.
type deleteError struct{ err error }

func (e *deleteError) Error() string {
	return "the account has neither the right to delete the file (DELETE) nor the right to delete the files in its " +
		"directory (FILE_DELETE_CHILD), and a publish replaces the file: " + reason(e.err)
}

// Unwrap returns the cause.
func (e *deleteError) Unwrap() error { return e.err }
