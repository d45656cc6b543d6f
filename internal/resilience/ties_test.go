package resilience

import (
	"strings"
	"testing"

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
		build func(d *document) Pair
		want  []tie
		texts []string
		not   []string
	}{
		"free": {
			build: func(d *document) Pair {
				d.branch("3", "Nantes", "1")
				a := d.standard("a", "1", v2013)
				d.standard("b", "2", v2013)
				d.appliance("sba", "3", v2013, a)
				a.names(d.director("dir", "1", v2013), "5m", "10m")
				return wanted("a.contoso.com", "b.contoso.com")
			},
		},
		"paired with a third, whole": {
			build: func(d *document) Pair {
				pair(d.standard("a", "1", v2013), d.standard("c", "2", v2013))
				d.standard("b", "2", v2013)
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
			build: func(d *document) Pair {
				a, b, c, x := d.standard("a", "1", v2013), d.standard("b", "1", v2013), d.standard("c", "2", v2013), d.standard("x", "2", v2013)
				pair(b, x)
				pair(a, c)
				return wanted("b.contoso.com", "a.contoso.com")
			},
			want: []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 4}, {"b.contoso.com", "x.contoso.com", "PP-FREE", false, 4}},
		},
		"a third names the member": {
			build: func(d *document) Pair {
				a, b, c := d.standard("a", "1", v2013), d.standard("b", "2", v2013), d.standard("c", "2", v2013)
				c.names(b, "5m", "10m")
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
			build: func(d *document) Pair {
				a, c := d.standard("a", "1", v2013), d.standard("c", "2", v2013)
				a.names(c, "5m", "10m")
				return wanted("a.contoso.com", "")
			},
			want:  []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"a.contoso.com is tied to c.contoso.com in the topology: a.contoso.com names c.contoso.com as its backup registrar."},
		},
		"a backup service on the member alone": {
			build: func(d *document) Pair {
				a, c := d.standard("a", "1", v2013), d.standard("c", "2", v2013)
				a.backupService(c.backupService("").id())
				return wanted("a.contoso.com", "")
			},
			want:  []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"a backup service on a.contoso.com depends on one on c.contoso.com."},
		},
		"a backup service on the third alone": {
			build: func(d *document) Pair {
				a, c := d.standard("a", "1", v2013), d.standard("c", "2", v2013)
				c.backupService(a.backupService("").id())
				return wanted("a.contoso.com", "")
			},
			want:  []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"a backup service on c.contoso.com depends on one on a.contoso.com."},
		},
		"the pair itself, whole": {
			build: func(d *document) Pair {
				pair(d.standard("b", "2", v2013), d.standard("a", "1", v2013))
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
			build: func(d *document) Pair {
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				b.names(a, "5m", "10m")
				return wanted("a.contoso.com", "b.contoso.com")
			},
			want: []tie{{"a.contoso.com", "b.contoso.com", "PP-FREE", true, 1}},
			texts: []string{
				"exists already, half-made: b.contoso.com names a.contoso.com as its backup registrar, and the rest", "the next apply completes it",
				`id = "a.contoso.com,b.contoso.com"`,
			},
		},
		"the pair itself and a third": {
			build: func(d *document) Pair {
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				pair(a, b)
				d.standard("c", "1", v2013).names(b, "5m", "10m")
				return wanted("a.contoso.com", "b.contoso.com")
			},
			want: []tie{{"a.contoso.com", "b.contoso.com", "PP-FREE", true, 4}, {"b.contoso.com", "c.contoso.com", "PP-ONE", false, 1}},
		},
		"a Lync Server 2010 pool names the member": {
			build: func(d *document) Pair {
				a := d.standard("a", "1", v2013)
				d.standard("old", "2", v2010).names(a, "5m", "10m")
				return wanted("a.contoso.com", "")
			},
			want:  []tie{{"a.contoso.com", "old.contoso.com", "PP-ONE", false, 1}},
			texts: []string{"old.contoso.com is a Lync Server 2010 pool, whose relationships this provider never changes."},
			not:   []string{"import {"},
		},
		"one name in two spellings": {
			build: func(d *document) Pair {
				pair(d.standard("a", "1", v2013), d.standard("c", "2", v2013))
				return wanted("a.contoso.com", "A.contoso.com")
			},
			want: []tie{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 4}},
		},
		"members that cannot be paired at all": {
			build: func(d *document) Pair {
				d.branch("3", "Nantes", "1")
				a := d.standard("a", "1", v2013)
				d.appliance("sba", "3", v2013, a)
				old := d.standard("old", "2", v2010)
				old.names(a, "5m", "10m")
				return wanted("sba.contoso.com", "old.contoso.com")
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDocument()
			wantedPair := tt.build(d)
			var got []tie
			var violations []Violation
			for _, g := range Ties(d.topology(t), wantedPair) {
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
	d := newDocument()
	a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
	a.names(b, "5m", "10m")
	top := d.topology(t)
	if got := Ties(top, wanted("b.contoso.com", "")); len(got) != 1 || got[0].Links != (topology.Links{BackupB: true}) {
		t.Errorf("from b: %+v", got)
	}
	if got := Ties(top, wanted("a.contoso.com", "")); len(got) != 1 || got[0].Links != (topology.Links{BackupA: true}) {
		t.Errorf("from a: %+v", got)
	}
}
