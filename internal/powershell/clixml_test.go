package powershell

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestDecodeCLIXML(t *testing.T) {
	t.Parallel()

	const head = `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">`

	for _, test := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"text", "plain\r\ntext\r\n", "plain\ntext"},
		{"empty", clixmlMark + "\r\n" + head + "</Objs>", ""},
		{
			"error",
			clixmlMark + "\r\n" + head + `<S S="Error">one_x000D__x000A_</S><S S="Error">two_x000D__x000A_</S></Objs>`,
			"one\ntwo",
		},
		{"streams", clixmlMark + "\r\n" + head + `<S S="warning">w</S><S S="verbose">v</S></Objs>`, "w\nv"},
		{
			"progress",
			clixmlMark + "\r\n" + head + `<Obj S="progress" RefId="0"><ToString>p</ToString><MS><S ` +
				`N="x">no</S></MS></Obj></Objs>`,
			"",
		},
		{"object", clixmlMark + "\r\n" + head + `<Obj S="Error" RefId="0"><TN ` +
			`RefId="0"><T>System.Management.Automation.ErrorRecord</T></TN>` +
			`<ToString>the error</ToString><MS><Obj N="Exception" ` +
			`RefId="1"><ToString>inside</ToString></Obj></MS></Obj></Objs>`, "the error"},
		{"around", "before\r\n" + clixmlMark + "\r\n" + head + `<S S="Error">in</S></Objs>after`, "before\nin\nafter"},
		{
			"twice",
			clixmlMark + "\r\n" + head + `<S S="Error">a</S></Objs>` +
				clixmlMark + "\r\n" + head + `<S S="Error">b</S></Objs>`,
			"a\nb",
		},
		{"cut", clixmlMark + "\r\n" + head + `<S S="Error">kept</S><S S="Err`, "kept"},
		{"not CLIXML", clixmlMark + " is a format", clixmlMark + " is a format"},
		{
			"once after a failure",
			clixmlMark + " is a format\n" + clixmlMark + head + `<S S="Error">a</S></Objs>`,
			clixmlMark + " is a format\n" + clixmlMark + head + `<S S="Error">a</S></Objs>`,
		},
		{
			"once after a cut",
			clixmlMark + head + `<S S="Error">a</S><S>` + clixmlMark + head + `<S S="Error">b</S></Objs>`,
			"a",
		},
		{"all of it", strings.Repeat("x", MaxStderr), strings.Repeat("x", MaxStderr)},
		{"one byte more", strings.Repeat("x", MaxStderr) + "y", strings.Repeat("x", MaxStderr)},
		{"another root", clixmlMark + "\r\n<a>x</a>", clixmlMark + "\n<a>x</a>"},
		{"code page", "\xdcbergabe", "\uFFFDbergabe"},
		{"UTF-16", "a\x00b\x00", "ab"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := DecodeCLIXML([]byte(test.in)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Repeated starts of CLIXML are read once: reading each to the end would allocate much more than the text has.
func TestDecodeCLIXMLIsLinear(t *testing.T) {
	for name, repeated := range map[string]string{
		"marks":        clixmlMark,
		"open":         clixmlMark + "<Objs>",
		"other root":   clixmlMark + "<a>",
		"nested":       "<Objs>",
		"namespaces":   clixmlMark + `<Objs xmlns="a" `,
		"empty":        clixmlMark + "<Objs/>",
		"with content": clixmlMark + `<Objs><S S="Error">_x000A_`,
	} {
		stderr := []byte(strings.Repeat(repeated, 2*MaxStderr/len(repeated)))

		var text string
		if _, size := testkit.Allocations(func() { text = DecodeCLIXML(stderr) }); size > 100*MaxStderr {
			t.Errorf("%s: %d MiB are allocated for %d characters", name, size>>20, len(text))
		}
	}
}

// An excerpt has the start and the end of a long output.
func TestExcerpt(t *testing.T) {
	t.Parallel()

	output := "start" + strings.Repeat("x", 2*MaxStderr) + "end"
	if got := excerpt([]byte(output)); !strings.HasPrefix(got, "start") || !strings.HasSuffix(got, "end") ||
		len(got) > maxExcerpt {
		t.Errorf("%d characters: %q", len(got), got)
	}
}

func TestUnescapeCLIXML(t *testing.T) {
	t.Parallel()

	for in, want := range map[string]string{
		"":                           "",
		"a_b":                        "a_b",
		"_x000A_":                    "\n",
		"_x005F_x000A_":              "_x000A_",
		"_x00e4_":                    "\u00e4",
		"_xD83C__xDFE2_":             "\U0001f3e2",
		"_xD83C_":                    "\uFFFD",
		"_x12_":                      "_x12_",
		"_x12G4_":                    "_x12G4_",
		"_x+123_":                    "_x+123_",
		"_X0041_":                    "_X0041_",
		"_x0041":                     "_x0041",
		"__x0041__":                  "_A_",
		"\u00fc_x0041_\u6771_":       "\u00fcA\u6771_",
		strings.Repeat("_x0041_", 3): "AAA",
	} {
		if got := unescapeCLIXML(in); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
}

func FuzzDecodeCLIXML(f *testing.F) {
	f.Add([]byte(clixmlMark + `<Objs><S S="Error">a_x000A_</S></Objs>`))
	f.Fuzz(func(_ *testing.T, in []byte) { DecodeCLIXML(in) })
}

func FuzzReadReply(f *testing.F) {
	result, document := sent(`{"done":true}`), sent("x")

	f.Add([]byte("{lync:n:result}" + result + "{lync:n:document}" + document + "{lync:n:end}"))
	f.Fuzz(func(_ *testing.T, in []byte) { readReply(in, "n") })
}
