package provider_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/version"
)

// block matches a fenced block of a guide.
var block = regexp.MustCompile("(?ms)^ *```(\\w*)\n(.*?)^ *```$")

// copied matches the name of an example whose files a guide copies instead of those of the quickstart.
var copied = regexp.MustCompile("copy the files of\n`examples/([a-z-]+)`")

// querying matches a command that Terraform has since 1.14.
var querying = regexp.MustCompile(`(?m)^terraform .*\bquery\b`)

// generating matches a command that generates configuration.
var generating = regexp.MustCompile(`(?m)^terraform .* -generate-config-out=`)

// runsTests matches a command that runs tests, which can have functions in variables.
var runsTests = regexp.MustCompile(`(?m)^terraform .*\btest\b`)

// openTofuSays has lines of Terraform that the guides print, each followed by the line of OpenTofu. OpenTofu has its
// messages about protected resources since 1.12.
var openTofuSays = []string{
	"will no longer be managed by Terraform, but will not be destroyed",
	"will be removed from the OpenTofu state but will not be destroyed",
	"# (destroy = false is set in the configuration)", "Plan: 0 to add, 0 to change, 0 to destroy, 1 to forget.",
	"Error: Instance cannot be destroyed", "Error: Resource instance cannot be destroyed",
	"Resource lync_pool_pair.europe has lifecycle.prevent_destroy set, but the",
	"Resource instance lync_pool_pair.europe has prevent_destroy set, but the plan",
	"plan calls for this resource to be destroyed. To avoid this error and", "calls for it to be destroyed.",
}

// guides returns the text of each guide by its file name.
func guides(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(testkit.ModuleRoot(t), "docs", "guides", "*.md"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(text)
	}
	return texts
}

// fileNames matches the names of files for blocks of Terraform.
var fileNames = regexp.MustCompile(`\.(tf|tfvars|tftest\.hcl|tfquery\.hcl)$`)

// fileOf returns the name of the file for a block of Terraform, and an empty text for a block that is only shown.
func fileOf(body string) string {
	if name, _, found := strings.Cut(strings.TrimPrefix(body, "# "), "\n"); found && fileNames.MatchString(name) {
		return name
	}
	return ""
}

// TestGuides follows the guides in an empty folder with a copy of the example that they name, which is usually the
// quickstart. It writes a block of Terraform that begins with a file name to that file. It runs a block of shell,
// unless the command line does not have the command. The block must fail exactly if the output printed below it has a
// line that begins with "Error:", and its output must have every line that is printed. OpenTofu runs in the same way
// under the name terraform, with the lines of openTofuSays. It may fail where the guide describes the next step. Blocks
// in other languages are for servers of a deployment. For the management shell of this host there is a double, whose
// store has the document of the quickstart.
func TestGuides(t *testing.T) {
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("the guides are for a POSIX shell")
	}
	texts := guides(t)
	all := strings.Join(slices.Collect(maps.Values(texts)), "")
	for lines := range slices.Chunk(openTofuSays, 2) {
		if !strings.Contains(all, lines[0]) {
			t.Errorf("no guide prints %q", lines[0])
		}
	}
	for guide, text := range texts {
		blocks := block.FindAllStringSubmatch(text, -1)
		if len(blocks) == 0 {
			continue // the page of rules
		}
		t.Run(guide, func(t *testing.T) {
			w := cliProcess(t, testkit.Quickstart())
			if sample := copied.FindStringSubmatch(text); sample == nil {
				w.Write("main.tf", example(t, "quickstart/main.tf"))
			} else {
				for _, name := range filesOfExample(t, sample[1]) {
					w.Write(name, example(t, sample[1]+"/"+name))
				}
				if sample[1] == "import-estate" {
					w.ServeState() // 436 resources
				}
			}
			env, queries := readersEnvironment(t, w), w.SupportsQuery()
			instead := strings.NewReplacer()
			if w.IsOpenTofu() {
				instead = strings.NewReplacer(openTofuSays...)
			}
			for i, b := range blocks {
				switch language, body := b[1], b[2]; language {
				case "terraform":
					if name := fileOf(body); name != "" {
						w.Write(name, body)
					}
				case "shell":
					if querying.MatchString(body) && !queries || runsTests.MatchString(body) && !w.SupportsFunctions() {
						continue
					}
					if generating.MatchString(body) && !w.GeneratesBlocks() {
						t.Skip("good up to here, where this command line crashes: it generates configuration")
					}
					printed := ""
					if i+1 < len(blocks) && blocks[i+1][1] == "text" {
						printed = blocks[i+1][2]
					}
					runBlock(t, bash, w.Dir(), env, body, printed, instead)
				}
			}
		})
	}
}

