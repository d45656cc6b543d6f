package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// otherUser is the id of an unprivileged user and of its group.
const otherUser = 65534

// asOtherUser runs a function with the file system rights of an unprivileged user. On Linux, these rights belong to a
// thread. The test is skipped unless it runs as root.
func asOtherUser(t *testing.T, do func() error) error {
	t.Helper()

	if os.Geteuid() != 0 {
		t.Skip("only root can act as another user")
	}
	done := make(chan error)

	go func() {
		// Without an unlock, the thread ends with this goroutine.
		runtime.LockOSThread()

		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSGID, otherUser, 0, 0)
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, otherUser, 0, 0)

		done <- do()
	}()
	return <-done
}

// asRootWithout runs a function as root without a capability.
func asRootWithout(t *testing.T, capability int, do func() error) error {
	t.Helper()

	if os.Geteuid() != 0 {
		t.Skip("only root can drop the privilege")
	}
	done := make(chan error)

	go func() {
		runtime.LockOSThread() // as in asOtherUser: capabilities belong to a thread

		var (
			head = unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
			sets [2]unix.CapUserData
		)
		if err := unix.Capget(&head, &sets[0]); err != nil {
			done <- err
			return
		}
		sets[capability/32].Effective &^= 1 << (capability % 32)

		if err := unix.Capset(&head, &sets[0]); err != nil {
			done <- err
			return
		}
		done <- do()
	}()
	return <-done
}

// writeAs writes a document with this owner and mode to a directory with the mode directory, and returns its path. The
// other user can reach the directory.
func writeAs(t *testing.T, uid, gid int, mode, directory fs.FileMode) string {
	t.Helper()

	path := writeDocument(t, oldDocument)
	dir := filepath.Dir(path)

	for _, err := range []error{
		os.Chown(path, uid, gid), os.Chmod(path, mode), os.Chmod(dir, directory),
		os.Chmod(filepath.Dir(dir), 0o755), //nolint:gosec // for the other user
	} {
		if err != nil {
			t.Skipf("cannot change the owner of a file: %v", err)
		}
	}
	if err := asOtherUser(t, func() error { _, err := os.Stat(path); return err }); err != nil {
		t.Skipf("the other user cannot reach the directory: %v", err)
	}
	return path
}

func TestPermissions(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name            string
		uid, gid        int
		mode, directory fs.FileMode
		prepare         func(path string) error
		kind            Kind
		parts           []string
	}{
		// The mode of the directory allows the rename.
		{
			"readable, not ours", 0, 0, 0o644, 0o777, nil, NotWritable, []string{
				"cannot write the topology document", "permission denied",
			},
		},
		{
			"closed directory", 0, 0, 0o666, 0o755, nil, LockNotWritable, []string{
				"cannot lock the topology document ", "permission denied",
			},
		},
		{"lock of another user", 0, 0, 0o666, 0o777, func(path string) error {
			return os.WriteFile(lockPath(path), nil, 0o600)
		}, LockNotWritable, []string{"cannot lock the topology document ", "permission denied", ".lock"}},
		{
			"document of another user in a sticky directory", 0, 0, 0o666, 0o777 | fs.ModeSticky, nil, NotWritable,
			[]string{"cannot replace"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := writeAs(t, tc.uid, tc.gid, tc.mode, tc.directory)
			if tc.prepare != nil {
				if err := tc.prepare(path); err != nil {
					t.Fatal(err)
				}
			}
			err := asOtherUser(t, func() error { return New(path).publish(t.Context(), oldDocument, newDocument) })
			wantFailure(t, err, fs.ErrPermission, append(tc.parts, path, "The document is unchanged.")...)
			wantKind(t, err, tc.kind)
			wantDocument(t, path, oldDocument)
			wantOwner(t, path, tc.uid, tc.gid, tc.mode)
		})
	}
	t.Run("unreadable", func(t *testing.T) {
		t.Parallel()

		path := writeAs(t, 0, 0, 0o600, 0o755)
		err := asOtherUser(t, func() error { _, err := New(path).Load(t.Context()); return err })
		wantFailure(t, err, fs.ErrPermission, path, "permission denied")
		wantKind(t, err, NotReadable)
	})
}

// TestOwnerCannotBeKept verifies that without privileges, the document gets the publishing account as its owner, and no
// group gets additional rights.
func TestOwnerCannotBeKept(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name         string
		uid, gid     int
		mode         fs.FileMode
		directory    fs.FileMode
		wantUID      int
		wantGID      int
		wantMode     fs.FileMode
		wantLockMode fs.FileMode
	}{
		{"open to all", 0, 0, 0o666, 0o777, otherUser, otherUser, 0o666, 0o666},
		{"own group", 0, otherUser, 0o664, 0o777, otherUser, otherUser, 0o664, 0o660},
		{"own document, strange group", otherUser, 12345, 0o660, 0o777, otherUser, otherUser, 0o600, 0o600},
		{"own document, strange group that reads", otherUser, 12345, 0o664, 0o777, otherUser, otherUser, 0o644, 0o600},
		{
			"directory that gives its own group", 0, otherUser, 0o664, 0o777 | fs.ModeSetgid, otherUser, otherUser,
			0o664, 0o660,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := writeAs(t, tc.uid, tc.gid, tc.mode, tc.directory)
			if err := asOtherUser(t,
				func() error { return New(path).publish(t.Context(), oldDocument, newDocument) }); err != nil {
				t.Fatal(err)
			}
			wantDocument(t, path, newDocument)
			wantOwner(t, path, tc.wantUID, tc.wantGID, tc.wantMode)
			wantOwner(t, lockPath(path), tc.wantUID, tc.wantGID, tc.wantLockMode)
		})
	}
}

// TestRootKeepsTheOwnerOrRefuses verifies that root without the privilege to keep the owner publishes only if the
// former owner can still write the document.
func TestRootKeepsTheOwnerOrRefuses(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name     string
		uid, gid int
		mode     fs.FileMode
		refused  bool
		wantUID  int
		wantGID  int
		wantMode fs.FileMode
	}{
		{"private", 1234, 1234, 0o600, true, 1234, 1234, 0o600},
		{"readable", 1234, 1234, 0o644, true, 1234, 1234, 0o644},
		{"of the owner in the group of root", 1234, 0, 0o644, true, 1234, 0, 0o644},
		{"of a group without root", 1234, 1234, 0o664, true, 1234, 1234, 0o664},
		{"of a group with root", 1234, 0, 0o664, true, 1234, 0, 0o664},
		{"closed to the group of root", 1234, 0, 0o606, true, 1234, 0, 0o606},
		{"open to all, in the group of root", 1234, 0, 0o666, false, 0, 0, 0o666},
		{"open to all", 1234, 1234, 0o666, false, 0, 0, 0o666},
		{"of root, strange group", 0, 1234, 0o644, false, 0, 0, 0o644},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := writeAs(t, tc.uid, tc.gid, tc.mode, 0o755)
			want := newDocument

			err := asRootWithout(t, unix.CAP_CHOWN,
				func() error { return New(path).publish(t.Context(), oldDocument, newDocument) })
			if tc.refused {
				want = oldDocument

				wantFailure(t, err, errOwner, "cannot give the rights", "user 1234", "is unchanged.")
				wantKind(t, err, OwnerNotKept)

				// A lock file of root would lock the owner out.
				if _, err := os.Lstat(lockPath(path)); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("the lock file: %v", err)
				}
			} else if err != nil {
				t.Error(err)
			}
			wantDocument(t, path, want)
			wantOwner(t, path, tc.wantUID, tc.wantGID, tc.wantMode)
		})
	}
}
