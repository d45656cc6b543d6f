package resilience

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestCentralFindings(t *testing.T) {
	t.Parallel()
	assertFindings(t, map[string]finding{
		"CM-ONE: two active": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(true)
			},
			want: "!CM-ONE",
			texts: []string{"2 active Central Management services: 1-CentralMgmt-1 on a.contoso.com, 2-CentralMgmt-1 " +
				"on b.contoso.com"},
		},
		"CM-ONE: an inactive one on a pool in no pair": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(false)
				d.Standard("c", 2, v2013).AddCentral(false)
			},
			want: "!CM-ONE",
			texts: []string{"c.contoso.com has the inactive Central Management service 2-CentralMgmt-2. The active " +
				"one is on a.contoso.com, which is not its partner. While the inactive service exists, no pair can " +
				"be created with c.contoso.com or with the pool that has the active one."},
		},
		"CM-ONE, CM-PAIR: the active one moved to a third pool": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				b.AddCentral(false)
				d.Standard("c", 2, v2013).AddCentral(true)
			},
			want: "!CM-ONE -CM-PAIR -CM-PAIR",
			texts: []string{"b.contoso.com has an inactive Central Management service, and its partner a.contoso.com " +
				"does not have the active one."},
		},
		"CM-ONE: an inactive one beside the active one": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				testkit.WritePair(a, d.Standard("b", 2, v2013))
				a.AddCentral(true)
				a.AddCentral(false)
			},
			want:  "!CM-ONE -CM-PAIR",
			texts: []string{"a.contoso.com also has an active one."},
		},
		"CM-ONE, CM-PAIR: both inactive": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(false)
				b.AddCentral(false)
			},
			want: "!CM-ONE !CM-ONE -CM-PAIR -CM-PAIR",
			texts: []string{"b.contoso.com has the inactive Central Management service 2-CentralMgmt-1. No service " +
				"of the topology is active."},
		},
		"CM-ONE: an inactive one beside two active ones": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(false)
				d.Standard("c", 2, v2013).AddCentral(true)
			},
			want:  "!CM-ONE !CM-ONE -CM-PAIR",
			texts: []string{"Active ones are on a.contoso.com and c.contoso.com, so it is not clear which is in use."},
		},
		"CM-ONE: inactive ones on a Director, a Lync Server 2010 pool and no cluster": {
			build: func(d *testkit.Draft) {
				d.Service(d.Director("dir", 1, v2013).DraftHost, "CentralMgmt", v2013)
				d.Standard("old", 1, v2010).AddCentral(false)
				d.Service(d.Host("gone", 2), "CentralMgmt", v2013).MoveOff()
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(false)
			},
			want:  "!CM-ONE !CM-ONE !CM-ONE !BR-NODANGLE",
			texts: []string{"2-CentralMgmt-1 has the inactive Central Management service 2-CentralMgmt-1."},
		},
		"CM-ONE: two standbys": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				a.AddCentral(true)
				b.AddCentral(false)
				b.AddCentral(false)
			},
			want: "!CM-ONE",
			texts: []string{"The topology has 2 standbys of Central Management: 2-CentralMgmt-1 on b.contoso.com and " +
				"2-CentralMgmt-2 on b.contoso.com."},
		},
		"CM-ONE: a standby whose pair is incomplete": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				b.Names(a, "5m", "10m")
				a.AddCentral(true)
				b.AddCentral(false)
			},
			want: "!PP-RECIP -CM-PAIR",
		},
		"CM-PAIR: no pair": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2013).AddCentral(true) },
			want:  "-CM-PAIR",
			texts: []string{"a.contoso.com has the active Central Management and is in no pair"},
		},
		"CM-PAIR: a standby on one of two partners": {
			build: func(d *testkit.Draft) {
				a, b, c := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013), d.Standard("c", 2, v2013)
				a.AddCentral(true)
				b.AddCentral(false)
				testkit.WritePair(a, b)
				a.AddBackupService(c.AddBackupService("").ID())
			},
			want: "!PP-ONE !PP-WHOLE",
		},
		"CM-PAIR: no standby": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				b.AddCentral(true)
			},
			want: "-CM-PAIR",
			texts: []string{"b.contoso.com has the active Central Management, and its partner a.contoso.com has no " +
				"standby."},
		},
	})
}
