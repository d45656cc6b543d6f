package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/windows"
)

// TestSweepGoesOn verifies that a temporary file that another program has open does not keep the others.
func TestSweepGoesOn(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	dir := filepath.Dir(path)
	held, other := filepath.Join(dir, ".topology.xml.1.tmp"), filepath.Join(dir, ".topology.xml.2.tmp")
	for _, temp := range []string{held, other} {
		if err := os.WriteFile(temp, newDocument, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	release := hold(t, held)
	err := sweep(path)
	release()

	if err == nil {
		t.Error("the sweep reports no error")
	}
	if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the second file remains: %v", err)
	}
	if err := sweep(path); err != nil {
		t.Error(err)
	}
	wantNoTemporary(t, dir)
}

// TestTemporaryIsRemoved verifies that the removal of the temporary file of a publish that fails waits for another
// program that has the file open.
func TestTemporaryIsRemoved(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	release := func() {}
	s := New(path)
	s.before = func(at step, temp string) error {
		switch at { //nolint:exhaustive // other steps do nothing
		case stepReplace:
			release = hold(t, temp)
			return syscall.EIO
		case stepRemove:
			go release()
		}
		return nil
	}

	wantFailure(t, s.publish(t.Context(), oldDocument, newDocument), syscall.EIO)
	wantNoTemporary(t, filepath.Dir(path))
}

// TestTemporaryThatRemains verifies the error that names a temporary file that could not be removed, and that the next
// publish removes it.
func TestTemporaryThatRemains(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	ctx, cancel := context.WithCancel(t.Context()) // its end ends the repetitions
	remaining := ""
	release := func() {}
	s := New(path)
	s.before = func(at step, temp string) error {
		if at != stepReplace {
			return nil
		}
		remaining, release = temp, hold(t, temp)
		cancel()
		return syscall.EIO
	}

	err := s.publish(ctx, oldDocument, newDocument)
	release()
	wantFailure(t, err, syscall.EIO, "The document is unchanged. The temporary file "+remaining+
		" could not be removed. The next publish removes it.")
	if _, err := os.Stat(remaining); err != nil {
		t.Error(err)
	}
	s.before = nil
	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Error(err)
	}
	wantNoTemporary(t, filepath.Dir(path))
}

// TestPublishWaitsForAPendingRemoval verifies that a publish can use the name of a removed temporary file, which exists
// until another program closes it. By its documentation, Windows denies the creation of a file with this name. Wine
// reports that the file exists, and the publish takes the next name.
func TestPublishWaitsForAPendingRemoval(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	temp := filepath.Join(filepath.Dir(path), ".topology.xml.1.tmp")
	former, err := openTemporary(temp, windows.CREATE_NEW, nil)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := openTemporary(temp, windows.OPEN_EXISTING, nil) // shares the right to delete
	if err != nil {
		t.Fatal(err)
	}
	if err := discard(former); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	s := New(path)
	s.before = func(at step, _ string) error {
		if at == stepCreate {
			go func() { closed <- reader.Close() }()
		}
		return nil
	}

	if err := s.publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	wantDocument(t, path, newDocument)
}
