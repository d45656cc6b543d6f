package resilience_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// randomDocuments runs a check on random documents with faults. A test at full size has 20 times as many.
func randomDocuments(t *testing.T, count uint64, check func(t *testing.T, seed uint64, doc *topology.Document)) {
	t.Helper()
	run := func(t *testing.T, from, to uint64) {
		t.Helper()
		for seed := from; seed < to; seed++ {
			//nolint:gosec // a fixed seed: a failure repeats itself
			doc, err := topology.Parse(testkit.RandomDocument(rand.New(rand.NewPCG(13, seed))))
			if err != nil {
				t.Fatal(err)
			}
			check(t, seed, doc)
		}
	}
	run(t, 0, count)
	t.Run("full size", func(t *testing.T) {
		testkit.SkipUnlessLong(t)
		run(t, count, 20*count)
	})
}

// A refusal stems from the document alone if the choice of the partner does not matter. This is the case for each
// refusal that a creation with an unknown partner meets, after all relationships of the pool have been removed.
func TestWhatRefusesAPairAloneIsAFinding(t *testing.T) {
	t.Parallel()
	refused := map[string]int{}
	randomDocuments(t, 150, func(t *testing.T, seed uint64, doc *topology.Document) {
		findings := resilience.Findings(doc.Topology(), nil)
		for p := range doc.Topology().Pools() {
			if named := doc.Topology().Pool(p.FQDN); !isMeantAsFrontEnd(p) || named != nil && named != p {
				continue // also a cluster whose name means another one
			}
			refusals, _ := refusalsOfPool(doc, p)
			for _, v := range refusals {
				refused[v.Rule.ID]++
				if !isFound(findings, v) {
					t.Errorf("seed %d: no finding: %s %v: %s", seed, v.Rule.ID, v.Objects, v.Detail)
				}
			}
		}
	})
	assertCounted(t, refused, "CM-ONE", "PP-FE2-19", "PP-FREE", "PP-KIND", "PP-STORE")
}

// assertCounted checks that the random documents had each of the kinds of refusals.
func assertCounted(t *testing.T, counts map[string]int, kinds ...string) {
	t.Helper()
	for _, kind := range kinds {
		if counts[kind] == 0 {
			t.Errorf("the documents had no %s: %v", kind, counts)
		}
	}
}

// A finding that says that a pool cannot be paired is true.
func TestFindingsOfPoolsRefuseEveryPair(t *testing.T) {
	t.Parallel()
	found := map[string]int{}
	randomDocuments(t, 100, func(t *testing.T, seed uint64, doc *topology.Document) {
		for _, v := range resilience.Findings(doc.Topology(), nil) {
			if !slices.Contains([]string{"PP-FE2-19", "PP-FREE", "PP-STORE"}, v.Rule.ID) {
				continue
			}
			p := doc.Topology().Pool(topology.MustParseFQDN(v.Objects[0]))
			if p == nil {
				continue // no creation can name it
			}
			refusals, isReleased := refusalsOfPool(doc, p)
			if isReleased && !isFound(refusals, v) {
				t.Errorf("seed %d: the creation is not refused: %s: %s", seed, v.Summary(), v.Detail)
			}
			found[v.Rule.ID]++
		}
	})
	assertCounted(t, found, "PP-FE2-19", "PP-FREE", "PP-STORE")
}

// isMeantAsFrontEnd reports whether a host is a Front End pool of Lync Server 2013 or later, or would be one if it had
// one Registrar with a version. A creation that names another host is refused because of the name, and a nameless one
// cannot be named.
func isMeantAsFrontEnd(p *topology.Pool) bool {
	return p.HasName && (p.Version < 1 || p.Version >= topology.Version2013) &&
		(p.Kind == topology.KindFrontEnd || p.Kind == topology.KindOther) && len(p.Role(topology.RoleUserServices)) > 0
}

// refusalsOfPool returns the refusals of every creation with a pool. isReleased is false if the document does not
// permit to end a relationship of the pool, so that there is no creation.
func refusalsOfPool(doc *topology.Document, p *topology.Pool) (refusals []resilience.Violation, isReleased bool) {
	desired := topology.DesiredPair{Members: [2]topology.FQDN{p.FQDN}}
	editor := topology.NewEditor(doc)
	for _, conflict := range resilience.Conflicts(doc.Topology(), desired) {
		if err := editor.DeleteLinks(conflict.Ends()); err != nil {
			return nil, false
		}
	}
	return refusalsIn(resilience.Create(editor.Topology(), desired)), true
}

func refusalsIn(violations []resilience.Violation) []resilience.Violation {
	return slices.DeleteFunc(slices.Clone(violations),
		func(v resilience.Violation) bool { return v.Severity != resilience.Error })
}

// isFound reports whether a finding has the rule and the objects of a violation.
func isFound(findings []resilience.Violation, v resilience.Violation) bool {
	return slices.ContainsFunc(findings, func(finding resilience.Violation) bool {
		return finding.Rule.ID == v.Rule.ID && !slices.ContainsFunc(v.Objects,
			func(object string) bool { return !slices.Contains(finding.Objects, object) })
	})
}

