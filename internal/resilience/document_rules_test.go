package resilience

import (
	"slices"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// documentFault is a document that violates a rule, and the objects of the finding.
type documentFault struct {
	build     func(d *testkit.Draft)
	objects   []string // without the domain
	inventory Inventory
}

// twoPools returns a document with a pair of two pools of 2013 and a change of them.
func twoPools(change func(d *testkit.Draft, a, b *testkit.DraftPool)) func(d *testkit.Draft) {
	return func(d *testkit.Draft) {
		a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
		testkit.WritePair(a, b)
		change(d, a, b)
	}
}

// onePool returns a document with a pool of 2013, a branch site and a change of them.
func onePool(change func(d *testkit.Draft, a *testkit.DraftPool)) func(d *testkit.Draft) {
	return func(d *testkit.Draft) {
		d.Branch(3, "Nantes", 1)
		change(d, d.Standard("a", 1, v2013))
	}
}

// oneAppliance returns a document with a pool, an appliance of it and a change of them.
func oneAppliance(change func(d *testkit.Draft, a, sba *testkit.DraftPool)) func(d *testkit.Draft) {
	return onePool(func(d *testkit.Draft, a *testkit.DraftPool) { change(d, a, d.Appliance("sba", 3, v2013, a)) })
}

// hostWith adds a host with services of some roles and a backup service, on which a backup service of the pool depends.
func hostWith(d *testkit.Draft, a *testkit.DraftPool, roles ...string) {
	host := d.Host("host", 2)
	for _, role := range roles {
		d.Service(host, role, v2013)
	}
	a.AddBackupService(d.Service(host, "BackupService", v2013).ID())
}

// pairDocuments has a document for each rule about pairs that a document alone can violate.
var pairDocuments = map[string]documentFault{
	"PP-SELF": {objects: []string{"a"}, build: onePool(func(_ *testkit.Draft, a *testkit.DraftPool) {
		a.Names(a, "5m", "10m")
	})},
	"PP-KIND": {objects: []string{"a", "host"}, build: onePool(func(d *testkit.Draft, a *testkit.DraftPool) {
		hostWith(d, a)
	})},
	"PP-NODIR": {objects: []string{"a", "dir"}, build: onePool(func(d *testkit.Draft, a *testkit.DraftPool) {
		a.Names(d.Director("dir", 2, v2013), "5m", "10m")
	})},
	"PP-NOEDGE": {objects: []string{"a", "host"}, build: onePool(func(d *testkit.Draft, a *testkit.DraftPool) {
		hostWith(d, a, "EdgeServer")
	})},
	"PP-NOPCHAT": {objects: []string{"a", "host"}, build: onePool(func(d *testkit.Draft, a *testkit.DraftPool) {
		hostWith(d, a, "PersistentChatService")
	})},
	"PP-NOSBA": {objects: []string{"a", "sba"}, build: oneAppliance(func(_ *testkit.Draft, a, sba *testkit.DraftPool) {
		a.Names(sba, "5m", "10m")
	})},
	"PP-10-13": {objects: []string{"a", "b"}, build: func(d *testkit.Draft) {
		d.Standard("a", 1, v2013).Names(d.Standard("b", 2, v2010), "5m", "10m")
	}},
	"PP-FE2-19": {objects: []string{"a"}, build: func(d *testkit.Draft) { d.Enterprise("a", 1, v2019, 2) }},
	"PP-STORE": {objects: []string{"a"}, build: onePool(func(_ *testkit.Draft, a *testkit.DraftPool) {
		a.ConfServices.DependsOn, a.WebServices.DependsOn = nil, nil
	})},
	"PP-FREE": {objects: []string{"a"}, build: onePool(func(_ *testkit.Draft, a *testkit.DraftPool) {
		a.AddBackupService("")
	})},
	"PP-ONE": {objects: []string{"a", "b", "c"}, build: twoPools(func(d *testkit.Draft, a, _ *testkit.DraftPool) {
		d.Standard("c", 2, v2013).Names(a, "5m", "10m")
	})},
	"PP-VERSION": {objects: []string{"a", "b"}, build: func(d *testkit.Draft) {
		testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 2, v2015))
	}},
	"PP-RECIP": {objects: []string{"a", "b"}, build: twoPools(func(_ *testkit.Draft, a, _ *testkit.DraftPool) {
		a.Registrar.Backups = nil
	})},
	"PP-WHOLE": {objects: []string{"a", "b"}, build: twoPools(func(_ *testkit.Draft, a, b *testkit.DraftPool) {
		a.Registrar.Backups, b.Registrar.Backups = nil, nil
	})},
	"PP-EDITION": {objects: []string{"a", "b"}, build: func(d *testkit.Draft) {
		testkit.WritePair(d.Standard("a", 1, v2013), d.Enterprise("b", 2, v2013, 3))
	}},
	"PP-SITE": {objects: []string{"a", "b"}, build: func(d *testkit.Draft) {
		testkit.WritePair(d.Standard("a", 1, v2013), d.Standard("b", 1, v2013))
	}},
	"PP-SYNC3": {objects: []string{"a"}, build: func(d *testkit.Draft) {
		testkit.WritePair(d.Enterprise("a", 1, v2013, 2), d.Enterprise("b", 2, v2013, 3))
	}},
	"PP-SHARED": {objects: []string{"a", "b"}, build: func(d *testkit.Draft) {
		testkit.WritePair(d.EnterpriseOn("a", 1, v2013, "sql", "rtc"), d.EnterpriseOn("b", 2, v2013, "sql", "rtc"))
	}},
	"PP-FE3": {objects: []string{"a"}, build: func(d *testkit.Draft) { d.Enterprise("a", 1, v2013, 2) }},
	"PP-VIRT": {objects: []string{"a", "b"}, build: pair,
		inventory: inventoryOf("a physical=true", "b physical=false")},
	"PP-OS":     {objects: []string{"a", "b"}, inventory: inventoryOf("a os=W2012", "b os=W2012R2"), build: pair},
	"PP-CAP":    {objects: []string{"a", "b"}, inventory: inventoryOf("a users=2500", "b users=2501"), build: pair},
	"PP-CAPNUM": {objects: []string{"a"}, inventory: inventoryOf("a users=2501"), build: pair},
	"PP-DIST":   {objects: []string{"a", "b"}, inventory: inventoryOf("a region=EMEA", "b region=APAC"), build: pair},
	"PP-EDGEHOP": {objects: []string{"a", "edge"}, build: twoPools(func(d *testkit.Draft, a, _ *testkit.DraftPool) {
		d.Edge("edge", 1, a)
	})},
}

