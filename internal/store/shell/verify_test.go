package shell

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// silentHost is a host that runs no script.
type silentHost struct{ powershell.Transport }

func (silentHost) Host() string { return "host" }

// The path of a backup is text of the host. It does not end its own quotation in the command that restores the backup.
func TestRestoreCommandQuotesThePath(t *testing.T) {
	t.Parallel()

	for path, want := range map[string]string{
		`C:\ProgramData\a.xml`:               `-FileName 'C:\ProgramData\a.xml' -Force; Enable-CsTopology`,
		`C:\it's\a.xml`:                      `-FileName 'C:\it''s\a.xml' -Force`,
		"C:\\a\u2019; calc; echo \u2018.xml": "-FileName 'C:\\a\u2019\u2019; calc; echo \u2018\u2018.xml' -Force",
	} {
		p := &publication{
			store: &Store{transport: silentHost{}}, hasFacts: true,
			facts: PublishFacts{Backup: &SavedFile{Path: path}},
		}
		if got := p.overwrite(); got == nil || !strings.Contains(got.Restore, want) {
			t.Errorf("%s: %+v", path, got)
		}
	}
}
