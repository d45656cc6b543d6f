package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unsafe"

	"golang.org/x/sys/windows"
)

// createTemporary creates an empty file for a new version of the document. The file has the entries of the document's
// access control list and its encryption before it can have data. The caller holds the lock, so that no other process
// creates a file with these names.
func createTemporary(doc document) (*os.File, error) {
	f, err := createWithList(doc)
	if err != nil {
		return nil, err
	}
	return keepEncryption(f, doc)
}

// createWithList creates the file. If the document has only the entries that a new file inherits, the file inherits
// them too: that needs no right to change lists, which a share often does not give. Any other list is set by the
// creation. Otherwise another user could open the file before it has the list, and read it later.
//
// A document that was moved has the inherited entries of its former directory, so that the entries are compared.
func createWithList(doc document) (*os.File, error) {
	own := false
	if doc.attributes.descriptor != nil {
		var err error
		if own, err = hasOwnEntries(doc.attributes.descriptor); err != nil {
			return nil, &attributeError{"the access control list of the document cannot be read", err}
		}
	}
	n := 1
	if !own {
		f, err := createNumbered(doc, &n, nil)
		if err != nil || doc.attributes.descriptor == nil {
			return f, err
		}
		inherited, err := listOf(f)
		if err == nil && isSameList(inherited.String(), doc.attributes.list) {
			return f, nil
		}
		_ = discard(f) // the next publish removes what remains

		if err != nil {
			return nil, err
		}
		n++ // a program that has opened the other file must not prevent this one
	}

	// Without the protection, the file would get the entries of the directory too.
	descriptor, err := windows.SecurityDescriptorFromString(doc.attributes.list)
	if err == nil {
		err = descriptor.SetControl(windows.SE_DACL_PROTECTED, windows.SE_DACL_PROTECTED)
	}
	if err != nil {
		return nil, &attributeError{"the access control list of the document cannot be read", err}
	}
	return createNumbered(doc, &n, descriptor)
}

// createNumbered creates a file with the first free number from n on, and sets n to this number. It has the list of the
// directory, unless it gets another one.
func createNumbered(doc document, n *int, descriptor *windows.SECURITY_DESCRIPTOR) (*os.File, error) {
	for ; ; *n++ {
		path := filepath.Join(filepath.Dir(doc.path), fmt.Sprint(temporaryPrefix(doc.path), *n, temporarySuffix))

		f, err := openTemporary(path, windows.CREATE_NEW, descriptor)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// openTemporary creates or opens a temporary file. It requests the right to delete the file, see discard, and the right
// to change the list only for a file that gets a list.
func openTemporary(path string, disposition uint32, descriptor *windows.SECURITY_DESCRIPTOR) (*os.File, error) {
	var (
		access   uint32 = windows.GENERIC_WRITE | windows.READ_CONTROL | windows.DELETE
		security *windows.SecurityAttributes
	)
	if descriptor != nil {
		access |= windows.WRITE_DAC
		security = &windows.SecurityAttributes{SecurityDescriptor: descriptor}
		security.Length = uint32(unsafe.Sizeof(*security))
	}
	name, err := windows.UTF16PtrFromString(longPath(path))
	if err != nil {
		return nil, err
	}
	handle, err := windows.CreateFile(name, access,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, security, disposition,
		windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(handle), path), nil
}

// discard closes and removes a temporary file. It removes the file by the handle, which has the right to delete since
// the creation: the list of the document can lack this right. The path is for a file that is closed already.
func discard(f *os.File) error {
	remove := byte(1) // FILE_DISPOSITION_INFO
	err := windows.SetFileInformationByHandle(windows.Handle(f.Fd()), windows.FileDispositionInfo, &remove, 1)

	_ = f.Close() // what it has does not matter, and closing it twice is harmless
	if err != nil {
		err = os.Remove(f.Name())
	}
	return err
}

// flagsOf returns the attributes of keptFlags that an open file has.
func flagsOf(f *os.File) (uint32, error) {
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 0, os.NewSyscallError("GetFileInformationByHandle", err)
	}
	return info.FileAttributes & keptFlags, nil
}

// keepFlags gives a file the attributes, except the encryption, which is no attribute that can be set. It does not set
// attributes that are already right.
func keepFlags(f *os.File, flags uint32) error {
	const settable = keptFlags &^ windows.FILE_ATTRIBUTE_ENCRYPTED

	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return os.NewSyscallError("GetFileInformationByHandle", err)
	}
	if info.FileAttributes&settable == flags&settable {
		return nil
	}

	// FILE_BASIC_INFO. A time of 0 stays as it is, and so do attributes of 0.
	basic := struct {
		times      [4]int64
		attributes uint32
	}{attributes: info.FileAttributes&^settable | flags&settable}
	if basic.attributes == 0 {
		basic.attributes = windows.FILE_ATTRIBUTE_NORMAL
	}
	err := windows.SetFileInformationByHandle(windows.Handle(f.Fd()), windows.FileBasicInfo,
		(*byte)(unsafe.Pointer(&basic)), uint32(unsafe.Sizeof(basic)))
	return os.NewSyscallError("SetFileInformationByHandle", err)
}
