//go:build unix

package file

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// readOnlyText is the fact in the error for a read-only document.
const readOnlyText = "it is read-only (mode 0444)"

// The system's errors with their own advice.
const (
	errFull               = syscall.ENOSPC
	errQuota              = syscall.EDQUOT
	errReadOnlyFileSystem = syscall.EROFS
)

// TestLoadPipesAndSockets verifies that pipes and sockets are not opened, which would block.
func TestLoadPipesAndSockets(t *testing.T) {
	t.Parallel()

	t.Run("pipe", func(t *testing.T) {
		t.Parallel()

		path := filepath.Join(t.TempDir(), "topology.xml")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := New(path).Load(t.Context())
		wantFailure(t, err, fs.ErrInvalid, path, "named pipe")

		err = New(path).publish(t.Context(), oldDocument, newDocument)
		wantFailure(t, err, fs.ErrInvalid, path, "named pipe")
	})

	t.Run("pipe replaces the document", func(t *testing.T) {
		t.Parallel()

		path := writeDocument(t, oldDocument)
		s := New(path)
		s.before = func(at step, _ string) error {
			if at != stepOpen {
				return nil
			}
			if err := os.Remove(path); err != nil {
				return err
			}
			return syscall.Mkfifo(path, 0o600)
		}

		_, err := s.Load(t.Context())
		wantFailure(t, err, fs.ErrInvalid, path, "named pipe")
	})

	t.Run("pipe as lock file", func(t *testing.T) {
		t.Parallel()

		path := writeDocument(t, oldDocument)
		if err := syscall.Mkfifo(lockPath(path), 0o600); err != nil {
			t.Fatal(err)
		}
		err := New(path).publish(t.Context(), oldDocument, newDocument)
		wantFailure(t, err, fs.ErrInvalid, lockPath(path), "not a regular file")
		wantDocument(t, path, oldDocument)
	})

	t.Run("socket", func(t *testing.T) {
		t.Parallel()

		// The path of a socket must be shorter than that of t.TempDir.
		dir, err := os.MkdirTemp("", "lync") //nolint:usetesting // see above
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })

		path := filepath.Join(dir, "s")

		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = listener.Close() })

		_, err = New(path).Load(t.Context())
		wantFailure(t, err, fs.ErrInvalid, path, "socket")
	})
}

func TestLoadBelowAFile(t *testing.T) {
	t.Parallel()

	path := filepath.Join(writeDocument(t, oldDocument), "topology.xml")
	_, err := New(path).Load(t.Context())
	wantFailure(t, err, syscall.ENOTDIR, path)
	wantKind(t, err, NoDocument)
}

func TestPublishKeepsTheMode(t *testing.T) {
	t.Parallel()

	for _, mode := range []fs.FileMode{0o600, 0o640, 0o644, 0o664, 0o666, 0o200 | 0o400, 0o755, 0o660 | fs.ModeSetgid} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != mode {
				t.Errorf("mode is %v, want %v", info.Mode(), mode)
			}
		})
	}
}

// wantOwner verifies the owner, the group and the mode of a file.
func wantOwner(t *testing.T, path string, uid, gid int, mode fs.FileMode) {
	t.Helper()

	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := ownerOf(info); !ok || got != (owner{uid, gid}) || info.Mode() != mode {
		t.Errorf("%s has owner %+v and mode %v, want %d:%d and %v",
			filepath.Base(path), got, info.Mode(), uid, gid, mode)
	}
}

func TestPublishKeepsTheOwner(t *testing.T) {
	t.Parallel()

	if os.Geteuid() != 0 {
		t.Skip("only root can change the owner of a file")
	}
	for _, tc := range []struct {
		mode, lock fs.FileMode
	}{
		{0o644, 0o600},
		{0o664, 0o660},
		{0o666, 0o666},
		{0o660 | fs.ModeSetgid, 0o660},
	} {
		t.Run(tc.mode.String(), func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			if err := os.Chown(path, 12345, 23456); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tc.mode); err != nil {
				t.Fatal(err)
			}
			if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
				t.Fatal(err)
			}
			wantOwner(t, path, 12345, 23456, tc.mode)
			// All users who can write the document can lock it.
			wantOwner(t, lockPath(path), 12345, 23456, tc.lock)
		})
	}
}

// TestPublishDetectsChangedRights verifies that a publish does not undo a change of the rights by another program.
func TestPublishDetectsChangedRights(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	if err := os.Chmod(path, 0o644); err != nil { //nolint:gosec // the mode is what is tested
		t.Fatal(err)
	}
	s := New(path)
	s.before = func(at step, _ string) error {
		if at == stepCompare {
			return os.Chmod(path, 0o600)
		}
		return nil
	}

	wantFailure(t, s.publish(t.Context(), oldDocument, newDocument), store.ErrConflict)
	wantDocument(t, path, oldDocument)
}

// TestVersionShowsRestoredTimes overwrites the document in place and restores its time. The system's time of the change
// has a coarse resolution, so that the test repeats the change.
func TestVersionShowsRestoredTimes(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	s := New(path)
	before := wantVersion(t, s)

	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); wantVersion(t, s) == before; {
		if err := errors.Join(
			os.WriteFile(path, bytes.ToUpper(oldDocument), 0o600),
			os.Chtimes(path, time.Time{}, info.ModTime())); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(end) {
			t.Fatalf("the version is still %q", before)
		}
	}
}

// TestDeletedLockFile verifies that a publish does not rely on the lock of a file that is deleted or replaced after it
// was locked. Otherwise another process could create and lock a new file.
func TestDeletedLockFile(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(path string) error{
		"deleted":  os.Remove,
		"replaced": func(path string) error { return errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			s := New(path)
			taken := 0
			s.before = func(at step, on string) error {
				switch at { //nolint:exhaustive // other steps do nothing
				case stepLocked:
					if taken++; taken == 1 {
						return change(on)
					}
				case stepReplace:
					other := flock.New(lockPath(path))
					if free, err := other.TryLock(); free || err != nil {
						t.Errorf("a second lock succeeds: %v, %v", free, err)
					}
				}
				return nil
			}

			if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
				t.Fatal(err)
			}
			if taken != 2 {
				t.Errorf("locked %d times, want 2", taken)
			}
			wantDocument(t, path, newDocument)
		})
	}
}

func TestShareLockIgnoresLinks(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	victim := writeDocument(t, bytes.Clone(oldDocument))
	symlink(t, victim, lockPath(path))

	if err := os.Chmod(path, 0o666); err != nil { //nolint:gosec // the mode is what is tested
		t.Fatal(err)
	}

	// Publish refuses an existing link. This call simulates a link that is created later.
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	shareLock(lockPath(path), document{path: path, info: info})

	target, err := os.Stat(victim)
	if err != nil {
		t.Fatal(err)
	}
	if target.Mode() != 0o600 {
		t.Errorf("the mode of the link's target is %v, want 0600", target.Mode())
	}
	err = New(path).publish(t.Context(), oldDocument, newDocument)
	wantFailure(t, err, fs.ErrInvalid, lockPath(path), "not a regular file")
}
