package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// Publish replaces the document by next if the document equals base. Otherwise it returns store.ErrConflict. After any
// error, the document is unchanged. The end of ctx stops the wait for the lock and for other programs that have the
// file open, but not the write, which takes a few milliseconds. The result is empty: the caller reads the file again.
func (s *Store) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	return store.Result{}, s.publish(ctx, base, next)
}

func (s *Store) publish(ctx context.Context, base, next []byte) error {
	action := "publish the topology document " + shown(s.path)

	switch err := ctx.Err(); {
	case err != nil:
		return cannotWrite(action, err)
	case len(next) == 0:
		return cannotWrite(action, described{"the new document is empty", errEmpty})
	case len(next) > MaxSize:
		return cannotWrite(action, tooLarge(fmt.Sprintf("the new document has %d bytes", len(next))))
	case bytes.Equal(base, next):
		// Without a write, do not create a lock file: the document can be read-only.
		_, err := s.unlessChanged(ctx, s.find, base)
		return err
	}
	doc, err := s.findWritable(ctx)
	if err != nil {
		return err
	}
	unlock, err := s.lock(ctx, doc)
	if err != nil {
		return err
	}
	defer unlock()

	locked := doc.path

	// The document, its mode and the target of a link can have changed during the wait.
	doc, err = s.unlessChanged(ctx, s.findWritable, base)
	if err != nil {
		return err
	}
	if doc.path != locked {
		return s.conflict()
	}
	if err := s.checkDelete(ctx, doc.path); err != nil {
		return cannotWrite(writing(doc), err)
	}
	if err := ctx.Err(); err != nil {
		return cannotWrite(action, err)
	}
	if err := s.replace(ctx, doc, base, next); err != nil {
		if errors.Is(err, errOwner) {
			// The owner of the document could not open the lock file either. A process that waits for the lock notices
			// that it is gone.
			_ = os.Remove(lockPath(locked))
		}
		return err
	}

	// For tests: the last step at which a process can end with the lock.
	_ = s.do(stepUnlock, locked, func() error { return nil })
	return nil
}

// unlessChanged finds and reads the document. It returns a conflict if the document differs from base.
func (s *Store) unlessChanged(
	ctx context.Context, find func(context.Context) (document, error), base []byte,
) (document, error) {
	doc, err := find(ctx)
	if err != nil {
		return document{}, err
	}
	var c comparison
	err = s.read(ctx, doc, func(int64) io.Writer {
		c = comparison{known: base}
		return &c
	})
	if err != nil {
		return document{}, err
	}
	if !c.isEqual() {
		return document{}, s.conflict()
	}
	return doc, nil
}

func (s *Store) conflict() error {
	return fmt.Errorf("%s: %w", s.Location(), store.ErrConflict)
}

// replace replaces the document by next. It renames a temporary file in the same directory, and therefore on the same
// file system, so that the replacement is one step.
func (s *Store) replace(ctx context.Context, doc document, base, next []byte) error {
	// Old temporary files are harmless, so that a failure to remove them does not matter.
	_ = s.do(stepSweep, doc.path, func() error { return sweep(doc.path) })

	temp, err := s.writeTemporary(ctx, doc, next)
	if err != nil {
		return err
	}
	remove := func() error { return os.Remove(temp) }

	// Flushing takes the longest time. This comparison detects a change by a program that does not acquire the lock, of
	// the document or of the rights on it.
	err = s.do(stepCompare, doc.path, func() error {
		current, err := s.unlessChanged(ctx, s.findWritable, base)
		if err == nil && !current.hasRightsOf(doc) {
			err = s.conflict()
		}
		return err
	})
	if err != nil {
		return s.afterRemoval(ctx, err, temp, remove)
	}
	err = s.repeat(ctx, stepReplace, temp, func() error { return replaceFile(temp, doc.path) })
	if err != nil {
		err = cannotReplace("replace the topology document "+shown(doc.path)+" by "+shown(temp), err)
		return s.afterRemoval(ctx, err, temp, remove)
	}

	// The publish has succeeded, even if the directory cannot be flushed, which some file systems do not support. After
	// a power failure, the file then has the old document.
	_ = s.do(stepSyncDir, doc.path, func() error { return syncDirectory(filepath.Dir(doc.path)) })
	return nil
}

