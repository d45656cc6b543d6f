package resilience

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// impact lets pools fail.
func (d *document) impact(t *testing.T, inventory Inventory, names ...string) Impact {
	t.Helper()
	model := d.topology(t)
	var failed []*topology.Pool
	for _, name := range names {
		failed = append(failed, model.Pool(fqdn(name)))
	}
	return ImpactOf(model, failed, inventory)
}

// withCentral adds the pair of the pools c and e with Central Management on c and its standby on e.
func withCentral(d *document) (c, e *service) {
	on, standby := d.standard("c", "1", v2013), d.standard("e", "2", v2013)
	pair(on, standby)
	return on.central(true), standby.central(false)
}

// Every reason why users have less than full service says which pools it is about and why.
func TestReasonsForLessThanFullService(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		build         func(d *document)
		fail          string
		by            string
		before, after Service
		reason        string
	}{
		"whole pair": {
			build: func(d *document) { pair(d.standard("a", "1", v2013), d.standard("b", "2", v2013)) },
			fail:  "a", by: "b", before: ResiliencyService, after: FullService,
		},
		"automatic failover off": {
			build: func(d *document) {
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				pair(a, b)
				a.registrar.backups = []string{backupXML("false", "5m", "10m", b.registrar.id())}
			},
			fail: "a", by: "b", before: NoService, after: FullService,
		},
		"unpaired": {
			build: func(d *document) { d.standard("a", "1", v2013) },
			fail:  "a", before: NoService, after: NoService, reason: "a.contoso.com names no backup registrar",
		},
		"both members": {
			build: func(d *document) { pair(d.standard("a", "1", v2013), d.standard("b", "2", v2013)) },
			fail:  "a b", before: NoService, after: NoService, reason: "b.contoso.com, the backup registrar of a.contoso.com, has failed as well",
		},
		"half-made": {
			build: func(d *document) {
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				a.names(b, "5m", "10m")
				b.names(a, "5m", "10m")
			},
			fail: "a", by: "b", before: ResiliencyService, after: ResiliencyService, reason: "are no whole pair: a.contoso.com names b.contoso.com",
		},
		"half-made, automatic failover off": {
			build: func(d *document) {
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				a.registrar.backups = []string{backupXML("false", "5m", "10m", b.registrar.id())}
			},
			fail: "a", before: NoService, after: NoService, reason: "Automatic failover is off",
		},
		"versions": {
			build: func(d *document) { pair(d.standard("a", "1", v2013), d.standard("b", "2", v2015)) },
			fail:  "a", by: "b", before: ResiliencyService, after: ResiliencyService, reason: "failover between versions is not supported (PP-VERSION)",
		},
		"2010": {
			build: func(d *document) { d.standard("a", "1", v2010).names(d.standard("b", "2", v2010), "5m", "10m") },
			fail:  "a", by: "b", before: ResiliencyService, after: ResiliencyService, reason: "no failover that brings the users' data",
		},
		"2010 with 2013": {
			build: func(d *document) { d.standard("a", "1", v2010).names(d.standard("b", "2", v2013), "5m", "10m") },
			fail:  "a", by: "b", before: ResiliencyService, after: ResiliencyService, reason: "cannot be a pair (PP-10-13)",
		},
		"Central Management runs elsewhere": {
			build: func(d *document) {
				pair(d.standard("a", "1", v2013), d.standard("b", "2", v2013))
				d.standard("c", "1", v2013).central(true)
			},
			fail: "a", by: "b", before: ResiliencyService, after: FullService,
		},
		"Central Management was failed over already": {
			build: func(d *document) {
				c, e := withCentral(d)
				pair(d.standard("a", "1", v2013), d.standard("b", "2", v2013))
				c.activate(false)
				e.activate(true)
			},
			fail: "a c", by: "b", before: ResiliencyService, after: FullService,
		},
		"Central Management has a standby that runs": {
			build: func(d *document) {
				withCentral(d)
				pair(d.standard("a", "1", v2013), d.standard("b", "2", v2013))
			},
			fail: "a c", by: "b", before: ResiliencyService, after: FullService,
		},
		"Central Management is lost with its standby": {
			build: func(d *document) {
				withCentral(d)
				pair(d.standard("a", "1", v2013), d.standard("b", "2", v2013))
			},
			fail: "a c e", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "The active Central Management is on c.contoso.com, which has failed. e.contoso.com with the standby has failed as well. " +
				"Until Central Management runs somewhere, count on no failover of a pool (CM-ORDER).",
		},
		"Central Management is lost, automatic failover off": {
			build: func(d *document) {
				d.standard("c", "1", v2013).central(true)
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				pair(a, b)
				a.registrar.backups = []string{backupXML("false", "5m", "10m", b.registrar.id())}
			},
			fail: "a c", before: NoService, after: NoService, reason: "There is no standby (CM-PAIR). Until Central Management runs somewhere, " +
				"count on no failover of a pool (CM-ORDER). Automatic failover is off",
		},
		"Central Management is lost with the pool itself": {
			build: func(d *document) {
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				pair(a, b)
				a.central(true)
			},
			fail: "a", by: "b", before: ResiliencyService, after: ResiliencyService,
			reason: "The active Central Management is on a.contoso.com, which has failed. There is no standby (CM-PAIR).",
		},
		"two Backups": {
			build: func(d *document) {
				a := d.standard("a", "1", v2013)
				a.names(d.standard("b", "2", v2013), "5m", "10m")
				a.names(d.standard("c", "2", v2013), "5m", "10m")
			},
			fail: "a", before: NoService, after: NoService, reason: "has 2 Backups, naming b.contoso.com and c.contoso.com",
		},
		"a Director": {
			build: func(d *document) { d.standard("a", "1", v2013).names(d.director("b", "2", v2013), "5m", "10m") },
			fail:  "a", before: NoService, after: NoService, reason: "on b.contoso.com, which is a Director",
		},
		"itself": {
			build: func(d *document) { a := d.standard("a", "1", v2013); a.names(a, "5m", "10m") },
			fail:  "a", before: NoService, after: NoService, reason: "names itself",
		},
		"gone": {
			build: func(d *document) {
				a := d.standard("a", "1", v2013)
				a.registrar.backups = []string{backupXML("true", "5m", "10m", "9-Registrar-9")}
			},
			fail: "a", before: NoService, after: NoService, reason: "9-Registrar-9, which the topology does not have",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDocument()
			test.build(d)
			got := d.impact(t, nil, strings.Fields(test.fail)...).Pools[0]
			by := ""
			if test.by != "" {
				by = fqdn(test.by)
			}
			if got.TakenOverBy != by || got.Before != test.before || got.After != test.after {
				t.Errorf("got %+v", got)
			}
			if (test.reason == "") != (got.Reason == "") || !strings.Contains(got.Reason, test.reason) {
				t.Errorf("the reason is %q, want %q", got.Reason, test.reason)
			}
		})
	}
}

