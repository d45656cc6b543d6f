package powershell

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// forbidden is what a script must not hold. PowerShell 5.1 and 7 take most of it, the PowerShell 3.0 of a Lync Server 2013
// takes it as well and fails when it gets there, or does something else.
var forbidden = []struct {
	pattern *regexp.Regexp // of a line in lower case
	why     string
	strings bool // looked for in strings and comments too
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
	{regexp.MustCompile(`finalizeuninstall`), "it publishes an empty topology", true},
	{regexp.MustCompile(`localstore`), "the local copy of the topology lags behind", true},
	{regexp.MustCompile(`%[-+#0-9.*]*[vtbcdoqxuefgsp]\b`), "a verb of Go's fmt: no value goes into the text of a script", true},
	{regexp.MustCompile(`\{\{`), "a template: no value goes into the text of a script", true},
	{regexp.MustCompile(`\binvoke-expression\b|\biex\b`), "it runs a text", false},
	{regexp.MustCompile(`enable-wsmancredssp|enable-psremoting|set-wsman|(set|new|clear)-item.*wsman`), "a setting of the host", true},
	{regexp.MustCompile(`\$input\b`), "PowerShell would read standard input itself", true},
	{regexp.MustCompile(`\bwrite-host\b|\bread-host\b|\bget-credential\b|\bpause\b`), "there is nobody", false},
}

// violations are the lines of a script that break a rule.
func violations(script string) []string {
	var found []string

	if i := strings.IndexFunc(script, func(r rune) bool { return r != '\n' && r != '\t' && (r < ' ' || r > '~') }); i >= 0 {
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
				found = append(found, strings.TrimSpace(line)+": "+rule.why)
			}
		}
	}

	return found
}

// withoutText empties the strings of a line and drops its comment. Here-strings and block comments are not used.
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

// scripts are all scripts in the binary, and the bootstrap, which is one too.
func scripts(t *testing.T) map[string]string {
	t.Helper()

	entries, err := files.ReadDir("scripts")
	if err != nil {
		t.Fatal(err)
	}

	all := map[string]string{"bootstrap": bootstrap}

	for _, entry := range entries {
		content, err := files.ReadFile("scripts/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}

		name := strings.TrimSuffix(entry.Name(), ".ps1")
		all[name] = string(content)

		if Script(name) != prelude && Script(name) != publishing {
			if all["whole+"+name], err = Script(name).text(); err != nil {
				t.Fatal(err)
			}
		}
	}

	return all
}

func TestScriptsKeepTheRules(t *testing.T) {
	t.Parallel()

	for name, text := range scripts(t) {
		for _, violation := range violations(text) {
			t.Errorf("%s: %s", name, violation)
		}
	}
}

func TestRulesFindViolations(t *testing.T) {
	t.Parallel()

	for _, bad := range []string{
		"[Text.StringBuilder]::new()", "[X]::New( 1 )", "Get-FileHash x", "$a.Where{ $_ }", "$a.ForEach({ $_ })", "Get-X -PipelineVariable y", "New-TemporaryFile",
		"Write-Information x", "class A { }", "enum A { }", "using namespace System", "$a ?? $b", "$a ? 1 : 2", "a && b", "a || b", "$a?.b",
		"Publish-CsTopology -FinalizeUninstall", "Get-CsTopology -LocalStore", "@{ LocalStore = $true }", "'%s'", "%[1]q %v", "{{.X}}", "Invoke-Expression $x", "$input",
		"Enable-WSManCredSSP -Role Server", "Set-Item WSMan:\\localhost\\Client\\Auth\\CredSSP $true",
		"'gr\u00fcn'", "a\r\n",
	} {
		if len(violations(bad)) == 0 {
			t.Errorf("nothing wrong with %q", bad)
		}
	}

	for _, good := range []string{"Where-Object { $_ }", "$x | ForEach-Object { 1 }", "# a class of its own, using && and ??", "'class A'", "$classes = 1", "a | ? { $_ }"} {
		if found := violations(good); len(found) > 0 {
			t.Errorf("%q: %q", good, found)
		}
	}
}

// Every refusal that a script can make has a kind here, and the other way round.
func TestRefusalsAreKnown(t *testing.T) {
	t.Parallel()

	used := map[string]bool{}

	for _, text := range scripts(t) {
		for _, match := range regexp.MustCompile(`Stop-Lync '(\w+)'`).FindAllStringSubmatch(text, -1) {
			used[match[1]] = true
		}
	}

	for id := range used {
		if _, ok := refusals[id]; !ok && id != "LyncNoTopology" {
			t.Errorf("%s has no kind", id)
		}
	}

	for id := range refusals {
		if !used[id] {
			t.Errorf("no script says %s", id)
		}
	}
}

// psparse is what parses a script without PowerShell; `make scripts` installs it.
var psparse = filepath.Join("..", "tools", "psparse")

// parser gives the command that parses the named files, or skips the test. LYNC_PSPARSE=1 makes a missing parser a failure.
func parser(t *testing.T) func(files ...string) *exec.Cmd {
	t.Helper()

	if pwsh, err := exec.LookPath("pwsh"); err == nil {
		return func(files ...string) *exec.Cmd {
			return exec.Command(pwsh, append([]string{"-NoProfile", "-NonInteractive", "-File", filepath.Join(psparse, "psparse.ps1")}, files...)...)
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

		t.Skip("neither pwsh nor tree-sitter is here; `make scripts` installs the latter")
	}

	return func(files ...string) *exec.Cmd {
		return exec.Command(node, append([]string{filepath.Join(psparse, "psparse.mjs")}, files...)...)
	}
}

func TestScriptsParse(t *testing.T) {
	t.Parallel()

	parse := parser(t)

	var names []string

	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name+".ps1")
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}

		return name
	}

	for name, text := range scripts(t) {
		if !strings.Contains(name, "+") {
			names = append(names, write(name, text))
		}
	}

	output, err := parse(names...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, output)
	}

	t.Logf("%s", output)

	// The parser is only believed because it finds these. The script is short: tree-sitter takes its time over errors.
	text := scripts(t)["get-topology"]
	for fault, planted := range map[string]string{
		"no-brace":   strings.Replace(text, ".Version\n    }\n", ".Version\n", 1),
		"no-paren":   strings.Replace(text, "($command.Module -ne $null)", "($command.Module -ne $null", 1),
		"no-quote":   strings.Replace(text, "'module_version'", "'module_version", 1),
		"two-braces": text + "\n}\n",
		"no-operand": strings.Replace(text, "-ne $null)", "-ne)", 1),
		"no-keyword": text + "\nforeach ($key on $x) { 1 }\n",
	} {
		if planted == text {
			t.Fatalf("%s is not planted", fault)
		}

		output, err := parse(write(fault, planted)).CombinedOutput()

		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(output), fault+".ps1:") {
			t.Errorf("%s: not found: %v\n%s", fault, err, output)
		}
	}
}
