package workflows

import (
	"go/build"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestPowerShellOnWindows checks that the job with the PowerShells of Windows runs all tests of the files that have
// tests in PowerShell, and that it fails if one is skipped.
func TestPowerShellOnWindows(t *testing.T) {
	t.Parallel()
	all := jobs(workflows(t)["test.yml"])
	at := slices.IndexFunc(all, func(job string) bool {
		return strings.Contains(job, "executable: [powershell.exe, pwsh.exe]")
	})
	if at < 0 {
		t.Fatal("test.yml has no job with the PowerShells of Windows")
	}
	job := all[at]
	run := regexp.MustCompile(`internal/tools/none-skipped\.sh go test [^']*-run '([^']*)'`).FindStringSubmatch(job)
	if run == nil || !strings.Contains(job, "LYNC_PWSH: ${{ matrix.executable }}\n") {
		t.Fatalf("the job does not run go test with a PowerShell, or lets it skip tests:\n%s", job)
	}
	selected := regexp.MustCompile(run[1])
	for folder, some := range map[string][]string{
		"internal/store/shell": {"TestContract", "TestStoreInPowerShell", "TestLockOfPowerShells", "TestTopologyForms"},
		"internal/powershell":  {"TestPowerShellRuns"},
	} {
		if !slices.Contains(strings.Fields(job), "./"+folder) {
			t.Errorf("the job does not run the tests of %s", folder)
		}
		all := testsOnWindows(t, folder)
		for _, name := range all {
			if !selected.MatchString(name) {
				t.Errorf("the job does not run %s of %s", name, folder)
			}
		}
		for _, name := range some {
			if !slices.Contains(all, name) {
				t.Errorf("%s has no %s for Windows", folder, name)
			}
		}
	}
}

// testsOnWindows returns the names of the tests in PowerShell in a folder that are compiled for Windows.
func testsOnWindows(t *testing.T, folder string) []string {
	t.Helper()
	context := build.Default
	context.GOOS = "windows"
	found, err := context.ImportDir(filepath.Join(root(t), folder), 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range slices.Concat(found.TestGoFiles, found.XTestGoFiles) {
		if !strings.HasPrefix(file, "pwsh_") && file != "contract_test.go" {
			continue
		}
		text := read(t, filepath.Join(folder, file))
		for _, match := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(text, -1) {
			names = append(names, match[1])
		}
	}
	return names
}

// TestNoneSkipped runs the script with a go command that prints the output of tests.
func TestNoneSkipped(t *testing.T) {
	t.Parallel()
	const passed = "--- PASS: TestA (0.00s)"
	for _, tc := range []struct {
		name, output string
		code, want   int
	}{
		{"all pass", passed, 0, 0},
		{"one fails", passed + "\n--- FAIL: TestB (0.00s)", 1, 1},
		{"one is skipped", passed + "\n--- SKIP: TestB (0.00s)", 0, 1},
		{"a part is skipped", passed + "\n    --- SKIP: TestA/b (0.00s)", 0, 1},
		{"a package has none", passed + "\ntesting: warning: no tests to run", 0, 1},
		{"nothing runs", "", 0, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			fakes := t.TempDir()
			fake(t, fakes, "go", "cat <<'END'\n"+tc.output+"\nEND\nexit "+strconv.Itoa(tc.code))
			script := filepath.Join(fakes, "script")
			write(t, script, "exec internal/tools/none-skipped.sh go test\n")
			code, output := bash(t, fakes, script)
			if code != tc.want || !strings.Contains(output, tc.output) {
				t.Errorf("exit code %d, want %d; output\n%s", code, tc.want, output)
			}
		})
	}
}
