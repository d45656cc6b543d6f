package file

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/windows"
)

// attributes are what the new file of a document keeps, beside its content. The access control list and the owner are
// unset on a volume without access control lists, such as FAT.
//
// A publish does not keep alternate data streams. A stream belongs to the program that wrote it and describes the
// content of that time, such as Zone.Identifier the origin of a download. Windows has no call that keeps the streams
// and replaces the document in one step, see replaceFile.
type attributes struct {
	descriptor *windows.SECURITY_DESCRIPTOR // has only the access control list
	list       string                       // the list in the security descriptor definition language, to compare
	owner      *windows.SID
	flags      uint32 // of keptFlags
}

// keptFlags are the attributes of a file in the sense of Windows that the new file gets. FILE_ATTRIBUTE_READONLY is not
// one of them, because a document that has it is refused. FILE_ATTRIBUTE_ARCHIVE is set on each new file.
const keptFlags = windows.FILE_ATTRIBUTE_HIDDEN | windows.FILE_ATTRIBUTE_SYSTEM |
	windows.FILE_ATTRIBUTE_NOT_CONTENT_INDEXED | windows.FILE_ATTRIBUTE_ENCRYPTED

// readAttributes returns the attributes of an open document.
func readAttributes(f *os.File) (attributes, error) {
	var (
		found  attributes
		volume uint32
		err    error
		handle = windows.Handle(f.Fd())
	)
	if found.flags, err = flagsOf(f); err != nil {
		return attributes{}, &attributeError{"the attributes of the document cannot be read", err}
	}
	if err := windows.GetVolumeInformationByHandle(handle, nil, 0, nil, nil, &volume, nil, 0); err != nil {
		return attributes{}, &attributeError{"the properties of the volume cannot be read", err}
	}
	if volume&windows.FILE_PERSISTENT_ACLS == 0 {
		return found, nil
	}
	if found.descriptor, err = listOf(f); err != nil {
		return attributes{}, err
	}
	found.list = found.descriptor.String()

	if found.owner, err = ownerOf(f); err != nil {
		return attributes{}, err
	}
	return found, nil
}

var errNoText = errors.New("it has an entry that cannot be written as text")

// listOf returns the access control list of an open file.
func listOf(f *os.File) (*windows.SECURITY_DESCRIPTOR, error) {
	found, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		return nil, &attributeError{"the access control list of " + f.Name() + " cannot be read", err}
	}
	if found.String() == "" { // Windows has no text for every entry, and lists are compared as texts
		return nil, &attributeError{"the access control list of " + f.Name() + " cannot be compared", errNoText}
	}
	return found, nil
}

// ownerOf returns the owner of an open file.
func ownerOf(f *os.File) (*windows.SID, error) {
	found, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_FILE_OBJECT,
		windows.OWNER_SECURITY_INFORMATION)
	if err == nil {
		var owner *windows.SID
		if owner, _, err = found.Owner(); err == nil {
			return owner, nil
		}
	}
	return nil, &attributeError{"the owner of " + f.Name() + " cannot be read", err}
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

// isSameList reports whether two lists have the same entries and the same protection from those of the directory. The
// other flags record how a list was inherited, and not what it allows.
func isSameList(a, b string) bool {
	normal := func(list string) string {
		flags, entries, _ := strings.Cut(list, "(")
		return strings.NewReplacer("AI", "", "AR", "").Replace(flags) + "(" + entries
	}
	return normal(a) == normal(b)
}

// keepRights gives an empty file of createTemporary the access control list, the attributes and, if the account may set
// it, the owner of the document. The file has the entries of the list already. Here it gets the flags of the list, so
// that it inherits later changes of the directory as the document does. A document with the attribute "read-only" was
// refused.
func keepRights(f *os.File, doc document) error {
	if err := keepList(f, doc.attributes); err != nil {
		return err
	}
	if err := keepFlags(f, doc.attributes.flags); err != nil {
		return &attributeError{"the attributes of the document cannot be set on the new file", err}
	}
	return keepOwner(f, doc.attributes.owner)
}

func keepList(f *os.File, want attributes) error {
	if want.descriptor == nil {
		return nil
	}
	current, err := listOf(f)
	if err != nil || isSameList(current.String(), want.list) {
		return err
	}
	control, _, err := want.descriptor.Control()

	// The system marks a list as inherited only if it is requested.
	if err == nil && control&windows.SE_DACL_AUTO_INHERITED != 0 {
		err = want.descriptor.SetControl(windows.SE_DACL_AUTO_INHERIT_REQ, windows.SE_DACL_AUTO_INHERIT_REQ)
	}

	// Unlike SetSecurityInfo, this call sets the list as it is, without entries of the directory.
	if err == nil {
		err = windows.SetKernelObjectSecurity(windows.Handle(f.Fd()), windows.DACL_SECURITY_INFORMATION,
			want.descriptor)
	}
	if err != nil {
		return &attributeError{"the access control list of the document cannot be set on the new file", err}
	}
	return nil
}

// keepOwner makes the owner of the document that of the file, if the account may set it. Otherwise the account is the
// owner. It could write the document, and findWritable has checked that.
func keepOwner(f *os.File, want *windows.SID) error {
	if want == nil {
		return nil
	}
	current, err := ownerOf(f)
	if err != nil || current.Equals(want) {
		return err
	}

	// Without the privilege to restore files, an account may set only itself and some of its groups.
	_ = windows.SetNamedSecurityInfo(longPath(f.Name()), windows.SE_FILE_OBJECT, windows.OWNER_SECURITY_INFORMATION,
		want, nil, nil, nil)
	return nil
}

// hasRightsOf reports whether two files have the same access control list, owner and attributes.
func (d document) hasRightsOf(other document) bool {
	a, b := d.attributes, other.attributes
	sameOwner := a.owner == b.owner || a.owner != nil && b.owner != nil && a.owner.Equals(b.owner)
	return sameOwner && a.list == b.list && a.flags == b.flags
}
