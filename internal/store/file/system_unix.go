//go:build unix

package file

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// openWithoutBlocking keeps an open from waiting for the other end of a pipe that has taken the place of a document
// since it was looked at. It makes no difference to a regular file.
const openWithoutBlocking = syscall.O_NONBLOCK

// patiently is for Windows, where others can be in the way of an open or a rename. Here nobody is.
func patiently(op func() error) error { return op() }

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func isReadOnlyFileSystem(err error) bool { return errors.Is(err, syscall.EROFS) }

// keepModeAndOwner gives a file the owner, the group and the mode of the document it will replace.
//
// To give a file away takes privileges. Without them the document passes to whoever publishes it, as it does with an
// editor that saves by renaming, or with git: they had the right to write it, which was checked. The group is tried
// alone then, since one may give a file to any group one is in. If that fails too, the bits meant for that group would
// open the file to another one, so the new group gets no more than everybody has.
func keepModeAndOwner(f *os.File, doc fs.FileInfo) error {
	now, err := f.Stat()
	if err != nil {
		return err
	}

	mode := doc.Mode()
	want, known := doc.Sys().(*syscall.Stat_t)
	have, also := now.Sys().(*syscall.Stat_t)

	if known && also && (want.Uid != have.Uid || want.Gid != have.Gid) {
		err := f.Chown(int(want.Uid), int(want.Gid))
		if notAllowed(err) {
			// Bits that run a program as somebody else are for the owner they were given to.
			mode = mode.Perm()
			err = nil

			if want.Gid != have.Gid {
				err = f.Chown(-1, int(want.Gid))
			}
		}

		if notAllowed(err) {
			mode = withoutGroup(mode)
			err = nil
		}

		// Anything else is trouble with the disk, and no reason to go on.
		if err != nil {
			return err
		}
	}

	// After the owner, since a change of owner clears bits of the mode. Not where it is right already: file systems
	// that know no modes refuse the call.
	if now, err = f.Stat(); err != nil {
		return err
	}

	if now.Mode() == mode {
		return nil
	}

	return f.Chmod(mode)
}

// notAllowed: for lack of privileges, because the user does not exist in this container, or because the file system
// has no owners.
func notAllowed(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) ||
		errors.Is(err, syscall.ENOSYS)
}

// withoutGroup leaves a group only the bits that everybody has.
func withoutGroup(mode fs.FileMode) fs.FileMode {
	return mode &^ (0o070 &^ (mode & 0o007 << 3))
}

// stillNamed says whether a path is still the name of a file that is open.
func stillNamed(path string, open fs.FileInfo) bool {
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(named, open)
}

// shareLock lets everyone lock who may write the document: the lock file gets its owner and group, and is open to the
// same classes of users. It does what it can; whoever is locked out by what it cannot gets an error with the name of
// the file. It never follows a link, which somebody else could have put there.
func shareLock(path string, doc fs.FileInfo) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|openWithoutBlocking, 0)
	if err != nil {
		return
	}

	defer func() { _ = f.Close() }()

	now, err := f.Stat()
	if err != nil || !now.Mode().IsRegular() {
		return
	}

	writers := doc.Mode().Perm() & 0o022
	mode := 0o600 | writers | writers<<1

	want, known := doc.Sys().(*syscall.Stat_t)
	have, also := now.Sys().(*syscall.Stat_t)

	if known && also && (want.Uid != have.Uid || want.Gid != have.Gid) {
		if f.Chown(int(want.Uid), int(want.Gid)) != nil && f.Chown(-1, int(want.Gid)) != nil {
			mode = withoutGroup(mode)
		}
	}

	if now.Mode().Perm() != mode {
		_ = f.Chmod(mode)
	}
}

// syncDirectory makes a rename last through a power cut.
func syncDirectory(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}

	if err := dir.Sync(); err != nil {
		_ = dir.Close()
		return err
	}

	return dir.Close()
}
