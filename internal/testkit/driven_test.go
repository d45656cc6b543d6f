package testkit

import (
	"strings"
	"testing"
)

// memory is an in-memory store, and the driver of a workspace.
type memory struct {
	document  []byte
	inspected []string
}

func (*memory) Arguments() string             { return "topology_file = \"elsewhere.xml\"" }
func (m *memory) Document() []byte            { return m.document }
func (m *memory) SetDocument(document []byte) { m.document = document }
func (m *memory) Inspect(what, text string)   { m.inspected = append(m.inspected, what+": "+text) }
func (m *memory) drive(command string, _ ...string) (exitCode int, stdout, output string) {
	if command == "show" {
		return 0, `{"values":{"root_module":{"resources":[{"address":"a.b","values":{"c":"d"}}]}}}`, ""
	}
	return 1, "", "Error: no " + command
}

// TestDriven verifies that a driven workspace runs commands with its driver and uses the document of its store.
func TestDriven(t *testing.T) {
	m := &memory{}
	w := Driven(t, func(string) Driver { return m.drive })
	w.UseStore(m)
	w.SetDocument([]byte("<one/>"))
	w.Edit("one", "two")
	if got := string(w.Document()); got != "<two/>" {
		t.Errorf("the document is %s", got)
	}
	w.Config("# end")
	if !strings.Contains(w.ProviderConfig(), "elsewhere.xml") {
		t.Errorf("the provider is\n%s", w.ProviderConfig())
	}
	if got := w.Resource("a.b")["c"]; got != "d" {
		t.Errorf("the resource has %v", got)
	}
	w.MustFail("no apply", "apply")
	if len(m.inspected) != 2 || !strings.Contains(m.inspected[1], "the output of apply: Error: no apply") {
		t.Errorf("the store has inspected %q", m.inspected)
	}
}

func TestCapabilities(t *testing.T) {
	for version, want := range map[string][]bool{ // identity, query, actions, functions, blocks, maps
		"Terraform v1.11.4": {false, false, false, true, true, true},
		"Terraform v1.14.0": {true, true, true, true, true, true},
		"OpenTofu v1.10.1":  {false, false, false, false, false, false},
		"OpenTofu v1.12.6":  {true, false, false, true, true, false},
	} {
		w := Driven(t, func(string) Driver {
			return func(string, ...string) (int, string, string) { return 0, version, version }
		})
		w.binary = version // the key of the version cache
		got := []bool{
			w.SupportsIdentity(), w.SupportsQuery(), w.SupportsActions(), w.SupportsFunctions(), w.GeneratesBlocks(),
			w.GeneratesMaps(),
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", version, got, want)
				break
			}
		}
	}
}
