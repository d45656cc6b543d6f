package file

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// setXattr sets an extended attribute, or skips the test if the file system or the account does not allow it.
func setXattr(t *testing.T, path, name string, value []byte) {
	t.Helper()

	err := unix.Setxattr(path, name, value, 0)
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EPERM) {
		t.Skipf("cannot set the extended attribute %s in %s, which TMPDIR selects: %v", name, filepath.Dir(path), err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// setACLOf gives a file or, as its default, a directory an access control list.
func setACLOf(t *testing.T, path, name string, list acl) {
	t.Helper()

	value, err := list.value()
	if err != nil {
		t.Fatal(err)
	}
	setXattr(t, path, name, value)
}

// wantXattr verifies an extended attribute. A nil value is an absent attribute.
func wantXattr(t *testing.T, path, name string, want []byte) {
	t.Helper()

	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()

	got, err := attribute(f, name)
	if err != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
		t.Errorf("%s of %s is %v (%v), want %v", name, filepath.Base(path), got, err, want)
	}
}

func wantACLOf(t *testing.T, path string, want acl) {
	t.Helper()

	var value []byte

	if want != nil {
		var err error
		if value, err = want.value(); err != nil {
			t.Fatal(err)
		}
	}
	wantXattr(t, path, aclAttribute, value)
}

// cannotRead returns a function for Store.before which verifies that the other user can read neither the document at
// path nor a temporary file of it.
func cannotRead(t *testing.T, path string) func(step, string) error {
	t.Helper()
	return func(at step, _ string) error {
		for _, p := range append(temporaries(t, path), path) {
			err := asOtherUser(t, func() error { _, err := os.ReadFile(p); return err })
			if !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s: the other user reads %s: %v", at, filepath.Base(p), err)
			}
		}
		return nil
	}
}

// inheriting makes the directory of a document give its files an access control list with the other user, and returns
// the list.
func inheriting(t *testing.T, path string) acl {
	t.Helper()

	list := plainACL(7, 7, 7, aclEntry{aclNamedUser, 7, otherUser})
	setACLOf(t, filepath.Dir(path), "system.posix_acl_default", list)
	return list
}

// TestACLIsKept verifies that the users whom an access control list excludes can read the document at no time.
func TestACLIsKept(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name string
		gid  int
		list acl
	}{
		{"named user", 0, plainACL(6, 0, 0, aclEntry{aclNamedUser, 6, 1234})},
		{"named group", 0, plainACL(6, 0, 0, aclEntry{aclNamedGroup, 4, 1234})},
		// The mode is 0660. The members of the group have no rights.
		{"group without rights", otherUser, plainACL(6, 0, 0, aclEntry{aclNamedUser, 6, 1234})},
		{"user without rights", 0, plainACL(6, 6, 4, aclEntry{aclNamedUser, 0, otherUser})},
		{"mask", 0, acl{
			{aclOwner, 6, noID}, {aclNamedUser, 7, otherUser}, {aclGroup, 6, noID}, {aclMask, 0, noID},
			{aclOther, 0, noID},
		}},
	} {
		for _, inherits := range []bool{false, true} {
			name := tc.name
			if inherits {
				name += ", in a directory with a default"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()

				path := writeAs(t, 0, tc.gid, 0o600, 0o755)
				setACLOf(t, path, aclAttribute, tc.list)

				if inherits {
					inheriting(t, path)
				}
				s := New(path)
				s.before = cannotRead(t, path)

				if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
					t.Fatal(err)
				}
				wantDocument(t, path, newDocument)
				wantACLOf(t, path, tc.list)
				wantOwner(t, path, 0, tc.gid, tc.list.mode())
				_ = cannotRead(t, path)("after the publish", "")
			})
		}
	}
}

// TestACLOfTheDirectoryIsNotInherited verifies that a default access control list gives no user rights, neither on the
// document nor on the temporary file and the lock file.
func TestACLOfTheDirectoryIsNotInherited(t *testing.T) {
	t.Parallel()

	for _, mode := range []fs.FileMode{0o600, 0o640, 0o660} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()

			path := writeAs(t, 0, 0, mode, 0o755)
			inheriting(t, path)

			s := New(path)
			s.before = cannotRead(t, path)

			if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
				t.Fatal(err)
			}
			wantOwner(t, path, 0, 0, mode)
			wantACLOf(t, path, nil)
			wantACLOf(t, lockPath(path), nil)
			_ = cannotRead(t, path)("after the publish", "")
		})
	}
}

