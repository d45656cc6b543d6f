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

// write makes a document in a new directory and returns its path.
func write(t *testing.T, data []byte) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), "topology.xml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}

	return path
}

// wantDocument checks the document to the byte, and that nothing but a lock file is beside it.
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
			t.Errorf("left behind: %s", entry.Name())
		}
	}
}

// wantFailure checks the class of an error and that its text has all the parts.
func wantFailure(t *testing.T, err, is error, parts ...string) {
	t.Helper()

	if !errors.Is(err, is) {
		t.Errorf("the error is %v, want one that is %v", err, is)
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

// symlink makes a link, or skips the test on a system where the account may not.
func symlink(t *testing.T, to, link string) {
	t.Helper()

	if err := os.Symlink(to, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

// documents are bytes that something between us and the disk could be tempted to change.
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

			got, err := New(write(t, data)).Load(t.Context())
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

	path := write(t, nil)
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
		// make returns the path to load.
		make   func(t *testing.T) string
		before func(at step, path string) error
		is     error
		parts  []string
	}{
		{
			name:  "not there",
			make:  func(t *testing.T) string { return filepath.Join(t.TempDir(), "topology.xml") },
			is:    fs.ErrNotExist,
			parts: []string{"does not exist", "topology_file", "Get-CsTopology -AsXml"},
		},
		{
			name:  "no directory either",
			make:  func(t *testing.T) string { return filepath.Join(t.TempDir(), "none", "topology.xml") },
			is:    fs.ErrNotExist,
			parts: []string{"does not exist", "topology_file"},
		},
		{
			name: "link to nothing",
			make: func(t *testing.T) string {
				path := filepath.Join(t.TempDir(), "topology.xml")
				symlink(t, "gone.xml", path)
				return path
			},
			is:    fs.ErrNotExist,
			parts: []string{"(a link to gone.xml)", "does not exist", "topology_file"},
		},
		{
			name:  "directory",
			make:  func(t *testing.T) string { return t.TempDir() },
			is:    syscall.EISDIR,
			parts: []string{"it is a directory", "Set topology_file", "to the file"},
		},
		{
			name: "device",
			make: func(*testing.T) string { return os.DevNull },
			is:   fs.ErrInvalid,
			// Windows calls it by another name in the text.
			parts: []string{"it is", "not a regular file", "Set topology_file"},
		},
		{
			name:  "empty",
			make:  func(t *testing.T) string { return write(t, nil) },
			is:    errEmpty,
			parts: []string{"it is empty", "Get-CsTopology -AsXml"},
		},
		{
			name: "too large",
			make: func(t *testing.T) string {
				path := write(t, nil)
				if err := os.Truncate(path, MaxSize+1); err != nil {
					t.Fatal(err)
				}
				return path
			},
			// Seen before it is opened, not after reading 64 MiB of it.
			before: func(at step, _ string) error { return errors.New("must not " + string(at)) },
			is:     syscall.EFBIG,
			parts:  []string{"it has 67108865 bytes", "at most 64 MiB", "Set topology_file"},
		},
		{
			name: "grown too large between a look and the open",
			make: func(t *testing.T) string { return write(t, []byte("a")) },
			before: func(at step, path string) error {
				if at == stepOpen {
					return os.Truncate(path, MaxSize+1)
				}
				return nil
			},
			is:    syscall.EFBIG,
			parts: []string{"at most 64 MiB"},
		},
		{
			name: "grown too large while it is read",
			make: func(t *testing.T) string { return write(t, []byte("a")) },
			before: func(at step, path string) error {
				if at == stepRead {
					return os.Truncate(path, MaxSize+1)
				}
				return nil
			},
			is:    syscall.EFBIG,
			parts: []string{"grown while it was read", "at most 64 MiB"},
		},
		{
			name: "no permission",
			make: func(t *testing.T) string { return write(t, []byte("a")) },
			before: func(_ step, path string) error {
				return &fs.PathError{Op: "open", Path: path, Err: syscall.EACCES}
			},
			is:    fs.ErrPermission,
			parts: []string{"permission denied", "right to read"},
		},
		{
			name: "broken disk",
			make: func(t *testing.T) string { return write(t, []byte("a")) },
			before: func(at step, path string) error {
				if at == stepRead {
					return &fs.PathError{Op: "read", Path: path, Err: syscall.EIO}
				}
				return nil
			},
			is: syscall.EIO,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			s := New(tc.make(t))
			s.before = tc.before

			data, err := s.Load(t.Context())
			wantFailure(t, err, tc.is, append(tc.parts, "cannot read the topology document "+s.path)...)

			if data != nil {
				t.Errorf("returned %d bytes beside an error", len(data))
			}

			// The path once, not again in what the system said.
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

	_, err := New(write(t, []byte("a"))).Load(ctx)
	wantFailure(t, err, context.Canceled, "topology.xml")
}

func TestNewMakesThePathAbsolute(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)

	if err := os.WriteFile("topology.xml", []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}

	s := New("topology.xml")

	// Terraform may change directories later (-chdir of a child, a test); the document is the same.
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

	if got := New("x").Quiet(); got != 5*time.Millisecond {
		t.Errorf("Quiet is %v", got)
	}
}
