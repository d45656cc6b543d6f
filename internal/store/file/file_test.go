package file

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// writeDocument writes a document to a new directory and returns its path.
func writeDocument(t *testing.T, data []byte) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), "topology.xml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wantDocument verifies the document byte for byte, and that its directory has no temporary files.
func wantDocument(t *testing.T, path string, want []byte) {
	t.Helper()

	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the document is %.40q (%d bytes), want %.40q (%d bytes)", got, len(got), want, len(want))
	}
	wantNoTemporary(t, filepath.Dir(path))
}

func wantNoTemporary(t *testing.T, dir string) {
	t.Helper()

	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), temporarySuffix) {
			t.Errorf("temporary file %s exists", entry.Name())
		}
	}
}

// wantFailure verifies that err is target and that its text contains all parts.
func wantFailure(t *testing.T, err, target error, parts ...string) {
	t.Helper()

	if !errors.Is(err, target) {
		t.Errorf("the error is %v, want %v", err, target)
	}
	if err == nil {
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the text lacks %q: %v", part, err)
		}
	}
}

// wantKind verifies the kind of a failure.
func wantKind(t *testing.T, err error, kind Kind) {
	t.Helper()

	var failed *Error
	if !errors.As(err, &failed) || failed.Kind != kind {
		t.Errorf("the error is %v, want kind %d", err, kind)
	}
}

// symlink creates a symbolic link, or skips the test if the account is not allowed to. Wine reports success without a
// link.
func symlink(t *testing.T, to, link string) {
	t.Helper()

	err := os.Symlink(to, link)
	if err == nil {
		_, err = os.Lstat(link)
	}
	if err != nil {
		t.Skipf("cannot create a symbolic link: %v", err)
	}
}

// documents are bytes that text conversions would change.
var documents = map[string][]byte{
	"lf":          []byte("<Topology>\n</Topology>\n"),
	"crlf":        []byte("<Topology>\r\n</Topology>\r\n"),
	"no line end": []byte("<Topology/>"),
	"utf8 bom":    []byte("\xef\xbb\xbf<Topology/>\r\n"),
	"utf16le":     []byte("\xff\xfe<\x00T\x00/\x00>\x00\r\x00\n\x00"),
	"utf16be":     []byte("\xfe\xff\x00<\x00T\x00/\x00>\x00\r\x00\n"),
	"any bytes":   {0x00, 0x1a, 0xff, '\n', '\r', 0x00},
}

func TestLoadReturnsTheBytes(t *testing.T) {
	t.Parallel()

	for name, data := range documents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := New(writeDocument(t, data)).Load(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, data) {
				t.Errorf("loaded %q, want %q", got, data)
			}
		})
	}
}

func TestLoadOfTheLargestDocument(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, nil)
	if err := os.Truncate(path, MaxSize); err != nil {
		t.Fatal(err)
	}
	got, err := New(path).Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != MaxSize {
		t.Errorf("loaded %d bytes, want %d", len(got), MaxSize)
	}
}

