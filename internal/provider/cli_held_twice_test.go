package provider_test

import (
	"strings"
	"testing"
)

// TestCLIHeldTwice has one relationship at two addresses of a state. One of the two is tainted and gets other pools or
// another appliance, so that Terraform plans its end without a word of the old ones.
func TestCLIHeldTwice(t *testing.T) {
	t.Run("pair", func(t *testing.T) {
		w := cliApplied(t, cliEstate("a b c d"), cliPair("x", "a-b"))
		w.Config(cliPair("x", "a-b") + cliPair("y", "a-b"))
		w.MustRun("import", "lync_pool_pair.y", "a.contoso.com")
		w.MustRun("taint", "lync_pool_pair.x")
		before := w.Document()
		w.Config(cliPair("x", "c-d") + cliPair("y", "a-b"))
		for _, args := range [][]string{{"plan"}, {"plan", "-parallelism=1"}} {
			out := w.MustFail(`Pair held by two resources \(PP-ONE\)`, args...)
			assertOutput(t, out, `terraform state rm lync_pool_pair\.NAME`)
		}
		assertDocument(t, w, before)
		w.MustRun("state", "rm", "lync_pool_pair.y")
		w.MustRun("import", "lync_pool_pair.y", "a.contoso.com")
		w.MustRun("state", "rm", "lync_pool_pair.x")
		w.MustRun("apply", "-auto-approve")
		w.MustRun("plan", "-detailed-exitcode")
	})
	t.Run("appliance", func(t *testing.T) {
		w := cliApplied(t, cliBranches(2, withoutBackups), cliBranch("x", "s0 a"))
		before := w.Document()
		w.Config(cliBranch("x", "s0 a") + cliBranch("y", "s0 a"))
		w.MustRun("import", "lync_branch_backup.y", "s0.contoso.com")
		w.MustRun("taint", "lync_branch_backup.x")
		w.Config(cliBranch("x", "s1 a") + cliBranch("y", "s0 a"))
		for _, args := range [][]string{{"plan"}, {"plan", "-parallelism=1"}} {
			w.MustFail(`Association held by two resources \(BR-ONE\)`, args...)
		}
		assertDocument(t, w, before)
	})
}

// TestCLIRenameOneByOne applies a rename with one operation at a time. If Terraform creates before it removes, the
// creation is refused, and the pair stays until the next apply.
func TestCLIRenameOneByOne(t *testing.T) {
	w := cliTerraform(t, cliEstate("a b"))
	applyConfig(w, cliPair("x", "a-b"))
	before := w.Document()
	w.Config(cliPair("y", "a-b"))
	w.MustRun("plan", "-out=rename.tfplan")
	if r := w.Run("apply", "-parallelism=1", "rename.tfplan"); r.ExitCode != 0 {
		assertOutput(t, r.Output, `The pair a\.contoso\.com,b\.contoso\.com was not removed`)
		assertDocument(t, w, before)
		w.MustRun("apply", "-auto-approve")
	}
	w.MustRun("plan", "-detailed-exitcode")
}

// TestCLIRenameOfAPairThatIsGone renames a resource whose pair was removed outside of Terraform. Nothing is removed, so
// there is no warning of a removal.
func TestCLIRenameOfAPairThatIsGone(t *testing.T) {
	w := cliApplied(t, cliEstate("a b"), cliPair("x", "a-b"))
	w.SetDocument(cliEstate("a b").Document())
	w.Config(cliPair("y", "a-b"))
	if out := w.MustRun("plan"); strings.Contains(out, "PP-RENAME") {
		t.Errorf("the output has PP-RENAME:\n%s", out)
	}
}
