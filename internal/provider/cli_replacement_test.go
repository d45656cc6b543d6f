package provider_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestCLIReplacementRefused changes the document after a replacement was planned and saved. The apply refuses before it
// removes anything, and the next plan, which destroys the resource, is not refused.
func TestCLIReplacementRefused(t *testing.T) {
	t.Parallel()
	pairs := func(config ...string) string { return strings.Join(config, "") }
	for name, tt := range map[string]struct {
		before, after testkit.Estate
		config, next  string
		prepare       []string // a command
		args          []string // of plan
		refused       string
	}{
		"the new partner is paired, and the plan counts on the end of another pair": {
			before: cliEstate("a b c d e f", "a-b", "c-d"), after: cliEstate("a b c d e f", "a-b", "c-e"),
			config: pairs(cliPair("x", "a-b"), cliPair("y", "c-d")), next: cliPair("x", "a-c"),
			refused: `\(PP-FREE\).*links c\.contoso\.com to e\.contoso\.com.*Nothing was written`,
		},
		"-replace, and a member is upgraded": {
			before: cliEstate("a b", "a-b"), after: upgrade(cliEstate("a b", "a-b"), "b"),
			config: cliPair("x", "a-b"), next: cliPair("x", "a-b"), args: []string{"-replace=lync_pool_pair.x"},
			refused: `\(PP-VERSION\).*Nothing was written`,
		},
		"tainted, and a member is upgraded": {
			before: cliEstate("a b", "a-b"), after: upgrade(cliEstate("a b", "a-b"), "b"),
			config: cliPair("x", "a-b"), next: cliPair("x", "a-b"), prepare: []string{"taint", "lync_pool_pair.x"},
			refused: `\(PP-VERSION\).*Nothing was written`,
		},
		"tainted with other pools, and the new partner is gone": {
			before: cliEstate("a b c", "a-b"), after: cliEstate("a b", "a-b"),
			config: cliPair("x", "a-b"), next: cliPair("x", "a-c"), prepare: []string{"taint", "lync_pool_pair.x"},
			refused: `\(PP-EXIST\).*Nothing was written`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			free := tt.before
			free.Pairs = nil
			w := cliApplied(t, free, tt.config)
			if tt.prepare != nil {
				w.MustRun(tt.prepare...)
			}
			w.Config(tt.next)
			w.MustRun(append([]string{"plan", "-out=replace.tfplan"}, tt.args...)...)
			changed := tt.after.Document()
			w.SetDocument(changed)
			out := w.MustFail(tt.refused, "apply", "replace.tfplan")
			if n := strings.Count(out, "Error: "); n != 1 {
				t.Errorf("%d errors:\n%s", n, out)
			}
			assertPairs(t, w.Document(), pairNames(tt.after)...)
			w.Config("")
			w.MustRun("apply", "-auto-approve")
			if strings.Contains(testkit.Decode(w.Document()), ">a.contoso.com<") {
				t.Error("the document is incomplete")
			}
		})
	}
}

// pairNames returns the pairs of an estate, such as "a-b".
func pairNames(e testkit.Estate) []string {
	var names []string
	for _, pair := range e.Pairs {
		names = append(names, pair.A+"-"+pair.B)
	}
	return names
}

// TestCLIBranchReplacementRefused is TestCLIReplacementRefused for the association of an appliance.
func TestCLIBranchReplacementRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before, after testkit.Estate
		next          string
		args          []string
		refused       string
	}{
		"the new appliance is gone": {
			cliBranches(2, withoutBackups), cliBranches(1), cliBranch("x", "s1 a"), nil,
			`\(BR-EXIST\).*Nothing was written`,
		},
		"the new appliance is on another pool": {
			cliBranches(2), cliBranches(2, func(e *testkit.Estate) { e.Appliances[1].Pool = "b" }),
			cliBranch("x", "s1 a"), nil, `\(BR-ONE\).*Nothing was written`,
		},
		"-replace, and its user services are on another pool": {
			cliBranches(1, withoutBackups),
			cliBranches(1, func(e *testkit.Estate) { e.Appliances[0].UserServices = "b" }),
			cliBranch("x", "s0 a"), []string{"-replace=lync_branch_backup.x"}, `\(BR-ONE\).*Nothing was written`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliApplied(t, tt.before, cliBranch("x", "s0 a"))
			w.Config(tt.next)
			w.MustRun(append([]string{"plan", "-out=replace.tfplan"}, tt.args...)...)
			changed := tt.after.Document()
			w.SetDocument(changed)
			out := w.MustFail(tt.refused, "apply", "replace.tfplan")
			// The resource holds the association, so that it can neither create it nor import it.
			if tt.args != nil && strings.Contains(out, "backup_pool = ") {
				t.Errorf("the error advises to create the association:\n%s", out)
			}
			assertDocument(t, w, changed)
			w.Config("")
			w.MustRun("apply", "-auto-approve")
		})
	}
}

