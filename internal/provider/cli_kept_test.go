package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// importedPair returns an import block of the pair of a and b, in another spelling.
func importedPair(address string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = \"B.contoso.com,A.contoso.com.\"\n}\n", address)
}

// TestCLIKeptAndReleased has plans in which one resource keeps a pair and another one ends it. None passes, and none
// changes the document.
func TestCLIKeptAndReleased(t *testing.T) {
	keys := func(keys, address string) string {
		return "resource \"lync_pool_pair\" \"each\" {\n  for_each = { " + keys + " }\n  pools = each.value\n}\n" +
			importedPair(address)
	}
	for name, tt := range map[string]struct {
		before string // applied
		twice  string // the address at which the pair is imported besides, with the configuration before
		after  string
	}{
		"renamed, with an import block": {cliPair("a", "a-b"), "",
			cliPair("renamed", "a-b") + importedPair("lync_pool_pair.renamed")},
		"renamed in the other order, with an import block": {cliPair("z", "a-b"), "",
			cliPair("kept", "B-A") + importedPair("lync_pool_pair.kept")},
		"renamed, with an import block and a change": {cliPair("a", "a-b"), "",
			cliPair("renamed", "a-b", "automatic_failover = false") + importedPair("lync_pool_pair.renamed")},
		"a key renamed, with an import block": {
			strings.Split(keys(`old = ["a.contoso.com", "b.contoso.com"]`, "x"), "import")[0], "",
			keys(`new = ["a.contoso.com", "b.contoso.com"]`, `lync_pool_pair.each["new"]`)},
		"the first of two removed":  {cliPair("x", "a-b"), "y", cliPair("y", "a-b")},
		"the second of two removed": {cliPair("x", "a-b"), "y", cliPair("x", "a-b")},
		"one of two gets other pools": {
			cliPair("x", "a-b"), "y", cliPair("x", "a-b") + cliPair("y", "c-d"),
		},
		"one of two is tainted, the other removed": {cliPair("x", "a-b"), "taint", cliPair("x", "a-b")},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliApplied(t, cliEstate("a b c d"), tt.before)
			if tt.twice != "" {
				w.Config(tt.before + cliPair("y", "a-b"))
				w.MustRun("import", "lync_pool_pair.y", "a.contoso.com")
			}
			if tt.twice == "taint" {
				w.MustRun("taint", "lync_pool_pair.x")
			}
			before := w.Document()
			w.Config(tt.after)
			plans := [][]string{{"plan"}, {"plan", "-parallelism=1"}, {"plan", "-refresh=false", "-out=kept.tfplan"}}
			if tt.twice == "taint" {
				plans = plans[:2] // without a refresh the provider takes it for a second resource
			}
			for _, args := range plans {
				out := w.MustFail(`Pair held by two resources \(PP-ONE\)`, args...)
				assertOutput(t, out, `Two resources hold the pair a\.contoso\.com,b\.contoso\.com`)
				assertOutput(t, out, `moved \{[\s│]+from = lync_pool_pair\.OLD_NAME`)
				assertOutput(t, out, `terraform state rm lync_pool_pair\.NAME[\s│]+Put an address with a key`)
			}
			assertDocument(t, w, before)
		})
	}
}

// TestCLITwoAddresses follows the advice for a pair at two addresses of a state, and destroys it.
func TestCLITwoAddresses(t *testing.T) {
	twice := func(t *testing.T) *testkit.Workspace {
		w := cliApplied(t, cliEstate("a b"), cliPair("x", "a-b"))
		w.Config(cliPair("x", "a-b") + cliPair("y", "a-b"))
		w.MustRun("import", "lync_pool_pair.y", "a.contoso.com")
		return w
	}
	t.Run("a removed block", func(t *testing.T) {
		w := cliTerraform(t, cliEstate("a b")) // the harness has no removed blocks
		applyConfig(w, cliPair("x", "a-b"))
		w.Config(cliPair("x", "a-b") + cliPair("y", "a-b"))
		w.MustRun("import", "lync_pool_pair.y", "a.contoso.com")
		before := w.Document()
		w.Config(cliPair("x", "a-b") +
			"removed {\n  from = lync_pool_pair.y\n  lifecycle {\n    destroy = false\n  }\n}\n")
		w.MustRun("apply", "-auto-approve")
		assertDocument(t, w, before)
		w.Config(cliPair("x", "a-b"))
		w.MustRun("plan", "-detailed-exitcode")
	})
	t.Run("state rm", func(t *testing.T) {
		w := twice(t)
		w.MustRun("state", "rm", "lync_pool_pair.y")
		w.Config(cliPair("x", "a-b"))
		w.MustRun("plan", "-detailed-exitcode")
	})
	t.Run("destroyed", func(t *testing.T) {
		w := twice(t)
		out := w.MustFail(`\(PP-ONE\)`, "plan", "-destroy")
		assertOutput(t, out, `terraform destroy -refresh=false`)
		w.MustRun("destroy", "-auto-approve", "-refresh=false")
		assertDocument(t, w, cliEstate("a b").Document())
	})
}