// TestDataIsWrittenToAFileWithTheRights verifies that the temporary file is empty until it has the rights of the
// document.
func TestDataIsWrittenToAFileWithTheRights(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	list := plainACL(6, 0, 0, aclEntry{aclNamedUser, 6, 1234})
	setACLOf(t, path, aclAttribute, list)
	setXattr(t, path, "user.note", []byte("x"))
	inheriting(t, path)

	s := New(path)
	s.before = func(at step, temp string) error {
		switch at { //nolint:exhaustive // other steps do nothing
		case stepKeep:
			info, err := os.Stat(temp)
			if err != nil || info.Size() != 0 || info.Mode() != 0o600 {
				t.Errorf("the new file: mode %v, %d bytes, %v", info.Mode(), info.Size(), err)
			}
		case stepWrite:
			wantACLOf(t, temp, list)
			wantXattr(t, temp, "user.note", []byte("x"))
		}
		return nil
	}

	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)
}

func TestAttributesAreKept(t *testing.T) {
	t.Parallel()

	for name, value := range map[string][]byte{
		"user.origin": []byte("https://x.example"), "user.empty": {}, "user.large": bytes.Repeat([]byte("x"), 2000),
		"trusted.note": []byte("of root"), "security.note": []byte("of root"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			setXattr(t, path, name, value)

			if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
				t.Fatal(err)
			}
			wantXattr(t, path, name, value)
		})
	}
}

// TestAttributesOfTheContent verifies that a publish does not keep what the system removes from a file that is written.
func TestAttributesOfTheContent(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	capability := make([]byte, 20) // struct vfs_cap_data
	capability[3] = 2              // VFS_CAP_REVISION_2
	setXattr(t, path, "security.capability", capability)

	if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantXattr(t, path, "security.capability", nil)
}

// TestAttributesOfAFileSystemWithout verifies that a file system without attributes has none to keep.
func TestAttributesOfAFileSystemWithout(t *testing.T) {
	t.Parallel()

	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = f.Close() }()

	if found, err := readAttributes(f); err != nil || len(found) > 0 {
		t.Errorf("found %v, %v", found, err)
	}
	if err := setACL(f, nil); err != nil {
		t.Errorf("removing an access control list: %v", err)
	}
	var lost *attributeError
	if err := setACL(f, fullACL); !errors.As(err, &lost) || !errors.Is(err, unix.ENOTSUP) {
		t.Errorf("setting an access control list: %v", err)
	}
}

// TestLostAttributesRefuse verifies that no byte is written if an attribute cannot be kept.
func TestLostAttributesRefuse(t *testing.T) {
	t.Parallel()

	list := plainACL(6, 0, 0, aclEntry{aclNamedUser, 6, 1234})

	for _, tc := range []struct {
		name    string
		uid     int
		prepare func(path string)
		as      func(do func() error) error
		part    string
	}{
		{
			"label that the account may not set", 0,
			func(path string) { setXattr(t, path, "security.note", []byte("x")) },
			func(do func() error) error { return asRootWithout(t, unix.CAP_SYS_ADMIN, do) },
			"attribute security.note of the document cannot be set on the new file: operation not permitted",
		},
		{
			"list of another owner", 1234,
			func(path string) { setACLOf(t, path, aclAttribute, list) },
			func(do func() error) error { return asRootWithout(t, unix.CAP_FOWNER, do) },
			"system.posix_acl_access of the document cannot be set on the new file: operation not permitted",
		},
		{
			"list of the directory", 1234,
			func(path string) { inheriting(t, path) },
			func(do func() error) error { return asRootWithout(t, unix.CAP_FOWNER, do) },
			"the access control list of the directory cannot be removed from the new file: operation not permitted",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := writeAs(t, tc.uid, tc.uid, 0o600, 0o777)
			tc.prepare(path)

			s := New(path)
			s.before = func(at step, _ string) error {
				if at == stepWrite || at == stepReplace {
					t.Errorf("reaches the step %q", at)
				}
				return nil
			}

			err := tc.as(func() error { return s.publish(t.Context(), oldDocument, newDocument) })
			wantFailure(t, err, fs.ErrPermission, "cannot give the rights on the document to the temporary file ",
				tc.part, "The document is unchanged.")
			wantKind(t, err, RightsNotKept)
			wantDocument(t, path, oldDocument)
		})
	}
}

// TestACLOfAnotherGroup verifies that the group of an account that cannot keep the group gets no rights from the list,
// and that users in the list can lock and publish.
func TestACLOfAnotherGroup(t *testing.T) {
	t.Parallel()

	path := writeAs(t, 0, 12345, 0o600, 0o777)
	setACLOf(t, path, aclAttribute, plainACL(6, 4, 0, aclEntry{aclNamedUser, 6, otherUser}))

	// root leaves the lock file.
	if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantACLOf(t, lockPath(path), acl{
		{aclOwner, 6, noID}, {aclNamedUser, 6, otherUser}, {aclGroup, 0, noID}, {aclMask, 6, noID}, {aclOther, 0, noID},
	})
	third := []byte("third")

	if err := asOtherUser(t,
		func() error { return New(path).publish(t.Context(), newDocument, third) }); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, third)
	wantACLOf(t, path, plainACL(6, 0, 0, aclEntry{aclNamedUser, 6, otherUser}))
	wantOwner(t, path, otherUser, otherUser, 0o670)
}
