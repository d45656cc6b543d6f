package topology_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const v2013 = topology.Version2013

// Each row builds a document in which some clusters have the name a.contoso.com.
func TestNames(t *testing.T) {
	t.Parallel()
	const name = "a.contoso.com"
	for title, test := range map[string]struct {
		build     func(d *testkit.Draft)
		named     string // the clusters of the name, the first one first
		ambiguous bool
	}{
		"none":     {func(d *testkit.Draft) { d.Standard("b", 1, v2013) }, "", false},
		"one pool": {func(d *testkit.Draft) { d.Standard("a", 1, v2013) }, "1:1", false},
		"two pools": {func(d *testkit.Draft) {
			d.Standard("b", 2, v2013).SetName("A.contoso.com.")
			d.Standard("a", 1, v2013)
		}, "2:1 1:1", true},
		"an appliance and a pool": {func(d *testkit.Draft) {
			d.Branch(3, "Nantes", 1)
			b := d.Standard("b", 2, v2013)
			d.Appliance("sba", 3, v2013, b).SetName(name)
			d.Standard("a", 1, v2013)
		}, "1:1 3:1", true},
		"a Director and an appliance": {func(d *testkit.Draft) {
			d.Branch(3, "Nantes", 1)
			d.Appliance("sba", 3, v2013, d.Standard("b", 2, v2013)).SetName(name)
			d.Director("a", 1, v2013)
		}, "3:1 1:1", true},
		"a host and a pool": {func(d *testkit.Draft) {
			d.Host("host", 2).SetName(name)
			d.Standard("a", 1, v2013)
		}, "1:1 2:1", false},
		"an Edge pool and a pool": {func(d *testkit.Draft) {
			a := d.Standard("a", 1, v2013)
			d.Edge("edge", 2, a).SetName(name)
		}, "1:1 2:1", false},
		"two Edge pools": {func(d *testkit.Draft) {
			b := d.Standard("b", 1, v2013)
			d.Host("host", 2).SetName(name)
			d.Edge("a", 2, b)
			d.Edge("edge", 2, b).SetName(name)
		}, "2:2 2:3 2:1", true},
		"two hosts": {func(d *testkit.Draft) {
			d.Host("a", 1)
			d.Host("host", 2).SetName(name)
		}, "1:1 2:1", false},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			test.build(d)
			topo := parse(t, d.Document()).Topology()
			var named []string
			for i, p := range topo.Named(fqdn("a")) {
				named = append(named, p.ID.String())
				if topo.IsFirstOfName(p) != (i == 0) || topo.Identifies(p) != (i == 0 && !test.ambiguous) {
					t.Errorf("%s is the first: %t, is identified: %t", p.ID, topo.IsFirstOfName(p), topo.Identifies(p))
				}
			}
			if got := strings.Join(named, " "); got != test.named {
				t.Errorf("the clusters are %q, want %q", got, test.named)
			}
			if got := topo.IsAmbiguous(fqdn("a")); got != test.ambiguous {
				t.Errorf("ambiguous is %t", got)
			}
			if p := topo.Pool(fqdn("a")); (p == nil) != (len(named) == 0 || test.ambiguous) {
				t.Errorf("the pool is %+v", p)
			}
		})
	}
}

// A pair stands on the identities of its clusters, and is listed once whatever their names are.
func TestPairsWithoutNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ a, b, want string }{
		"one name for both": {"a.contoso.com", "a.contoso.com", "1:1 2:1 a.contoso.com,a.contoso.com"},
		"no names":          {"", " ", "1:1 2:1 cluster 1:1,cluster 2:1"},
		"one without":       {"a.contoso.com", "", "1:1 2:1 a.contoso.com,cluster 2:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
			testkit.WritePair(a, b)
			a.SetName(test.a)
			b.SetName(test.b)
			var got []string
			for _, pair := range parse(t, d.Document()).Topology().Pairs() {
				got = append(got, fmt.Sprintf("%s %s %s", pair.First.ID, pair.Second.ID, pair.ID()))
			}
			if strings.Join(got, "; ") != test.want {
				t.Errorf("got %q, want %s", got, test.want)
			}
		})
	}
}

// No edit changes one of the pools that an ambiguous name may mean.
func TestEditsOfAmbiguousNames(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Branch(3, "Nantes", 1)
	a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
	testkit.WritePair(a, b)
	sba := d.Appliance("sba", 3, v2013, a)
	d.Appliance("other", 3, v2013, b).SetName(sba.FQDN)
	d.Standard("c", 1, v2013).SetName(a.FQDN)
	raw := d.Document()
	settings := defaults
	for name, edit := range map[string]func(e *topology.Editor) error{
		"create":      func(e *topology.Editor) error { return e.CreatePair(pairOf("a", "b")) },
		"update":      func(e *topology.Editor) error { return e.UpdatePair(pairOf("a", "b")) },
		"delete":      func(e *topology.Editor) error { _, err := e.DeletePair(pairID("a", "b")); return err },
		"pool of one": func(e *topology.Editor) error { return e.DeleteBranch(fqdn("sba"), fqdn("b")) },
		"associate": func(e *topology.Editor) error {
			return e.WriteBranch(topology.DesiredBranch{Appliance: fqdn("sba"), Pool: fqdn("b"), Settings: &settings})
		},
		"associate with": func(e *topology.Editor) error {
			return e.WriteBranch(topology.DesiredBranch{Appliance: fqdn("b"), Pool: fqdn("a"), Settings: &settings})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := topology.NewEditor(parse(t, raw))
			var refusal *topology.Refusal
			err := edit(e)
			if !errors.As(err, &refusal) || refusal.Fault != topology.AmbiguousName || len(refusal.Clusters) != 2 {
				t.Errorf("got %v, want the refusal of an ambiguous name", err)
			}
			if string(e.Document().Bytes()) != string(raw) {
				t.Error("the document has changed")
			}
		})
	}
}