// TestCLIRename has plans that end a pair at one address and create it at another. They pass with a warning that shows
// the moved block, and the moved block passes without.
func TestCLIRename(t *testing.T) {
	const warning = `Pair removed and created again in one plan \(PP-RENAME\)`
	const afterY = "depends_on = [lync_pool_pair.y]"
	for name, tt := range map[string]struct{ before, after string }{
		"renamed":                {cliPair("x", "a-b"), cliPair("y", "B-A")},
		"renamed, the other way": {cliPair("y", "a-b"), cliPair("x", "a-b")},
		"taken over by another":  {cliPair("y", "a-b"), cliPair("y", "c-d") + cliPair("z", "a-b", afterY)},
		"a key renamed":          {cliKeys("old"), cliKeys("new")},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliApplied(t, cliEstate("a b c d"), tt.before)
			w.Config(tt.after)
			for _, args := range [][]string{{"-refresh=false"}, {"-out=rename.tfplan"}} {
				out := w.MustRun(append([]string{"plan"}, args...)...)
				assertOutput(t, out, warning)
				assertOutput(t, out, `moved \{[\s│]+from = lync_pool_pair\.OLD_NAME`)
				assertOutput(t, out, `Unless this plan creates the pair again`)
			}
			w.MustRun("apply", "rename.tfplan")
			w.MustRun("plan", "-detailed-exitcode")
		})
	}
	t.Run("moved", func(t *testing.T) {
		w := cliApplied(t, cliEstate("a b"), cliPair("x", "a-b"))
		w.Config(cliPair("y", "a-b") + "moved {\n  from = lync_pool_pair.x\n  to   = lync_pool_pair.y\n}\n")
		if out := w.MustRun("plan"); strings.Contains(out, "Warning: Pair") || strings.Contains(out, "LC-STALE") {
			t.Errorf("the output has a warning:\n%s", out)
		}
	})
}

// cliKeys returns a resource with the pair of a and b under a key.
func cliKeys(key string) string {
	return fmt.Sprintf("resource \"lync_pool_pair\" \"each\" {\n  for_each = { %s = [\"a.contoso.com\", "+
		"\"b.contoso.com\"] }\n  pools    = each.value\n}\n", key)
}

// TestCLIRecreation replaces one resource with itself, which is no case of two resources.
func TestCLIRecreation(t *testing.T) {
	for name, prepare := range map[string]func(w *testkit.Workspace) []string{
		"tainted": func(w *testkit.Workspace) []string { w.MustRun("taint", "lync_pool_pair.x"); return nil },
		"replace": func(*testkit.Workspace) []string { return []string{"-replace=lync_pool_pair.x"} },
		"moved and replaced": func(w *testkit.Workspace) []string {
			w.Config(cliPair("z", "a-b") + "moved {\n  from = lync_pool_pair.x\n  to   = lync_pool_pair.z\n}\n")
			return []string{"-replace=lync_pool_pair.z"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliApplied(t, cliEstate("a b"), cliPair("x", "a-b"))
			args := prepare(w)
			out := w.MustRun(append([]string{"apply", "-auto-approve"}, args...)...)
			if strings.Contains(out, "PP-RENAME") {
				t.Errorf("the output has PP-RENAME:\n%s", out)
			}
			w.MustRun("plan", "-detailed-exitcode")
		})
	}
	t.Run("tainted, without the refresh", func(t *testing.T) {
		w := cliApplied(t, cliEstate("a b"), cliPair("x", "a-b"))
		w.MustRun("taint", "lync_pool_pair.x")
		out := w.MustFail(`\(PP-FREE\)`, "plan", "-refresh=false")
		assertOutput(t, out, `If this resource is tainted, plan it with a refresh`)
	})
}

// TestCLIKeptAppliance has plans in which one resource keeps the association of an appliance and another one, which
// wrote it, ends it.
func TestCLIKeptAppliance(t *testing.T) {
	const imported = "import {\n  to = lync_branch_backup.kept\n  id = \"S0.contoso.com\"\n}\n"
	written := cliBranch("x", "s0 a")
	for name, tt := range map[string]struct {
		twice bool
		after string
	}{
		"renamed, with an import block":                {false, cliBranch("kept", "s0 a") + imported},
		"renamed, with an import block and a move":     {false, cliBranch("kept", "S0 b") + imported},
		"at two addresses, one removed":                {true, cliBranch("y", "s0 a")},
		"at two addresses, one with another appliance": {true, cliBranch("x", "s1 a") + cliBranch("y", "s0 a")},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliApplied(t, cliBranches(2, withoutBackups), written)
			if tt.twice {
				w.Config(written + cliBranch("y", "s0 a"))
				w.MustRun("import", "lync_branch_backup.y", "s0.contoso.com")
			}
			before := w.Document()
			w.Config(tt.after)
			for _, args := range [][]string{{"plan"}, {"plan", "-parallelism=1"}, {"plan", "-refresh=false"}} {
				out := w.MustFail(`Association held by two resources \(BR-ONE\)`, args...)
				assertOutput(t, out, `terraform state rm lync_branch_backup\.NAME[\s│]+Put an address with a key`)
			}
			assertDocument(t, w, before)
		})
	}
	t.Run("adopted by the one that ends", func(t *testing.T) {
		w := cliApplied(t, cliBranches(2), cliBranch("x", "s0 a"))
		before := w.Document()
		w.Config(cliBranch("kept", "s0 a") + imported)
		w.MustRun("apply", "-auto-approve")
		assertDocument(t, w, before)
	})
}
