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

// attributes are the access control list of a document. They are zero if the document has no entries of its own: a new
// file gets the others from the directory. A publish does not keep alternate data streams.
type attributes struct {
	descriptor *windows.SECURITY_DESCRIPTOR // has only the list
	text       string                       // in the security descriptor definition language, to compare
}

// readAttributes returns the access control list of an open document. Volumes such as FAT have none.
func readAttributes(f *os.File) (attributes, error) {
	handle := windows.Handle(f.Fd())

	var flags uint32
	if err := windows.GetVolumeInformationByHandle(handle, nil, 0, nil, nil, &flags, nil, 0); err != nil {
		return attributes{}, &attributeError{"the properties of the volume cannot be read", err}
	}
	if flags&windows.FILE_PERSISTENT_ACLS == 0 {
		return attributes{}, nil
	}
	descriptor, err := windows.GetSecurityInfo(handle, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return attributes{}, unreadableACL(err)
	}
	own, err := hasOwnEntries(descriptor)
	if err != nil {
		return attributes{}, unreadableACL(err)
	}
	if !own {
		return attributes{}, nil
	}
	return attributes{descriptor, descriptor.String()}, nil
}

func unreadableACL(err error) error {
	return &attributeError{"the access control list of the document cannot be read", err}
}

// hasOwnEntries reports whether a list has entries that are not inherited, or inherits none. A nil list gives all users
// all rights.
func hasOwnEntries(descriptor *windows.SECURITY_DESCRIPTOR) (bool, error) {
	control, _, err := descriptor.Control()
	if err != nil {
		return false, err
	}
	list, _, err := descriptor.DACL()
	if err != nil || list == nil || control&windows.SE_DACL_PROTECTED != 0 {
		return err == nil, err
	}
	for n := range uint32(list.AceCount) {
		var entry *windows.ACCESS_ALLOWED_ACE
		if err := windows.GetAce(list, n, &entry); err != nil {
			return false, err
		}
		if entry.Header.AceFlags&windows.INHERITED_ACE == 0 {
			return true, nil
		}
	}
	return false, nil
}

// createTemporary creates an empty file for a new version of the document. If the document has its own access control
// list, the file has it from its creation on. Otherwise another user could open the file before it has the list, and
// read it later. The caller holds the lock, so that no other process creates a file with these names.
func createTemporary(doc document) (*os.File, error) {
	dir := filepath.Dir(doc.path)

	if doc.attributes.descriptor == nil {
		return os.CreateTemp(dir, temporaryPrefix(doc.path)+"*"+temporarySuffix)
	}

	// Without the protection, the file would get the entries of the directory too.
	descriptor, err := windows.SecurityDescriptorFromString(doc.attributes.text)
	if err == nil {
		err = descriptor.SetControl(windows.SE_DACL_PROTECTED, windows.SE_DACL_PROTECTED)
	}
	if err != nil {
		return nil, unreadableACL(err)
	}
	security := windows.SecurityAttributes{SecurityDescriptor: descriptor}
	security.Length = uint32(unsafe.Sizeof(security))

	for n := 1; ; n++ {
		path := filepath.Join(dir, fmt.Sprint(temporaryPrefix(doc.path), n, temporarySuffix))

		name, err := windows.UTF16PtrFromString(path)
		if err != nil {
			return nil, err
		}
		handle, err := windows.CreateFile(name, windows.GENERIC_WRITE|windows.READ_CONTROL|windows.WRITE_DAC,
			windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, &security, windows.CREATE_NEW,
			windows.FILE_ATTRIBUTE_NORMAL, 0)
		if err == nil {
			return os.NewFile(uintptr(handle), path), nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
}

// keepRights gives a file of createTemporary the access control list of the document as it is. The entries are equal,
// but this list may inherit later changes of the directory. The owner of the file is the account. A document with the
// attribute "read-only" was refused.
func keepRights(f *os.File, doc document) error {
	descriptor := doc.attributes.descriptor
	if descriptor == nil {
		return nil
	}
	control, _, err := descriptor.Control()

	// The system marks a list as inherited only if it is requested.
	if err == nil && control&windows.SE_DACL_AUTO_INHERITED != 0 {
		err = descriptor.SetControl(windows.SE_DACL_AUTO_INHERIT_REQ, windows.SE_DACL_AUTO_INHERIT_REQ)
	}
	if err == nil {
		err = windows.SetKernelObjectSecurity(windows.Handle(f.Fd()), windows.DACL_SECURITY_INFORMATION, descriptor)
	}
	if err != nil {
		return &attributeError{"the access control list of the document cannot be set on the new file", err}
	}
	return nil
}

// hasRightsOf reports whether two files have the same access control list of their own.
func (d document) hasRightsOf(other document) bool { return d.attributes.text == other.attributes.text }