// TestCLIWarningsOfARemoval counts the warnings of each rule that a plan prints, and that its apply prints. Terraform
// drops those of the second half of a replacement that the provider could not foresee in the first.
func TestCLIWarningsOfARemoval(t *testing.T) {
	t.Parallel()
	const trigger = "resource \"terraform_data\" \"t\" {\n  input = \"%\"\n}\n"
	triggered := cliPair("x", "a-b", "lifecycle {\n    replace_triggered_by = [terraform_data.t]\n  }")
	estate := cliEstate("a b c d")
	estate.Pools[0].Central = testkit.Active
	for name, tt := range map[string]struct {
		before, config string
		prepare        []string
		args           []string
		atPlan         int
	}{
		"destroyed":   {config: "", atPlan: 1},
		"other pools": {config: cliPair("x", "a-c"), atPlan: 1},
		"-replace":    {config: cliPair("x", "a-b"), args: []string{"-replace=lync_pool_pair.x"}},
		"tainted": {
			config: cliPair("x", "a-b"), prepare: []string{"taint", "lync_pool_pair.x"}, atPlan: 1,
		},
		"tainted with other pools": {config: cliPair("x", "a-c"), prepare: []string{"taint", "lync_pool_pair.x"}},
		"replace_triggered_by": {before: triggered + strings.Replace(trigger, "%", "1", 1),
			config: triggered + strings.Replace(trigger, "%", "2", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			before := tt.before
			if before == "" {
				before = cliPair("x", "a-b")
			}
			newWorkspace := cliWorkspace
			if before == triggered+strings.Replace(trigger, "%", "1", 1) { // the harness has no such argument
				newWorkspace = cliTerraform
			}
			w := applyConfig(newWorkspace(t, estate), before)
			if tt.prepare != nil {
				w.MustRun(tt.prepare...)
			}
			w.Config(tt.config)
			planned := w.MustRun(append([]string{"plan", "-out=removal.tfplan"}, tt.args...)...)
			applied := w.MustRun("apply", "removal.tfplan")
			for _, rule := range []string{"LC-NOFO", "LC-STALE", "CM-UNPAIR"} {
				atPlan, atApply := strings.Count(planned, "("+rule+")"), strings.Count(applied, "("+rule+")")
				if atPlan != tt.atPlan || atPlan+atApply != 1 {
					t.Errorf("%s: %d at the plan, %d at the apply", rule, atPlan, atApply)
				}
			}
		})
	}
}

// TestCLIWarningsOfABranchRemoval is TestCLIWarningsOfARemoval for the association of an appliance.
func TestCLIWarningsOfABranchRemoval(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config  string
		prepare []string
		args    []string
		atPlan  int
	}{
		"destroyed":         {config: "", atPlan: 1},
		"another appliance": {config: cliBranch("x", "s1 a"), atPlan: 1},
		"-replace":          {config: cliBranch("x", "s0 a"), args: []string{"-replace=lync_branch_backup.x"}},
		"tainted":           {config: cliBranch("x", "s0 a"), prepare: []string{"taint", "lync_branch_backup.x"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliApplied(t, cliBranches(2, withoutBackups), cliBranch("x", "s0 a"))
			if tt.prepare != nil {
				w.MustRun(tt.prepare...)
			}
			w.Config(tt.config)
			planned := w.MustRun(append([]string{"plan", "-out=removal.tfplan"}, tt.args...)...)
			applied := w.MustRun("apply", "removal.tfplan")
			const warning = "An appliance loses its backup registrar (BR-ONE)"
			if atPlan, atApply := strings.Count(planned, warning),
				strings.Count(applied, warning); atPlan != tt.atPlan ||
				atPlan+atApply != 1 {
				t.Errorf("%d at the plan, %d at the apply", atPlan, atApply)
			}
		})
	}
}
