package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// wantVersion returns the version of the document.
func wantVersion(t *testing.T, s *Store) string {
	t.Helper()

	version, err := s.Version()
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// replaceBy renames a new file with the size and the times of the document over the document.
func replaceBy(path string, data []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	other := path + ".other"
	return errors.Join(
		os.WriteFile(other, data, 0o600), os.Chtimes(other, time.Time{}, info.ModTime()), os.Rename(other, path))
}

func TestVersionChanges(t *testing.T) {
	t.Parallel()

	longer := append([]byte("<!-- -->"), oldDocument...)

	for name, change := range map[string]func(s *Store, path string) error{
		"published": func(s *Store, _ string) error { return s.publish(t.Context(), oldDocument, newDocument) },
		"written in place": func(_ *Store, path string) error {
			return os.WriteFile(path, longer, 0o600)
		},
		"touched": func(_ *Store, path string) error {
			return os.Chtimes(path, time.Time{}, time.Unix(1_000_000_000, 0))
		},
		"replaced, with the same size and time": func(_ *Store, path string) error {
			return replaceBy(path, oldDocument)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			s := New(path)
			before := wantVersion(t, s)

			if err := change(s, path); err != nil {
				t.Fatal(err)
			}
			if wantVersion(t, s) == before {
				t.Errorf("the version is still %q", before)
			}
		})
	}
}

func TestVersionStays(t *testing.T) {
	t.Parallel()

	for name, use := range map[string]func(s *Store, path string) error{
		"unused": func(*Store, string) error { return nil },
		"loaded": func(s *Store, _ string) error { _, err := s.Load(t.Context()); return err },
		"publish without a change": func(s *Store, _ string) error {
			return s.publish(t.Context(), oldDocument, oldDocument)
		},
		"locked by another process": func(_ *Store, path string) error {
			return os.WriteFile(lockPath(path), nil, 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			s := New(path)
			before := wantVersion(t, s)

			if err := use(s, path); err != nil {
				t.Fatal(err)
			}
			if after := wantVersion(t, s); after != before {
				t.Errorf("the version is %q, want %q", after, before)
			}
		})
	}
}

func TestVersionOfALink(t *testing.T) {
	t.Parallel()

	path, other := writeDocument(t, oldDocument), writeDocument(t, oldDocument)
	link := filepath.Join(t.TempDir(), "link")
	symlink(t, path, link)

	s := New(link)
	before := wantVersion(t, s)

	if before != wantVersion(t, New(path)) {
		t.Error("the version is not that of the target")
	}
	if err := errors.Join(os.Remove(link), os.Symlink(other, link)); err != nil {
		t.Fatal(err)
	}
	if wantVersion(t, s) == before {
		t.Error("the version does not show another target")
	}
}

func TestVersionOfAMissingDocument(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	s := New(path)
	before := wantVersion(t, s)

	if err := os.Rename(path, path+".moved"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Version()
	wantFailure(t, err, fs.ErrNotExist, "cannot read the topology document "+path)
	wantKind(t, err, NoDocument)

	if err := os.WriteFile(path, oldDocument, 0o600); err != nil {
		t.Fatal(err)
	}
	if wantVersion(t, s) == before {
		t.Error("the version of the new file is that of the old one")
	}
}
