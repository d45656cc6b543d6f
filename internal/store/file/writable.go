package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// findWritable finds the document and verifies that the account may write it. A rename requires rights on the directory
// only. Without this check, it would replace a document that is protected or belongs to another account.
func (s *Store) findWritable(ctx context.Context) (document, error) {
	doc, err := s.find(ctx)
	if err != nil {
		return document{}, err
	}
	action := writing(doc)

	// Check the mode first: root can open the file regardless of the mode.
	if mode := doc.info.Mode().Perm(); mode&0o222 == 0 {
		return document{}, cannotWrite(action, described{readOnlyBecause(mode), errReadOnly})
	}

	// Opening the file also checks access control lists, the file system and its attributes.
	err = s.repeat(ctx, stepProbe, doc.path, doc.open)
	if err != nil {
		return document{}, cannotWrite(action, err)
	}
	return doc, nil
}

// checkDelete verifies that the account may delete the document, or a file that will replace it. Windows requires that
// right for a replacement, and a list that lets an account write a file can lack it. The caller holds the lock: a
// replacement does not work while the check has the document open.
func (s *Store) checkDelete(ctx context.Context, path string) error {
	err := s.repeat(ctx, stepDelete, path, func() error { return mayDelete(path) })
	if errors.Is(err, fs.ErrPermission) {
		return &deleteError{err}
	}
	return err
}

// open opens the document for writing and sets what a publish has to keep. A document with several hard links is
// refused: the others would keep the old document.
func (d *document) open() error {
	f, err := os.OpenFile(d.path, os.O_WRONLY|openWithoutBlocking, 0)
	if err != nil {
		return err
	}

	// Nothing was written.
	defer func() { _ = f.Close() }()

	if err := checkLinks(f); err != nil {
		return err
	}
	if d.info, err = f.Stat(); err != nil {
		return err
	}
	d.attributes, err = readAttributes(f)
	return err
}

// CheckPublish returns the error that every publish of a change would return, under any account: the document has
// several hard links. It does not check rights, because a plan can run under another account than its apply.
func (s *Store) CheckPublish(ctx context.Context) error {
	doc, err := s.find(ctx)
	if err != nil {
		return err
	}
	var f *os.File

	err = retryWhileInUse(ctx, func() (err error) {
		f, err = os.OpenFile(doc.path, os.O_RDONLY|openWithoutBlocking, 0)
		return err
	})
	if err != nil {
		return s.cannotRead(err)
	}

	// Closing a file that was only opened loses no data.
	defer func() { _ = f.Close() }()

	if err := checkLinks(f); err != nil {
		return cannotWrite(writing(doc), err)
	}
	return nil
}

// writing names a document in the failure to write it.
func writing(doc document) string { return "write the topology document " + shown(doc.path) }

// checkLinks returns an error if a file has several hard links.
func checkLinks(f *os.File) error {
	switch n, err := linksOf(f); {
	case err != nil:
		return err
	case n > 1:
		return described{
			fmt.Sprintf("the file has %d names (hard links), and a publish would replace the document under only one "+
				"of them", n), errLinks,
		}
	default:
		return nil
	}
}
