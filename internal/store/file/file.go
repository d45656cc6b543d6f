// Package file implements a store that keeps a topology document in a file.
//
// A publish is atomic and exclusive. It acquires a lock between processes, reads the document again and compares it
// with the base of the change. Then it writes the new document to a temporary file in the same directory, flushes it to
// disk and renames it over the old document. After a crash, a kill or a power failure at any point, the file has either
// the old or the new document. A publish follows symbolic links and keeps them: the lock file and the temporary file
// are in the directory of the link's target, so that all paths to a document share one lock.
//
// A publish of "topology.xml" can leave these files in its directory:
//
//   - ".topology.xml.lock", an empty file. The system releases the lock when the process ends, so that a file left by a
//     killed process locks no other process out. A publish does not remove the file, because a process that waits for
//     the lock would then lock a file without a name and repeat its attempt. The only exception is a lock file of root
//     that the owner of the document could not open. Ignore the file in version control.
//   - ".topology.xml.<digits>.tmp", only if the process was killed, or if another program has prevented the removal
//     after a failure. The next publish removes it.
//
// A publish keeps the mode of the document, and the owner and the group if the account may set them. Otherwise the
// account becomes the owner. Only root refuses that if it would take the document from the former owner.
//
// On Linux, a publish also keeps the access control list and the other extended attributes that the account can list.
// On macOS, it keeps the extended attributes, and those of the system if possible. If an attribute cannot be read or
// set, the publish refuses. A file system without attributes has none to keep. A default access control list of the
// directory gives no rights on the files that a publish creates. The temporary file has data only after it has the
// rights of the document, so that no user can read it who cannot read the document.
//
// On Windows, a publish keeps the access control list, the encryption (EFS), the attributes "hidden", "system" and "not
// indexed", and the owner if the account may set it. If one of the others cannot be read or set, the publish refuses.
// The temporary file has the entries of the list from its creation on. A list that does not let the account delete the
// document is refused before the file has data: Windows would not let the account rename and replace the files.
// Alternate data streams and mandatory integrity labels are not kept. On macOS, access control lists come from the
// directory.
//
// A document with several hard links is refused, because the other links would keep the old document.
//
// A comparison directly before the rename detects a change by a program that does not acquire the lock, such as an
// editor or a checkout. It detects a change of the rights too.
//
// The package treats documents as bytes. It does not depend on their encoding and line endings.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

const (
	// MaxSize is the size of the largest document, in bytes. Published documents of large deployments have a few MiB.
	// A larger file is not a document, and reading it would take memory.
	MaxSize = 64 << 20

	// quiet is sufficient to collect the changes that Terraform makes at the same time: it starts an operation every
	// few milliseconds, and a publish takes as long as several.
	quiet = 50 * time.Millisecond
)

// chunk is the number of bytes that one read returns at most. It fits into the cache of a processor.
const chunk = 256 << 10

// Store is a topology document in a file. Its only state is the path, so that several stores, in several processes, can
// have the same file.
type Store struct {
	path string
	// err is the error from making path absolute. Load and Publish return it.
	err error
	// before is called before each step of a Load or a Publish, with the path of the step's file. If it returns an
	// error, the step fails with this error. Tests set it to inject failures and crashes. It is nil in production.
	before func(step, string) error
}

var (
	_ store.Versioned = (*Store)(nil)
	_ store.Comparing = (*Store)(nil)
	_ store.Checked   = (*Store)(nil)
)

// step is a file operation of a Load or a Publish that can fail, or the end of a Publish.
type step string

const (
	stepFind    step = "find the document"
	stepOpen    step = "open the document"
	stepRead    step = "read the document"
	stepProbe   step = "check write access to the document"
	stepDelete  step = "check the right to delete"
	stepLock    step = "lock"
	stepLocked  step = "check the lock file"
	stepSweep   step = "remove temporary files of killed processes"
	stepCreate  step = "create the temporary file"
	stepKeep    step = "set the rights of the temporary file"
	stepWrite   step = "write the temporary file"
	stepSync    step = "flush the temporary file"
	stepCompare step = "compare the document again"
	stepReplace step = "replace the document"
	stepRemove  step = "remove the temporary file after a failure"
	stepSyncDir step = "flush the directory"
	stepUnlock  step = "unlock"
)

// New returns the store for the document at path. A relative path is relative to the current working directory.
func New(path string) *Store {
	abs, err := filepath.Abs(path)
	if err != nil {
		return &Store{path: path, err: err}
	}
	return &Store{path: abs}
}

// NewForTest is New for tests of other packages. The store calls before with each step of a Load or a Publish, and with
// the path of the step's file. If before returns an error, the step fails with this error.
func NewForTest(path string, before func(step, path string) error) *Store {
	s := New(path)
	s.before = func(at step, path string) error { return before(string(at), path) }
	return s
}

// Location returns a description of the file for messages.
func (s *Store) Location() string { return "the file " + shown(s.path) }

// Quiet returns a short time, because a publish takes milliseconds.
func (s *Store) Quiet() time.Duration { return quiet }

// Load returns the current document. It does not acquire the lock: a publish replaces the document in one step, so that
// a reader gets either the old or the new document, and a plan does not wait for an apply.
func (s *Store) Load(ctx context.Context) ([]byte, error) { return s.LoadKnown(ctx, nil) }

