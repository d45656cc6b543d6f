package provider_test

import (
	"os"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// TestCLIHardLink has a document with two names. Each plan that changes it is refused, before anything is written. A
// plan without a change passes, and after the removal of the other name the last of the plans is applied.
func TestCLIHardLink(t *testing.T) {
	if stores.Chosen() != stores.File {
		t.Skip("a deployment is not a file")
	}
	const manual = "automatic_failover = false"
	before := cliPair("x", "a-b") + cliBranch("y", "s0 a")
	w := cliApplied(t, cliBranches(2), before)
	path := w.Path("topology.xml")
	if err := os.Link(path, path+".other"); err != nil {
		t.Skipf("cannot create a hard link: %v", err)
	}
	document := w.Document()
	for _, tt := range []struct {
		name, config string
		passes       bool
		args         []string
	}{
		{name: "no change", config: before, passes: true},
		{name: "removal", config: cliBranch("y", "s0 a")},
		{name: "destruction", config: before, args: []string{"-destroy"}},
		{name: "replacement", config: cliPair("x", "a-c") + cliBranch("y", "s0 a")},
		{name: "setting", config: cliPair("x", "a-b", manual) + cliBranch("y", "s0 a")},
		{name: "adoption of an association", config: before + cliBranch("z", "s1 a"), passes: true},
		{name: "association with a setting", config: before + cliBranch("z", "s1 a", manual)},
		{name: "setting of an association", config: cliPair("x", "a-b") + cliBranch("y", "s0 a", manual)},
		{name: "move of an association", config: cliPair("x", "a-b") + cliBranch("y", "s0 c")},
		{name: "end of an adopted association", config: cliPair("x", "a-b"), passes: true},
		{name: "creation", config: before + cliPair("z", "c-d")},
	} {
		t.Log(tt.name)
		w.Config(tt.config)
		plan := append([]string{"plan"}, tt.args...)
		if tt.passes {
			w.MustRun(plan...)
			continue
		}
		text := w.MustFail(`the file has 2 names \(hard links\)`, plan...)
		for _, part := range []string{"topology.xml", "The document is unchanged.", "symbolic links"} {
			assertOutput(t, text, part)
		}
	}
	assertDocument(t, w, document)

	const provider = "provider \"lync\" {\n"
	testkit.Edit(t, w.Path("main.tf"), provider, provider+"  read_only = true\n")
	w.MustRun("plan") // a plan that no apply can follow
	testkit.Edit(t, w.Path("main.tf"), provider+"  read_only = true\n", provider)

	if err := os.Remove(path + ".other"); err != nil {
		t.Fatal(err)
	}
	w.MustRun("apply", "-auto-approve")
}
