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
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

var oldDocument, newDocument = []byte("<Topology Signature=\"old\"/>\r\n"), []byte("<Topology Signature=\"new\"/>\n")

func TestPublishWritesTheBytes(t *testing.T) {
	t.Parallel()

	for name, data := range documents {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			if err := New(path).publish(t.Context(), oldDocument, data); err != nil {
				t.Fatal(err)
			}
			wantDocument(t, path, data)
		})
	}
}

func TestPublishConflict(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct {
		name       string
		base, next []byte
	}{
		{"another document", []byte("third"), newDocument},
		{"line ends only", bytes.ReplaceAll(oldDocument, []byte("\r\n"), []byte("\n")), newDocument},
		{"no change", newDocument, newDocument},
		{"next equals the document", []byte("third"), oldDocument},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)
			s := New(path)
			s.before = func(at step, _ string) error {
				if at == stepCreate {
					t.Error("a temporary file is created")
				}
				return nil
			}

			err := s.publish(t.Context(), tc.base, tc.next)
			wantFailure(t, err, store.ErrConflict, "the file "+path)
			wantDocument(t, path, oldDocument)
		})
	}
}

// TestPublishDetectsEditor verifies that a publish detects a change by a program that does not acquire the lock.
func TestPublishDetectsEditor(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	s := New(path)
	s.before = func(at step, _ string) error {
		if at == stepCompare {
			return os.WriteFile(path, []byte("edited"), 0o600)
		}
		return nil
	}

	err := s.publish(t.Context(), oldDocument, newDocument)
	wantFailure(t, err, store.ErrConflict)
	wantDocument(t, path, []byte("edited"))
}

func TestPublishWithoutChange(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	past := time.Now().Add(-time.Hour).Truncate(time.Second)

	if err := os.Chtimes(path, past, past); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := New(path).publish(t.Context(), oldDocument, bytes.Clone(oldDocument)); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) || !after.ModTime().Equal(past) {
		t.Error("the document was written")
	}
	if _, err := os.Lstat(lockPath(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the lock file exists: %v", err)
	}
}

func TestPublishCanceled(t *testing.T) {
	t.Parallel()

	t.Run("before", func(t *testing.T) {
		t.Parallel()

		ctx, cancel := context.WithCancel(t.Context())
		cancel()

		path := writeDocument(t, oldDocument)
		err := New(path).publish(ctx, oldDocument, newDocument)
		wantFailure(t, err, context.Canceled, path, "The document is unchanged.")
		wantDocument(t, path, oldDocument)
	})

	// At each step, a publish either fails and keeps the old document, or succeeds.
	for _, when := range steps(t) {
		t.Run(when.String(), func(t *testing.T) {
			t.Parallel()

			ctx, cancel := context.WithCancel(t.Context())
			path := writeDocument(t, oldDocument)
			s := New(path)
			s.before = when.hook(func(string) error { cancel(); return nil })

			err := s.publish(ctx, oldDocument, newDocument)
			if when.isBefore(stepCreate) && !when.isAt(stepSweep) {
				wantFailure(t, err, context.Canceled, "The document is unchanged.")
				wantDocument(t, path, oldDocument)
				return
			}
			if err != nil {
				t.Error(err)
			}
			wantDocument(t, path, newDocument)
		})
	}
}

// doneContext is a context whose deadline passes at the first call of Done. In a wait for a lock, that is after the
// first attempt.
type doneContext struct {
	context.Context //nolint:containedctx // doneContext is a context

	passed chan struct{}
	pass   func()
}

func newDoneContext(parent context.Context) *doneContext {
	passed := make(chan struct{})
	return &doneContext{parent, passed, sync.OnceFunc(func() { close(passed) })}
}

func (a *doneContext) Done() <-chan struct{} {
	a.pass()
	return a.passed
}

func (a *doneContext) Err() error {
	select {
	case <-a.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestPublishWaitsForTheLock(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	first, second := New(path), New(path)

	// During the first publish, the deadline of the second passes.
	first.before = func(at step, _ string) error {
		if at != stepReplace {
			return nil
		}
		err := second.publish(newDoneContext(t.Context()), oldDocument, []byte("of the second"))
		wantFailure(t, err, context.DeadlineExceeded, lockPath(path), "The document is unchanged.")
		wantKind(t, err, Locked)
		return nil
	}

	if err := first.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)

	if err := second.publish(t.Context(), newDocument, []byte("of the second")); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, []byte("of the second"))
}

func TestPublishKeepsSymlinks(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	target := filepath.Join(dir, "real", "topology.xml")

	if err := os.Mkdir(filepath.Dir(target), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(target, oldDocument, 0o600); err != nil {
		t.Fatal(err)
	}
	symlink(t, filepath.Join("real", "topology.xml"), filepath.Join(dir, "one"))
	symlink(t, filepath.Join(dir, "one"), filepath.Join(dir, "two"))
	symlink(t, "real", filepath.Join(dir, "directory"))

	base := oldDocument

	for i, link := range []string{"one", "two", filepath.Join("directory", "topology.xml")} {
		next := []byte{'v', byte('0' + i)}
		if err := New(filepath.Join(dir, link)).publish(t.Context(), base, next); err != nil {
			t.Fatal(err)
		}
		wantDocument(t, target, next)
		base = next
	}
	for _, link := range []string{"one", "two", "directory"} {
		if _, err := os.Readlink(filepath.Join(dir, link)); err != nil {
			t.Errorf("the link is gone: %v", err)
		}
	}

	// All paths share one lock file, in the directory of the document.
	if _, err := os.Stat(lockPath(target)); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(lockPath(filepath.Join(dir, "one"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory of the link has a lock file: %v", err)
	}
}

// TestPublishDetectsChangedLink verifies that a publish does not follow a link whose target changes during the wait for
// the lock.
func TestPublishDetectsChangedLink(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	other := writeDocument(t, oldDocument)
	link := filepath.Join(t.TempDir(), "link")
	symlink(t, path, link)

	s := New(link)
	s.before = func(at step, _ string) error {
		if at != stepLock {
			return nil
		}
		return errors.Join(os.Remove(link), os.Symlink(other, link))
	}

	wantFailure(t, s.publish(t.Context(), oldDocument, newDocument), store.ErrConflict)
	wantDocument(t, path, oldDocument)
	wantDocument(t, other, oldDocument)
}

func TestPublishSweeps(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	dir := filepath.Dir(path)

	for name, removed := range map[string]bool{
		".topology.xml.123.tmp":     true,
		".topology.xml.9876543.tmp": true,
		".topology.xml.tmp":         false,
		".topology.xml..tmp":        false,
		".topology.xml.12x.tmp":     false,
		".topology.xml.bak.123.tmp": false, // belongs to a document "topology.xml.bak"
		".topology.123.tmp":         false,
		"topology.xml.123.tmp":      false,
		".topology.xml.123.tmp.bak": false,
	} {
		full := filepath.Join(dir, name)
		if err := os.WriteFile(full, []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if _, err := os.Stat(full); errors.Is(err, fs.ErrNotExist) != removed {
				t.Errorf("%s: Stat returns %v, want removed %v", name, err, removed)
			}
		})
	}

	// A directory with such a name is not a temporary file.
	if err := os.Mkdir(filepath.Join(dir, ".topology.xml.5.tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".topology.xml.5.tmp")); err != nil {
		t.Error(err)
	}
}