// LoadKnown is Load. If the document equals known, it returns known and makes no copy.
func (s *Store) LoadKnown(ctx context.Context, known []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, s.cannotRead(err)
	}
	doc, err := s.find(ctx)
	if err != nil {
		return nil, err
	}
	var c comparison
	err = s.read(ctx, doc, func(size int64) io.Writer {
		c = comparison{known: known, size: size, copies: true}
		return &c
	})
	if err != nil {
		return nil, err
	}
	return c.bytes(), nil
}

// Version returns the identity, the size and the times of the file. The only change that it does not show is one in
// place to a document of the same size, within the resolution of the file system's times. It opens the file, because
// network file systems and Windows can return outdated values for a path. It does not repeat what fails because another
// program has the file open: the error is a version too, after which the caller loads the document.
func (s *Store) Version() (string, error) {
	doc, err := s.locate()
	if err != nil {
		return "", s.cannotRead(err)
	}
	f, err := os.OpenFile(doc.path, os.O_RDONLY|openWithoutBlocking, 0)
	if err != nil {
		return "", s.cannotRead(err)
	}

	// Closing a file that was only opened loses no data.
	defer func() { _ = f.Close() }()

	version, err := versionOf(f)
	if err != nil {
		return "", s.cannotRead(err)
	}
	return version, nil
}

// document is a file with a document.
type document struct {
	// path is the path after the resolution of symbolic links.
	path string
	info fs.FileInfo
	// attributes are set by findWritable.
	attributes attributes
}

// find resolves symbolic links to the document and refuses a file that cannot be a document. It does not open the file,
// because opening a pipe or a device could block or have an effect.
func (s *Store) find(ctx context.Context) (document, error) {
	var doc document

	err := s.repeat(ctx, stepFind, s.path, func() (err error) {
		doc, err = s.locate()
		return err
	})
	if err != nil {
		return document{}, s.cannotRead(err)
	}
	return doc, nil
}

// locate is one attempt of find.
func (s *Store) locate() (document, error) {
	if s.err != nil {
		return document{}, s.err
	}
	path := s.path

	// Only a link is resolved, not every directory of the path. On Windows, the resolution of directories fails on some
	// volumes on which reading and writing work.
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			info, err = os.Stat(path)
		}
	}
	if err != nil {
		return document{}, err
	}
	mode, err := modeAt(path, info)
	if err != nil {
		return document{}, err
	}
	return document{path: path, info: info}, checkKind(mode, info.Size())
}

// checkKind returns an error if a file cannot be a document because of its type or size.
func checkKind(mode fs.FileMode, size int64) error {
	switch {
	case mode.IsDir():
		return described{"it is a directory", syscall.EISDIR}
	case mode&fs.ModeNamedPipe != 0:
		return described{"it is a named pipe, not a regular file", fs.ErrInvalid}
	case mode&fs.ModeSocket != 0:
		return described{"it is a socket, not a regular file", fs.ErrInvalid}
	case mode&fs.ModeDevice != 0:
		return described{"it is a device, not a regular file", fs.ErrInvalid}
	case !mode.IsRegular():
		return described{"it is not a regular file", fs.ErrInvalid}
	case size > MaxSize:
		return tooLarge(fmt.Sprintf("it has %d bytes", size))
	default:
		return nil
	}
}

// read writes the bytes of the document to what to returns for their number. It calls to again for each attempt. If
// another program has locked a part of the document, only the reading fails, not the opening.
func (s *Store) read(ctx context.Context, doc document, to func(size int64) io.Writer) error {
	err := retryWhileInUse(ctx, func() error { return s.readOnce(doc, to) })
	if err != nil {
		return s.cannotRead(err)
	}
	return nil
}

// readOnce is one attempt of read.
func (s *Store) readOnce(doc document, to func(size int64) io.Writer) error {
	var f *os.File

	err := s.do(stepOpen, doc.path, func() (err error) {
		f, err = os.OpenFile(doc.path, os.O_RDONLY|openWithoutBlocking, 0)
		return err
	})
	if err != nil {
		return err
	}

	// Closing a file that was only read loses no data.
	defer func() { _ = f.Close() }()

	// The path may have another file since find.
	info, err := f.Stat()
	if err != nil {
		return err
	}
	mode, err := modeOf(f, info)
	if err == nil {
		err = checkKind(mode, info.Size())
	}
	if err != nil {
		return err
	}
	var size int64
	err = s.do(stepRead, doc.path, func() (err error) {
		// One byte more than MaxSize shows that the file has grown since.
		content := io.LimitReader(f, MaxSize+1)
		size, err = io.CopyBuffer(to(info.Size()), content, make([]byte, chunk))
		return err
	})

	switch {
	case err != nil:
		return err
	case size > MaxSize:
		return tooLarge("it has grown while it was read")
	case size == 0:
		return described{"it is empty", errEmpty}
	}
	return nil
}

// do runs the operation of a step, unless before returns an error.
func (s *Store) do(at step, path string, op func() error) error {
	if s.before != nil {
		if err := s.before(at, path); err != nil {
			return err
		}
	}
	return op()
}

// repeat runs the operation of a step again as long as another program has the file open, see retryWhileInUse.
func (s *Store) repeat(ctx context.Context, at step, path string, op func() error) error {
	return retryWhileInUse(ctx, func() error { return s.do(at, path, op) })
}

// errEmpty is the error for an empty document, in a Load or in a Publish.
var errEmpty = errors.New("empty topology document")
