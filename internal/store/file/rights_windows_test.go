package file

import (
	"os"
	"testing"

	"golang.org/x/sys/windows"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// restrict gives only the account rights on a file.
func restrict(t *testing.T, path string) {
	t.Helper()

	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	descriptor, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		t.Fatal(err)
	}
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_WRITE|windows.WRITE_DAC,
		windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = windows.CloseHandle(handle) }()

	before := listOf(t, path)
	if err := windows.SetKernelObjectSecurity(handle, windows.DACL_SECURITY_INFORMATION, descriptor); err != nil {
		t.Fatal(err)
	}
	if listOf(t, path) == before {
		t.Skipf("the volume in TMP does not keep access control lists: %s", before)
	}
}

// listOf returns the access control list of a file.
func listOf(t *testing.T, path string) string {
	t.Helper()

	descriptor, err := windows.GetNamedSecurityInfo(path, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	return descriptor.String()
}

// TestACLIsKept verifies that a new file has the access control list of the document before it has data.
func TestACLIsKept(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	usual := listOf(t, path)
	restrict(t, path)
	want := listOf(t, path)
	s := New(path)
	s.before = func(at step, temp string) error {
		switch at { //nolint:exhaustive // other steps do nothing
		case stepKeep, stepWrite:
			info, err := os.Stat(temp)
			if err != nil {
				return err
			}
			if got := listOf(t, temp); info.Size() != 0 || got == usual || at == stepWrite && got != want {
				t.Errorf("%s: the file has %d bytes and the list %s, want %s", at, info.Size(), got, want)
			}
		}
		return nil
	}

	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)

	if got := listOf(t, path); got != want {
		t.Errorf("the list is %s, want %s", got, want)
	}
}

// TestPublishDetectsAChangedACL verifies that a publish does not undo a change of the list by another program.
func TestPublishDetectsAChangedACL(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	s := New(path)
	s.before = func(at step, _ string) error {
		if at == stepCompare {
			restrict(t, path)
		}
		return nil
	}

	wantFailure(t, s.publish(t.Context(), oldDocument, newDocument), store.ErrConflict)
	wantDocument(t, path, oldDocument)
}
