package workflows

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// workflows returns the texts of the workflows by their file names.
func workflows(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root(t), ".github", "workflows", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d workflows, %v", len(paths), err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		name := filepath.Base(path)
		texts[name] = read(t, filepath.Join(".github", "workflows", name))
	}
	return texts
}

// TestActionsArePinned checks that each action has a commit, which a tag cannot change later, and the version of that
// commit in a comment, which Dependabot updates with it.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	uses := regexp.MustCompile(`(?m)^ *(?:- )?uses: *(.*)$`)
	pinned := regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	versions := map[string]string{}
	for name, text := range workflows(t) {
		for _, match := range uses.FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(match[1], "./.github/workflows/") {
				continue
			}
			if !pinned.MatchString(match[1]) {
				t.Errorf("%s: %q is not pinned by a commit with its version", name, match[1])
			}
			action, _, _ := strings.Cut(match[1], "@")
			if other := versions[action]; other != "" && other != match[1] {
				t.Errorf("%s: %q in one place, %q in another", name, match[1], other)
			}
			versions[action] = match[1]
		}
	}
	if len(versions) == 0 {
		t.Error("no action found")
	}
}

// TestSigningKey checks that only one step of one job has the key, that this job is in the protected environment, and
// that the step runs a script of this repository.
func TestSigningKey(t *testing.T) {
	t.Parallel()
	for name, text := range workflows(t) {
		for _, job := range jobs(text) {
			if !strings.Contains(job, "secrets.") {
				continue
			}
			if name != "release.yml" || !strings.Contains(job, "\n    environment: release\n") {
				t.Errorf("%s: a job outside of the environment release has secrets:\n%s", name, job)
			}
			for _, part := range strings.Split(job, "\n      - ") { // its settings, then its steps
				ours := strings.HasPrefix(part, "run: internal/tools/goreleaser/release.sh\n")
				if strings.Contains(part, "secrets.") && !ours {
					t.Errorf("%s: another part than the step of release.sh has secrets:\n%s", name, part)
				}
			}
		}
	}
}

// TestReleaseIsTested checks what a release waits for. CI_OFFLINE would let the check for vulnerabilities pass.
func TestReleaseIsTested(t *testing.T) {
	t.Parallel()
	all := workflows(t)
	for name, text := range all {
		if strings.Contains(text, "CI_OFFLINE") {
			t.Errorf("%s sets CI_OFFLINE", name)
		}
	}
	release := all["release.yml"]
	for _, part := range []string{
		"\n  test:\n    uses: ./.github/workflows/test.yml\n",
		"\n      - run: make vulncheck\n",
		"\n    needs: [test, vulnerabilities]\n",
		"uses: actions/attest-build-provenance@",
	} {
		if !strings.Contains(release, part) {
			t.Errorf("release.yml does not contain %q", part)
		}
	}
	for _, part := range []string{"\n  workflow_call:", "\n      - run: bash .ci/run\n"} {
		if !strings.Contains(all["test.yml"], part) {
			t.Errorf("test.yml does not contain %q", part)
		}
	}
}

// TestUpdates checks that Dependabot updates each module, each package and the actions.
func TestUpdates(t *testing.T) {
	t.Parallel()
	config := read(t, ".github/dependabot.yml")
	if !strings.Contains(config, "package-ecosystem: github-actions\n") {
		t.Error("the actions have no updates")
	}
	ecosystems := map[string]string{"go.mod": "gomod", "package.json": "npm"}
	err := filepath.WalkDir(root(t), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && slices.Contains([]string{".git", "node_modules", "testdata", "dist", "bin"}, entry.Name()) {
			return filepath.SkipDir
		}
		ecosystem := ecosystems[entry.Name()]
		if ecosystem == "" {
			return nil
		}
		dir, err := filepath.Rel(root(t), filepath.Dir(path))
		if err != nil {
			return err
		}
		dir = "/" + strings.TrimPrefix(filepath.ToSlash(dir), ".")
		for _, update := range strings.Split(config, "\n  - package-ecosystem: "+ecosystem+"\n")[1:] {
			update, _, _ = strings.Cut(update, "\n  - ")
			if strings.Contains(update, " - "+dir+"\n") || strings.Contains(update, " directory: "+dir+"\n") {
				return nil
			}
		}
		t.Errorf("%s has no updates", path)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// jobs returns the jobs of a workflow.
func jobs(workflow string) []string {
	_, text, _ := strings.Cut(workflow, "\njobs:\n")
	starts := regexp.MustCompile(`(?m)^  [\w-]+:$`).FindAllStringIndex(text, -1)
	var found []string
	for i, start := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		found = append(found, text[start[0]:end])
	}
	return found
}
