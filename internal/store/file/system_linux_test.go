package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

const nobody = 65534

// asNobody runs a function with the rights of an ordinary user on the file system. The tests may run as root, whom
// no permission binds. On Linux these rights belong to a thread, so that no other process is needed.
func asNobody(t *testing.T, do func() error) error {
	t.Helper()

	if os.Geteuid() != 0 {
		t.Skip("only root can be somebody else")
	}

	done := make(chan error)

	go func() {
		// Never unlocked: the thread ends with this goroutine, and with it the change.
		runtime.LockOSThread()

		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSGID, nobody, 0, 0)
		_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0)

		done <- do()
	}()

	return <-done
}

// open makes a document that nobody can reach, and returns its path.
func open(t *testing.T, uid, gid int, mode, directory fs.FileMode) string {
	t.Helper()

	path := write(t, oldDocument)
	dir := filepath.Dir(path)

	for _, err := range []error{
		os.Chown(path, uid, gid), os.Chmod(path, mode), os.Chmod(dir, directory),
		os.Chmod(filepath.Dir(dir), 0o755), //nolint:gosec // another user has to get through
	} {
		if err != nil {
			t.Skipf("cannot give files away here: %v", err)
		}
	}

	if err := asNobody(t, func() error { _, err := os.Stat(path); return err }); err != nil {
		t.Skipf("the directory for tests is closed to others: %v", err)
	}

	return path
}

func TestPermissions(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name            string
		uid, gid        int
		mode, directory fs.FileMode
		// prepare makes the case worse.
		prepare func(path string) error
		parts   []string
	}{
		// The rename would go through: the directory is open to all.
		{
			"readable, not ours", 0, 0, 0o644, 0o777, nil, []string{
				"cannot write the topology document", "permission denied", "right to write",
			},
		},
		{
			"closed directory", 0, 0, 0o666, 0o755, nil, []string{
				"cannot lock the topology document ", "permission denied", "and its directory",
			},
		},
		{"lock of somebody else", 0, 0, 0o666, 0o777, func(path string) error {
			return os.WriteFile(lockPath(path), nil, 0o600)
		}, []string{"cannot lock the topology document ", "permission denied", ".lock", "may be deleted"}},
		{
			"document of somebody else in a sticky directory", 0, 0, 0o666, 0o777 | fs.ModeSticky, nil, []string{
				"cannot replace", "right to write",
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := open(t, tc.uid, tc.gid, tc.mode, tc.directory)
			if tc.prepare != nil {
				if err := tc.prepare(path); err != nil {
					t.Fatal(err)
				}
			}

			err := asNobody(t, func() error { return New(path).publish(t.Context(), oldDocument, newDocument) })
			wantFailure(t, err, fs.ErrPermission, append(tc.parts, path, "The document is unchanged.")...)
			wantDocument(t, path, oldDocument)
			wantOwner(t, path, tc.uid, tc.gid, tc.mode)
		})
	}

	t.Run("unreadable", func(t *testing.T) {
		t.Parallel()

		path := open(t, 0, 0, 0o600, 0o755)
		err := asNobody(t, func() error { _, err := New(path).Load(t.Context()); return err })
		wantFailure(t, err, fs.ErrPermission, path, "permission denied", "right to read")
	})
}

// Without privileges the document passes to who publishes it, and no group gets more than it had.
func TestOwnerThatCannotBeKept(t *testing.T) {
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
		{"open to all", 0, 0, 0o666, 0o777, nobody, nobody, 0o666, 0o666},
		{"own group", 0, nobody, 0o664, 0o777, nobody, nobody, 0o664, 0o660},
		{"own document, strange group", nobody, 12345, 0o660, 0o777, nobody, nobody, 0o600, 0o600},
		{"own document, strange group that reads", nobody, 12345, 0o664, 0o777, nobody, nobody, 0o644, 0o600},
		{"directory that gives its own group", 0, nobody, 0o664, 0o777 | fs.ModeSetgid, nobody, nobody, 0o664, 0o660},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := open(t, tc.uid, tc.gid, tc.mode, tc.directory)
			if err := asNobody(t,
				func() error { return New(path).publish(t.Context(), oldDocument, newDocument) }); err != nil {
				t.Fatal(err)
			}

			wantDocument(t, path, newDocument)
			wantOwner(t, path, tc.wantUID, tc.wantGID, tc.wantMode)
			wantOwner(t, lockPath(path), tc.wantUID, tc.wantGID, tc.wantLockMode)
		})
	}
}