// A link that prevents a pair is a finding, unless it belongs to a complete pair.
func TestConflictsAreFindings(t *testing.T) {
	t.Parallel()
	conflicts := 0
	randomDocuments(t, 100, func(t *testing.T, seed uint64, doc *topology.Document) {
		findings := resilience.Findings(doc.Topology(), nil)
		for _, p := range doc.Topology().FrontEnds() {
			desired := topology.DesiredPair{Members: [2]topology.FQDN{p.FQDN}}
			for _, conflict := range resilience.Conflicts(doc.Topology(), desired) {
				if conflict.Links.All() {
					continue
				}
				conflicts++
				if !slices.ContainsFunc([]string{"PP-10-13", "PP-RECIP", "PP-WHOLE"}, func(id string) bool {
					v := conflict.Violation()
					v.Rule.ID = id
					return isFound(findings, v)
				}) {
					t.Errorf("seed %d: no finding: %+v", seed, conflict)
				}
			}
		}
	})
	if conflicts < 100 {
		t.Errorf("the documents had %d conflicts", conflicts)
	}
}

// A creation that adopts the association that an appliance has is refused because of the document alone.
func TestWhatRefusesAnApplianceAloneIsAFinding(t *testing.T) {
	t.Parallel()
	refused := map[string]int{}
	randomDocuments(t, 100, func(t *testing.T, seed uint64, doc *topology.Document) {
		model := doc.Topology()
		findings := resilience.Findings(model, nil)
		for a := range model.Pools() {
			if !isMeantAsAppliance(a) {
				continue
			}
			desired := topology.DesiredBranch{Appliance: a.FQDN}
			if users := model.Association(a).Users; users != nil {
				desired.Pool = users.FQDN
				if !model.Identifies(users) {
					continue // no creation can name it
				}
			}
			refusals := refusalsIn(resilience.BranchCreate(model, desired))
			desired.Settings = &defaultSettings
			var refusal *topology.Refusal
			if len(refusals) == 0 && !desired.Pool.IsZero() &&
				errors.As(topology.NewEditor(doc).WriteBranch(desired), &refusal) {
				v := resilience.Refused(refusal)
				v.Objects = []string{refusal.Pool.String()}
				refusals = append(refusals, v)
			}
			for _, v := range refusals {
				refused[v.Rule.ID]++
				if !isFound(findings, v) {
					t.Errorf("seed %d: no finding: %s %v: %s", seed, v.Rule.ID, v.Objects, v.Detail)
				}
			}
		}
	})
	assertCounted(t, refused, "BR-ONE", "BR-KIND", "BR-NODR", "BR-SITE", "BR-V13-10")
}

// isMeantAsAppliance reports whether a host is an appliance, or would be one if it were in a branch site and had one
// Registrar with a version. A creation that names another host is refused because of the name, and a nameless one
// cannot be named.
func isMeantAsAppliance(p *topology.Pool) bool {
	return p.HasName && (p.Version < 1 || p.Version >= topology.Version2010) && p.Kind != topology.KindDirector &&
		p.Registrar != nil && (!p.Registrar.IsDirector || len(p.Role(topology.RoleRegistrar)) > 1) &&
		len(p.Role(topology.RoleUserServices)) == 0
}

var defaultSettings = topology.DesiredSettings{
	AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute,
}

// What the editor refuses although no rule does is a finding on the pool concerned.
func TestRefusedEditsAreFindings(t *testing.T) {
	t.Parallel()
	refused := map[string]int{}
	check := func(t *testing.T, seed uint64, doc *topology.Document) {
		findings := resilience.Findings(doc.Topology(), nil)
		pools := doc.Topology().FrontEnds()
		for i, p := range pools {
			for _, q := range pools[i+1:] {
				desired := topology.DesiredPair{Members: [2]topology.FQDN{p.FQDN, q.FQDN}}
				if len(resilience.Conflicts(doc.Topology(), desired)) > 0 ||
					len(refusalsIn(resilience.Create(doc.Topology(), desired))) > 0 {
					continue
				}
				var refusal *topology.Refusal
				if !errors.As(doc.Topology().CanCreatePair(desired.ID()), &refusal) {
					continue
				}
				refused[string(refusal.Fault)]++
				v := resilience.Refused(refusal)
				v.Objects = []string{refusal.Pool.String()}
				if !isFound(findings, v) {
					t.Errorf("seed %d: no finding: %s", seed, v.Detail)
				}
			}
		}
	}
	randomDocuments(t, 60, check)
	d := testkit.NewDraft()
	a, b := d.Standard("a", 1, topology.Version2013), d.Standard("b", 1, topology.Version2013)
	a.AddCentral(true)
	d.Remove(d.Standard("c", 2, topology.Version2013).UserStore)
	b.Registrar.Instance = a.Registrar.Instance
	doc, err := topology.Parse(d.Document())
	if err != nil {
		t.Fatal(err)
	}
	check(t, 0, doc)
	d.Remove(b.Registrar)
	if doc, err = topology.Parse(d.Document()); err != nil {
		t.Fatal(err)
	}
	check(t, 0, doc)
	assertCounted(t, refused, string(topology.AmbiguousRegistrar), string(topology.NoDatabase))
}
