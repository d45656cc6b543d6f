package testkit

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEncodings(t *testing.T) {
	t.Parallel()
	e := Paired()
	e.Sites[0].Name = "Orléans 𝄞"
	text := e.Text()
	for _, encoding := range []Encoding{UTF16LE, UTF16BE, UTF8, UTF8BOM} {
		e.Encoding = encoding
		doc := e.Document()
		if Decode(doc) != text {
			t.Errorf("%s: the decoded text differs", encoding)
		}
		if diff := Diff(doc, Encode(text, doc)); diff != "" {
			t.Errorf("%s: %s", encoding, diff)
		}
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	doc := Paired().Document()
	got := Diff(doc,
		Replace(doc, "<Name>Paris</Name>\n      <Description>", "<Name>Paname</Name>\n      <Description>"))
	if want := "-      <Name>Paris</Name>\n+      <Name>Paname</Name>\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, from := range []string{"Marseille", "<Services"} {
		if _, err := replace(doc, from+"?", ""); err == nil {
			t.Errorf("%s: no error", from)
		}
	}
	if _, err := replace(doc, "ServiceId", "x"); err == nil || !strings.Contains(err.Error(), "times") {
		t.Errorf("error for a text that occurs more than once: %v", err)
	}
	path := filepath.Join(t.TempDir(), "topology.xml")
	if err := os.WriteFile(path, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	Edit(t, path, "<Name>Lyon</Name>", "<Name>Lugdunum</Name>")
	edited, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Diff(doc, edited), "-      <Name>Lyon</Name>\n+      <Name>Lugdunum</Name>\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after, want string }{
		{"same", "a\n", "a\n", ""},
		{"changed", "a\nb\nc\n", "a\nx\nc\n", "-b\n+x\n"},
		{"both CRLF", "a\r\nb\r\n", "a\r\nb\r\nc\r\n", "+c\n"},
		{"line end changed", "a\r\nb\r\n", "a\r\nb\n", "-b\u240d\n+b\n"},
		{"last line end", "a\n", "a", "-a\n+a (no line end)\n"},
		{"mark", "a\n", markUTF8 + "a\n", "-encoding UTF-8\n+encoding UTF-8 with BOM\n"},
		{"minified", "<a><b/></a>", "<a></a>", "-<b/>\n"},
		{"from nothing", "", "a\n", "+a\n"},
	} {
		if got := Diff([]byte(c.before), []byte(c.after)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDiffApplies verifies for random texts that the edits are minimal and lead from the first to the second.
func TestDiffApplies(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a fixed seed: a failure repeats itself
	text := func() []string {
		lines := make([]string, random.IntN(12))
		for i := range lines {
			lines[i] = []string{"a", "b", "c", "d"}[random.IntN(4)]
		}
		return lines
	}
	for range 5000 {
		a, b := text(), text()
		if got, shortest := diffLines(a, b), len(a)+len(b)-2*common(a, b); len(got) != shortest {
			t.Fatalf("%q to %q takes %d edits, not %q", a, b, shortest, got)
		} else if !applies(a, b, got) {
			t.Fatalf("%q to %q is not %q", a, b, got)
		}
	}
}

// applies reports whether the edits lead from a to b.
func applies(a, b, edits []string) bool {
	if len(edits) == 0 {
		return slices.Equal(a, b)
	}
	switch edit := edits[0]; {
	case edit[0] == '-' && len(a) > 0 && a[0] == edit[1:] && applies(a[1:], b, edits[1:]):
		return true
	case edit[0] == '+' && len(b) > 0 && b[0] == edit[1:] && applies(a, b[1:], edits[1:]):
		return true
	}
	return len(a) > 0 && len(b) > 0 && a[0] == b[0] && applies(a[1:], b[1:], edits)
}

// common returns the length of the longest common subsequence.
func common(a, b []string) int {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			next := max(row[j+1], row[j])
			if x == y {
				next = diagonal + 1
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
