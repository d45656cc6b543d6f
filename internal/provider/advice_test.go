package provider

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Every remedy has words. The objects that it names are in them.
func TestEveryRemedyHasWords(t *testing.T) {
	t.Parallel()
	for action, want := range map[resilience.Action][]string{
		resilience.AdoptPair: {"Import the pair instead:\n\nimport {\n  to = lync_pool_pair.NAME\n  id = " +
			"\"a.x,b.x\"\n}", "run terraform apply -refresh-only first"},
		resilience.AdoptIncompletePair: {"The next apply completes it:\n\nimport {\n  to = lync_pool_pair.NAME\n  id " +
			"= \"a.x,b.x\"\n}", "run terraform apply -refresh-only first"},
		resilience.CompleteOrEndPair: {"Import the two pools as a pair.", `id = "a.x,b.x"`,
			`terraform import lync_pool_pair.former "a.x,b.x"`},
		resilience.CompletePair: {"Import the two pools as a pair.", `id = "a.x,b.x"`,
			"run terraform apply -refresh-only first"},
		resilience.CompleteChosenPair: {"If b.x and a.x stay a pair, import it when the other relationships have " +
			"ended.", `id = "a.x,b.x"`},
		resilience.RepairPair:     {"import the pair of b.x and a.x", `id = "a.x,b.x"`},
		resilience.RepairSettings: {"apply the resource", `id = "a.x,b.x"`},
		resilience.AdoptFirstPair: {"import that pair"},
		resilience.CreatePair: {"For example, a.x is currently free in the topology, and no rule refuses its pair " +
			"with b.x. If this plan pairs a.x with another pool, choose another one."},
		resilience.RecreatePair: {"create the pair again", `id = "a.x,b.x"`,
			"\n  terraform apply \"-replace=lync_pool_pair.NAME\"", "'-replace=lync_pool_pair.NAME[\"KEY\"]'",
			"Windows PowerShell 5.1"},
		resilience.ReleasePair: {"change or destroy the resource", "pools = [\"a.x\", \"b.x\"]",
			"\n  terraform destroy -refresh=false \"-target=lync_pool_pair.former\""},
		resilience.EndLink: {"Remove the relationship. Declare",
			`terraform import lync_pool_pair.former "a.x,b.x"`},
		resilience.EndLinkUnlessPair: {"the partner of a.x. If it is not b.x,", "terraform import"},
		resilience.EndOtherPairs: {"as a pair with b.x", "terraform import command",
			"terraform destroy -refresh=false"},
		resilience.DeclareAsPair:        {"lync_pool_pair"},
		resilience.DeclareAsBranch:      {"lync_branch_backup"},
		resilience.AdoptBranch:          {"moved block", "import {\n  to = lync_branch_backup.NAME\n  id = \"b.x\"\n}"},
		resilience.CreateBranch:         {`appliance = "b.x" and backup_pool = "a.x"`, "without an import block"},
		resilience.CreateBranchThenMove: {`backup_pool = "a.x"`},
		resilience.KeepSettings:         {"declare their values"},
		resilience.ForgetBranch:         {"destroy = false", "terraform state rm"},
		resilience.KeepBranch:           {"destroy = false", "terraform state rm"},
		resilience.ReleaseTogether: {"-parallelism", "-target ", "-exclude", "create_before_destroy",
			"If a resource that claims the pool is tainted,", "without -refresh=false", "terraform untaint"},
		resilience.ResolveDuplicate: {"(PP-ONE)", "change the pools of one of the two"},
		resilience.UseHolder: {"moved block", "without -refresh=false", "terraform untaint",
			"deposed object", "create_before_destroy cannot work"},
		resilience.KeepOneDeclaration: {"Change the names in one of the two", "do not remove a block alone", "moved {",
			"destroy = false"},
		resilience.HoldOnce: {"moved {\n  from = lync_pool_pair.OLD_NAME\n  to   = lync_pool_pair.NAME\n}",
			"removed {\n  from = lync_pool_pair.NAME\n  lifecycle {\n    destroy = false\n  }\n}",
			"one instance of several", "  terraform state rm lync_pool_pair.NAME\n",
			"'lync_pool_pair.NAME[\"KEY\"]'", "Windows PowerShell 5.1", "terraform destroy -refresh=false"},
		resilience.MoveDeclaration: {"moved {\n  from = lync_pool_pair.OLD_NAME\n  to   = lync_pool_pair.NAME\n}",
			"deposed object of create_before_destroy"},
		resilience.EndThisPair:          {"To end the pair a.x,b.x instead", `"a.x,b.x"`},
		resilience.PlanReplacementAgain: {"Nothing was written", "Run terraform plan"},
		resilience.ApplyAgain: {"Nothing of this pair was written.", "The next terraform apply",
			"create_before_destroy"},
	} {
		text := remedyText(resilience.Remedy{Action: action, Pool: topology.MustParseFQDN("b.x"),
			Other: topology.MustParseFQDN("a.x")})
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%d: not in the text: %q\n%s", action, part, text)
			}
		}
	}
}

// The blocks of a remedy name the type of the resources.
func TestAdviceOfBranches(t *testing.T) {
	t.Parallel()
	text := remedyText(resilience.Remedy{Action: resilience.HoldOnce, Branch: true})
	if strings.Contains(text, "lync_pool_pair") || strings.Count(text, "lync_branch_backup.NAME") != 4 {
		t.Errorf("got %s", text)
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	rule := resilience.Rule{ID: "XX-ONE", Severity: resilience.Discouraged, Source: "a book",
		IgnoreIf: "this is intended"}
	v := resilience.Violation{
		Rule: rule, Severity: resilience.Discouraged, Detail: "It is so.", Advice: "Change it.",
		Remedies: []resilience.Remedy{{Action: resilience.AdoptFirstPair}},
	}
	want := "It is so.\n\nChange it.\n\nThen import that pair.\n\n" +
		"If this is intended, add XX-ONE to ignored_rules.\n\nSource: a book."
	if got := violationText(v); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	v = resilience.Violation{Rule: resilience.Rule{Source: "a book"}, Severity: resilience.Error, Detail: "It is so."}
	if got, want := violationText(v), "It is so.\n\nSource: a book."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestImportBlocks(t *testing.T) {
	t.Parallel()
	for block, want := range map[string]string{
		pairImportBlock(topology.MustParseFQDN("b.x"),
			topology.MustParseFQDN("a.x")): "import {\n  to = lync_pool_pair.NAME\n  id = \"a.x,b.x\"\n}",
		branchImportBlock(topology.MustParseFQDN("sba.x")): "import {\n  to = lync_branch_backup.NAME\n  id = " +
			"\"sba.x\"\n}",
	} {
		if block != want {
			t.Errorf("got %q, want %q", block, want)
		}
	}
}
