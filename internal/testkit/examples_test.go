package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

func TestEstatesMatchExamples(t *testing.T) {
	t.Parallel()
	for name, estate := range map[string]Estate{
		"quickstart": Quickstart(), "multi-site": Quickstart(), "failover-rehearsal": Rehearsal(),
		"import-estate": ImportEstate(),
	} {
		path := filepath.Join(ModuleRoot(t), "examples", name, "topology.xml")
		want := estate.Document()
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil { //nolint:gosec // an example is public
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := Diff(want, got); diff != "" {
			t.Errorf("%s is not the estate of that name; update it with go test ./internal/testkit -run "+
				"Examples -update:\n%s", path, diff)
		}
	}
}
