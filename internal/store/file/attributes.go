//go:build linux || darwin

package file

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// attributes are the extended attributes of a document that its new file gets, by name.
type attributes map[string][]byte

// readAttributes returns the extended attributes of an open document. The account may not see all of them: Linux lists
// those with the prefix "trusted." only to root.
func readAttributes(f *os.File) (attributes, error) {
	names, err := listAttributes(f)
	if err != nil {
		return nil, &attributeError{"the extended attributes of the document cannot be listed", err}
	}
	found := attributes{}
	for _, name := range names {
		if ofContent[name] {
			continue
		}
		value, err := attribute(f, name)
		if err != nil {
			return nil, &attributeError{"the extended attribute " + name + " of the document cannot be read", err}
		}
		if value != nil {
			found[name] = value
		}
	}
	return found, nil
}

// setAttributes gives a new file the attributes. An attribute that has the value already is not set, because the system
// sets some at the creation and refuses to set them again.
func setAttributes(f *os.File, values attributes) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := setAttribute(f, name, values[name]); err != nil && !isOptional(name) {
			return &attributeError{
				"the extended attribute " + name + " of the document cannot be set on the new file", err,
			}
		}
	}
	return nil
}

func setAttribute(f *os.File, name string, value []byte) error {
	if current, err := attribute(f, name); err == nil && current != nil && bytes.Equal(current, value) {
		return nil
	}
	return ignoringEINTR(func() error { return unix.Fsetxattr(int(f.Fd()), name, value, 0) })
}

// removeAttribute removes an attribute, unless the file does not have it.
func removeAttribute(f *os.File, name string) error {
	if current, err := attribute(f, name); err == nil && current == nil {
		return nil
	}
	err := ignoringEINTR(func() error { return unix.Fremovexattr(int(f.Fd()), name) })
	if isAbsent(err) {
		return nil
	}
	return err
}

// attribute returns the value of an attribute. It is nil if the file or the file system does not have the attribute.
func attribute(f *os.File, name string) ([]byte, error) {
	value, err := sized(func(buffer []byte) (int, error) { return unix.Fgetxattr(int(f.Fd()), name, buffer) })
	if isAbsent(err) {
		return nil, nil
	}
	return value, err
}

// listAttributes returns the names of the attributes. A file system without attributes has none.
func listAttributes(f *os.File) ([]string, error) {
	list, err := sized(func(buffer []byte) (int, error) { return unix.Flistxattr(int(f.Fd()), buffer) })
	if err != nil && !isAbsent(err) {
		return nil, err
	}
	names := slices.DeleteFunc(strings.Split(string(list), "\x00"), func(name string) bool { return name == "" })
	for _, name := range unlisted {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// sized returns what a system call writes to a buffer. The system call returns the necessary size if the buffer is nil.
func sized(call func(buffer []byte) (int, error)) ([]byte, error) {
	for {
		var (
			size   int
			buffer []byte
		)
		err := ignoringEINTR(func() (err error) { size, err = call(nil); return err })
		if err != nil {
			return nil, err
		}
		if size > 0 {
			buffer = make([]byte, size)
			err = ignoringEINTR(func() (err error) { size, err = call(buffer); return err })
		}
		if errors.Is(err, unix.ERANGE) {
			continue // it has grown since
		}
		if err != nil {
			return nil, err
		}
		return append([]byte{}, buffer[:size]...), nil // not nil
	}
}

func ignoringEINTR(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// isAbsent reports whether the file does not have an attribute, or the file system does not have attributes.
func isAbsent(err error) bool {
	return errors.Is(err, errNoAttribute) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS)
}
