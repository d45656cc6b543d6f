package workflows

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

const unreachable = `govulncheck: fetching vulnerabilities: Get "https://vuln.go.dev/index/modules.json.gz": no such host`

// TestVulncheck runs the script with a go command that prints the output of govulncheck.
func TestVulncheck(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		output  string
		code    int
		offline string
		want    int
		says    string
	}{
		{"no vulnerability", "No vulnerabilities found.", 0, "", 0, ""},
		{"a vulnerability", "Vulnerability #1", 3, "", 3, ""},
		{"a vulnerability, offline", "Vulnerability #1", 3, "1", 3, ""},
		{"no database", unreachable, 1, "", 1, "set CI_OFFLINE=1"},
		{"no database, offline", unreachable, 1, "1", 0, "Not checked"},
		{"another error, offline", "govulncheck: loading packages: no Go files", 1, "1", 1, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fakes := t.TempDir()
			fake(t, fakes, "go", "printf '%s\\n' '"+tc.output+"' >&2\nexit "+strconv.Itoa(tc.code))
			code, output := bash(t, fakes, "internal/tools/vulncheck/check.sh", "CI_OFFLINE="+tc.offline)
			if code != tc.want || !strings.Contains(output, tc.output) || !strings.Contains(output, tc.says) {
				t.Errorf("exit code %d, want %d; output\n%s", code, tc.want, output)
			}
		})
	}
}

// TestFindDatabase runs the function of .ci/run that decides whether the database of vulnerabilities is required.
func TestFindDatabase(t *testing.T) {
	t.Parallel()
	_, function, found := strings.Cut(read(t, ".ci/run"), "\nfind_database() {\n")
	function, _, ended := strings.Cut(function, "\n}\n")
	if !found || !ended {
		t.Fatal(".ci/run has no function find_database")
	}
	for _, tc := range []struct {
		name, getent, offline, want string
	}{
		{"it resolves", "exit 0", "", "offline=."},
		{"it does not", "exit 2", "", "does not resolve: CI_OFFLINE=1. The step Vulnerabilities passes if it cannot " +
			"reach it.\noffline=1."},
		{"set before", "exit 0", "yes", "offline=yes."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fakes := t.TempDir()
			fake(t, fakes, "getent", tc.getent)
			script := filepath.Join(fakes, "script")
			write(t, script, "find_database() {\n"+function+"\n}\nfind_database\nsh -c 'echo \"offline=$CI_OFFLINE.\"'")
			code, output := bash(t, fakes, script, "CI_OFFLINE="+tc.offline)
			if code != 0 || !strings.Contains(output, tc.want) {
				t.Errorf("exit code %d, want %q in\n%s", code, tc.want, output)
			}
		})
	}
}

// bash runs a script in the root folder of the repository and returns its exit code and output. The commands in the
// folder fakes come first.
func bash(t *testing.T, fakes, script string, env ...string) (code int, output string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the scripts run on Linux and macOS")
	}
	cmd := exec.CommandContext(t.Context(), "bash", script)
	cmd.Dir = root(t)
	cmd.Env = append(append(os.Environ(), env...), "PATH="+fakes+string(os.PathListSeparator)+os.Getenv("PATH"))
	text, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(text)
}

// fake writes a command that runs a shell script.
func fake(t *testing.T, dir, name, script string) {
	t.Helper()
	path := filepath.Join(dir, name)
	write(t, path, "#!/bin/sh\n"+script+"\n")
	if err := os.Chmod(path, 0o700); err != nil { //nolint:gosec // a command
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// root returns the root folder of the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// read returns the text of a file of the repository.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
