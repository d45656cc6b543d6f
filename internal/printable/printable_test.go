package printable_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lync-iac/terraform-provider-lync/internal/printable"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                  "",
		"pool.contoso.com":                  "pool.contoso.com",
		"two lines\n\tand a tab":            "two lines\n\tand a tab",
		"CR LF\r\nCR\rBS\bBEL\aNUL\x00":     "CR LF\nCRBSBELNUL",
		"\x1b[31mred\x1b[0m":                "[31mred[0m",
		"\u009b31mred, DEL\x7f":             "31mred, DEL",
		"\x1b]8;;http://x\x1b\\link":        "]8;;http://x\\link",
		"\u202ereverse\u2066isolate\u2069":  "reverseisolate",
		"\u200e\u200f\u061c\u202a\u202c":    "",
		"büro 東京 \u200d \ufeff":             "büro 東京 \u200d \ufeff",
		"invalid \xff\xfe, cut \xe2\x82":    "invalid \ufffd, cut \ufffd",
		"a surrogate \xed\xa0\x80":          "a surrogate \ufffd",
		"C1 as a byte \x9b, overlong \xc0b": "C1 as a byte \ufffd, overlong \ufffdb",
	} {
		if got := printable.Clean(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := printable.Text(text); got != want {
			t.Errorf("%q: the text is %q, want %q", text, got, want)
		}
		line := strings.NewReplacer("\n", " ", "\t", " ").Replace(want)
		if got := printable.Line(text); got != line {
			t.Errorf("%q: the line is %q, want %q", text, got, line)
		}
		if got := printable.IsPlain(text); got != (text == line) {
			t.Errorf("%q: plain is %t", text, got)
		}
	}
}

// TestIsControl lists all control characters, so that a new version of Unicode that adds one is noticed.
func TestIsControl(t *testing.T) {
	t.Parallel()
	want := map[rune]bool{0x61c: true, 0x200e: true, 0x200f: true}
	for _, all := range [][2]rune{{0, 0x1f}, {0x7f, 0x9f}, {0x202a, 0x202e}, {0x2066, 0x2069}} {
		for r := all[0]; r <= all[1]; r++ {
			want[r] = true
		}
	}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if printable.IsControl(r) != want[r] {
			t.Errorf("%U: %t", r, !want[r])
		}
	}
}

func TestShorten(t *testing.T) {
	t.Parallel()
	const limit = 200
	for _, unit := range []string{"a", "é", "東", "😀"} {
		for length := limit - 8; length <= 3*limit; length++ {
			text := "x" + strings.Repeat(unit, length/len(unit)) + "y"
			got := printable.Shorten(text, limit)
			if len(text) <= limit {
				if got != text {
					t.Errorf("%d bytes of %s: shortened to %q", len(text), unit, got)
				}
				continue
			}
			if len(got) > limit || len(got) < limit-10 || !utf8.ValidString(got) ||
				!strings.HasPrefix(got, "x"+unit) || !strings.HasSuffix(got, unit+"y") {
				t.Errorf("%d bytes of %s: shortened to %d, %q", len(text), unit, len(got), got)
			}
		}
	}
	if got, want := printable.Shorten(strings.Repeat("a", 300)+strings.Repeat("z", 100), 132),
		strings.Repeat("a", 75)+"\n\n[300 bytes are omitted here]\n\n"+strings.Repeat("z", 25); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMaximumSizes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("\n\x00\xff東", 1<<20)
	if got := printable.Text(long); len(got) > printable.MaxText || got != printable.Clean(got) {
		t.Errorf("Text returns %d bytes: %q", len(got), got)
	}
	if got := printable.Line(long); len(got) > printable.MaxLine || !printable.IsPlain(got) {
		t.Errorf("Line returns %d bytes: %q", len(got), got)
	}
}
