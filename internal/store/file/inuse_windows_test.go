package file

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/windows"
)

func TestRetryWhileInUse(t *testing.T) {
	t.Parallel()

	ended, end := context.WithCancel(t.Context())
	end()

	for _, tc := range []struct {
		name  string
		ctx   context.Context //nolint:containedctx // of the row
		err   error
		calls int
	}{
		{"file open", t.Context(), windows.ERROR_SHARING_VIOLATION, 3},
		{"file being deleted", t.Context(), windows.ERROR_DELETE_PENDING, 3},
		{"file being replaced", t.Context(), windows.ERROR_ACCESS_DENIED, 3},
		{"file missing during a replacement", t.Context(), windows.ERROR_FILE_NOT_FOUND, 3},
		{"file open, and the context has ended", ended, windows.ERROR_SHARING_VIOLATION, 1},
		{"directory missing", t.Context(), windows.ERROR_PATH_NOT_FOUND, 1},
		{"disk full", t.Context(), windows.ERROR_DISK_FULL, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			calls := 0
			_ = retryWhileInUse(tc.ctx, func() error {
				if calls++; calls == 3 {
					return nil
				}
				return &fs.PathError{Op: "open", Path: "x", Err: tc.err}
			})

			if calls != tc.calls {
				t.Errorf("called %d times, want %d", calls, tc.calls)
			}
		})
	}
}

// TestMissingFileIsReportedSoon verifies the limit for a path without a file, which each read of a plan waits for.
func TestMissingFileIsReportedSoon(t *testing.T) {
	t.Parallel()

	missing := &fs.PathError{Op: "open", Path: "x", Err: windows.ERROR_FILE_NOT_FOUND}
	if got := retryTime(missing); got != missingLimit || got >= inUseLimit {
		t.Errorf("the limit is %v", got)
	}
}

// hold opens a file like a program that does not share it, and returns a function that closes it.
func hold(t *testing.T, path string) (release func()) {
	t.Helper()

	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() { _ = windows.CloseHandle(handle) })
}

// TestHeldDocument verifies the error for a document that another program has open, from each step on which Windows
// refuses it, after a repetition. The end of the context ends the repetitions.
func TestHeldDocument(t *testing.T) {
	t.Parallel()

	load := func(ctx context.Context, s *Store) error { _, err := s.Load(ctx); return err }
	publish := func(ctx context.Context, s *Store) error { return s.publish(ctx, oldDocument, newDocument) }

	for _, tc := range []struct {
		name string
		run  func(context.Context, *Store) error
		at   step
		want string
	}{
		{"load", load, stepOpen, "cannot read the topology document "},
		{"check", publish, stepProbe, "cannot write the topology document "},
		{"replacement", publish, stepReplace, "cannot replace the topology document "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			ctx, cancel := context.WithCancel(t.Context())
			path := writeDocument(t, oldDocument)
			s := New(path)
			attempts := 0
			release := func() {}
			s.before = func(at step, _ string) error {
				if at != tc.at {
					return nil
				}
				switch attempts++; attempts {
				case 1:
					release = hold(t, path)
				case 2: // the second attempt has the same error
					cancel()
				}
				return nil
			}

			err := tc.run(ctx, s)
			release()

			if attempts != 2 {
				t.Errorf("%d attempts, want 2", attempts)
			}
			const cause = ": another program probably has the file open, such as an editor, a virus scanner or a " +
				"synchronization client: "
			var failed *Error
			if !errors.As(err, &failed) {
				t.Fatalf("the error is %v", err)
			}
			wantFailure(t, err, failed.Err, tc.want, cause)
			wantKind(t, err, InUse)
			wantDocument(t, path, oldDocument)
		})
	}
}

// TestReleasedDocument verifies that a step succeeds after another program has closed the document.
func TestReleasedDocument(t *testing.T) {
	t.Parallel()

	for _, held := range []step{stepOpen, stepProbe, stepReplace} {
		t.Run(string(held), func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			s := New(path)
			attempts := 0
			release := func() {}
			s.before = func(at step, _ string) error {
				if at != held {
					return nil
				}
				switch attempts++; attempts {
				case 1:
					release = hold(t, path)
				case 3:
					release()
				}
				return nil
			}

			if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
				t.Error(err)
			}
			wantDocument(t, path, newDocument)
		})
	}
}

// TestLoadWaitsForReplacement verifies that a load finds a document that does not exist for a moment, which happens
// during a replacement on some file systems.
func TestLoadWaitsForReplacement(t *testing.T) {
	t.Parallel()

	for _, missing := range []step{stepFind, stepOpen} {
		t.Run(string(missing), func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			away := filepath.Join(filepath.Dir(path), "away")
			attempts := 0
			s := New(path)
			s.before = func(at step, _ string) error {
				if at != missing {
					return nil
				}
				switch attempts++; attempts {
				case 1:
					return os.Rename(path, away)
				case 2:
					return os.Rename(away, path)
				}
				return nil
			}

			if _, err := s.Load(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestReadIsRepeated verifies that a document is opened and read again if another program has locked a part of it,
// which only the read reports. Wine does not enforce such a lock, so that a step returns its error.
func TestReadIsRepeated(t *testing.T) {
	t.Parallel()

	for name, run := range map[string]func(context.Context, *Store) error{
		"load":    func(ctx context.Context, s *Store) error { _, err := s.Load(ctx); return err },
		"publish": func(ctx context.Context, s *Store) error { return s.publish(ctx, oldDocument, newDocument) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			reads := 0
			s := New(writeDocument(t, oldDocument))
			s.before = func(at step, path string) error {
				if at != stepRead {
					return nil
				}
				if reads++; reads < 3 {
					return &fs.PathError{Op: "read", Path: path, Err: windows.ERROR_LOCK_VIOLATION}
				}
				return nil
			}

			if err := run(t.Context(), s); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestLockedRange verifies the error for a document of which another program has locked the end, and that a later read
// compares all of the document again.
func TestLockedRange(t *testing.T) {
	t.Parallel()

	document := bytes.Repeat(oldDocument, 1+200_000/len(oldDocument)) // several reads
	path := writeDocument(t, document)
	other, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	locked := &windows.Overlapped{Offset: uint32(len(document)) - 1} //nolint:gosec // small
	err = windows.LockFileEx(windows.Handle(other.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, locked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(path); err == nil {
		_ = other.Close()
		t.Skip("the system does not enforce locks of a part of a file")
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := New(path)
	s.before = func(at step, _ string) error {
		if at == stepRead {
			cancel()
		}
		return nil
	}
	_, err = s.Load(ctx)
	wantFailure(t, err, windows.ERROR_LOCK_VIOLATION, "another program probably has the file open")
	wantKind(t, err, InUse)

	reads := 0
	s.before = func(at step, _ string) error {
		if at == stepRead {
			if reads++; reads == 2 {
				return other.Close()
			}
		}
		return nil
	}
	if _, err := s.unlessChanged(t.Context(), s.find, document); err != nil {
		t.Error(err)
	}
}
