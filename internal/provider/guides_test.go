package provider_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/release"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// block is a fenced block of a guide.
var block = regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```$")

// TestGuides does what the guides tell a reader to do, in an empty folder with a copy of the quickstart. A block of
// Terraform that begins with a file name goes into that file. A block of shell is run; it fails exactly when the output
// printed below it begins a line with "Error:", and every line printed there is in what it says.
func TestGuides(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("the guides are for a POSIX shell")
	}
	guides, err := filepath.Glob(filepath.Join(testkit.ModuleRoot(t), "docs", "guides", "*.md"))
	if err != nil || len(guides) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	for _, guide := range guides {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		blocks := block.FindAllStringSubmatch(string(text), -1)
		if len(blocks) == 0 {
			continue // the rules
		}
		t.Run(filepath.Base(guide), func(t *testing.T) {
			w := cliProcess(t, testkit.Quickstart())
			if strings.Contains(w.MustRun("version"), "OpenTofu") {
				t.Skip("the guides print what Terraform says")
			}
			w.Write("main.tf", example(t, "quickstart/main.tf"))
			env := readersEnvironment(t, w)
			for i, b := range blocks {
				switch language, body := b[1], b[2]; language {
				case "terraform":
					if name, _, found := strings.Cut(strings.TrimPrefix(body, "# "), "\n"); found && strings.HasSuffix(name, ".tf") {
						w.Write(name, body)
					}
				case "shell":
					printed := ""
					if i+1 < len(blocks) && blocks[i+1][1] == "text" {
						printed = blocks[i+1][2]
					}
					runBlock(t, bash, w.Dir(), env, body, printed)
				}
			}
		})
	}
}

// runBlock runs a block of shell and compares what it says with what the guide prints.
func runBlock(t *testing.T, bash, dir string, env []string, body, printed string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bash, "-euo", "pipefail", "-c", body) //nolint:gosec // the block of a guide, which is ours
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	said := string(out)
	if fails := regexp.MustCompile(`(?m)^Error:`).MatchString(printed); fails != (err != nil) {
		t.Fatalf("ends with %v:\n%s\n%s", err, body, said)
	}
	for line := range strings.Lines(printed) {
		if line = strings.TrimSpace(line); line != "..." && !strings.Contains(said, line) {
			t.Errorf("the guide prints a line that is not said: %q\n%s\n%s", line, body, said)
		}
	}
}

// readersEnvironment is that of a reader who has installed the provider: a folder of providers, and an identity for git.
func readersEnvironment(t *testing.T, w *testkit.Workspace) []string {
	t.Helper()
	mirror, config := t.TempDir(), filepath.Join(t.TempDir(), "cli.tfrc")
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(mirror, host, "lync-iac", "lync", release.Version, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(testkit.Provider(t), filepath.Join(folder, "terraform-provider-lync_v"+release.Version)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(config, []byte("provider_installation {\n  filesystem_mirror {\n    path = \""+mirror+"\"\n  }\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The guides say terraform, whichever command line the tests use.
	bin := t.TempDir()
	if err := os.Symlink(w.Binary(), filepath.Join(bin, "terraform")); err != nil {
		t.Fatal(err)
	}
	return append(w.Environment(), "TF_CLI_CONFIG_FILE="+config, "TF_CLI_ARGS=-no-color", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HOME="+t.TempDir(), "GIT_PAGER=cat", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Reader", "GIT_AUTHOR_EMAIL=reader@contoso.com", "GIT_COMMITTER_NAME=Reader", "GIT_COMMITTER_EMAIL=reader@contoso.com")
}
