package resilience

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/ledger"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// pairOf parses "a b", the short names of a pair. A single name is the known member of a pair.
func pairOf(names string) topology.PairID {
	var members [2]topology.FQDN
	for i, name := range strings.Fields(names) {
		members[i] = fqdn(name)
	}
	return topology.NewPairID(members[0], members[1])
}

func TestDoubleClaims(t *testing.T) {
	t.Parallel()
	const reason = " A Front End pool has exactly one partner, and each pair belongs to one resource."
	for name, tt := range map[string]struct {
		pair    string
		doubles []ledger.DoubleClaim
		detail  string // without the reason
		objects string
	}{
		"a pool of another pair": {
			pair:    "a b",
			doubles: []ledger.DoubleClaim{{Pool: fqdn("b"), Holder: pairOf("b c")}},
			detail: "b.contoso.com would be in two pairs of this configuration: b.contoso.com,c.contoso.com and " +
				"a.contoso.com,b.contoso.com.",
			objects: "b.contoso.com",
		},
		"both pools, of two other pairs": {
			pair: "a b",
			doubles: []ledger.DoubleClaim{
				{Pool: fqdn("a"), Holder: pairOf("a d")}, {Pool: fqdn("b"), Holder: pairOf("b c")},
			},
			detail: "a.contoso.com would be in two pairs of this configuration: a.contoso.com,d.contoso.com and " +
				"a.contoso.com,b.contoso.com. b.contoso.com would be in two pairs of this configuration: " +
				"b.contoso.com,c.contoso.com and a.contoso.com,b.contoso.com.",
			objects: "a.contoso.com b.contoso.com",
		},
		"the same pair": {
			pair: "a b",
			doubles: []ledger.DoubleClaim{
				{Pool: fqdn("a"), Holder: pairOf("a b")}, {Pool: fqdn("b"), Holder: pairOf("a b")},
			},
			detail:  "The pair a.contoso.com,b.contoso.com is declared by two resources of this configuration.",
			objects: "a.contoso.com b.contoso.com",
		},
		"the same pair and another one": {
			pair: "a b",
			doubles: []ledger.DoubleClaim{
				{Pool: fqdn("a"), Holder: pairOf("a b")}, {Pool: fqdn("b"), Holder: pairOf("b c")},
			},
			detail: "The pair a.contoso.com,b.contoso.com is declared by two resources of this configuration. " +
				"b.contoso.com would be in two pairs of this configuration: b.contoso.com,c.contoso.com and " +
				"a.contoso.com,b.contoso.com.",
			objects: "a.contoso.com b.contoso.com",
		},
		"a holder with an unknown partner": {
			pair:    "a b",
			doubles: []ledger.DoubleClaim{{Pool: fqdn("a"), Holder: pairOf("a")}},
			detail: "a.contoso.com would be in two pairs of this configuration: a.contoso.com with a pool that is " +
				"not known yet and a.contoso.com,b.contoso.com.",
			objects: "a.contoso.com",
		},
		"a claim with an unknown partner": {
			pair:    "b",
			doubles: []ledger.DoubleClaim{{Pool: fqdn("b"), Holder: pairOf("a b")}},
			detail: "b.contoso.com would be in two pairs of this configuration: a.contoso.com,b.contoso.com and " +
				"b.contoso.com with a pool that is not known yet.",
			objects: "b.contoso.com",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := DoubleClaims(pairOf(tt.pair), tt.doubles)
			if ids(got) != "!PP-ONE" {
				t.Fatalf("got %q", ids(got))
			}
			if got[0].Detail != tt.detail+reason {
				t.Errorf("detail\n%s\nwant\n%s", got[0].Detail, tt.detail+reason)
			}
			if objects := strings.Join(got[0].Objects, " "); objects != tt.objects {
				t.Errorf("objects %q, want %q", objects, tt.objects)
			}
			if !slices.Equal(got[0].Remedies, []Remedy{{Action: KeepOneDeclaration}}) {
				t.Errorf("remedies %v", got[0].Remedies)
			}
			assertWellFormed(t, got[0])
		})
	}
	if got := DoubleClaims(pairOf("a b"), nil); got != nil {
		t.Errorf("without a double claim: %v", got)
	}
}