// pair is a document with a pair without a fault.
var pair = twoPools(func(*testkit.Draft, *testkit.DraftPool, *testkit.DraftPool) {})

// otherDocuments has a document for each rule of another family that a document alone can violate.
var otherDocuments = map[string]documentFault{
	"VF-RANGE": {objects: []string{"a"}, build: withSettings(true, "29s", "10m")},
	"VF-MIN90": {objects: []string{"a"}, build: withSettings(true, "89s", "10m")},
	"VF-GAP":   {objects: []string{"a"}, build: withSettings(true, "10m", "10m")},
	"VF-ON":    {objects: []string{"a"}, build: withSettings(false, "5m", "10m")},
	"VF-BOTH":  {objects: []string{"a"}, build: withSettings(true, "5m", "")},
	"VF-NEEDBK": {objects: []string{"a"}, build: onePool(func(_ *testkit.Draft, a *testkit.DraftPool) {
		a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("", true, "5m", "10m")}
	})},
	"VF-MIN120": {objects: []string{"sba"}, build: oneAppliance(func(_ *testkit.Draft, a, sba *testkit.DraftPool) {
		sba.Registrar.Backups = nil
		sba.Names(a, "119s", "4m")
	})},
	"CM-ONE": {objects: []string{"a", "b"}, build: onePool(func(d *testkit.Draft, a *testkit.DraftPool) {
		a.AddCentral(true)
		d.Standard("b", 2, v2013).AddCentral(false)
	})},
	"CM-PAIR": {objects: []string{"a"}, build: onePool(func(_ *testkit.Draft, a *testkit.DraftPool) {
		a.AddCentral(true)
	})},
	"BR-ONE": {objects: []string{"a", "sba"}, build: oneAppliance(func(_ *testkit.Draft, _, sba *testkit.DraftPool) {
		sba.Registrar.Backups = nil
	})},
	"BR-KIND": {objects: []string{"dir", "sba"}, build: oneAppliance(func(d *testkit.Draft, _, sba *testkit.DraftPool) {
		sba.Registrar.Backups = nil
		sba.Names(d.Director("dir", 1, v2013), "2m", "4m")
	})},
	"BR-V13-10": {objects: []string{"old", "sba"}, build: func(d *testkit.Draft) {
		d.Branch(3, "Nantes", 1)
		d.Appliance("sba", 3, v2013, d.Standard("old", 1, v2010)).Registrar.Backups = nil
	}},
	"BR-NODR": {objects: []string{"a", "b", "sba"}, build: oneAppliance(
		func(d *testkit.Draft, _, sba *testkit.DraftPool) {
			sba.Names(d.Standard("b", 2, v2013), "2m", "4m")
		})},
	"BR-SITE": {objects: []string{"sba"}, build: onePool(func(d *testkit.Draft, a *testkit.DraftPool) {
		d.Appliance("sba", 1, v2013, a)
	})},
	"BR-CENTRAL": {objects: []string{"b", "sba"}, build: func(d *testkit.Draft) {
		d.Branch(3, "Nantes", 1)
		d.Appliance("sba", 3, v2013, d.Standard("b", 2, v2013))
	}},
	"BR-TWO": {objects: []string{"sba", "sba2", "sba3"}, build: oneAppliance(
		func(d *testkit.Draft, a, _ *testkit.DraftPool) {
			d.Appliance("sba2", 3, v2013, a)
			d.Appliance("sba3", 3, v2013, a)
		})},
	"BR-VGT": {objects: []string{"a", "sba"}, build: onePool(func(d *testkit.Draft, a *testkit.DraftPool) {
		d.Appliance("sba", 3, v2015, a)
	})},
	"BR-NODANGLE": {objects: []string{"a"}, build: onePool(func(_ *testkit.Draft, a *testkit.DraftPool) {
		a.WebServices.DependsOn = append(a.WebServices.DependsOn, "7-FileStore-7")
	})},
	"VERSION-UNKNOWN": {objects: []string{"a"}, build: func(d *testkit.Draft) { d.Standard("a", 1, v2019+1) }},
	"TD-NAME": {objects: []string{"a"}, build: onePool(func(d *testkit.Draft, _ *testkit.DraftPool) {
		d.Standard("b", 2, v2013).SetName("a.contoso.com")
	})},
}

