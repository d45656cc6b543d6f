package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is the interval between attempts to acquire the lock. A publish holds it for a few milliseconds.
const lockPoll = 5 * time.Millisecond

// lockPath returns the path of the lock file of a document: a hidden file in the same directory. The document itself
// cannot be locked, because each publish replaces it by another file.
func lockPath(document string) string {
	return filepath.Join(filepath.Dir(document), "."+filepath.Base(document)+".lock")
}

// isRegularAt reports whether the file at a path, which info describes, is a regular file.
func isRegularAt(path string, info fs.FileInfo) bool {
	mode, err := modeAt(path, info)
	return err == nil && mode.IsRegular()
}

// lock acquires the exclusive lock of a document and returns a function that releases it. It waits until ctx ends. The
// system releases the lock of a process that has ended, and the timeouts of the resource limit the wait for a running
// process.
func (s *Store) lock(ctx context.Context, doc document) (unlock func(), err error) {
	path := lockPath(doc.path)
	action := "lock the topology document " + shown(doc.path) + " (with the lock file " + shown(path) + ")"

	for {
		// Opening a pipe would block, and a link can have any target.
		if info, err := os.Lstat(path); err == nil && !isRegularAt(path, info) {
			err := described{"it is not a regular file", fs.ErrInvalid}
			return nil, &Error{Kind: LockNotRegular, Action: action, Err: err, Unchanged: true}
		}

		// The lock belongs to the open file. A new one for each call also excludes other goroutines of this process.
		l := flock.New(path)

		err := s.do(stepLock, path, func() error {
			_, err := l.TryLockContext(ctx, lockPoll)
			return err
		})

		switch {
		case err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()):
			return nil, &Error{Kind: Locked, Action: action, Err: err, Unchanged: true}
		case errors.Is(err, fs.ErrPermission):
			return nil, &Error{Kind: LockNotWritable, Action: action, Err: err, Unchanged: true}
		case err != nil:
			return nil, cannotWrite(action, err)
		}

		// Unlock closes the file. If it fails, the system releases the lock at the end of the process.
		unlock = func() { _ = l.Unlock() }

		var held fs.FileInfo

		err = s.do(stepLocked, path, func() (err error) {
			held, err = l.Stat()
			return err
		})
		if err != nil {
			unlock()
			return nil, cannotWrite(action, err)
		}

		// If the lock file was deleted while it was locked, another process can create and lock a new one. Only the
		// lock on the file at path is valid.
		if isNamed(path, held) {
			shareLock(path, doc)
			return unlock, nil
		}
		unlock()
	}
}