func TestDoubleApplianceClaim(t *testing.T) {
	t.Parallel()
	got := DoubleApplianceClaim(fqdn("sba"))
	if ids(got) != "!BR-ONE" {
		t.Fatalf("got %q", ids(got))
	}
	const detail = "The backup of the appliance sba.contoso.com is declared by two resources of this configuration. " +
		"An appliance has exactly one pool."
	if got[0].Detail != detail {
		t.Errorf("detail\n%s\nwant\n%s", got[0].Detail, detail)
	}
	if got[0].Setting != SettingAppliance || !slices.Equal(got[0].Objects, []string{"sba.contoso.com"}) ||
		!slices.Equal(got[0].Remedies, []Remedy{{Action: KeepOneDeclaration, Branch: true}}) {
		t.Errorf("got %+v", got[0])
	}
	assertWellFormed(t, got[0])
}

// TestOverlaps checks the violations of relationships that two declarations use, one of which ends them.
func TestOverlaps(t *testing.T) {
	t.Parallel()
	id := pairOf("b a")
	for _, tt := range []struct {
		got     []Violation
		rule    string
		summary string
		remedy  Remedy
		objects string
	}{
		{PairOverlap(id, ledger.HeldTwice), "!PP-ONE", "Pair held by two resources (PP-ONE)",
			Remedy{Action: HoldOnce}, "a.contoso.com b.contoso.com"},
		{PairOverlap(id, ledger.CreatedAndReleased), "-PP-RENAME",
			"Pair removed and created again in one plan (PP-RENAME)", Remedy{Action: MoveDeclaration},
			"a.contoso.com b.contoso.com"},
		{ApplianceOverlap(fqdn("sba"), ledger.HeldTwice), "!BR-ONE", "Association held by two resources (BR-ONE)",
			Remedy{Action: HoldOnce, Branch: true}, "sba.contoso.com"},
	} {
		if ids(tt.got) != tt.rule {
			t.Fatalf("got %q, want %s", ids(tt.got), tt.rule)
		}
		v := tt.got[0]
		if v.Summary() != tt.summary || strings.Join(v.Objects, " ") != tt.objects ||
			!slices.Equal(v.Remedies, []Remedy{tt.remedy}) {
			t.Errorf("%s: got %+v", tt.rule, v)
		}
		for _, object := range v.Objects {
			if !strings.Contains(v.Detail, object) {
				t.Errorf("%s: %q does not name %s", tt.rule, v.Detail, object)
			}
		}
		assertWellFormed(t, v)
	}
	if got := PairOverlap(id, ledger.NoOverlap); got != nil {
		t.Errorf("no overlap: got %+v", got)
	}
}

// The warning about a pair that was left alone requires nothing of the user.
func TestPairLeft(t *testing.T) {
	t.Parallel()
	got := PairLeft(pairOf("b a"))
	if ids(got) != "-PP-ONE" {
		t.Fatalf("got %q", ids(got))
	}
	v := got[0]
	if v.Summary() != "Pair left unchanged (PP-ONE)" || v.Advice != "No action is needed." ||
		strings.Join(v.Objects, " ") != "a.contoso.com b.contoso.com" ||
		!strings.Contains(v.Detail, "a.contoso.com,b.contoso.com") {
		t.Errorf("got %+v", v)
	}
	assertWellFormed(t, v)
}

