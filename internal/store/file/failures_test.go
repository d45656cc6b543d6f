package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// TestPublishFailures verifies the error of each step, for all causes with their own advice.
func TestPublishFailures(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name  string
		at    step
		err   error
		kind  Kind
		parts []string
	}{
		{
			"full disk: lock", stepLock, errFull, NoSpace, []string{
				"cannot lock the topology document ", ".topology.xml.lock",
			},
		},
		{"full disk: create", stepCreate, errFull, NoSpace, []string{"cannot create a temporary file in "}},
		{
			"full disk: write", stepWrite, errFull, NoSpace, []string{
				"cannot write the new topology document to ", ".tmp",
			},
		},
		{"full disk: flush", stepSync, errFull, NoSpace, []string{"cannot flush the temporary file "}},
		{"full disk: replace", stepReplace, errFull, NoSpace, []string{"cannot replace the topology document "}},
		{"quota", stepWrite, errQuota, NoSpace, []string{"quota"}},
		{
			"read-only file system", stepProbe, errReadOnlyFileSystem, ReadOnlyFileSystem, []string{
				"cannot write the topology document ",
			},
		},
		{
			"file system turned read-only", stepWrite, errReadOnlyFileSystem, ReadOnlyFileSystem, nil,
		},
		{
			"no permission on the document", stepProbe, syscall.EACCES, NotWritable, []string{
				"cannot write the topology document ",
			},
		},
		{
			"no right to delete the document", stepDelete, fs.ErrPermission, NotDeletable, []string{
				"cannot write the topology document ", "(DELETE)", "(FILE_DELETE_CHILD)",
			},
		},
		{
			"no permission on the lock", stepLock, syscall.EACCES, LockNotWritable, []string{
				"cannot lock the topology document ",
			},
		},
		{"broken lock file", stepLocked, syscall.EIO, Other, []string{"cannot lock the topology document "}},
		{"no permission in the directory", stepCreate, syscall.EACCES, NotWritable, nil},
		{"no permission to replace", stepReplace, syscall.EPERM, NotWritable, nil},
		{"mode refused", stepKeep, syscall.EPERM, NotWritable, []string{"cannot give the rights"}},
		{"mount point", stepReplace, syscall.EBUSY, Busy, nil},
		{"broken disk", stepSync, syscall.EIO, Other, []string{"cannot flush"}},
		{"removed during the publish", stepCompare, fs.ErrNotExist, Other, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			s := New(path)
			s.before = func(at step, on string) error {
				if at == tc.at {
					return &fs.PathError{Op: "call", Path: on, Err: tc.err}
				}
				return nil
			}

			err := s.publish(t.Context(), oldDocument, newDocument)
			if tc.at == stepCompare {
				wantFailure(t, err, tc.err)
			} else {
				wantFailure(t, err, tc.err, append(tc.parts, "The document is unchanged.", filepath.Dir(path))...)
				wantKind(t, err, tc.kind)
			}
			if err != nil && errors.Is(err, store.ErrConflict) {
				t.Errorf("is a conflict: %v", err)
			}
			wantDocument(t, path, oldDocument)

			// No lock is left: the same publish succeeds.
			s.before = nil
			if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
				t.Error(err)
			}
			wantDocument(t, path, newDocument)
		})
	}
}

// TestNewFileThatCannotBeDeleted verifies that the right to delete the new file is checked before it has data. The file
// can have another owner than the document.
func TestNewFileThatCannotBeDeleted(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	written := false
	s := New(path)
	s.before = func(at step, on string) error {
		if at == stepDelete && on != path {
			return &fs.PathError{Op: "open", Path: on, Err: fs.ErrPermission}
		}
		written = written || at == stepWrite
		return nil
	}

	err := s.publish(t.Context(), oldDocument, newDocument)
	wantFailure(t, err, fs.ErrPermission, "cannot give the rights on the document to the temporary file ", "(DELETE)",
		"The document is unchanged.")
	wantKind(t, err, NotDeletable)
	wantDocument(t, path, oldDocument)

	if written {
		t.Error("the temporary file has data")
	}
}

// TestPublishIgnoredFailures verifies that a publish succeeds if a step fails that does not affect the document.
func TestPublishIgnoredFailures(t *testing.T) {
	t.Parallel()

	for _, failing := range []step{stepSweep, stepSyncDir, stepUnlock} {
		t.Run(string(failing), func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			s := New(path)
			s.before = func(at step, _ string) error {
				if at == failing {
					return syscall.EIO
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

func TestPublishRefusals(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name   string
		setup  func(t *testing.T) string
		next   []byte
		target error
		kind   Kind
		parts  []string
	}{
		{
			name:   "missing",
			setup:  func(t *testing.T) string { return filepath.Join(t.TempDir(), "topology.xml") },
			next:   newDocument,
			target: fs.ErrNotExist,
			kind:   NoDocument,
			parts:  []string{"does not exist"},
		},
		{
			name:   "directory",
			setup:  func(t *testing.T) string { return t.TempDir() },
			next:   newDocument,
			target: syscall.EISDIR,
			kind:   NotRegular,
			parts:  []string{"it is a directory"},
		},
		{
			name: "read-only by mode",
			setup: func(t *testing.T) string {
				path := writeDocument(t, oldDocument)
				if err := os.Chmod(path, 0o444); err != nil { //nolint:gosec // the mode is what is tested
					t.Fatal(err)
				}
				return path
			},
			next:   newDocument,
			target: fs.ErrPermission,
			kind:   ReadOnlyMode,
			parts: []string{
				"cannot write the topology document", readOnlyText,
				"The document is unchanged.",
			},
		},
		{
			name: "directory as lock file",
			setup: func(t *testing.T) string {
				path := writeDocument(t, oldDocument)
				if err := os.Mkdir(lockPath(path), 0o700); err != nil {
					t.Fatal(err)
				}
				return path
			},
			next:   newDocument,
			target: fs.ErrInvalid,
			kind:   LockNotRegular,
			parts: []string{
				"cannot lock the topology document ", "not a regular file",
				"The document is unchanged.",
			},
		},
		{
			name: "hard links",
			setup: func(t *testing.T) string {
				path := writeDocument(t, oldDocument)
				hardLink(t, path)
				return path
			},
			next:   newDocument,
			target: errLinks,
			kind:   HardLinks,
			parts: []string{
				"cannot write the topology document ", "2 names (hard links)", "The document is unchanged.",
			},
		},
		{
			name:   "empty new document",
			setup:  func(t *testing.T) string { return writeDocument(t, oldDocument) },
			target: errEmpty,
			parts:  []string{"the new document is empty", "The document is unchanged."},
		},
		{
			name:   "new document too large",
			setup:  func(t *testing.T) string { return writeDocument(t, oldDocument) },
			next:   make([]byte, MaxSize+1),
			target: syscall.EFBIG,
			parts:  []string{"the new document has 67108865 bytes", "at most 64 MiB", "The document is unchanged."},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := tc.setup(t)
			err := New(path).publish(t.Context(), oldDocument, tc.next)
			wantFailure(t, err, tc.target, append(tc.parts, path)...)
			wantKind(t, err, tc.kind)

			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				wantDocument(t, path, oldDocument)
			}
			wantNoTemporary(t, filepath.Dir(path))
		})
	}
}
