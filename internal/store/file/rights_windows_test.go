package file

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

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

	before := listAt(t, path)
	if err := windows.SetKernelObjectSecurity(handle, windows.DACL_SECURITY_INFORMATION, descriptor); err != nil {
		t.Fatal(err)
	}
	if listAt(t, path) == before {
		t.Skipf("the volume in TMP does not keep access control lists: %s", before)
	}
}

// listAt returns the access control list of a file.
func listAt(t *testing.T, path string) string {
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
	usual := listAt(t, path)
	restrict(t, path)
	want := listAt(t, path)
	s := New(path)
	s.before = func(at step, temp string) error {
		switch at { //nolint:exhaustive // other steps do nothing
		case stepKeep, stepWrite:
			info, err := os.Stat(temp)
			if err != nil {
				return err
			}
			if got := listAt(t, temp); info.Size() != 0 || got == usual || at == stepWrite && got != want {
				t.Errorf("%s: the file has %d bytes and the list %s, want %s", at, info.Size(), got, want)
			}
		}
		return nil
	}

	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)

	if got := listAt(t, path); got != want {
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

// flagsAt returns the attributes of keptFlags that a file has.
func flagsAt(t *testing.T, path string) uint32 {
	t.Helper()

	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	flags, err := windows.GetFileAttributes(name)
	if err != nil {
		t.Fatal(err)
	}
	return flags & keptFlags
}

// TestAttributesAreKept verifies that a new file has the attributes of the document before it has data.
func TestAttributesAreKept(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name  string
		flags uint32
	}{
		{"hidden", windows.FILE_ATTRIBUTE_HIDDEN},
		{"system", windows.FILE_ATTRIBUTE_SYSTEM},
		{"hidden and system", windows.FILE_ATTRIBUTE_HIDDEN | windows.FILE_ATTRIBUTE_SYSTEM},
		{"not indexed", windows.FILE_ATTRIBUTE_NOT_CONTENT_INDEXED},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			name, err := windows.UTF16PtrFromString(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := windows.SetFileAttributes(name, tc.flags); err != nil {
				t.Fatal(err)
			}
			if got := flagsAt(t, path); got != tc.flags {
				t.Skipf("the volume in TMP does not keep the attributes: %#x", got)
			}
			s := New(path)
			s.before = func(at step, temp string) error {
				if at == stepWrite {
					if got := flagsAt(t, temp); got != tc.flags {
						t.Errorf("the temporary file has the attributes %#x, want %#x", got, tc.flags)
					}
				}
				return nil
			}

			if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
				t.Fatal(err)
			}
			wantDocument(t, path, newDocument)

			if got := flagsAt(t, path); got != tc.flags {
				t.Errorf("the document has the attributes %#x, want %#x", got, tc.flags)
			}
		})
	}
}

// TestEncryptionIsKept verifies that a new file is encrypted before it has data.
func TestEncryptionIsKept(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	encrypt := windows.NewLazySystemDLL("advapi32.dll").NewProc("EncryptFileW")
	if encrypt.Find() == nil {
		_, _, _ = encrypt.Call(uintptr(unsafe.Pointer(name)))
	}
	if flagsAt(t, path) != windows.FILE_ATTRIBUTE_ENCRYPTED {
		t.Skip("the system does not encrypt files in TMP")
	}
	s := New(path)
	s.before = func(at step, temp string) error {
		if at == stepWrite && flagsAt(t, temp) != windows.FILE_ATTRIBUTE_ENCRYPTED {
			t.Error("the temporary file is not encrypted")
		}
		return nil
	}

	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)

	if flagsAt(t, path) != windows.FILE_ATTRIBUTE_ENCRYPTED {
		t.Error("the document is not encrypted")
	}
}

