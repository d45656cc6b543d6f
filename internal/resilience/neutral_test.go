package resilience_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// The packages of the rules, and those below them, do not know Terraform: only package provider words what a user can
// do with it. Import paths name the provider and do not count.
func TestSourcesDoNotMentionTerraform(t *testing.T) {
	t.Parallel()
	terms := regexp.MustCompile(`(?i)terraform|LYNC_|lync_[a-z]|ignored_rules|resource "|import \{`)
	allowed := regexp.MustCompile(`github\.com/lync-iac/terraform-provider-lync|The package does not know Terraform`)
	for _, dir := range []string{".", "../topology", "../diagram"} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := fs.ReadFile(os.DirFS(dir), path)
			if err != nil {
				return err
			}
			for n, line := range strings.Split(string(source), "\n") {
				if term := terms.FindString(allowed.ReplaceAllString(line, "")); term != "" {
					t.Errorf("%s/%s:%d mentions %q: %s", dir, path, n+1, term, strings.TrimSpace(line))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
