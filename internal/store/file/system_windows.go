package file

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// openWithoutBlocking: Windows keeps its pipes out of the file system.
const openWithoutBlocking = 0

const (
	// patience is how long others may be in the way. A reader has the document open for milliseconds; a virus scanner
	// or a program that syncs folders takes longer, up to about a second.
	patience = 3 * time.Second

	firstPause   = time.Millisecond
	longestPause = 100 * time.Millisecond
)

// patiently tries again for a while what fails because somebody has the file open: Windows replaces no file then, and
// opens none that is being replaced. It says "access denied" to that as it does to a lack of rights, so that this too
// is reported only after a while.
func patiently(op func() error) error {
	end := time.Now().Add(patience)

	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := op()
		if !isInTheWay(err) || time.Now().After(end) {
			return err
		}

		time.Sleep(pause)
	}
}

func isInTheWay(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) ||
		errors.Is(err, windows.ERROR_LOCK_VIOLATION) ||
		errors.Is(err, windows.ERROR_ACCESS_DENIED) ||
		errors.Is(err, windows.ERROR_DELETE_PENDING) ||
		errors.Is(err, windows.ERROR_USER_MAPPED_FILE)
}

func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

func isReadOnlyFileSystem(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

// keepModeAndOwner has nothing to keep: a document that is read-only is refused, and rights come from the directory.
func keepModeAndOwner(*os.File, fs.FileInfo) error { return nil }

// stillNamed is always so: Windows deletes no open file.
func stillNamed(string, fs.FileInfo) bool { return true }

// shareLock has nothing to do: rights come from the directory, for the lock file as for the document.
func shareLock(string, fs.FileInfo) {}

// syncDirectory has nothing to do: the rename itself is asked to reach the disk before it returns.
func syncDirectory(string) error { return nil }
