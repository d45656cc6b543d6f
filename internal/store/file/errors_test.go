package file

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestErrorTexts verifies the whole text of errors whose causes end with a full stop, as those of Windows do.
func TestErrorTexts(t *testing.T) {
	t.Parallel()

	denied := errors.New("Access is denied.") //nolint:revive,staticcheck // the text of Windows

	for _, tc := range []struct {
		name string
		err  error
		want string
	}{
		{"read", &Error{Action: "read x", Err: &fs.PathError{Op: "open", Path: "x", Err: denied}},
			"cannot read x: Access is denied"},
		{"write", cannotWrite("write x", &os.LinkError{Op: "replace", Old: "a", New: "b", Err: denied}),
			"cannot write x: Access is denied. The document is unchanged."},
		{"attribute", cannotWrite("write x", &attributeError{"the list cannot be set", denied}),
			"cannot write x: the list cannot be set: Access is denied. The document is unchanged."},
		{"described", cannotWrite("write x", described{"it is a directory", syscall.EISDIR}),
			"cannot write x: it is a directory. The document is unchanged."},
		{"temporary file", &Error{Action: "write x", Err: syscall.EIO, Unchanged: true, Temporary: "a.tmp"},
			"cannot write x: " + syscall.EIO.Error() + ". The document is unchanged. The temporary file a.tmp could " +
				"not be removed. The next publish removes it."},
		{"missing", &Error{Action: "read x", Err: &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}},
			"cannot read x: it does not exist"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			if got := tc.err.Error(); got != tc.want {
				t.Errorf("the text is %q, want %q", got, tc.want)
			}
		})
	}
}

// TestPathsAreShownQuoted verifies that a path with a character that is not visible is quoted in each message.
func TestPathsAreShownQuoted(t *testing.T) {
	t.Parallel()

	const path, want = "a\tb.xml", `a\tb.xml"`
	s := New(path)

	_, loaded := s.Load(t.Context())
	published := s.publish(t.Context(), nil, nil)

	for _, text := range []string{
		s.Location(), loaded.Error(), published.Error(), writing(document{path: path}),
	} {
		if !strings.Contains(text, want) || strings.Contains(text, "\t") {
			t.Errorf("the text is %q", text)
		}
	}
}
