package powershell

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestScriptsOfGuidesParse parses the commands that the guides give to a reader on a server.
func TestScriptsOfGuidesParse(t *testing.T) {
	t.Parallel()

	parse := parser(t)

	guides, err := filepath.Glob(filepath.Join("..", "..", "docs", "guides", "*.md"))
	if err != nil {
		t.Fatal(err)
	}

	var (
		names []string
		dir   = t.TempDir()
		block = regexp.MustCompile("(?ms)^ *```powershell\n(.*?)^ *```$")
	)

	for _, guide := range guides {
		text, err := os.ReadFile(guide) //nolint:gosec // of this repository
		if err != nil {
			t.Fatal(err)
		}

		for i, match := range block.FindAllStringSubmatch(string(text), -1) {
			name := filepath.Join(dir, fmt.Sprintf("%s-%d.ps1", filepath.Base(guide), i+1))
			if err := os.WriteFile(name, []byte(match[1]), 0o600); err != nil {
				t.Fatal(err)
			}

			names = append(names, name)
		}
	}

	if len(names) < 20 {
		t.Errorf("%d blocks were found", len(names))
	}

	if output, err := parse(names...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
