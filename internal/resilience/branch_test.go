package resilience

import "testing"

func TestBranchFindings(t *testing.T) {
	t.Parallel()
	testFindings(t, map[string]finding{
		"BR-ONE: no Backup": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.appliance("sba", "3", v2013, d.standard("a", "1", v2013)).registrar.backups = nil
			},
			want:  "!BR-ONE",
			texts: []string{"The appliance sba.contoso.com has not exactly one pool: its Registrar has no Backup."},
		},
		"BR-ONE: two Backups that name one pool": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				a := d.standard("a", "1", v2013)
				d.appliance("sba", "3", v2013, a).names(a, "2m", "4m")
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar has 2 Backups, naming a.contoso.com and a.contoso.com"},
		},
		"BR-ONE, BR-NODR: two Backups": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				a, b := d.standard("a", "1", v2013), d.standard("b", "1", v2013)
				sba := d.appliance("sba", "3", v2013, b)
				sba.names(a, "2m", "4m")
				sba.names(b, "2m", "4m")
			},
			want: "!BR-ONE !BR-NODR",
			texts: []string{
				"its Registrar has 3 Backups, naming b.contoso.com, a.contoso.com and b.contoso.com",
				"The appliance sba.contoso.com names 2 backups: a.contoso.com and b.contoso.com.",
			},
		},
		"BR-ONE: Backup and user services apart": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				a, b := d.standard("a", "1", v2013), d.standard("b", "1", v2013)
				d.appliance("sba", "3", v2013, a).registrar.dependsOn = []string{b.users.id()}
			},
			want:  "!BR-ONE",
			texts: []string{"its backup registrar is on a.contoso.com, but its user services are on b.contoso.com"},
		},
		"BR-ONE: no user services": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.appliance("sba", "3", v2010, d.standard("a", "1", v2013)).registrar.dependsOn = nil
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar depends on no user services"},
		},
		"BR-ONE: user services of another usage": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.appliance("sba", "3", v2013, d.standard("a", "1", v2013)).registrar.usage = "Other"
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar depends on no user services"},
		},
		"BR-ONE: two user services": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				a, b := d.standard("a", "1", v2013), d.standard("b", "1", v2013)
				sba := d.appliance("sba", "3", v2013, a)
				sba.registrar.dependsOn = append(sba.registrar.dependsOn, b.users.id())
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar depends on 2 user services"},
		},
		"BR-ONE: what it names is gone": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				sba := d.appliance("sba", "3", v2013, d.standard("a", "1", v2013))
				sba.registrar.dependsOn = []string{"1-UserServices-8", "1-WebServices-1"}
				sba.registrar.backups = []string{backupXML("true", "2m", "4m", "1-Registrar-8")}
			},
			want: "!VF-NEEDBK !BR-ONE !BR-NODANGLE !BR-NODANGLE",
			texts: []string{
				"its Registrar has a Backup that names 1-Registrar-8, which the topology does not have",
				"its Registrar depends on the user services 1-UserServices-8, which the topology does not have",
			},
		},
		"BR-ONE: a Backup that names nobody": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.appliance("sba", "3", v2013, d.standard("a", "1", v2013)).registrar.backups = []string{"<Backup />"}
			},
			want:  "!BR-ONE",
			texts: []string{"its Registrar has a Backup that names no service"},
		},
		"no appliances: other Registrars in a branch site, or one outside": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.director("dir", "3", v2013)
				d.director("old", "3", 4).registrar.payload = ""
				d.director("nowhere", "9", v2013).registrar.payload = ""
				d.director("central", "1", v2013).registrar.payload = ""
				twice := d.director("twice", "3", v2013)
				d.service(twice.host, "Registrar", v2013)
				d.edge("edge", "3")
			},
		},
		"BR-KIND": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				a := d.standard("a", "1", v2013)
				sba := d.appliance("sba", "3", v2013, a)
				sba.registrar.backups = nil
				sba.names(d.director("dir", "1", v2013), "2m", "4m")
			},
			want:  "!BR-ONE !BR-KIND",
			texts: []string{"The backup of the appliance sba.contoso.com is dir.contoso.com, which is a Director and not a Front End pool."},
		},
		"BR-KIND: named twice, older, in another site": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				a, dir := d.standard("a", "1", v2013), d.director("dir", "2", v2010)
				sba := d.appliance("sba", "3", v2013, a)
				sba.registrar.backups = nil
				sba.names(dir, "2m", "4m")
				sba.names(dir, "2m", "4m")
			},
			want: "!BR-ONE !BR-KIND",
		},
		"BR-V13-10": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.appliance("sba", "3", v2013, d.standard("a", "1", v2010))
			},
			want:  "!BR-V13-10",
			texts: []string{"The appliance sba.contoso.com runs Lync Server 2013, and its pool a.contoso.com Lync Server 2010."},
		},
		"a Lync Server 2010 appliance on any pool": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.appliance("sba1", "3", v2010, d.standard("a", "1", v2010))
				d.appliance("sba2", "3", v2010, d.standard("b", "1", v2013))
			},
		},
		"BR-CENTRAL": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.appliance("sba", "3", v2013, d.standard("a", "2", v2013))
			},
			want:  "~BR-CENTRAL",
			texts: []string{"The appliance sba.contoso.com is in the branch site Nantes of the central site Paris, and its pool a.contoso.com is in the site Lyon.", "Choose a pool in Paris for it."},
		},
		"BR-CENTRAL: the document does not name the parent": {
			build: func(d *document) {
				d.branch("3", "Nantes", "")
				d.appliance("sba", "3", v2013, d.standard("a", "2", v2013))
			},
		},
		"BR-CENTRAL: the site of the appliance is not in the document": {
			build: func(d *document) { d.appliance("sba", "8", v2013, d.standard("a", "2", v2013)) },
		},
		"BR-CENTRAL: the site of the pool is not in the document": {
			build: func(d *document) {
				d.branch("3", "Nantes", "1")
				d.appliance("sba", "3", v2013, d.standard("a", "8", v2013))
			},
		},
	})
}