// withSettings returns a document with a pair, and with the settings of the direction of its first pool.
func withSettings(automatic bool, failure, failback string) func(d *testkit.Draft) {
	return twoPools(func(_ *testkit.Draft, a, b *testkit.DraftPool) {
		a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(b.Registrar.ID(), automatic, failure, failback)}
	})
}

const (
	ofNames = "It is about a name in a configuration. In a document, a reference to what is missing violates " +
		"BR-NODANGLE."
	ofAllowance = "It states what is legal."
	ofRemoval   = "It is about the end of a pair."
	ofMove      = "It is about the move of an appliance."
)

// notOfDocuments has the rules that no document alone can violate, with the reason.
var notOfDocuments = map[string]string{
	"PP-EXIST": ofNames, "BR-EXIST": ofNames,
	"PP-SHAPE": "It is about the first pair of a version that is written. A pair that exists has the shape that its " +
		"author gave it.",
	"PP-2010": ofAllowance, "PP-SBAFREE": ofAllowance, "BR-ANY": ofAllowance, "BR-PAIRFREE": ofAllowance,
	"CM-STAY":   ofAllowance,
	"CM-UNPAIR": ofRemoval, "LC-STALE": ofRemoval, "LC-NOFO": ofRemoval,
	"BR-MOVE": ofMove, "BR-MIGRATE": ofMove,
	"PP-RENAME": "It is about two resources of one plan.",
}

// A rule that a document alone can violate has a finding. Each other rule has a reason.
func TestEveryRuleOfDocumentsHasAFinding(t *testing.T) {
	t.Parallel()
	for _, r := range Rules() {
		fault, isOfDocuments := pairDocuments[r.ID]
		if !isOfDocuments {
			fault, isOfDocuments = otherDocuments[r.ID]
		}
		if reason := notOfDocuments[r.ID]; isOfDocuments == (reason != "") {
			t.Errorf("%s has both a document that violates it and the reason why there is none, or neither", r.ID)
		}
		if isOfDocuments != (r.finding != nil) {
			t.Errorf("%s: a document can violate it: %t, but it looks for findings: %t", r.ID, isOfDocuments,
				r.finding != nil)
		}
		if !isOfDocuments {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			fault.build(d)
			var want []string
			for _, name := range fault.objects {
				want = append(want, name+".contoso.com")
			}
			findings := Findings(modelOf(t, d), fault.inventory)
			if !slices.ContainsFunc(findings, func(v Violation) bool {
				return v.Rule.ID == r.ID && slices.Equal(v.Objects, want)
			}) {
				t.Errorf("no finding of %s has the objects %v: %s", r.ID, want, ids(findings))
			}
			assertTexts(t, findings)
		})
	}
}
