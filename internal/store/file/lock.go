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

// lockPoll is how often a process that waits for the lock asks for it. A publish holds it for a few milliseconds.
const lockPoll = 5 * time.Millisecond

// lockPath is the file to lock for a document: beside it, hidden, and never the document itself, because the
// document is another file after each publish.
func lockPath(document string) string {
	return filepath.Join(filepath.Dir(document), "."+filepath.Base(document)+".lock")
}

// lock takes the exclusive lock on a document and returns what releases it. It waits as long as ctx allows: the lock of
// a dead process is gone, and how long a living one may take is for the timeouts of the resource to say.
func (s *Store) lock(ctx context.Context, doc document) (unlock func(), err error) {
	path := lockPath(doc.path)
	tried := "lock the topology document " + doc.path + " (with the lock file " + path + ")"

	for {
		// Opening a pipe would block, and a link could lead to anything.
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			err := because{"it is not a regular file", fs.ErrInvalid}
			return nil, &failure{tried: tried, err: err, next: unchanged + " " + adviceLockFile}
		}

		// A new one each time: the lock belongs to what it opens, so it also keeps goroutines of one process apart.
		l := flock.New(path)

		err := s.do(stepLock, path, func() error {
			_, err := l.TryLockContext(ctx, lockPoll)
			return err
		})

		switch {
		case err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()):
			return nil, &failure{tried: tried, err: err, next: unchanged + " " + adviceLocked}
		case errors.Is(err, fs.ErrPermission):
			return nil, &failure{tried: tried, err: err, next: unchanged + " " + adviceWrite + " " + adviceLockLeft}
		case err != nil:
			return nil, s.cannotWrite(tried, err)
		}

		// Closing the file releases the lock, and a lock that is not released goes with the process.
		unlock = func() { _ = l.Unlock() }

		var held fs.FileInfo

		err = s.do(stepLocked, path, func() (err error) {
			held, err = l.Stat()
			return err
		})
		if err != nil {
			unlock()
			return nil, s.cannotWrite(tried, err)
		}

		// Whoever deletes the lock file while it is locked lets the next process make another one, and lock that too.
		// The lock that counts is the one on the file that has the name.
		if stillNamed(path, held) {
			shareLock(path, doc.info)
			return unlock, nil
		}

		unlock()
	}
}
