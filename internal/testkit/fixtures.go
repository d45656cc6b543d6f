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

// Paired is the estate of the shipped fixture: two paired Standard Edition servers of Lync Server 2013, paris and lyon
// at contoso.com, Central Management on paris. It has the shape of the one real document of a pair that is known.
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

// Fixture returns the shipped fixture, byte for byte as the management shell would write it.
func Fixture(t testing.TB) []byte {
	t.Helper()
	return slices.Clone(pairedStandard)
}

// Published returns the real published document, which is not part of the project. The test is skipped without it.
func Published(t testing.TB) []byte {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join(ModuleRoot(t), "..", "shared", "topologies", "lync2013-paired-standard.xml"))
	if os.IsNotExist(err) {
		t.Skip("the real document is not here: ../shared/topologies/lync2013-paired-standard.xml")
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// ModuleRoot returns the folder with go.mod above the test.
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
