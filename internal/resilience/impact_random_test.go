package resilience_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// randomFailure makes an estate with sound and faulty relationships, an inventory with gaps, and says which pools fail.
func randomFailure(r *rand.Rand) (testkit.Estate, resilience.Inventory, []string) {
	one := func(of int) bool { return r.IntN(of) == 0 }
	e := testkit.Estate{Minified: true, Sites: []testkit.Site{
		{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1},
	}}
	var pools []string
	for i := range 2 + r.IntN(9) {
		p := testkit.Pool{FQDN: fmt.Sprintf("p%02d.contoso.com", i), Site: 1 + r.IntN(2), Version: 6, Enterprise: one(2)}
		switch {
		case one(5):
			p.Version = 5
		case one(5):
			p.Version = 7 + r.IntN(3)
		}
		if p.Enterprise {
			p.FrontEnds = 1 + r.IntN(20)
		}
		e.Pools = append(e.Pools, p)
		pools = append(pools, p.FQDN)
	}
	some := func() string { return pools[r.IntN(len(pools))] }
	for i := 0; i+1 < len(pools); i += 2 { // neighbours are a pair, whole or not, or nothing
		a, b := pools[i], pools[i+1]
		pair := testkit.Pair{A: a, B: b}
		if one(4) {
			off := false
			pair.Failover = &off
		}
		switch r.IntN(8) {
		case 0:
			pair.NoBackup = []string{b}
		case 1:
			pair.NoBackup = []string{a, b}
		case 2:
			pair.NoService = []string{a}
		case 3:
			pair.NoService = []string{a, b}
		case 4:
			continue
		}
		e.Pairs = append(e.Pairs, pair)
	}
	for range r.IntN(4) { // one-way relations, and second Backups
		off := one(2)
		from, to := some(), some()
		if from != to {
			e.Backups = append(e.Backups, testkit.Backup{From: from, To: to, Failover: &off})
		}
	}
	if one(3) {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: "director.contoso.com", Kind: testkit.Director, NextHop: some()})
		e.Backups = append(e.Backups, testkit.Backup{From: some(), To: "director.contoso.com"})
	}
	for i := range r.IntN(4) {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: fmt.Sprintf("edge%d.contoso.com", i), Kind: testkit.Edge, NextHop: some()})
	}
	for range r.IntN(4) * r.IntN(2) { // Central Management as it should not be
		e.Pools[r.IntN(len(pools))].Central = []string{testkit.Active, testkit.Standby}[r.IntN(2)]
	}
	if at := 2 * r.IntN(len(pools)/2); one(2) { // and, unless those spoil it, as it should
		e.Pools[at].Central = testkit.Active
		if !one(3) {
			e.Pools[at+1].Central = testkit.Standby
		}
	}
	inventory := resilience.Inventory{}
	count := func(name string, most int64) {
		if !one(8) {
			users := r.Int64N(most)
			inventory[name] = resilience.Equipment{Users: &users}
		}
	}
	for _, p := range pools {
		count(p, 40_000)
	}
	for i := range r.IntN(8) {
		a := testkit.Appliance{FQDN: fmt.Sprintf("s%02d.contoso.com", i), Site: 3, Pool: some()}
		switch r.IntN(6) {
		case 0:
			a.UserServices = some()
		case 1:
			a.NoBackup = true
		}
		if one(8) && !a.NoBackup {
			e.Backups = append(e.Backups, testkit.Backup{From: a.FQDN, To: some()})
		}
		e.Appliances = append(e.Appliances, a)
		count(a.FQDN, 1_000)
	}
	failed := slices.Clone(pools)
	r.Shuffle(len(failed), func(i, j int) { failed[i], failed[j] = failed[j], failed[i] })
	return e, inventory, failed[:1+r.IntN(min(4, len(failed)))]
}
