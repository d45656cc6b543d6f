package resilience

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestBranchFindings(t *testing.T) {
	t.Parallel()
	assertFindings(t, map[string]finding{
		"BR-ONE: no Backup": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2013, d.Standard("a", 1, v2013)).Registrar.Backups = nil
			},
			want: "!BR-ONE",
			texts: []string{"The appliance sba.contoso.com does not have exactly one pool: its Registrar has no " +
				"Backup."},
		},
		"BR-ONE: two Backups that name one pool": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				a := d.Standard("a", 1, v2013)
				d.Appliance("sba", 3, v2013, a).Names(a, "2m", "4m")
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar has 2 Backups, naming a.contoso.com and a.contoso.com"},
		},
		"BR-ONE, BR-NODR: two Backups": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 1, v2013)
				sba := d.Appliance("sba", 3, v2013, b)
				sba.Names(a, "2m", "4m")
				sba.Names(b, "2m", "4m")
			},
			want: "!BR-ONE !BR-NODR",
			texts: []string{
				"its Registrar has 3 Backups, naming b.contoso.com, a.contoso.com and b.contoso.com",
				"The appliance sba.contoso.com names 2 backups: a.contoso.com and b.contoso.com.",
			},
		},
		"BR-ONE: Backup and user services on different pools": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 1, v2013)
				d.Appliance("sba", 3, v2013, a).Registrar.DependsOn = []string{b.UserServices.ID()}
			},
			want:  "!BR-ONE",
			texts: []string{"its backup registrar is on a.contoso.com, but its user services are on b.contoso.com"},
		},
		"BR-ONE: no user services": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2010, d.Standard("a", 1, v2013)).Registrar.DependsOn = nil
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar depends on no user services"},
		},
		"BR-ONE: user services of another usage": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2013, d.Standard("a", 1, v2013)).Registrar.Usage = "Other"
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar depends on no user services"},
		},
		"BR-ONE: two user services": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 1, v2013)
				sba := d.Appliance("sba", 3, v2013, a)
				sba.Registrar.DependsOn = append(sba.Registrar.DependsOn, b.UserServices.ID())
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar depends on 2 user services"},
		},
		"BR-ONE: the named service is missing": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				sba := d.Appliance("sba", 3, v2013, d.Standard("a", 1, v2013))
				sba.Registrar.DependsOn = []string{"1-UserServices-8", "1-WebServices-1"}
				sba.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("1-Registrar-8", true, "2m", "4m")}
			},
			want: "!VF-NEEDBK !BR-ONE !BR-NODANGLE !BR-NODANGLE",
			texts: []string{
				"its Registrar has a Backup that names 1-Registrar-8, which the topology does not have",
				"its Registrar depends on the user services 1-UserServices-8, which the topology does not have",
			},
		},
		"BR-ONE: a Backup that names no service": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2013, d.Standard("a", 1, v2013)).Registrar.Backups = []testkit.DraftBackup{{}}
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar has a Backup that names no service"},
		},
		"no appliances: other Registrars in a branch site, or one outside": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Director("dir", 3, v2013)
				d.Director("old", 3, 4).Registrar.NoPayload = true
				d.Director("nowhere", 9, v2013).Registrar.NoPayload = true
				d.Director("central", 1, v2013).Registrar.NoPayload = true
				twice := d.Director("twice", 3, v2013)
				d.Service(twice.DraftHost, "Registrar", v2013)
				d.Edge("edge", 3)
			},
			want: "!BR-SITE !BR-SITE !BR-SITE",
			texts: []string{
				"central.contoso.com is a Registrar without user services outside a branch site, neither a Director " +
					"nor an appliance, so it is not an appliance in a branch site.",
				"nowhere.contoso.com is a Registrar that depends on no user services",
				"twice.contoso.com is a pool with 2 Registrar services",
			},
		},
		"BR-KIND": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				a := d.Standard("a", 1, v2013)
				sba := d.Appliance("sba", 3, v2013, a)
				sba.Registrar.Backups = nil
				sba.Names(d.Director("dir", 1, v2013), "2m", "4m")
			},
			want: "!BR-ONE !BR-KIND",
			texts: []string{"The backup of the appliance sba.contoso.com is dir.contoso.com, which is a Director. " +
				"The pool of an appliance must be a Front End pool."},
		},
		"BR-KIND: named twice, older, in another site": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				a, dir := d.Standard("a", 1, v2013), d.Director("dir", 2, v2010)
				sba := d.Appliance("sba", 3, v2013, a)
				sba.Registrar.Backups = nil
				sba.Names(dir, "2m", "4m")
				sba.Names(dir, "2m", "4m")
			},
			want: "!BR-ONE !BR-KIND",
		},
		"BR-V13-10": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2013, d.Standard("a", 1, v2010))
			},
			want: "!BR-V13-10",
			texts: []string{"The appliance sba.contoso.com runs Lync Server 2013, and its pool a.contoso.com runs " +
				"Lync Server 2010."},
		},
		"a Lync Server 2010 appliance on any pool": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba1", 3, v2010, d.Standard("a", 1, v2010))
				d.Appliance("sba2", 3, v2010, d.Standard("b", 1, v2013))
			},
		},
		"BR-CENTRAL": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2013, d.Standard("a", 2, v2013))
			},
			want: "~BR-CENTRAL",
			texts: []string{"The appliance sba.contoso.com is in the branch site Nantes of the central site Paris, " +
				"and its pool a.contoso.com is in the site Lyon.", "Choose a pool in the site Paris for " +
				"sba.contoso.com."},
		},
		"BR-CENTRAL: the document does not name the parent": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 0)
				d.Appliance("sba", 3, v2013, d.Standard("a", 2, v2013))
			},
		},
		"BR-CENTRAL: the site of the appliance is not in the document": {
			build: func(d *testkit.Draft) { d.Appliance("sba", 8, v2013, d.Standard("a", 2, v2013)) },
		},
		"BR-CENTRAL: the site of the pool is not in the document": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2013, d.Standard("a", 8, v2013))
			},
		},
	})
}
