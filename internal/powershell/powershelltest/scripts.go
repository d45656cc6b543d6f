package powershelltest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// forbidden are the patterns that a script must not contain. PowerShell 5.1 and 7 support most of them. PowerShell 3.0,
// which Lync Server 2013 uses, also parses them, but fails when it executes them, or behaves differently.
var forbidden = []struct {
	pattern *regexp.Regexp // of a line in lower case
	reason  string
	strings bool // applies to strings and comments too
}{
	{regexp.MustCompile(`::new\s*\(`), "PowerShell 5.0", false},
	{regexp.MustCompile(`\bget-filehash\b`), "PowerShell 4.0", false},
	{regexp.MustCompile(`\.where\s*[{(]`), "PowerShell 4.0", false},
	{regexp.MustCompile(`\.foreach\s*[{(]`), "PowerShell 4.0", false},
	{regexp.MustCompile(`-pipelinevariable\b|-pv\b`), "PowerShell 4.0", false},
	{regexp.MustCompile(`\bnew-temporaryfile\b`), "PowerShell 5.0", false},
	{regexp.MustCompile(`\bwrite-information\b`), "PowerShell 5.0", false},
	{regexp.MustCompile(`-information(action|variable)\b`), "PowerShell 5.0", false},
	{regexp.MustCompile(`(^|[;{}])\s*class\s+\w`), "PowerShell 5.0", false},
	{regexp.MustCompile(`(^|[;{}])\s*enum\s+\w`), "PowerShell 5.0", false},
	{regexp.MustCompile(`(^|[;{}])\s*using\s+\w`), "PowerShell 5.0", false},
	{regexp.MustCompile(`\?\?`), "PowerShell 7", false},
	{regexp.MustCompile(`\?\.|\?\[`), "PowerShell 7", false},
	{regexp.MustCompile(`\s\?\s[^|{]*?\s:\s`), "the conditional operator of PowerShell 7", false},
	{regexp.MustCompile(`&&|\|\|`), "PowerShell 7", false},
	{regexp.MustCompile(`\bconvertfrom-json\b.*-ashashtable|-asbytestream|-noproxy\b`), "PowerShell 6 or later", false},
	{regexp.MustCompile(`-[ci]?(eq|ne)\s+\$null\b`), "of an array it returns elements: put $null on the left", false},
	{regexp.MustCompile(`\bcompare-object\b|(^|[^\[])\bswitch\s+[-($]|\bswitch\(`), ordinal, false},
	{
		regexp.MustCompile(`\.((starts|ends)with|indexof|compareto)\([^,]*\)`),
		"without StringComparison it " + ignores,
		false,
	},
	{regexp.MustCompile(`-i?(not)?(like|match)\b|-clike\b|-i?(replace|split)\s`), culture + ": use -cmatch", false},
	{regexp.MustCompile(`\.to(lower|upper)\(\)|\bget-date\b`), culture, false},
	{regexp.MustCompile(`[^)]\.tostring\([^,()]+\)`), culture + ": name InvariantCulture", false},
	{regexp.MustCompile(`\bsort-object\b(\s*($|[|)])|\s+([^-]|-[^c]))`), culture + ": begin with -Culture", false},
	{regexp.MustCompile(`finalizeuninstall`), "it publishes an empty topology", true},
	{regexp.MustCompile(`localstore`), "the local copy of the topology lags behind", true},
	{
		regexp.MustCompile(`%[-+#0-9.*]*[vtbcdoqxuefgsp]\b`),
		"a verb of Go's fmt: no value goes into the text of a script",
		true,
	},
	{regexp.MustCompile(`\{\{`), "a template: no value goes into the text of a script", true},
	{regexp.MustCompile(`\binvoke-expression\b|\biex\b`), "it runs a text as a script", false},
	{
		regexp.MustCompile(`enable-wsmancredssp|enable-psremoting|set-wsman|(set|new|clear)-item.*wsman`),
		"a setting of the host",
		true,
	},
	{regexp.MustCompile(`\$input\b`), "PowerShell would read standard input itself", true},
	{regexp.MustCompile(`\bwrite-host\b|\bread-host\b|\bget-credential\b|\bpause\b`), "a script has no user", false},
}

// The reasons of the rules about texts.
const (
	culture = "it depends on the culture, which a module can set"
	ignores = "ignores characters that are invisible"
	ordinal = "of two texts it ignores case, and " + ignores + ": use Test-LyncEqual"
)

// comparison is a comparison that ignores case and characters that are invisible, in lower case. -ceq and the like
// ignore the latter. constants are those that cannot confuse two texts: with a number, $null or a constant text.
var (
	comparison = regexp.MustCompile(`-[ci]?(eq|ne|(not)?(contains|in|like|match))\b`)
	constants  = regexp.MustCompile(`\$null\s+-(eq|ne)\s|@\((''[, ]*)+\)\s+-contains\s|` +
		`-(eq|ne|c?(not)?(like|match))\s+('|"|\d)`)
)

// comparesTexts reports whether a line of code, in lower case and without texts, compares values of which none is a
// constant.
func comparesTexts(code string) bool {
	return comparison.MatchString(constants.ReplaceAllString(code, ""))
}