// afterRemoval removes the temporary file of a publish that has failed with err, and returns err. If the file cannot be
// removed, a failure names it. A conflict does not: the caller then repeats the publish, which removes the file.
func (s *Store) afterRemoval(ctx context.Context, err error, temp string, remove func() error) error {
	remaining := s.repeat(ctx, stepRemove, temp, remove)

	var failed *Error
	if remaining != nil && !errors.Is(remaining, fs.ErrNotExist) && errors.As(err, &failed) {
		failed.Temporary = temp
	}
	return err
}

// writeTemporary creates a file in the directory of the document, gives it the rights of the document, writes next to
// it, flushes it and returns its path. After an error, it has removed the file.
func (s *Store) writeTemporary(ctx context.Context, doc document, next []byte) (path string, err error) {
	var (
		f     *os.File
		dir   = filepath.Dir(doc.path)
		about = "a temporary file in " + shown(dir)
	)

	// On Windows, a removed file keeps its name from others until every program has closed the file.
	err = s.repeat(ctx, stepCreate, dir, func() (err error) {
		f, err = createTemporary(doc)
		return err
	})
	if err != nil {
		return "", cannotWrite("create "+about, err)
	}
	path = f.Name()
	about = "the temporary file " + shown(path)

	defer func() {
		if err != nil {
			err = s.afterRemoval(ctx, err, f.Name(), func() error { return discard(f) })
		}
	}()

	for _, part := range []struct {
		at     step
		op     func() error
		action string
	}{
		{stepKeep, func() error {
			if err := keepRights(f, doc); err != nil {
				return err
			}
			// The owner can be another one than that of the document, and its list can have entries for the owner.
			return s.checkDelete(ctx, path)
		}, "give the rights on the document to "},
		{stepWrite, func() error { return write(f, next) }, "write the new topology document to "},
		// Without the flush, the rename can reach the disk before the data, and a power failure leaves an empty
		// document.
		{stepSync, f.Sync, "flush "},
	} {
		if err := s.do(part.at, path, part.op); err != nil {
			return "", cannotWrite(part.action+about, err)
		}
	}

	// Some network file systems report insufficient space only on Close.
	if err := f.Close(); err != nil {
		return "", cannotWrite("close "+about, err)
	}
	return path, nil
}

// setMode sets the mode of a file. It does not set a mode that is already right, because file systems without modes
// refuse the call.
func setMode(f *os.File, mode fs.FileMode) error {
	current, err := f.Stat()
	if err != nil {
		return err
	}
	if current.Mode() == mode {
		return nil
	}
	return f.Chmod(mode)
}

// write writes the content of a new file and keeps its mode: the system clears the setuid and setgid bits.
func write(f *os.File, data []byte) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return setMode(f, info.Mode())
}

// temporaryPrefix and temporarySuffix enclose the digits in the name of a temporary file.
func temporaryPrefix(document string) string { return "." + filepath.Base(document) + "." }

const temporarySuffix = ".tmp"

// sweep removes the temporary files of processes that were killed while they published to a document. The caller holds
// the lock, so that no other process uses such a file. A file that cannot be removed does not keep the others. The next
// publish tries again, so that this one does not wait for another program that has the file open.
func sweep(document string) error {
	dir := filepath.Dir(document)

	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var failures []error

	for _, entry := range entries {
		digits, matches := strings.CutPrefix(entry.Name(), temporaryPrefix(document))
		if !matches {
			continue
		}

		// Only digits: otherwise the file can belong to another document, such as "a.b" if this document is "a".
		digits, matches = strings.CutSuffix(digits, temporarySuffix)
		if !matches || digits == "" || strings.Trim(digits, "0123456789") != "" {
			continue
		}
		path := filepath.Join(dir, entry.Name())

		info, err := entry.Info()
		if err == nil && isRegularAt(path, info) {
			err = os.Remove(path)
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
