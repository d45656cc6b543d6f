//go:build unix

package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"syscall"

	"golang.org/x/sys/unix"
)

// openWithoutBlocking prevents that opening a pipe, which has replaced the document since the last check, blocks. It
// has no effect on a regular file.
const openWithoutBlocking = syscall.O_NONBLOCK

// retryWhileInUse runs op once. Only on Windows can another process prevent an open or a rename.
func retryWhileInUse(_ context.Context, op func() error) error { return op() }

// isHeld returns false, see retryWhileInUse.
func isHeld(error) bool { return false }

// isHeldAtReplacement returns false, see retryWhileInUse.
func isHeldAtReplacement(error) bool { return false }

// modeAt returns the mode of the file at a path, which info describes.
func modeAt(_ string, info fs.FileInfo) (fs.FileMode, error) { return info.Mode(), nil }

// modeOf is modeAt for an open file.
func modeOf(_ *os.File, info fs.FileInfo) (fs.FileMode, error) { return info.Mode(), nil }

// replaceFile renames a file to a path, and replaces the file with this path in one step.
func replaceFile(from, to string) error { return os.Rename(from, to) }

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func isReadOnlyFileSystem(err error) bool { return errors.Is(err, syscall.EROFS) }

// readOnlyBecause returns the fact that makes a file with this mode read-only.
func readOnlyBecause(mode fs.FileMode) string {
	return fmt.Sprintf("it is read-only (mode %04o)", mode)
}

// versionOf returns the identity, the size and the times of a file. A program can restore the time of the modification,
// but not that of the change.
func versionOf(f *os.File) (string, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &stat); err != nil {
		return "", os.NewSyscallError("fstat", err)
	}
	return fmt.Sprint(stat.Dev, stat.Ino, stat.Size, stat.Mtim.Nano(), stat.Ctim.Nano()), nil
}

// linksOf returns the number of hard links to a file.
func linksOf(f *os.File) (uint64, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &stat); err != nil {
		return 0, os.NewSyscallError("fstat", err)
	}
	return uint64(stat.Nlink), nil //nolint:unconvert // the type differs between systems
}

// createTemporary creates an empty file for a new version of the document. Only its owner can open it until it has the
// rights of the document.
func createTemporary(doc document) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(doc.path), temporaryPrefix(doc.path)+"*"+temporarySuffix)
}

// mayDelete returns nil: a rename requires rights on the directory only.
func mayDelete(string) error { return nil }

// discard closes and removes a temporary file.
func discard(f *os.File) error {
	_ = f.Close() // what it has does not matter
	return os.Remove(f.Name())
}

// keepRights gives a new, empty file the extended attributes, the owner, the group, the access control list and the
// mode of the document that it will replace.
//
// At no time does a user have rights on the file that the user does not have on the document. A file of os.CreateTemp
// has the mode 0600. If the directory has a default access control list, the file gets this list with an empty mask,
// which disables its entries. The list is removed or replaced before a change of the mode would change the mask.
func keepRights(f *os.File, doc document) error {
	// Before the owner, because the account may no longer set them afterwards.
	if err := setAttributes(f, doc.attributes.labels()); err != nil {
		return err
	}
	want, err := rightsOf(doc.info, doc.attributes)
	if err != nil {
		return err
	}
	kept, err := keepOwner(f, doc.info)
	if err != nil {
		return err
	}
	if !kept.all {
		// The setuid and setgid bits are valid only with the original owner.
		want.mode = want.mode.Perm()
	}
	if !kept.group {
		want = want.withoutGroup()
	}
	if err := checkOwner(f, doc.info, want); err != nil {
		return err
	}
	if err := setACL(f, want.acl); err != nil {
		return err
	}

	// After the owner, because a change of the owner clears bits of the mode.
	if err := setMode(f, want.mode); err != nil {
		return err
	}
	return setOtherACLs(f, doc.attributes, kept.group)
}

// hasRightsOf reports whether two files have the same owner, mode and attributes.
func (d document) hasRightsOf(other document) bool {
	owner, _ := ownerOf(d.info)
	before, _ := ownerOf(other.info)
	return owner == before && d.info.Mode() == other.info.Mode() && reflect.DeepEqual(d.attributes, other.attributes)
}

// ownership is the result of a change of the owner.
type ownership struct {
	all   bool // the file has the owner and the group of the document
	group bool // the file has the group of the document
}

// keepOwner sets the owner and the group of a file to those of the document.
//
// A change of the owner requires privileges. Without them, the publishing account becomes the owner, as with git or an
// editor that saves by renaming. findWritable has checked that the account may write the document. Then only the group
// is changed, which is allowed if the account is a member. If that fails too, the file has another group than the
// document.
func keepOwner(f *os.File, doc fs.FileInfo) (ownership, error) {
	current, err := f.Stat()
	if err != nil {
		return ownership{}, err
	}
	want, ok := ownerOf(doc)
	have, alsoOK := ownerOf(current)

	if !ok || !alsoOK || want == have {
		return ownership{all: true, group: true}, nil
	}
	err = f.Chown(want.uid, want.gid)
	if err == nil {
		return ownership{all: true, group: true}, nil
	}
	if isNotAllowed(err) && want.gid != have.gid {
		err = f.Chown(-1, want.gid)
	} else if isNotAllowed(err) {
		err = nil
	}
	if err != nil && !isNotAllowed(err) {
		return ownership{}, err // concerns the disk
	}
	return ownership{group: err == nil}, nil
}

// checkOwner returns errOwner if root takes the document from its owner. root can lack the privilege to change owners,
// for example in a container, and still write every document. It does not become the owner of a document that the
// former owner could then no longer write. The groups of the former owner are not known, so a right counts only if
// every user has it, or an entry of the access control list gives it to the former owner.
func checkOwner(f *os.File, doc fs.FileInfo, next rights) error {
	current, err := f.Stat()
	if err != nil {
		return err
	}
	want, ok := ownerOf(doc)
	have, alsoOK := ownerOf(current)

	if !ok || !alsoOK || have.uid != 0 || want.uid == have.uid || next.letWrite(want.uid) {
		return nil
	}
	return described{
		fmt.Sprintf("root cannot change the owner of a file to user %d on this file system, and without the change "+
			"this user could no longer write the document", want.uid), errOwner,
	}
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

// isNamed reports whether path is the path of an open file.
func isNamed(path string, open fs.FileInfo) bool {
	named, err := os.Lstat(path)
	return err == nil && os.SameFile(named, open)
}

// shareLock allows all users who can write the document to lock it: the lock file gets the owner and the group of the
// document, and rights for the same classes of users. It ignores errors, because a user who cannot lock the file gets
// an error with its name. It does not follow a link, which another user could have created.
func shareLock(path string, doc document) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|openWithoutBlocking, 0)
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()

	if current, err := f.Stat(); err != nil || !current.Mode().IsRegular() {
		return
	}
	want, err := rightsOf(doc.info, doc.attributes)
	if err != nil {
		return
	}
	want = want.shared()

	if kept, err := keepOwner(f, doc.info); err != nil || !kept.group {
		want = want.withoutGroup()
	}

	// A list from the directory limits the lock file to its owner as long as the mode is that of the creation.
	if setACL(f, want.acl) == nil {
		_ = setMode(f, want.mode)
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
