package testkit

import (
	_ "embed"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

//go:embed testdata/paired-standard.xml
var pairedStandard []byte

// Paired returns the estate of [Fixture]: two paired Standard Edition servers of Lync Server 2013, paris.contoso.com
// and lyon.contoso.com, with Central Management on paris. Its form is that of [Published].
func Paired() Estate {
	return Estate{
		Sites: []Site{
			{ID: 1, Name: "Paris", Description: "Headquarters"},
			{ID: 2, Name: "Lyon", Description: "Second site"},
		},
		Pools: []Pool{
			{FQDN: "paris", Site: 1, Central: Active},
			{FQDN: "lyon", Site: 2, Central: Standby},
		},
		Pairs: []Pair{{A: "paris", B: "lyon", CMSMaster: true}},
	}
}

// Fixture returns a document of two paired pools, byte for byte as the management shell would write it.
func Fixture(t testing.TB) []byte {
	t.Helper()
	return slices.Clone(pairedStandard)
}

// Published returns a document that the product published. It is not part of the repository. Published skips the test
// if the file is missing.
func Published(t testing.TB) []byte {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join(ModuleRoot(t), "..", "shared", "topologies", "lync2013-paired-standard.xml"))
	if os.IsNotExist(err) {
		t.Skip("the published document is missing: ../shared/topologies/lync2013-paired-standard.xml")
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// ModuleRoot returns the nearest folder with a go.mod, from the test's folder upwards.
func ModuleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