func TestLoadFailures(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name string
		// setup returns the path to load.
		setup  func(t *testing.T) string
		before func(at step, path string) error
		target error
		kind   Kind
		parts  []string
	}{
		{
			name:   "missing file",
			setup:  func(t *testing.T) string { return filepath.Join(t.TempDir(), "topology.xml") },
			target: fs.ErrNotExist,
			kind:   NoDocument,
			parts:  []string{"does not exist"},
		},
		{
			name:   "missing directory",
			setup:  func(t *testing.T) string { return filepath.Join(t.TempDir(), "none", "topology.xml") },
			target: fs.ErrNotExist,
			kind:   NoDocument,
			parts:  []string{"does not exist"},
		},
		{
			name: "broken link",
			setup: func(t *testing.T) string {
				path := filepath.Join(t.TempDir(), "topology.xml")
				symlink(t, "gone.xml", path)
				return path
			},
			target: fs.ErrNotExist,
			kind:   NoDocument,
			parts:  []string{"(a link to gone.xml)", "does not exist"},
		},
		{
			name:   "directory",
			setup:  func(t *testing.T) string { return t.TempDir() },
			target: syscall.EISDIR,
			kind:   NotRegular,
			parts:  []string{"it is a directory"},
		},
		{
			name:   "device",
			setup:  func(*testing.T) string { return os.DevNull },
			target: fs.ErrInvalid,
			kind:   NotRegular,
			// The text differs on Windows.
			parts: []string{"it is", "not a regular file"},
		},
		{
			name:   "empty",
			setup:  func(t *testing.T) string { return writeDocument(t, nil) },
			target: errEmpty,
			kind:   NoDocument,
			parts:  []string{"it is empty"},
		},
		{
			name: "too large",
			setup: func(t *testing.T) string {
				path := writeDocument(t, nil)
				if err := os.Truncate(path, MaxSize+1); err != nil {
					t.Fatal(err)
				}
				return path
			},
			// The size is checked before the file is opened.
			before: func(at step, _ string) error {
				if at != stepFind {
					return errors.New("unexpected step: " + string(at))
				}
				return nil
			},
			target: syscall.EFBIG,
			kind:   NotRegular,
			parts:  []string{"it has 67108865 bytes", "at most 64 MiB"},
		},
		{
			name:  "grown too large before it is opened",
			setup: func(t *testing.T) string { return writeDocument(t, []byte("a")) },
			before: func(at step, path string) error {
				if at == stepOpen {
					return os.Truncate(path, MaxSize+1)
				}
				return nil
			},
			target: syscall.EFBIG,
			kind:   NotRegular,
			parts:  []string{"at most 64 MiB"},
		},
		{
			name:  "grown too large while it is read",
			setup: func(t *testing.T) string { return writeDocument(t, []byte("a")) },
			before: func(at step, path string) error {
				if at == stepRead {
					return os.Truncate(path, MaxSize+1)
				}
				return nil
			},
			target: syscall.EFBIG,
			kind:   NotRegular,
			parts:  []string{"grown while it was read", "at most 64 MiB"},
		},
		{
			name:  "no permission",
			setup: func(t *testing.T) string { return writeDocument(t, []byte("a")) },
			before: func(_ step, path string) error {
				return &fs.PathError{Op: "open", Path: path, Err: syscall.EACCES}
			},
			target: fs.ErrPermission,
			kind:   NotReadable,
			parts:  []string{"permission denied"},
		},
		{
			name:  "broken disk",
			setup: func(t *testing.T) string { return writeDocument(t, []byte("a")) },
			before: func(at step, path string) error {
				if at == stepRead {
					return &fs.PathError{Op: "read", Path: path, Err: syscall.EIO}
				}
				return nil
			},
			target: syscall.EIO,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			s := New(tc.setup(t))
			s.before = tc.before

			data, err := s.Load(t.Context())
			wantFailure(t, err, tc.target, append(tc.parts, "cannot read the topology document "+s.path)...)
			wantKind(t, err, tc.kind)

			if data != nil {
				t.Errorf("returned %d bytes beside an error", len(data))
			}

			// The text of the system must not repeat the path.
			if n := strings.Count(err.Error(), s.path); n != 1 {
				t.Errorf("the text names the file %d times: %v", n, err)
			}
		})
	}
}

func TestLoadCanceled(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := New(writeDocument(t, []byte("a"))).Load(ctx)
	wantFailure(t, err, context.Canceled, "topology.xml")
}

func TestNewMakesThePathAbsolute(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)

	if err := os.WriteFile("topology.xml", []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := New("topology.xml")

	// A later change of the working directory must not change the document.
	t.Chdir(t.TempDir())

	if _, err := s.Load(t.Context()); err != nil {
		t.Error(err)
	}
	if got := s.Location(); !strings.HasPrefix(got, "the file ") ||
		!filepath.IsAbs(strings.TrimPrefix(got, "the file ")) {
		t.Errorf("Location is %q", got)
	}
}

func TestQuiet(t *testing.T) {
	t.Parallel()

	if got := New("x").Quiet(); got != 50*time.Millisecond {
		t.Errorf("Quiet is %v", got)
	}
}
