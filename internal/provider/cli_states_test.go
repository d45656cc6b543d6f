package provider_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
	"github.com/lync-iac/terraform-provider-lync/internal/version"
)

// testdata/states has, for each release, a state that the release wrote, beside the configuration and the document. A
// plan of every later build has no changes.

var writeState = flag.Bool("write-state", false,
	"keep the state that this build writes as that of the version to be released")

const stateFile = "terraform.tfstate"

// stateName returns the name of a workspace file in testdata. Git ignores files that are named like states.
func stateName(name string) string {
	if name == stateFile {
		return "state.json"
	}
	return name
}

// stateConfig has every kind of value that a state can have.
const stateConfig = `
resource "lync_pool_pair" "plain" {
  pools = ["A.contoso.com", "b.contoso.com."]
}

resource "lync_pool_pair" "apart" {
  pools                      = ["c.contoso.com", "d.contoso.com"]
  failure_detection_interval = "300s"
  per_pool = {
    "d.contoso.com" = { automatic_failover = false, failback_detection_interval = "1h" }
  }
  timeouts {
    create = "15m"
  }
}

resource "lync_branch_backup" "taken_over" {
  appliance   = "sba1.contoso.com"
  backup_pool = "a.contoso.com"
}

resource "lync_branch_backup" "written" {
  appliance   = "sba2.contoso.com"
  backup_pool = "c.contoso.com"
}
`

func stateEstate() testkit.Estate {
	e := cliEstate("a b c d")
	e.Pools[0].Central = testkit.Active
	e.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}, {ID: 9, Branch: true, Parent: 1}}
	e.Appliances = []testkit.Appliance{{FQDN: "sba1", Site: 9, Pool: "a"},
		{FQDN: "sba2", Site: 9, Pool: "c", NoBackup: true}}
	return e
}

func TestCLIStatesOfReleases(t *testing.T) {
	if !*writeState {
		t.Parallel() // otherwise the workspace calls it
	}
	if stores.Chosen() != stores.File {
		t.Skip("only on a file: the states are those of one")
	}
	folder := filepath.Join("testdata", "states")
	if *writeState {
		w := cliTerraform(t, stateEstate())
		w.Config(stateConfig)
		w.MustRun("apply", "-auto-approve")
		for _, name := range []string{"main.tf", stateFile, testkit.DocumentName} {
			content, err := os.ReadFile(w.Path(name))
			if err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(folder, version.Release, stateName(name))
			if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	releases, err := os.ReadDir(folder)
	if err != nil || len(releases) == 0 {
		t.Fatalf("no states of releases: %v", err)
	}
	for _, released := range releases {
		t.Run(released.Name(), func(t *testing.T) {
			w := cliTerraform(t, testkit.Estate{})
			for _, name := range []string{"main.tf", stateFile, testkit.DocumentName} {
				content, err := os.ReadFile(filepath.Join(folder, released.Name(), stateName(name)))
				if err != nil {
					t.Fatal(err)
				}
				text := string(content)
				if name == stateFile && w.IsOpenTofu() {
					text = strings.ReplaceAll(text, "registry.terraform.io", "registry.opentofu.org")
				}
				w.Write(name, text)
			}
			assertNoChanges(t, w)
			assertNoChangesWith(t, w, "-refresh=false")
			if out := w.MustRun("plan", "-refresh-only"); !strings.Contains(out, "No changes") {
				t.Errorf("a refresh changes the state:\n%s", out)
			}
		})
	}
}
