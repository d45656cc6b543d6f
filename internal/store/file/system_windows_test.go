package file

import (
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
