package powershell

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	t.Parallel()

	if err := Guard(func() error { return nil }); err != nil {
		t.Errorf("without an error: %v", err)
	}
	if err := Guard(func() error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("an error: %v", err)
	}
	var failed *PanicError

	err := Guard(func() error { return errors.New("short"[len(t.Name()):]) })
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "what the host sent") ||
		!strings.Contains(err.Error(), "out of range") {
		t.Errorf("a panic: %v", err)
	}
}

// A panic while CLIXML is read leaves the text as it is.
func TestDecodeCLIXMLRecovers(t *testing.T) {
	t.Parallel()

	const text = "before" + clixmlMark + "<Objs>"

	got := replaceCLIXML(text, func(string) (messages, rest string, ok bool) { panic("index out of range") })
	if got != text {
		t.Errorf("got %q, want %q", got, text)
	}
}

// A panic while the result of a script is unpacked makes it a damaged result.
func TestReadReplyRecovers(t *testing.T) {
	t.Parallel()

	var failed *PanicError

	got := readAnswer("{lync:n:result}x{lync:n:end}", "n", func(string, int) ([]byte, error) { panic("out of range") })
	if got.state != damaged || !errors.As(got.reason, &failed) {
		t.Errorf("state %d, %v", got.state, got.reason)
	}
}
