package file

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"testing"
)

// hardLink creates another name of a document and returns it, or skips the test if the file system has none.
func hardLink(t *testing.T, path string) string {
	t.Helper()

	other := path + ".other"
	if err := os.Link(path, other); err != nil {
		t.Skipf("cannot create a hard link: %v", err)
	}
	return other
}

// TestHardLinksAreRefused verifies that a document with two names stays one document, and that nothing beside it is
// created.
func TestHardLinksAreRefused(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	other := hardLink(t, path)

	for _, name := range []string{path, other} {
		s := New(name)

		if got, err := s.Load(t.Context()); err != nil || !bytes.Equal(got, oldDocument) {
			t.Errorf("Load returns %q, %v", got, err)
		}
		if err := s.publish(t.Context(), oldDocument, oldDocument); err != nil {
			t.Errorf("a publish without a change: %v", err)
		}
		for action, err := range map[string]error{
			"publish": s.publish(t.Context(), oldDocument, newDocument), "check": s.CheckPublish(t.Context()),
		} {
			t.Run(action, func(t *testing.T) {
				wantFailure(t, err, errLinks, "cannot write the topology document "+name, "The document is unchanged.")
				wantKind(t, err, HardLinks)
			})
		}
		wantDocument(t, name, oldDocument)

		if _, err := os.Lstat(lockPath(name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the lock file: %v", err)
		}
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	s := New(path)

	if err := s.CheckPublish(t.Context()); err != nil {
		t.Errorf("the check of a document with one name: %v", err)
	}
	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)
}

// TestHardLinkDuringTheWait verifies that a publish does not rely on the number of links before the lock.
func TestHardLinkDuringTheWait(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	s := New(path)
	s.before = func(at step, _ string) error {
		if at == stepLock {
			hardLink(t, path)
		}
		return nil
	}

	wantFailure(t, s.publish(t.Context(), oldDocument, newDocument), errLinks)
	wantDocument(t, path, oldDocument)
}

// TestSymbolicLinksAreNoHardLinks verifies that the check follows a symbolic link, which is one way out.
func TestSymbolicLinksAreNoHardLinks(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	link := path + ".link"
	symlink(t, path, link)

	if err := New(link).CheckPublish(t.Context()); err != nil {
		t.Error(err)
	}
	hardLink(t, path)
	wantFailure(t, New(link).CheckPublish(t.Context()), errLinks, path)
}
