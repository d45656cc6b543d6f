//go:build unix && !linux && !darwin

package file

import (
	"io/fs"
	"os"
)

// attributes are empty: a publish does not keep extended attributes on this system, for which there are no releases.
type attributes struct{}

func readAttributes(*os.File) (attributes, error) { return attributes{}, nil }

func setAttributes(*os.File, attributes) error { return nil }

func (values attributes) labels() attributes { return values }

// rightsOf returns the rights on a document by its mode.
func rightsOf(info fs.FileInfo, _ attributes) (rights, error) { return rights{mode: info.Mode()}, nil }

// setACL does nothing: the access control list comes from the directory.
func setACL(*os.File, acl) error { return nil }

// setOtherACLs does nothing.
func setOtherACLs(*os.File, attributes, bool) error { return nil }
