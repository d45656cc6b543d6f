package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// serviceVersion matches the versions of services in a document.
var serviceVersion = regexp.MustCompile(`ServiceVersion="\d+"`)

// versionEstate returns an estate whose pools and appliances have a service version: the pair c-d, Central Management
// on a, and an appliance without a backup registrar on a.
func versionEstate(version int) testkit.Estate {
	e := cliBranches(1, withoutBackups, withPairs("c-d"))
	for i := range e.Pools {
		e.Pools[i].Version = version
	}
	e.Pools[0].Central, e.Appliances[0].Version = testkit.Active, version
	return e
}

// onVersions returns a workspace with the document of an estate in a file. The rules do not depend on the store.
func onVersions(t *testing.T, e testkit.Estate) *testkit.Workspace {
	t.Helper()
	if stores.Chosen() != stores.File {
		t.Skip("only on a file")
	}
	w := onHarness(t, func(dir string) terraform.Provider { return provider.ForTest(t, dir) })
	w.SetDocument(e.Document())
	return w
}

// configure writes a configuration, with or without strict support.
func configure(w *testkit.Workspace, strict bool, text string) {
	arguments := `topology_file = "topology.xml"`
	w.Write("main.tf", strings.Replace(testkit.ProviderConfig, arguments,
		fmt.Sprintf("%s\n  strict_support = %t", arguments, strict), 1)+text)
}

// TestUnknownVersionsAreWrittenLike2019 creates, changes and removes relationships of an unknown version under strict
// support. Every document is that of 2019 except for the numbers of the versions.
func TestUnknownVersionsAreWrittenLike2019(t *testing.T) {
	t.Parallel()
	pair, branch := cliPair("x", "a-b"), cliBranch("s", "s0 a", "depends_on = [lync_pool_pair.x]")
	steps := []string{pair + branch, cliPair("x", "a-b", `failure_detection_interval = "6m"`) + branch, ""}
	written := map[int][]string{}
	for _, version := range []int{8, 9, 10} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			w := onVersions(t, versionEstate(version))
			before := w.Document()
			for _, step := range steps {
				configure(w, true, step)
				w.MustRun("apply", "-auto-approve")
				assertNoChanges(t, w)
				text := testkit.Decode(w.Document())
				if want := fmt.Sprintf("ServiceVersion=%q", fmt.Sprint(version)); len(serviceVersion.FindAllString(text,
					-1)) != strings.Count(text, want) {
					t.Errorf("a service does not have %s:\n%s", want, text)
				}
				written[version] = append(written[version], serviceVersion.ReplaceAllString(text, ""))
			}
			assertDocument(t, w, before)
			for i := range written[8] {
				if written[version][i] != written[8][i] {
					t.Errorf("step %d:\n%s", i, testkit.Diff([]byte(written[8][i]), []byte(written[version][i])))
				}
			}
		})
	}
}

// TestUnknownVersionsAreAdopted adopts a pair and an appliance of 2019 and of unknown versions. The configuration is
// the same.
func TestUnknownVersionsAreAdopted(t *testing.T) {
	t.Parallel()
	adopted := map[int]string{}
	for _, version := range []int{8, 9, 10} {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			e := versionEstate(version)
			e.Appliances[0].NoBackup = false
			w := onVersions(t, e)
			adopted[version] = assertAdopted(t, w)
			if adopted[version] != adopted[8] || len(imported.FindAllString(adopted[version], -1)) != 2 {
				t.Errorf("the configuration differs from that of 2019:\n%s", adopted[version])
			}
		})
	}
}

// TestPairsAcrossUnknownVersions creates pairs of two service versions, by default and under strict support. Only a
// version that is known and older than 2019 is refused.
func TestPairsAcrossUnknownVersions(t *testing.T) {
	t.Parallel()
	for _, strict := range []bool{false, true} {
		for _, test := range []struct {
			a, b    int
			refused bool
		}{{8, 9, false}, {9, 9, false}, {10, 9, false}, {7, 9, true}} {
			t.Run(fmt.Sprintf("%d and %d, strict %t", test.a, test.b, strict), func(t *testing.T) {
				e := cliEstate("a b")
				e.Pools[0].Version, e.Pools[1].Version = test.a, test.b
				w := onVersions(t, e)
				configure(w, strict, cliPair("x", "a-b"))
				if test.refused {
					w.MustFail("(PP-VERSION)", "apply", "-auto-approve")
					assertDocument(t, w, e.Document())
					return
				}
				output := w.MustRun("apply", "-auto-approve")
				if got := strings.Contains(output, "Warning: Members of different versions (PP-VERSION)"); got !=
					(test.a != test.b) {
					t.Errorf("the warning about versions: %t\n%s", got, output)
				}
				assertNoChanges(t, w)
			})
		}
	}
}