// A conflict has remedies of its own, and those of the plan or of the apply after them.
func TestRemediesOfConflicts(t *testing.T) {
	t.Parallel()
	ab, ac := [2]topology.FQDN{fqdn("a"), fqdn("b")}, [2]topology.FQDN{fqdn("a"), fqdn("c")}
	for name, tt := range map[string]struct {
		build   func(a, b, c *testkit.DraftPool)
		rule    string
		own     Remedy
		atPlan  []Action // after own
		atApply []Action // after own
	}{
		"the desired pair, complete": {
			build:   func(a, b, _ *testkit.DraftPool) { testkit.WritePair(a, b) },
			rule:    "!PP-FREE",
			own:     Remedy{Action: AdoptPair, Pool: ab[0], Other: ab[1]},
			atPlan:  []Action{UseHolder},
			atApply: []Action{ApplyAgain},
		},
		"the desired pair, incomplete": {
			build:   func(a, b, _ *testkit.DraftPool) { a.Names(b, "5m", "10m") },
			rule:    "!PP-FREE",
			own:     Remedy{Action: AdoptIncompletePair, Pool: ab[0], Other: ab[1]},
			atPlan:  []Action{UseHolder},
			atApply: []Action{ApplyAgain},
		},
		"a pair with a third pool": {
			build:   func(a, _, c *testkit.DraftPool) { testkit.WritePair(a, c) },
			rule:    "!PP-FREE",
			own:     Remedy{Action: ReleasePair, Pool: ac[0], Other: ac[1]},
			atPlan:  []Action{ReleaseTogether, ResolveDuplicate},
			atApply: []Action{ApplyAgain},
		},
		"a third pool that names the member": {
			build:   func(a, _, c *testkit.DraftPool) { c.Names(a, "5m", "10m") },
			rule:    "!PP-ONE",
			own:     Remedy{Action: EndLink, Pool: ac[0], Other: ac[1]},
			atPlan:  []Action{ReleaseTogether, ResolveDuplicate},
			atApply: []Action{ApplyAgain},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			tt.build(d.Standard("a", 1, v2013), d.Standard("b", 2, v2013), d.Standard("c", 2, v2013))
			conflicts := Conflicts(modelOf(t, d), desired("a.contoso.com", "b.contoso.com"))
			if len(conflicts) != 1 {
				t.Fatalf("got %v", conflicts)
			}
			plain := conflicts[0].Violation()
			for event, violation := range map[string]struct {
				got   Violation
				after []Action
			}{
				"plan":  {conflicts[0].AtPlan(), tt.atPlan},
				"apply": {conflicts[0].AtApply(), tt.atApply},
			} {
				got, want := violation.got, []Remedy{tt.own}
				for _, action := range violation.after {
					want = append(want, Remedy{Action: action})
				}
				if !slices.Equal(got.Remedies, want) {
					t.Errorf("at %s: remedies %v, want %v", event, got.Remedies, want)
				}
				if ids([]Violation{got}) != tt.rule || got.Detail != plain.Detail || got.Advice != plain.Advice ||
					!slices.Equal(got.Objects, plain.Objects) {
					t.Errorf("at %s: got %+v, want the rule %s and the texts of %+v", event, got, tt.rule, plain)
				}
				assertWellFormed(t, got)
			}
		})
	}
}

// The advice of a conflict with a pool of Lync Server 2010 is in both violations.
func TestAdviceOfConflictsWith2010(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Standard("old", 2, v2010).Names(d.Standard("a", 1, v2013), "5m", "10m")
	conflicts := Conflicts(modelOf(t, d), desired("a.contoso.com", ""))
	if len(conflicts) != 1 {
		t.Fatalf("got %v", conflicts)
	}
	const want = "old.contoso.com is a Lync Server 2010 pool, whose relationships this provider never changes. " +
		"Remove the relationship in Topology Builder and publish."
	for event, got := range map[string]Violation{"plan": conflicts[0].AtPlan(), "apply": conflicts[0].AtApply()} {
		if got.Advice != want {
			t.Errorf("at %s: advice %q", event, got.Advice)
		}
	}
}

// A repair can end the pair itself, unless the conflict is one of other pools.
func TestConflictsOfRepair(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	a := d.Standard("a", 1, v2013)
	d.Standard("b", 2, v2013)
	testkit.WritePair(a, d.Standard("c", 2, v2013))
	conflicts := Conflicts(modelOf(t, d), desired("a.contoso.com", "b.contoso.com"))
	if len(conflicts) != 1 {
		t.Fatalf("got %v", conflicts)
	}
	end := Remedy{Action: EndThisPair, Pool: fqdn("a"), Other: fqdn("b")}
	plan := conflicts[0].AtPlan().Remedies
	for text, want := range map[string][]Remedy{
		"a.contoso.com,b.contoso.com": append(slices.Clone(plan), end),
		"d.contoso.com,e.contoso.com": plan,
	} {
		id, err := topology.ParsePairID(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := conflicts[0].AtRepair(id).Remedies; !slices.Equal(got, want) {
			t.Errorf("repair of %s: remedies %v, want %v", id, got, want)
		}
	}
}
