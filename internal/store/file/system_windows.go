package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// openWithoutBlocking is not needed: Windows has no pipes in the file system.
const openWithoutBlocking = 0

// replaceFile renames a file to a path, and replaces the file with this path in one step. Unlike os.Rename it returns
// only after the rename is on the disk.
//
// ReplaceFile, which also keeps the attributes, the access control list and the alternate data streams of the replaced
// file, is not suitable. It renames both files one after the other: between the two steps, and after some of its errors
// (ERROR_UNABLE_TO_MOVE_REPLACEMENT_2), the path has no file. It does not flush, and it copies the list only after the
// new file has data.
func replaceFile(from, to string) error {
	source, err := windows.UTF16PtrFromString(longPath(from))
	if err != nil {
		return &os.LinkError{Op: "replace", Old: from, New: to, Err: err}
	}
	target, err := windows.UTF16PtrFromString(longPath(to))
	if err == nil {
		err = windows.MoveFileEx(source, target, windows.MOVEFILE_REPLACE_EXISTING|windows.MOVEFILE_WRITE_THROUGH)
	}
	if err != nil {
		return &os.LinkError{Op: "replace", Old: from, New: to, Err: err}
	}
	return nil
}

// mayDelete returns an error if the account may not delete the file at a path. The right is DELETE on the file or
// FILE_DELETE_CHILD on its directory. Windows requires it for a file that is renamed and for one that is replaced. A
// file that another program has open is no error, because Windows checks the rights first, and the replacement waits.
func mayDelete(path string) error {
	name, err := windows.UTF16PtrFromString(longPath(path))
	if err != nil {
		return &fs.PathError{Op: "open", Path: path, Err: err}
	}
	handle, err := windows.CreateFile(name, windows.DELETE,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil, windows.OPEN_EXISTING,
		windows.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case isHeld(err):
		return nil
	case err != nil:
		return &fs.PathError{Op: "open", Path: path, Err: err}
	default:
		return windows.CloseHandle(handle)
	}
}

func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

func isReadOnlyFileSystem(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

// readOnlyBecause returns the fact that makes a file read-only. Windows has no modes.
func readOnlyBecause(fs.FileMode) string { return "it has the attribute \"read-only\"" }

// versionOf returns the identity, the size and the times of a file.
func versionOf(f *os.File) (string, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return "", os.NewSyscallError("GetFileInformationByHandle", err)
	}
	return fmt.Sprint(info.VolumeSerialNumber, info.FileIndexHigh, info.FileIndexLow, info.FileSizeHigh,
		info.FileSizeLow, info.CreationTime.Nanoseconds(), info.LastWriteTime.Nanoseconds()), nil
}

// linksOf returns the number of hard links to a file.
func linksOf(f *os.File) (uint64, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 0, os.NewSyscallError("GetFileInformationByHandle", err)
	}
	return uint64(info.NumberOfLinks), nil
}

// isNamed returns true: Windows does not delete open files.
func isNamed(string, fs.FileInfo) bool { return true }

// shareLock does nothing: the rights of the lock file come from the directory.
func shareLock(string, document) {}

// syncDirectory does nothing: the rename is flushed before it returns.
func syncDirectory(string) error { return nil }
