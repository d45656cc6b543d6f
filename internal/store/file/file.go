// Package file keeps a topology document in a file.
//
// A publish is atomic and exclusive. Under a lock across processes the document is read again and compared with the
// one that the change was computed from; then the new one is written to a temporary file in the same directory,
// flushed to disk and renamed over the old. A crash, a kill or a power cut at any point leaves the old document or the
// new one, never a mixture. Symbolic links are followed and kept: the lock and the temporary file are beside the file
// that a link leads to, so that all paths to a document share one lock.
//
// What it leaves beside the document "topology.xml":
//   - ".topology.xml.lock", an empty file. The system takes the lock away with the process that holds it, so the file
//     means nothing by itself: one left by a killed process locks nobody out. It is not removed after a publish,
//     because a process that waits for it would then lock a file without a name. Ignore it in version control.
//   - ".topology.xml.<digits>.tmp", only after a kill. The next publish removes it.
//
// Mode, owner and group of the document are kept. What a directory gives to new files is not overruled: access control
// lists and other extended attributes come from the directory, and another hard link to the document keeps the old
// one. Somebody who writes the document without taking the lock (an editor, a checkout) is noticed by the comparison,
// which is made once more directly before the rename.
//
// The bytes are never looked at; encoding and line ends are not a matter of this package.
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
	// MaxSize is the largest document that is read or written. Published documents of large deployments have a few
	// MiB; whatever is larger than this is some other file, and reading it would only take memory.
	MaxSize = 64 << 20

	// quiet is enough to catch the changes that Terraform has under way at the same moment. A publish costs
	// milliseconds, so that a longer wait would be felt more than a second publish.
	quiet = 5 * time.Millisecond
)

// Store is a topology document in a file. It has no state but the path: any number of them, in any number of
// processes, may stand for one file.
type Store struct {
	path string
	// err is why path could not be made absolute; New has no way to say so, the first Load has.
	err error
	// before is asked before each step of a Load or a Publish, with the file that the step works on; an error it
	// returns stands for the failure of that step. Tests fail and kill the store with it; otherwise it is nil.
	before func(step, string) error
}

var _ store.Store = (*Store)(nil)

// step is something a Load or a Publish does to the file system and that can fail, or the last thing that happens.
type step string

const (
	stepOpen    step = "open the document"
	stepRead    step = "read the document"
	stepProbe   step = "see whether the document may be written"
	stepLock    step = "lock"
	stepLocked  step = "see whether the lock is the one that counts"
	stepSweep   step = "remove what killed processes left"
	stepCreate  step = "create the temporary file"
	stepWrite   step = "write the temporary file"
	stepOwn     step = "give mode and owner to the temporary file"
	stepSync    step = "flush the temporary file"
	stepCompare step = "compare once more"
	stepReplace step = "replace the document"
	stepSyncDir step = "flush the directory"
	stepUnlock  step = "unlock"
)

// New returns the store for the document at path. A relative path counts from the working directory of this moment.
func New(path string) *Store {
	abs, err := filepath.Abs(path)
	if err != nil {
		return &Store{path: path, err: err}
	}
	return &Store{path: abs}
}

// Location names the file.
func (s *Store) Location() string { return "the file " + s.path }

// Quiet is short: a file is published in milliseconds.
func (s *Store) Quiet() time.Duration { return quiet }

// Load returns the document as it stands. It takes no lock: a publish replaces the document in one step, so that a
// reader gets the old or the new one whole, and plans do not wait for applies.
func (s *Store) Load(ctx context.Context) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, s.cannotRead(err)
	}

	doc, err := s.find()
	if err != nil {
		return nil, err
	}

	return s.read(doc)
}

// document is where the document really is, and what the system says about it.
type document struct {
	// path is the file itself, behind any symbolic link.
	path string
	info fs.FileInfo
}

// find follows symbolic links to the document and refuses what cannot be one. It only looks: to open a pipe or a
// device would block, or do something to it.
func (s *Store) find() (document, error) {
	if s.err != nil {
		return document{}, s.cannotRead(s.err)
	}

	path := s.path

	// Only a link is resolved. To resolve every directory on the way is not needed, and on Windows it fails on some
	// volumes on which reading and writing work.
	info, err := os.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			info, err = os.Stat(path)
		}
	}

	if err != nil {
		return document{}, s.cannotRead(err)
	}

	if err := acceptable(info); err != nil {
		return document{}, s.cannotRead(err)
	}

	return document{path: path, info: info}, nil
}

// acceptable says what keeps a file from being a document, as far as this shows from outside.
func acceptable(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return because{"it is a directory", syscall.EISDIR}
	case mode&fs.ModeNamedPipe != 0:
		return because{"it is a named pipe, not a regular file", fs.ErrInvalid}
	case mode&fs.ModeSocket != 0:
		return because{"it is a socket, not a regular file", fs.ErrInvalid}
	case mode&fs.ModeDevice != 0:
		return because{"it is a device, not a regular file", fs.ErrInvalid}
	case !mode.IsRegular():
		return because{"it is not a regular file", fs.ErrInvalid}
	case info.Size() > MaxSize:
		return tooLarge(fmt.Sprintf("it has %d bytes", info.Size()))
	default:
		return nil
	}
}

// read returns the bytes of the document.
func (s *Store) read(doc document) (data []byte, err error) {
	var f *os.File

	err = s.do(stepOpen, doc.path, func() error {
		return patiently(func() (err error) {
			f, err = os.OpenFile(doc.path, os.O_RDONLY|openWithoutBlocking, 0)
			return err
		})
	})
	if err != nil {
		return nil, s.cannotRead(err)
	}

	// Nothing was written through it, so that closing it cannot lose anything.
	defer func() { _ = f.Close() }()

	// The name may stand for another file by now.
	info, err := f.Stat()
	if err != nil {
		return nil, s.cannotRead(err)
	}

	if err := acceptable(info); err != nil {
		return nil, s.cannotRead(err)
	}

	err = s.do(stepRead, doc.path, func() (err error) {
		// One byte more than is allowed shows that the file has grown since.
		data, err = io.ReadAll(io.LimitReader(f, MaxSize+1))
		return err
	})

	switch {
	case err != nil:
		return nil, s.cannotRead(err)
	case len(data) > MaxSize:
		return nil, s.cannotRead(tooLarge("it has grown while it was read"))
	case len(data) == 0:
		return nil, s.cannotRead(because{"it is empty", errEmpty})
	}

	return data, nil
}

// do takes one step, or fails in its place if a test wants it to.
func (s *Store) do(at step, path string, op func() error) error {
	if s.before != nil {
		if err := s.before(at, path); err != nil {
			return err
		}
	}
	return op()
}

// errEmpty is behind the refusal of an empty document, on the way in and on the way out.
var errEmpty = errors.New("empty topology document")
