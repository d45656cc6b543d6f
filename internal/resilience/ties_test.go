package resilience

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestTies(t *testing.T) {
	t.Parallel()
	type tie struct {
		pool, other string
		rule        string
		same        bool
		links       int
	}
	tests := map[string]struct {
		build func(d *testkit.Draft) Pair
		want  []tie
		texts []string
		not   []string
	}{
		"free": {
			build: func(d *testkit.Draft) Pair {
				d.Branch(3, "Nantes", 1)
				a := d.Standard("a", 1, v2013)
				d.Standard("b", 2, v2013)
				d.Appliance("sba", 3, v2013, a)
				a.Names(d.Director("dir", 1, v2013), "5m", "10m")
				return wanted("a.contoso.com", "b.contoso.com")
			},
		},
		"paired with a third, whole": {
			build: func(d *testkit.Draft) Pair {
				testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("c", 2, v2013))
				d.Standard("b", 2, v2013)
				return wanted("B.contoso.com", "A.contoso.com.")
			},
			want: []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 4}},
			texts: []string{
				"Pool is not free (PP-FREE)",
				"a.contoso.com is tied to c.contoso.com in the topology: a.contoso.com names c.contoso.com as its backup registrar; " +
					"c.contoso.com names a.contoso.com as its backup registrar; a backup service on a.contoso.com depends on one on c.contoso.com; " +
					"a backup service on c.contoso.com depends on one on a.contoso.com.",
				"\n  terraform import lync_pool_pair.former \"a.contoso.com,c.contoso.com\"\n  terraform destroy -refresh=false \"-target=lync_pool_pair.former\"",
			},
		},
		"both with a third, whole": {
			build: func(d *testkit.Draft) Pair {
				a, b, c, x := d.Standard("a", 1, v2013), d.Standard("b", 1, v2013), d.Standard("c", 2, v2013), d.Standard("x", 2, v2013)
				testkit.WritePair(b, x)
				testkit.WritePair(a, c)
				return wanted("b.contoso.com", "a.contoso.com")
			},
			want: []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 4}, {"b.contoso.com", "x.contoso.com", "PP-FREE", false, 4}},
		},
		"a third names the member": {
			build: func(d *testkit.Draft) Pair {
				a, b, c := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013), d.Standard("c", 2, v2013)
				c.Names(b, "5m", "10m")
				_ = a
				return wanted("a.contoso.com", "b.contoso.com")
			},
			want: []tie{{"b.contoso.com", "c.contoso.com", "PP-ONE", false, 1}},
			texts: []string{
				"Many-to-one backup relationship (PP-ONE)", "In the topology c.contoso.com names b.contoso.com as its backup registrar.",
				"\n  terraform import lync_pool_pair.former \"b.contoso.com,c.contoso.com\"\n  terraform destroy -refresh=false \"-target=lync_pool_pair.former\"",
			},
		},
		"the member names a third": {
			build: func(d *testkit.Draft) Pair {
				a, c := d.Standard("a", 1, v2013), d.Standard("c", 2, v2013)
				a.Names(c, "5m", "10m")
				return wanted("a.contoso.com", "")
			},
			want:  []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"a.contoso.com is tied to c.contoso.com in the topology: a.contoso.com names c.contoso.com as its backup registrar."},
		},
		"a backup service on the member alone": {
			build: func(d *testkit.Draft) Pair {
				a, c := d.Standard("a", 1, v2013), d.Standard("c", 2, v2013)
				a.AddBackupService(c.AddBackupService("").ID())
				return wanted("a.contoso.com", "")
			},
			want:  []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"a backup service on a.contoso.com depends on one on c.contoso.com."},
		},
		"a backup service on the third alone": {
			build: func(d *testkit.Draft) Pair {
				a, c := d.Standard("a", 1, v2013), d.Standard("c", 2, v2013)
				c.AddBackupService(a.AddBackupService("").ID())
				return wanted("a.contoso.com", "")
			},
			want:  []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"a backup service on c.contoso.com depends on one on a.contoso.com."},
		},
		"the pair itself, whole": {
			build: func(d *testkit.Draft) Pair {
				testkit.WritePair(d.Standard("b", 2, v2013), d.Standard("a", 1, v2013))
				return wanted("b.contoso.com", "a.contoso.com")
			},
			want: []tie{{"a.contoso.com", "b.contoso.com", "PP-FREE", true, 4}},
			texts: []string{
				"The pair of a.contoso.com and b.contoso.com exists already, whole",
				"import {\n  to = lync_pool_pair.NAME\n  id = \"a.contoso.com,b.contoso.com\"\n}",
			},
			not: []string{"the next apply completes it"},
		},
		"the pair itself, half-made": {
			build: func(d *testkit.Draft) Pair {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				b.Names(a, "5m", "10m")
				return wanted("a.contoso.com", "b.contoso.com")
			},
			want: []tie{{"a.contoso.com", "b.contoso.com", "PP-FREE", true, 1}},
			texts: []string{
				"exists already, half-made: b.contoso.com names a.contoso.com as its backup registrar, and the rest", "the next apply completes it",
				`id = "a.contoso.com,b.contoso.com"`,
			},
		},
		"the pair itself and a third": {
			build: func(d *testkit.Draft) Pair {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				d.Standard("c", 1, v2013).Names(b, "5m", "10m")
				return wanted("a.contoso.com", "b.contoso.com")
			},
			want: []tie{{"a.contoso.com", "b.contoso.com", "PP-FREE", true, 4}, {"b.contoso.com", "c.contoso.com", "PP-ONE", false, 1}},
		},
		"a Lync Server 2010 pool names the member": {
			build: func(d *testkit.Draft) Pair {
				a := d.Standard("a", 1, v2013)
				d.Standard("old", 2, v2010).Names(a, "5m", "10m")
				return wanted("a.contoso.com", "")
			},
			want:  []tie{{"a.contoso.com", "old.contoso.com", "PP-ONE", false, 1}},
			texts: []string{"old.contoso.com is a Lync Server 2010 pool, whose relationships this provider never changes."},
			not:   []string{"import {"},
		},
		"one name in two spellings": {
			build: func(d *testkit.Draft) Pair {
				testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("c", 2, v2013))
				return wanted("a.contoso.com", "A.contoso.com")
			},
			want: []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 4}},
		},
		"members that cannot be paired at all": {
			build: func(d *testkit.Draft) Pair {
				d.Branch(3, "Nantes", 1)
				a := d.Standard("a", 1, v2013)
				d.Appliance("sba", 3, v2013, a)
				old := d.Standard("old", 2, v2010)
				old.Names(a, "5m", "10m")
				return wanted("sba.contoso.com", "old.contoso.com")
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			wantedPair := tt.build(d)
			var got []tie
			var violations []Violation
			for _, g := range Ties(modelOf(t, d), wantedPair) {
				got = append(got, tie{g.Pool, g.Other, g.Rule.ID, g.Same, g.Links.Count()})
				v := g.Violation()
				if v.Severity != Error {
					t.Errorf("the tie with %s is no error", g.Other)
				}
				violations = append(violations, v)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("got %v, want %v", got[i], tt.want[i])
				}
			}
			wantTexts(t, violations, tt.texts...)
			for _, v := range violations {
				for _, part := range tt.not {
					if strings.Contains(v.Text(), part) {
						t.Errorf("the text must not say %q: %s", part, v.Text())
					}
				}
			}
		})
	}
}

// A is always the member, whichever name sorts first.
func TestTieDirection(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
	a.Names(b, "5m", "10m")
	top := modelOf(t, d)
	if got := Ties(top, wanted("b.contoso.com", "")); len(got) != 1 || got[0].Links != (topology.Links{BackupB: true}) {
		t.Errorf("from b: %+v", got)
	}
	if got := Ties(top, wanted("a.contoso.com", "")); len(got) != 1 || got[0].Links != (topology.Links{BackupA: true}) {
		t.Errorf("from a: %+v", got)
	}
}
