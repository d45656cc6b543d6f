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

	"github.com/gofrs/flock"
)

// What the system calls the failures that have a text of their own.
const (
	errFull               = syscall.ENOSPC
	errQuota              = syscall.EDQUOT
	errReadOnlyFileSystem = syscall.EROFS
)

// Nothing that has another end may be opened: it would block, and the test would never end.
func TestLoadOfPipesAndSockets(t *testing.T) {
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

	t.Run("a pipe takes the place of the document", func(t *testing.T) {
		t.Parallel()

		path := write(t, oldDocument)
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

	t.Run("pipe for a lock file", func(t *testing.T) {
		t.Parallel()

		path := write(t, oldDocument)
		if err := syscall.Mkfifo(lockPath(path), 0o600); err != nil {
			t.Fatal(err)
		}

		err := New(path).publish(t.Context(), oldDocument, newDocument)
		wantFailure(t, err, fs.ErrInvalid, lockPath(path), "not a regular file")
		wantDocument(t, path, oldDocument)
	})

	t.Run("socket", func(t *testing.T) {
		t.Parallel()

		// Names of sockets are short, so not in the long directory of the test.
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

	path := filepath.Join(write(t, oldDocument), "topology.xml")
	_, err := New(path).Load(t.Context())
	wantFailure(t, err, syscall.ENOTDIR, path, "Set topology_file")
}

func TestPublishKeepsTheMode(t *testing.T) {
	t.Parallel()

	for _, mode := range []fs.FileMode{0o600, 0o640, 0o644, 0o664, 0o666, 0o200 | 0o400, 0o755, 0o660 | fs.ModeSetgid} {
		t.Run(mode.String(), func(t *testing.T) {
			t.Parallel()

			path := write(t, oldDocument)
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

// owner returns user, group and mode of a file.
func owner(t *testing.T, path string) (uid, gid int, mode fs.FileMode) {
	t.Helper()

	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}

	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		t.Fatalf("no owner in %T", info.Sys())
	}

	return int(stat.Uid), int(stat.Gid), info.Mode()
}

func wantOwner(t *testing.T, path string, uid, gid int, mode fs.FileMode) {
	t.Helper()

	if u, g, m := owner(t, path); u != uid || g != gid || m != mode {
		t.Errorf("%s belongs to %d:%d with %v, want %d:%d with %v", filepath.Base(path), u, g, m, uid, gid, mode)
	}
}

func TestPublishKeepsTheOwner(t *testing.T) {
	t.Parallel()

	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
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

			path := write(t, oldDocument)
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
			// Who may write the document may lock it: the first to publish must not keep the others out.
			wantOwner(t, lockPath(path), 12345, 23456, tc.lock)
		})
	}
}

// A lock file that is deleted at the wrong moment must not let two processes publish at once: the lock that we got is
// on a file that has lost its name, and the next process would make and lock another one.
func TestDeletedLockFile(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(path string) error{
		"deleted":  os.Remove,
		"replaced": func(path string) error { return errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := write(t, oldDocument)
			s := New(path)
			taken := 0
			s.before = func(at step, on string) error {
				switch at { //nolint:exhaustive // the others do not matter
				case stepLocked:
					if taken++; taken == 1 {
						return change(on)
					}
				case stepReplace:
					other := flock.New(lockPath(path))
					if free, err := other.TryLock(); free || err != nil {
						t.Errorf("somebody else gets the lock: %v, %v", free, err)
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

func TestShareLockFollowsNoLink(t *testing.T) {
	t.Parallel()

	path := write(t, oldDocument)
	victim := write(t, bytes.Clone(oldDocument))
	symlink(t, victim, lockPath(path))

	if err := os.Chmod(path, 0o666); err != nil { //nolint:gosec // the mode is what is tested
		t.Fatal(err)
	}

	// Publish refuses the link; this is for one that is put there a moment later.
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}

	shareLock(lockPath(path), info)

	if _, _, mode := owner(t, victim); mode != 0o600 {
		t.Errorf("the mode of the link's target is %v", mode)
	}

	err = New(path).publish(t.Context(), oldDocument, newDocument)
	wantFailure(t, err, fs.ErrInvalid, lockPath(path), "not a regular file")
}
