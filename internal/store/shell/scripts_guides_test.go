package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestScriptsOfGuidesParse parses the PowerShell commands in the guides.
func TestScriptsOfGuidesParse(t *testing.T) {
	t.Parallel()
	guides, err := filepath.Glob(filepath.Join(testkit.ModuleRoot(t), "docs", "guides", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var (
		texts = map[string]string{}
		block = regexp.MustCompile("(?ms)^ *```powershell\n(.*?)^ *```$")
	)
	for _, guide := range guides {
		text, err := os.ReadFile(guide) //nolint:gosec // a file of this repository
		if err != nil {
			t.Fatal(err)
		}
		for i, match := range block.FindAllStringSubmatch(string(text), -1) {
			texts[fmt.Sprintf("%s-%d", filepath.Base(guide), i+1)] = match[1]
		}
	}
	if len(texts) < 20 {
		t.Errorf("%d blocks were found", len(texts))
	}
	powershelltest.ParseScripts(t, texts)
}
