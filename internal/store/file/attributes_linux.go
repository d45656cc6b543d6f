package file

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	errNoAttribute = unix.ENODATA

	// aclAttribute is the extended attribute with the POSIX access control list.
	aclAttribute = "system.posix_acl_access"
)

// unlisted are attributes that some network file systems have without listing them.
var unlisted = []string{aclAttribute}

// ofContent are attributes that a new file does not get. The system removes a capability from a file that is written,
// and computes the hash and the signature of integrity measurement itself. XFS stores the access control list under
// another name and lists both.
var ofContent = map[string]bool{
	"security.capability": true, "security.ima": true, "security.evm": true, "trusted.SGI_ACL_FILE": true,
}

// isOptional returns false: a failure to keep an attribute refuses the publish.
func isOptional(string) bool { return false }

// isAccess reports whether the rights on a file depend on an attribute: a POSIX access control list, or that of another
// file system, such as NFS version 4.
func isAccess(name string) bool { return strings.HasPrefix(name, "system.") }

// labels returns the attributes on which the rights on a file do not depend, or that have their own rules, such as the
// label of SELinux.
func (values attributes) labels() attributes {
	found := maps.Clone(values)
	maps.DeleteFunc(found, func(name string, _ []byte) bool { return isAccess(name) })
	return found
}

// rightsOf returns the rights on a document.
func rightsOf(info fs.FileInfo, values attributes) (rights, error) {
	list, err := parseACL(values[aclAttribute])
	if err != nil {
		return rights{}, &attributeError{
			"the extended attribute " + aclAttribute + " of the document cannot be read", err,
		}
	}
	if list == nil {
		return rights{mode: info.Mode()}, nil
	}
	return rights{mode: info.Mode()&^fs.ModePerm | list.mode(), acl: list}, nil
}

// setACL gives a file an access control list. A nil list removes the one that the file has from its directory.
func setACL(f *os.File, list acl) error {
	if list == nil {
		if err := removeAttribute(f, aclAttribute); err != nil {
			return &attributeError{
				"the document has no access control list, and the access control list of the directory cannot be " +
					"removed from the new file", err,
			}
		}
		return nil
	}
	value, err := list.value()
	if err != nil {
		return err
	}
	return setAttributes(f, attributes{aclAttribute: value})
}

// setOtherACLs gives a file the access control lists that are not POSIX, and removes those from its directory. Lists
// that are equal stay: the system derives most of them from the mode. A list also has the rights of the group, so that
// a file of another group cannot have it.
func setOtherACLs(f *os.File, values attributes, sameGroup bool) error {
	names, err := listAttributes(f)
	if err != nil {
		return &attributeError{"the extended attributes of the new file cannot be listed", err}
	}
	for _, name := range names {
		if _, kept := values[name]; kept || !isAccess(name) || name == aclAttribute {
			continue
		}
		if err := removeAttribute(f, name); err != nil {
			return &attributeError{
				"the attribute " + name + " of the directory cannot be removed from the new file", err,
			}
		}
	}
	for name, value := range values {
		if !isAccess(name) || name == aclAttribute {
			continue
		}
		if current, err := attribute(f, name); !sameGroup && (err != nil || !bytes.Equal(current, value)) {
			return &attributeError{
				"the access control list " + name + " cannot be kept without the group of the document", unix.EPERM,
			}
		}
		if err := setAttributes(f, attributes{name: value}); err != nil {
			return err
		}
	}
	return nil
}
