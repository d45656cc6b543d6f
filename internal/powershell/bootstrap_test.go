package powershell

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The command line fits into cmd.exe and contains no character that is special to a shell.
func TestCommandLine(t *testing.T) {
	t.Parallel()

	text, err := CommandText("powershell.exe")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d characters", len(text))

	// cmd.exe accepts 8,191 characters. A transport adds some.
	if len(text) > 4000 {
		t.Errorf("the command line has %d characters", len(text))
	}
	if strings.ContainsAny(text, "\"'`$%&|<>^;!*?(){}[]\r\n\\") {
		t.Errorf("special to a shell: %s", text)
	}
	if i := slices.Index(CommandLine("pwsh"), "-EncodedCommand"); i != len(CommandLine("pwsh"))-2 {
		t.Error("everything after -EncodedCommand belongs to the command")
	}
}

func TestCommandTextQuotes(t *testing.T) {
	t.Parallel()

	text, err := CommandText(`C:\Program Files\PowerShell\7\pwsh.exe`)
	if err != nil || !strings.HasPrefix(text, `"C:\Program Files\PowerShell\7\pwsh.exe" -NoLogo `) {
		t.Errorf("%s, %v", text, err)
	}
	for _, bad := range []string{"", "a & b", "$(x)", "`x`", `a"b`, "a\nb", "%PATH%", "a;b", "pw\u00f6sh", "a|b"} {
		if text, err := CommandText(bad); err == nil {
			t.Errorf("%q became %s", bad, text)
		}
	}
}

// PowerShell reads standard input itself if a command contains $input.
func TestBootstrapLeavesStandardInputAlone(t *testing.T) {
	t.Parallel()

	if strings.Contains(strings.ToLower(bootstrap), "$input") {
		t.Error("the bootstrap contains $input")
	}
}

func TestStdin(t *testing.T) {
	t.Parallel()

	script := "# " + strings.Repeat("x y z \u00fc", 500)

	raw, err := io.ReadAll(Stdin(script, strings.NewReader("rest\n.\n")))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if len(strings.TrimSuffix(line, "\n")) > maxLine {
			t.Errorf("a line of %d characters", len(line))
		}
	}
	blocks := strings.Split(string(raw), ".")
	if len(blocks) != 3 || strings.TrimSpace(blocks[1]) != "rest" {
		t.Fatalf("blocks: %q", blocks)
	}
	got, err := decode(strconv.Itoa(len(script))+":"+strings.Join(strings.Fields(blocks[0]), ""), maxBlock)
	if err != nil || string(got) != script {
		t.Errorf("got %q, %v", got, err)
	}
}
