package resilience

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestConflicts(t *testing.T) {
	t.Parallel()
	type conflict struct {
		pool, other string
		rule        string
		same        bool
		links       int
	}
	tests := map[string]struct {
		build func(d *testkit.Draft) topology.DesiredPair
		want  []conflict
		texts []string
		not   []string
	}{
		"free": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Branch(3, "Nantes", 1)
				a := d.Standard("a", 1, v2013)
				d.Standard("b", 2, v2013)
				d.Appliance("sba", 3, v2013, a)
				a.Names(d.Director("dir", 1, v2013), "5m", "10m")
				return desired("a.contoso.com", "b.contoso.com")
			},
		},
		"complete pair with a third pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("c", 2, v2013))
				d.Standard("b", 2, v2013)
				return desired("B.contoso.com", "A.contoso.com.")
			},
			want: []conflict{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 4}},
			texts: []string{
				"Pool is not free (PP-FREE)",
				"The topology links a.contoso.com to c.contoso.com: a.contoso.com names c.contoso.com as its backup " +
					"registrar; c.contoso.com names a.contoso.com as its backup registrar; a backup service on " +
					"a.contoso.com depends on one on c.contoso.com; a backup service on c.contoso.com depends on one " +
					"on a.contoso.com.",
				"\nReleasePair a.contoso.com c.contoso.com\n",
			},
		},
		"both in a complete pair with a third pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, b, c, x := d.Standard("a", 1, v2013), d.Standard("b", 1, v2013), d.Standard("c", 2,
					v2013), d.Standard("x", 2, v2013)
				testkit.WritePair(b, x)
				testkit.WritePair(a, c)
				return desired("b.contoso.com", "a.contoso.com")
			},
			want: []conflict{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 4},
				{"b.contoso.com", "x.contoso.com", "PP-FREE", false, 4}},
		},
		"a third pool names the member": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, b, c := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013), d.Standard("c", 2, v2013)
				c.Names(b, "5m", "10m")
				_ = a
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: []conflict{{"b.contoso.com", "c.contoso.com", "PP-ONE", false, 1}},
			texts: []string{
				"Many-to-one backup relationship (PP-ONE)", "In the topology, c.contoso.com names b.contoso.com as " +
					"its backup registrar.",
				"\nEndLink b.contoso.com c.contoso.com\n",
			},
		},
		"the member names a third pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, c := d.Standard("a", 1, v2013), d.Standard("c", 2, v2013)
				a.Names(c, "5m", "10m")
				return desired("a.contoso.com", "")
			},
			want: []conflict{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"The topology links a.contoso.com to c.contoso.com: a.contoso.com names c.contoso.com as " +
				"its backup registrar."},
		},
		"a backup service on the member alone": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, c := d.Standard("a", 1, v2013), d.Standard("c", 2, v2013)
				a.AddBackupService(c.AddBackupService("").ID())
				return desired("a.contoso.com", "")
			},
			want:  []conflict{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"a backup service on a.contoso.com depends on one on c.contoso.com."},
		},
		"a backup service on the third alone": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, c := d.Standard("a", 1, v2013), d.Standard("c", 2, v2013)
				c.AddBackupService(a.AddBackupService("").ID())
				return desired("a.contoso.com", "")
			},
			want:  []conflict{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 1}},
			texts: []string{"a backup service on c.contoso.com depends on one on a.contoso.com."},
		},
		"the desired pair, complete": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				testkit.WritePair(d.Standard("b", 2, v2013), d.Standard("a", 1, v2013))
				return desired("b.contoso.com", "a.contoso.com")
			},
			want: []conflict{{"a.contoso.com", "b.contoso.com", "PP-FREE", true, 4}},
			texts: []string{
				"The complete pair of a.contoso.com and b.contoso.com exists already: ",
				"\nAdoptPair a.contoso.com b.contoso.com\n",
			},
			not: []string{"AdoptIncompletePair"},
		},
		"the desired pair, incomplete": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				b.Names(a, "5m", "10m")
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: []conflict{{"a.contoso.com", "b.contoso.com", "PP-FREE", true, 1}},
			texts: []string{
				"An incomplete pair of a.contoso.com and b.contoso.com exists already, with only these links: " +
					"b.contoso.com names a.contoso.com as its backup registrar.",
				"\nAdoptIncompletePair a.contoso.com b.contoso.com\n",
			},
		},
		"the desired pair and a third pool": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				d.Standard("c", 1, v2013).Names(b, "5m", "10m")
				return desired("a.contoso.com", "b.contoso.com")
			},
			want: []conflict{{"a.contoso.com", "b.contoso.com", "PP-FREE", true, 4},
				{"b.contoso.com", "c.contoso.com", "PP-ONE", false, 1}},
		},
		"a Lync Server 2010 pool names the member": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				a := d.Standard("a", 1, v2013)
				d.Standard("old", 2, v2010).Names(a, "5m", "10m")
				return desired("a.contoso.com", "")
			},
			want: []conflict{{"a.contoso.com", "old.contoso.com", "PP-ONE", false, 1}},
			texts: []string{"old.contoso.com is a Lync Server 2010 pool, whose relationships this provider never " +
				"changes."},
			not: []string{"EndLink"},
		},
		"one name in two spellings": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("c", 2, v2013))
				return desired("a.contoso.com", "A.contoso.com")
			},
			want: []conflict{{"a.contoso.com", "c.contoso.com", "PP-FREE", false, 4}},
		},
		"members that cannot be paired at all": {
			build: func(d *testkit.Draft) topology.DesiredPair {
				d.Branch(3, "Nantes", 1)
				a := d.Standard("a", 1, v2013)
				d.Appliance("sba", 3, v2013, a)
				old := d.Standard("old", 2, v2010)
				old.Names(a, "5m", "10m")
				return desired("sba.contoso.com", "old.contoso.com")
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			pair := tt.build(d)
			var got []conflict
			var violations []Violation
			for _, c := range Conflicts(modelOf(t, d), pair) {
				got = append(got, conflict{c.Pool.String(), c.Other.String(), c.Rule.ID, c.Same, c.Links.Count()})
				if c.Existing() != topology.NewPairID(c.Pool, c.Other) {
					t.Errorf("the existing pair is %s", c.Existing())
				}
				v := c.Violation()
				if v.Severity != Error {
					t.Errorf("the conflict with %s is no error", c.Other)
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
			assertTexts(t, violations, tt.texts...)
			for _, v := range violations {
				for _, part := range tt.not {
					if strings.Contains(textOf(v), part) {
						t.Errorf("the text contains %q: %s", part, textOf(v))
					}
				}
			}
		})
	}
}

// Links.A is the member, even if its name sorts second.
func TestConflictLinksStartAtTheMember(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
	a.Names(b, "5m", "10m")
	top := modelOf(t, d)
	if got := Conflicts(top, desired("b.contoso.com", "")); len(got) != 1 ||
		got[0].Links != (topology.Links{BackupB: true}) {
		t.Errorf("from b: %+v", got)
	}
	if got := Conflicts(top, desired("a.contoso.com", "")); len(got) != 1 ||
		got[0].Links != (topology.Links{BackupA: true}) {
		t.Errorf("from a: %+v", got)
	}
}
