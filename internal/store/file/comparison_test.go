package file

import (
	"bytes"
	"slices"
	"testing"
)

// A document that equals the known one is not copied. Any other one is, from its first byte.
func TestLoadKnown(t *testing.T) {
	t.Parallel()

	document := bytes.Repeat([]byte("0123456789abcdef"), 40<<10) // several reads
	changed := func(at int) []byte {
		other := slices.Clone(document)
		other[at] = 'x'
		return other
	}
	s := New(writeDocument(t, document))

	for name, known := range map[string][]byte{
		"none":                      nil,
		"equal":                     slices.Clone(document),
		"without the last byte":     document[:len(document)-1],
		"only the first byte":       document[:1],
		"with one more byte":        append(slices.Clone(document), 'x'),
		"with another first byte":   changed(0),
		"with another last byte":    changed(len(document) - 1),
		"with another byte between": changed(len(document) / 2),
	} {
		want := slices.Clone(known)
		got, err := s.LoadKnown(t.Context(), known)

		switch same := err == nil && len(known) > 0 && &got[0] == &known[0]; {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case !bytes.Equal(got, document):
			t.Errorf("%s: loaded %d other bytes", name, len(got))
		case same != (name == "equal"):
			t.Errorf("%s: the known bytes are returned: %v", name, same)
		case !bytes.Equal(known, want):
			t.Errorf("%s: the known bytes have changed", name)
		}
	}
}
