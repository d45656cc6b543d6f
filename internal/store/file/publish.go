package file

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/natefinch/atomic"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// Publish replaces the document by next if it still equals base. It fails with store.ErrConflict if it does not, and
// leaves the document unchanged on every error. A context that ends stops it while it waits for the lock. The write
// itself takes a few milliseconds and is not interrupted. The result is empty: the caller reads the file again.
func (s *Store) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	return store.Result{}, s.publish(ctx, base, next)
}

func (s *Store) publish(ctx context.Context, base, next []byte) error {
	tried := "publish the topology document " + s.path

	switch err := ctx.Err(); {
	case err != nil:
		return s.cannotWrite(tried, err)
	case len(next) == 0:
		return s.cannotWrite(tried, because{"the new document is empty", errEmpty})
	case len(next) > MaxSize:
		return s.cannotWrite(tried, tooLarge(fmt.Sprintf("the new document has %d bytes", len(next))))
	case bytes.Equal(base, next):
		// Nothing to write. No lock either, which would be a file beside a document that may be read-only.
		_, err := s.unlessChanged(s.find, base)
		return err
	}

	doc, err := s.findWritable()
	if err != nil {
		return err
	}

	unlock, err := s.lock(ctx, doc)
	if err != nil {
		return err
	}
	defer unlock()

	locked := doc.path

	// Everything may have changed during the wait, also the mode, and what a link leads to.
	doc, err = s.unlessChanged(s.findWritable, base)
	if err != nil {
		return err
	}

	if doc.path != locked {
		return s.conflict()
	}

	if err := ctx.Err(); err != nil {
		return s.cannotWrite(tried, err)
	}

	if err := s.replace(doc, base, next); err != nil {
		return err
	}

	// For the tests: the last moment at which a process can die with the lock.
	_ = s.do(stepUnlock, locked, func() error { return nil })

	return nil
}

// unlessChanged finds the document anew and refuses one that is not base.
func (s *Store) unlessChanged(find func() (document, error), base []byte) (document, error) {
	doc, err := find()
	if err != nil {
		return document{}, err
	}

	now, err := s.read(doc)
	if err != nil {
		return document{}, err
	}

	if !bytes.Equal(now, base) {
		return document{}, s.conflict()
	}

	return doc, nil
}

func (s *Store) conflict() error {
	return fmt.Errorf("%s: %w", s.Location(), store.ErrConflict)
}

// findWritable finds the document and makes sure that it may be written. A rename asks for rights on the directory
// alone; without this check it would replace a document that somebody has protected, or that belongs to somebody else.
func (s *Store) findWritable() (document, error) {
	doc, err := s.find()
	if err != nil {
		return document{}, err
	}

	tried := "write the topology document " + doc.path

	// By the mode bits first: they do not bind root, who opens the file all the same.
	if mode := doc.info.Mode().Perm(); mode&0o222 == 0 {
		return document{}, s.cannotWrite(tried, because{fmt.Sprintf("it is read-only (mode %04o)", mode), errReadOnly})
	}

	// Then by opening it, which also asks access control lists, the file system and its attributes.
	err = s.do(stepProbe, doc.path, func() error {
		return patiently(func() error {
			f, err := os.OpenFile(doc.path, os.O_WRONLY|openWithoutBlocking, 0)
			if err != nil {
				return err
			}
			return f.Close()
		})
	})
	if err != nil {
		return document{}, s.cannotWrite(tried, err)
	}

	return doc, nil
}

// replace puts next in the place of the document, by way of a temporary file in the same directory: on the same file
// system, so that a rename does it in one step.
func (s *Store) replace(doc document, base, next []byte) error {
	// What is left there does no harm, so that failing to remove it is no reason to fail.
	_ = s.do(stepSweep, doc.path, func() error { return sweep(doc.path) })

	temp, err := s.writeTemporary(doc, next)
	if err != nil {
		return err
	}

	// Flushing takes the longest of all. Somebody who does not take the lock is noticed here, if they did it meanwhile.
	err = s.do(stepCompare, doc.path, func() error {
		_, err := s.unlessChanged(s.find, base)
		return err
	})
	if err != nil {
		_ = os.Remove(temp)
		return err
	}

	err = s.do(stepReplace, temp, func() error {
		return patiently(func() error { return atomic.ReplaceFile(temp, doc.path) })
	})
	if err != nil {
		_ = os.Remove(temp)
		return s.cannotWrite("replace the topology document "+doc.path+" by "+temp, err)
	}

	// The new document is in place, and to say anything else would be wrong. If the directory cannot be flushed, which
	// some file systems do not offer, a power cut now may bring the old document back, whole.
	_ = s.do(stepSyncDir, doc.path, func() error { return syncDirectory(filepath.Dir(doc.path)) })

	return nil
}

// writeTemporary writes next to a new file beside the document, complete with mode and owner and safe on disk, and
// returns its path. If it fails there is no such file.
func (s *Store) writeTemporary(doc document, next []byte) (path string, err error) {
	var (
		f     *os.File
		dir   = filepath.Dir(doc.path)
		about = "a temporary file in " + dir
	)

	err = s.do(stepCreate, dir, func() (err error) {
		// Only its owner can read it until it has the mode of the document.
		f, err = os.CreateTemp(dir, temporaryPrefix(doc.path)+"*"+temporarySuffix)
		return err
	})
	if err != nil {
		return "", s.cannotWrite("create "+about, err)
	}

	path = f.Name()
	about = "the temporary file " + path

	defer func() {
		if err != nil {
			// Closed twice does no harm. Windows removes no open file.
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()

	for _, part := range []struct {
		at    step
		op    func() error
		tried string
	}{
		{stepWrite, func() error { _, err := f.Write(next); return err }, "write the new topology document to "},
		{stepOwn, func() error { return keepModeAndOwner(f, doc.info) }, "give the mode and owner of the document to "},
		// Without it a rename can reach the disk before the bytes do, and a power cut leaves an empty document.
		{stepSync, f.Sync, "flush "},
	} {
		if err := s.do(part.at, path, part.op); err != nil {
			return "", s.cannotWrite(part.tried+about, err)
		}
	}

	// Some network file systems tell only now that the space was not enough.
	if err := f.Close(); err != nil {
		return "", s.cannotWrite("close "+about, err)
	}

	return path, nil
}

// temporaryPrefix and temporarySuffix enclose the digits in the name of a temporary file.
func temporaryPrefix(document string) string { return "." + filepath.Base(document) + "." }

const temporarySuffix = ".tmp"

// sweep removes the temporary files of processes that were killed while they published to a document. It may only be
// called by the one who holds the lock: nobody else has such a file in use.
func sweep(document string) error {
	dir := filepath.Dir(document)

	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}

	for _, entry := range entries {
		digits, isOne := strings.CutPrefix(entry.Name(), temporaryPrefix(document))
		if !isOne {
			continue
		}

		// Digits and nothing else: the file of a document "a.b" is none of the document "a".
		digits, isOne = strings.CutSuffix(digits, temporarySuffix)
		if !isOne || digits == "" || strings.Trim(digits, "0123456789") != "" || !entry.Type().IsRegular() {
			continue
		}

		if err := os.Remove(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}

	return nil
}
