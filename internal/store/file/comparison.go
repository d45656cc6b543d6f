package file

import "bytes"

// comparison is an [io.Writer] for a document. It compares the bytes with known ones, and makes a copy of them only if
// they differ.
type comparison struct {
	known  []byte
	size   int64 // expected, for the copy
	copies bool  // whether the copy is needed

	equal   int // number of bytes that were equal, before any that was not
	differs bool
	copied  []byte // if differs and copies
}

// Write compares the next bytes.
func (c *comparison) Write(data []byte) (int, error) {
	if !c.differs && bytes.HasPrefix(c.known[c.equal:], data) {
		c.equal += len(data)
		return len(data), nil
	}
	c.differ()
	if c.copies {
		c.copied = append(c.copied, data...)
	}
	return len(data), nil
}

// differ begins the copy.
func (c *comparison) differ() {
	if c.differs {
		return
	}
	c.differs = true
	if c.copies {
		c.copied = append(make([]byte, 0, c.size), c.known[:c.equal]...)
	}
}

// isEqual reports whether all bytes that were written are the known ones.
func (c *comparison) isEqual() bool { return !c.differs && c.equal == len(c.known) }

// bytes returns the bytes that were written: the known ones if they are equal, otherwise the copy.
func (c *comparison) bytes() []byte {
	if c.isEqual() {
		return c.known
	}
	c.differ() // the document ended before the known bytes did
	return c.copied
}
