package file

import (
	"io/fs"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

const errNoAttribute = unix.ENOATTR

// unlisted is empty: macOS lists all attributes.
var unlisted []string

// ofContent is empty: no attribute of macOS depends on the content.
var ofContent map[string]bool

// isOptional reports whether a new file may lack an attribute. macOS sets some of its own attributes, such as
// com.apple.provenance, and refuses to set them again.
func isOptional(name string) bool { return strings.HasPrefix(name, "com.apple.") }

// labels returns all attributes: on macOS, access control lists are not attributes.
func (values attributes) labels() attributes { return values }

// rightsOf returns the rights on a document by its mode.
func rightsOf(info fs.FileInfo, _ attributes) (rights, error) { return rights{mode: info.Mode()}, nil }

// setACL does nothing: the access control list comes from the directory.
func setACL(*os.File, acl) error { return nil }

// setOtherACLs does nothing.
func setOtherACLs(*os.File, attributes, bool) error { return nil }
