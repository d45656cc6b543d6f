package testkit

import (
	"os"
	"path/filepath"
	"testing"
)

func TestQuickstartIsTheExample(t *testing.T) {
	path := filepath.Join(ModuleRoot(t), "examples", "quickstart", "topology.xml")
	want := Quickstart().Document()
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
		t.Errorf("%s is not the estate of Quickstart; write it anew with go test ./internal/testkit -run Quickstart -update:\n%s", path, diff)
	}
}
