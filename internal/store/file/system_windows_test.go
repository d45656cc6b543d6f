package file

import (
	"io/fs"
	"os"
	"testing"

	"golang.org/x/sys/windows"
)

// readOnlyText is the fact in the error for a read-only document.
const readOnlyText = `it has the attribute "read-only"`

// The system's errors with their own advice.
const (
	errFull               = windows.ERROR_DISK_FULL
	errQuota              = windows.ERROR_HANDLE_DISK_FULL
	errReadOnlyFileSystem = windows.ERROR_WRITE_PROTECT
)

func TestRetryWhileInUse(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name  string
		err   error
		calls int
	}{
		{"file open", windows.ERROR_SHARING_VIOLATION, 3},
		{"file being deleted", windows.ERROR_DELETE_PENDING, 3},
		{"file missing", windows.ERROR_FILE_NOT_FOUND, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			calls := 0
			_ = retryWhileInUse(func() error {
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

// TestPublishWaitsForReader verifies that a publish succeeds if a reader closes the document after the first attempt to
// replace it.
func TestPublishWaitsForReader(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)

	reader, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	s := New(path)
	s.before = func(at step, _ string) error {
		if at == stepReplace {
			go func() { _ = reader.Close() }()
		}
		return nil
	}

	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)
}
