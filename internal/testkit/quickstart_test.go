package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

// The documents of the examples are made by this package.
func TestExamplesAreTheEstates(t *testing.T) {
	for name, estate := range map[string]Estate{"quickstart": Quickstart(), "multi-site": Quickstart(), "failover-rehearsal": Rehearsal()} {
		path := filepath.Join(ModuleRoot(t), "examples", name, "topology.xml")
		want := estate.Document()
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil { //nolint:gosec // an example is for everybody to read
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := Diff(want, got); diff != "" {
			t.Errorf("%s is not the estate of this package; write it anew with go test ./internal/testkit -run ExamplesAreTheEstates -update:\n%s", path, diff)
		}
	}
}