// TestListOfAMovedDocumentIsKept verifies that a document keeps the entries that it has inherited from its former
// directory, and does not get those of the present one, which can give rights to more accounts.
func TestListOfAMovedDocumentIsKept(t *testing.T) {
	t.Parallel()

	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	closed := t.TempDir()
	sddl := "D:P(A;OICI;FA;;;" + user.User.Sid.String() + ")"
	descriptor, err := windows.SecurityDescriptorFromString(sddl)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := descriptor.DACL()
	if err != nil {
		t.Fatal(err)
	}
	err = windows.SetNamedSecurityInfo(closed, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := writeDocument(t, []byte("usual"))
	usual := listAt(t, path)
	moved := filepath.Join(closed, "topology.xml")

	if err := os.WriteFile(moved, oldDocument, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(moved, path); err != nil {
		t.Fatal(err)
	}
	want := listAt(t, path)
	if want == usual {
		t.Skipf("the volume in TMP does not keep the list of a file that is moved: %s", want)
	}
	if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)

	if got := listAt(t, path); !isSameList(got, want) {
		t.Errorf("the list is %s, want %s", got, want)
	}
}

// TestRightsThatCannotBeKept verifies that a failure to set each of them is an error before the file has data.
func TestRightsThatCannotBeKept(t *testing.T) {
	t.Parallel()

	descriptor, err := windows.SecurityDescriptorFromString("D:P(A;;FR;;;WD)")
	if err != nil {
		t.Fatal(err)
	}
	opened, err := os.Open(writeDocument(t, nil)) // without the right to change the list
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = opened.Close() }()

	pipe, end, err := os.Pipe() // has no attributes
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = pipe.Close(), end.Close() }()

	for _, tc := range []struct {
		name string
		file *os.File
		kept attributes
		text string
	}{
		{
			"list", opened, attributes{descriptor: descriptor, list: descriptor.String()},
			"the access control list of the document cannot be set on the new file",
		},
		{
			"attributes", pipe, attributes{flags: windows.FILE_ATTRIBUTE_SYSTEM},
			"the attributes of the document cannot be set on the new file",
		},
	} {
		err := keepRights(tc.file, document{attributes: tc.kept})

		var failed *attributeError
		if !errors.As(err, &failed) || failed.fact != tc.text {
			t.Errorf("%s: the error is %v", tc.name, err)
		}
	}
}

func TestIsSameList(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name string
		a, b string
		want bool
	}{
		{"equal", "D:AI(A;ID;FA;;;SY)", "D:AI(A;ID;FA;;;SY)", true},
		{"another record of the inheritance", "D:AI(A;ID;FA;;;SY)", "D:(A;ID;FA;;;SY)", true},
		{"protected", "D:PAI(A;;FA;;;SY)", "D:(A;;FA;;;SY)", false},
		{"inherited from another directory", "D:AI(A;ID;FA;;;SY)", "D:AI(A;ID;FA;;;WD)", false},
		{"own entry", "D:(A;;FA;;;AI)(A;ID;FA;;;SY)", "D:(A;ID;FA;;;SY)", false},
		{"no list", "D:NO_ACCESS_CONTROL", "D:", false},
	} {
		if got := isSameList(tc.a, tc.b); got != tc.want {
			t.Errorf("%s: isSameList(%s, %s) = %v", tc.name, tc.a, tc.b, got)
		}
	}
}

func TestHasOwnEntries(t *testing.T) {
	t.Parallel()

	for sddl, want := range map[string]bool{
		"D:AI(A;ID;FA;;;SY)(A;ID;FR;;;WD)": false,
		"D:AI(A;;FR;;;WD)(A;ID;FA;;;SY)":   true,
		"D:PAI(A;ID;FA;;;SY)":              true,
		"D:":                               false,
	} {
		descriptor, err := windows.SecurityDescriptorFromString(sddl)
		if err != nil {
			t.Fatalf("%s: %v", sddl, err)
		}
		if got, err := hasOwnEntries(descriptor); got != want || err != nil {
			t.Errorf("%s: %v, %v", sddl, got, err)
		}
	}

	// A missing list gives all users all rights.
	open, err := windows.NewSecurityDescriptor()
	if err != nil {
		t.Fatal(err)
	}
	if err := open.SetDACL(nil, true, false); err != nil {
		t.Fatal(err)
	}
	if got, err := hasOwnEntries(open); !got || err != nil {
		t.Errorf("no list: %v, %v", got, err)
	}
}