// blocks are the uses of $LyncBlocks that a script may have, in lower case. None of them is an argument of a command,
// except for the packed data and document, which contain no secret. Block 3 is the secret: it and its bytes have a
// single use each.
var blocks = regexp.MustCompile(strings.Join([]string{
	`^\$lyncblocks\s*=\s*(\$text|\[console\]::in\.readtoend\(\))\.split\('\.'\)$`,
	`\$lyncblocks\.length\b`,
	`\$lyncblocks\[[24]\]\.trim\(\)`,
	`\[convert\]::frombase64string\(\$lyncblocks\[(0|\$index)\]\)`,
	`\bread-lyncblock [12]\b`,
	`\bfunction read-lyncblock\b`,
	`^\$secretbytes = \[convert\]::frombase64string\(\$lyncblocks\[3\]\)$`,
	`^\$lyncblocks\[3\] = ''$`,
	`\$i -lt \$secretbytes\.length\b`,
	`^\$secret\.appendchar\(\[bitconverter\]::tochar\(\$secretbytes, \$i\)\)$`,
	`^\$secretbytes\[\$i\] = \$secretbytes\[\$i \+ 1\] = 0$`,
}, "|"))

// CheckScripts fails the test for every line of these scripts, texts by name, that breaks a rule.
func CheckScripts(t *testing.T, scripts map[string]string) {
	t.Helper()

	for name, text := range scripts {
		for _, violation := range violations(text) {
			t.Errorf("%s: %s", name, violation)
		}
	}
}

// violations returns the lines of a script that break a rule.
func violations(script string) []string {
	var found []string

	isOther := func(r rune) bool { return r != '\n' && r != '\t' && (r < ' ' || r > '~') }
	if i := strings.IndexFunc(script, isOther); i >= 0 {
		found = append(found, "not ASCII, or a line end of Windows: "+script[max(0, i-20):i])
	}
	for line := range strings.Lines(script) {
		line = strings.TrimRight(strings.ToLower(line), "\n")
		code := withoutText(line)

		for _, rule := range forbidden {
			where := code
			if rule.strings {
				where = line
			}
			if rule.pattern.MatchString(where) {
				found = append(found, strings.TrimSpace(line)+": "+rule.reason)
			}
		}
		if comparesTexts(code) {
			found = append(found, strings.TrimSpace(line)+": "+ordinal)
		}
		if usesBlocks(strings.TrimSpace(line)) {
			found = append(found, strings.TrimSpace(line)+": a command or a text could receive the secret")
		}
	}
	return found
}

// usesBlocks reports whether a line, in lower case, uses the blocks or the secret in a way that [blocks] does not have.
func usesBlocks(line string) bool {
	if strings.HasPrefix(line, "#") {
		return false
	}
	rest := blocks.ReplaceAllString(line, "")
	return strings.Contains(rest, "lyncblocks") || strings.Contains(rest, "read-lyncblock") ||
		strings.Contains(rest, "secretbytes")
}

// withoutText returns a line with empty strings and without its comment. Scripts do not use here-strings and block
// comments.
func withoutText(line string) string {
	var (
		out   strings.Builder
		quote rune
	)

	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0

				out.WriteRune(r)
			}
		case r == '\'' || r == '"':
			quote = r

			out.WriteRune(r)
		case r == '#' && (i == 0 || strings.ContainsRune(" \t;{}()", rune(line[i-1]))):
			return out.String()
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// ParseScripts fails the test if one of these scripts, texts by name, does not parse. It skips the test if there is no
// parser, or fails it with LYNC_PSPARSE=1.
func ParseScripts(t *testing.T, scripts map[string]string) {
	t.Helper()

	var (
		parse = parser(t)
		dir   = t.TempDir()
		files []string
	)

	for name, text := range scripts {
		files = append(files, writeScript(t, dir, name, text))
	}
	output, err := parse(files...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	t.Logf("%s", output)
}

func writeScript(t *testing.T, dir, name, text string) string {
	t.Helper()

	path := filepath.Join(dir, name+".ps1")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// parser returns the command that parses the named files, or skips the test.
func parser(t *testing.T) func(files ...string) *exec.Cmd {
	t.Helper()

	// What parses a script without PowerShell. `make scripts` installs it.
	psparse := filepath.Join(testkit.ModuleRoot(t), "internal", "tools", "psparse")

	if pwsh := testkit.FindPowerShell(t); pwsh != "" {
		return func(files ...string) *exec.Cmd {
			arguments := []string{"-NoProfile", "-NonInteractive", "-File", filepath.Join(psparse, "psparse.ps1")}

			//nolint:gosec // of the environment of the test
			return exec.CommandContext(t.Context(), pwsh, append(arguments, files...)...)
		}
	}
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(psparse, "node_modules"))
	}
	if err != nil {
		if os.Getenv("LYNC_PSPARSE") != "" {
			t.Fatalf("no parser: %v", err)
		}
		t.Skip("needs PowerShell, which testkit.FindPowerShell searches, or tree-sitter, which make scripts installs")
	}
	return func(files ...string) *exec.Cmd {
		arguments := append([]string{filepath.Join(psparse, "psparse.mjs")}, files...)
		return exec.CommandContext(t.Context(), node, arguments...) //nolint:gosec // found on PATH
	}
}
