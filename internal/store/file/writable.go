package file

import (
	"fmt"
	"os"
)

// findWritable finds the document and verifies that the account may write it. A rename requires rights on the directory
// only. Without this check, it would replace a document that is protected or belongs to another account.
func (s *Store) findWritable() (document, error) {
	doc, err := s.find()
	if err != nil {
		return document{}, err
	}
	action := writing(doc)

	// Check the mode first: root can open the file regardless of the mode.
	if mode := doc.info.Mode().Perm(); mode&0o222 == 0 {
		return document{},
			cannotWrite(action, described{fmt.Sprintf("it is read-only (mode %04o)", mode), errReadOnly})
	}

	// Opening the file also checks access control lists, the file system and its attributes.
	err = s.do(stepProbe, doc.path, func() error {
		return retryWhileInUse(func() (err error) {
			doc, err = opened(doc)
			return err
		})
	})
	if err != nil {
		return document{}, cannotWrite(action, err)
	}
	return doc, nil
}

// opened opens the document for writing and returns what a publish has to keep.
func opened(doc document) (document, error) {
	f, err := os.OpenFile(doc.path, os.O_WRONLY|openWithoutBlocking, 0)
	if err != nil {
		return document{}, err
	}

	// Nothing was written.
	defer func() { _ = f.Close() }()

	if doc.info, err = f.Stat(); err != nil {
		return document{}, err
	}
	doc.attributes, err = readAttributes(f)
	return doc, err
}

// writing names a document in the failure to write it.
func writing(doc document) string { return "write the topology document " + doc.path }