// filesOfExample returns the names of the files of an example and of its subfolders, with slashes.
func filesOfExample(t *testing.T, example string) []string {
	t.Helper()
	var names []string
	files := os.DirFS(filepath.Join(testkit.ModuleRoot(t), "examples", example))
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// runBlock runs a block of shell and compares its output with the output that the guide prints. It also accepts a line
// that instead has replaced.
func runBlock(t *testing.T, bash, dir string, env []string, body, printed string, instead *strings.Replacer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bash, "-euo", "pipefail", "-c", body) //nolint:gosec // a block of our guide
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	output := string(out)
	if fails := regexp.MustCompile(`(?m)^Error:`).MatchString(printed); fails != (err != nil) {
		t.Fatalf("ends with %v:\n%s\n%s", err, body, output)
	}
	for line := range strings.Lines(printed) {
		if line = strings.TrimSpace(line); line != "..." && !strings.Contains(output, line) &&
			!strings.Contains(output, instead.Replace(line)) {
			t.Errorf("the guide prints a line that is not in the output: %q\n%s\n%s", line, body, output)
		}
	}
}

// readersEnvironment returns the environment of a reader who has installed the provider: a folder of providers, an
// identity for git, and a PowerShell with the management shell.
func readersEnvironment(t *testing.T, w *testkit.Workspace) []string {
	t.Helper()
	mirror, config := t.TempDir(), filepath.Join(t.TempDir(), "cli.tfrc")
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		folder := filepath.Join(mirror, host, "lync-iac", "lync", version.Release, runtime.GOOS+"_"+runtime.GOARCH)
		if err := os.MkdirAll(folder, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(testkit.Provider(t),
			filepath.Join(folder, "terraform-provider-lync_v"+version.Release)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(config, []byte("provider_installation {\n  filesystem_mirror {\n    path = \""+mirror+
		"\"\n  }\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The guides use the command terraform for every command line.
	bin := t.TempDir()
	if err := os.Symlink(w.Binary(), filepath.Join(bin, "terraform")); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The provider does not pass the address of the double on to PowerShell.
	double := shelld.New(t, testkit.Quickstart().Document())
	command := fmt.Sprintf("#!/bin/sh\n%s exec %q \"$@\"\n", double.Listen(), self)
	//nolint:gosec // the file is a command
	if err := os.WriteFile(filepath.Join(bin, local.DefaultExecutable()), []byte(command), 0o700); err != nil {
		t.Fatal(err)
	}
	return append(w.Environment(), "TF_CLI_CONFIG_FILE="+config, "TF_CLI_ARGS=-no-color",
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"HOME="+t.TempDir(), "GIT_PAGER=cat", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Reader", "GIT_AUTHOR_EMAIL=reader@contoso.com", "GIT_COMMITTER_NAME=Reader",
		"GIT_COMMITTER_EMAIL=reader@contoso.com")
}

// TestGuidesShowGoodConfigurations validates the blocks of Terraform that TestGuides does not use, each as a module of
// one configuration. In a guide about a deployment every resource has prevent_destroy, except in modules.
func TestGuidesShowGoodConfigurations(t *testing.T) {
	t.Parallel()
	texts := guides(t)
	readme, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	texts["README.md"] = string(readme)
	w := validateWorkspace(t)
	root := ""
	for guide, text := range texts {
		live := strings.Contains(text, "management_shell = {")
		for i, b := range block.FindAllStringSubmatch(text, -1) {
			body := b[2]
			if b[1] != "terraform" {
				continue
			}
			declared := strings.Count(body, "resource \"lync_")
			if live && guide != "README.md" && !strings.Contains(fileOf(body), "/") &&
				strings.Count(body, "prevent_destroy = true") < declared {
				t.Errorf("%s: a resource without prevent_destroy:\n%s", guide, body)
			}
			if fileOf(body) != "" {
				continue // it is part of a configuration that TestGuides uses
			}
			if !strings.Contains(body, "required_providers") {
				body = testkit.RequiredProviders + body
			}
			name := fmt.Sprintf("%s-%d", strings.TrimSuffix(guide, ".md"), i)
			w.Write(name+"/main.tf", body)
			root += fmt.Sprintf("module %q {\n  source = \"./%s\"\n}\n", name, name)
		}
	}
	w.Write("main.tf", root)
	w.Init()
	w.MustRun("validate")
}