// An appliance does not follow its pool: it is in resiliency mode before and after the failover.
func TestAppliancesOfAFailedPool(t *testing.T) {
	t.Parallel()
	d := newDocument()
	d.branch("3", "Nantes", "1")
	a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
	pair(a, b)
	d.appliance("of-a", "3", v2013, a)
	d.appliance("of-b", "3", v2013, b)
	apart := d.appliance("apart", "3", v2013, a)
	apart.registrar.backups = nil
	apart.names(b, "2m", "4m")
	got := d.impact(t, nil, "a").Appliances
	want := []HitAppliance{
		{
			FQDN: fqdn("apart"), Site: "Nantes", BackupPool: fqdn("b"), UserServicesPool: fqdn("a"),
			Before: ResiliencyService, After: ResiliencyService, BackupLeft: fqdn("b"),
		},
		{FQDN: fqdn("of-a"), Site: "Nantes", BackupPool: fqdn("a"), UserServicesPool: fqdn("a"), Before: ResiliencyService, After: ResiliencyService},
	}
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if got := d.impact(t, nil, "b").Appliances[0]; got.FQDN != fqdn("apart") || got.After != FullService || got.BackupLeft != "" {
		t.Errorf("an appliance that only loses its backup: %+v", got)
	}
}

func TestCentralManagementOfAFailedPool(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		build  func(d *document)
		fail   string
		moveTo string
		says   string
	}{
		"standby": {
			build: func(d *document) {
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				pair(a, b)
				a.central(true)
				b.central(false)
			},
			fail: "a", moveTo: fqdn("b"),
		},
		"what is left of a former pair": {
			build: func(d *document) {
				a, b, c := d.standard("a", "1", v2013), d.standard("b", "2", v2013), d.standard("c", "1", v2013)
				pair(b, c)
				a.central(true)
				b.central(false)
			},
			fail: "a", says: "b.contoso.com has an inactive Central Management service, but is not the partner of a.contoso.com, so that is no standby (CM-ONE)",
		},
		"the standby has failed, and there is another inactive one": {
			build: func(d *document) {
				a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
				pair(a, b)
				a.central(true)
				b.central(false)
				d.standard("c", "2", v2013).central(false)
			},
			fail: "a b", says: "c.contoso.com has an inactive Central Management service, but is not the partner",
		},
		"no standby": {
			build: func(d *document) { d.standard("a", "1", v2013).central(true) },
			fail:  "a", says: "There is no standby (CM-PAIR)",
		},
		"both": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.standard("b", "2", v2013).central(false)
			},
			fail: "a b", says: "b.contoso.com with the standby has failed as well",
		},
		"2010": {
			build: func(d *document) { d.standard("a", "1", v2010).central(true) },
			fail:  "a", says: "Move-CsManagementServer",
		},
		"two standbys": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.standard("b", "2", v2013).central(false)
				d.standard("c", "2", v2013).central(false)
			},
			fail: "a", says: "b.contoso.com and c.contoso.com each have a standby",
		},
		"two active": {
			build: func(d *document) {
				d.standard("a", "1", v2013).central(true)
				d.standard("b", "2", v2013).central(true)
			},
			fail: "a", says: "2 active Central Management services",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDocument()
			test.build(d)
			got := d.impact(t, nil, strings.Fields(test.fail)...).Central
			if len(got) != 1 || got[0].Pool != fqdn("a") || got[0].MoveTo != test.moveTo || !strings.Contains(got[0].Problem, test.says) {
				t.Fatalf("got %+v", got)
			}
			if lost := strings.Contains(got[0].Problem, "count on no failover of a pool (CM-ORDER)"); lost != (test.moveTo == "") {
				t.Errorf("the problem is %q", got[0].Problem)
			}
		})
	}
	d := newDocument()
	d.standard("a", "1", v2013).central(true)
	d.standard("b", "2", v2013).central(false)
	if got := d.impact(t, nil, "b").Central; len(got) > 0 {
		t.Errorf("nothing is to be moved when the standby fails, but: %+v", got)
	}
}

func TestEdgePoolsOfAFailedPool(t *testing.T) {
	t.Parallel()
	d := newDocument()
	a, b := d.standard("a", "1", v2013), d.standard("b", "2", v2013)
	d.edge("only", "1", a)
	d.edge("two", "1", a, b)
	d.edge("other", "1", b)
	got := d.impact(t, nil, "a").Edges
	if len(got) != 2 || got[0].FQDN != fqdn("only") || len(got[0].Left) != 0 || got[1].FQDN != fqdn("two") || got[1].Left[0] != fqdn("b") {
		t.Errorf("got %+v", got)
	}
}
