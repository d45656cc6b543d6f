//go:build unix

package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// openWithoutBlocking prevents that opening a pipe, which has replaced the document since the last check, blocks. It
// has no effect on a regular file.
const openWithoutBlocking = syscall.O_NONBLOCK

// retryWhileInUse runs op once. Only on Windows can another process prevent an open or a rename.
func retryWhileInUse(op func() error) error { return op() }

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func isReadOnlyFileSystem(err error) bool { return errors.Is(err, syscall.EROFS) }

// versionOf returns the identity, the size and the times of a file. A program can restore the time of the modification,
// but not that of the change.
func versionOf(f *os.File) (string, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &stat); err != nil {
		return "", os.NewSyscallError("fstat", err)
	}
	return fmt.Sprint(stat.Dev, stat.Ino, stat.Size, stat.Mtim.Nano(), stat.Ctim.Nano()), nil
}

// keepModeAndOwner sets the owner, the group and the mode of a file to those of the document that it will replace.
func keepModeAndOwner(f *os.File, doc fs.FileInfo) error {
	mode, err := keepOwner(f, doc)
	if err != nil {
		return err
	}

	// Set the mode after the owner, because a change of the owner clears bits of the mode. Do not set a mode that is
	// already right, because file systems without modes refuse the call.
	current, err := f.Stat()
	if err != nil {
		return err
	}
	if current.Mode() == mode {
		return nil
	}
	return f.Chmod(mode)
}

// keepOwner sets the owner and the group of a file to those of the document, and returns the mode that the file gets.
//
// A change of the owner requires privileges. Without them, the publishing account becomes the owner, as with git or an
// editor that saves by renaming. findWritable has checked that the account may write the document. Then only the group
// is changed, which is allowed if the account is a member. If that fails too, the file has another group than the
// document, and this group gets only the rights that all users have.
//
// root can lack the privilege, for example in a container, and still write every document. It does not become the owner
// of a document that it would take from all other users. The error is errOwner.
func keepOwner(f *os.File, doc fs.FileInfo) (fs.FileMode, error) {
	mode := doc.Mode()
	current, err := f.Stat()
	if err != nil {
		return 0, err
	}
	want, ok := ownerOf(doc)
	have, alsoOK := ownerOf(current)

	if !ok || !alsoOK || want == have {
		return mode, nil
	}
	err = f.Chown(want.uid, want.gid)
	if err == nil || !isNotAllowed(err) {
		return mode, err // an error concerns the disk
	}

	// The setuid and setgid bits are valid only with the original owner.
	mode = mode.Perm()
	err = nil

	if want.gid != have.gid {
		err = f.Chown(-1, want.gid)
	}
	switch {
	case isNotAllowed(err):
		mode = withoutGroup(mode)
	case err != nil:
		return 0, err
	}
	if have.uid == 0 && want.uid != have.uid && mode&0o022 == 0 {
		return 0, described{
			fmt.Sprintf("root may not change the owner of a file to user %d here, and without that this user could "+
				"no longer write the document", want.uid), errOwner,
		}
	}
	return mode, nil
}

// owner is the owner and the group of a file.
type owner struct{ uid, gid int }

func ownerOf(info fs.FileInfo) (owner, bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return owner{}, false
	}
	return owner{int(stat.Uid), int(stat.Gid)}, true
}

// isNotAllowed reports whether a change of the owner failed because the account lacks privileges, the user does not
// exist in this container, or the file system does not support owners.
func isNotAllowed(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) ||
		errors.Is(err, syscall.ENOSYS)
}

// withoutGroup removes the rights of the group that other users do not have.
func withoutGroup(mode fs.FileMode) fs.FileMode {
	return mode &^ (0o070 &^ (mode & 0o007 << 3))
}

// isNamed reports whether path is the path of an open file.
func isNamed(path string, open fs.FileInfo) bool {
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(named, open)
}

// shareLock allows all users who can write the document to lock it: the lock file gets the owner and the group of the
// document, and rights for the same classes of users. It ignores errors, because a user who cannot lock the file gets
// an error with its name. It does not follow a link, which another user could have created.
func shareLock(path string, doc fs.FileInfo) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|openWithoutBlocking, 0)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()

	current, err := f.Stat()
	if err != nil || !current.Mode().IsRegular() {
		return
	}
	writers := doc.Mode().Perm() & 0o022
	mode := 0o600 | writers | writers<<1

	want, ok := ownerOf(doc)
	have, alsoOK := ownerOf(current)

	if ok && alsoOK && want != have {
		if f.Chown(want.uid, want.gid) != nil && f.Chown(-1, want.gid) != nil {
			mode = withoutGroup(mode)
		}
	}
	if current.Mode().Perm() != mode {
		_ = f.Chmod(mode)
	}
}

// syncDirectory flushes a directory, so that a rename survives a power failure.
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
