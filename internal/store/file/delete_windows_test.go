package file

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"
)

// Rights in the security descriptor definition language.
const (
	// rightsOfWriter are the rights to read and to write a file or to create files in a directory, and to change its
	// list, without DELETE and FILE_DELETE_CHILD.
	rightsOfWriter = "0x1601bf"

	rightsOfDeleter = "0x1701bf" // with DELETE
)

// setList gives a file or a directory a list with these rights of the account only.
func setList(t *testing.T, path, rights string) {
	t.Helper()

	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	descriptor, err := windows.SecurityDescriptorFromString("D:P(A;;" + rights + ";;;" + user.User.Sid.String() + ")")
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := descriptor.DACL()
	if err != nil {
		t.Fatal(err)
	}
	err = windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
	if err != nil {
		t.Fatal(err)
	}
}

// TestMissingRightToDelete verifies that a publish refuses before it creates a file if the account may write the
// document and not delete it, and that the right on one of document and directory is sufficient. Wine does not check
// the right.
func TestMissingRightToDelete(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name                string
		document, directory string
		want                bool
	}{
		{"neither", rightsOfWriter, rightsOfWriter, false},
		{"document", rightsOfDeleter, rightsOfWriter, true},
		{"directory", rightsOfWriter, "FA", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			dir := filepath.Dir(path)
			setList(t, path, tc.document)
			setList(t, dir, tc.directory)
			t.Cleanup(func() { setList(t, dir, "FA") }) // before the removal of the directory

			if !tc.want && mayDelete(path) == nil {
				t.Skip("the system does not check the right to delete")
			}
			created := false
			s := New(path)
			s.before = func(at step, _ string) error {
				created = created || at == stepCreate
				return nil
			}

			err := s.publish(t.Context(), oldDocument, newDocument)
			if tc.want {
				if err != nil {
					t.Error(err)
				}
				wantDocument(t, path, newDocument)
				return
			}
			wantFailure(t, err, windows.ERROR_ACCESS_DENIED, "cannot write the topology document ", "(DELETE)")
			wantKind(t, err, NotDeletable)
			wantDocument(t, path, oldDocument)

			if created {
				t.Error("a temporary file was created")
			}
		})
	}
}

// TestDiscardWithoutTheRightToDelete verifies that a temporary file can be removed if its list does not let the account
// delete it: its handle has had the right since the creation.
func TestDiscardWithoutTheRightToDelete(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "a.tmp")
	f, err := openTemporary(path, windows.CREATE_NEW, nil)
	if err != nil {
		t.Fatal(err)
	}
	setList(t, path, rightsOfWriter)
	setList(t, filepath.Dir(path), rightsOfWriter)
	t.Cleanup(func() { setList(t, filepath.Dir(path), "FA") })

	if err := discard(f); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file remains: %v", err)
	}
}

// TestHeldFileMayBeDeleted verifies that the check of the right to delete does not wait for a program that has the file
// open: the replacement waits.
func TestHeldFileMayBeDeleted(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	release := hold(t, path)
	defer release()

	if err := mayDelete(path); err != nil {
		t.Error(err)
	}
}
