package testkit

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// RandomEstate returns an estate with correct and faulty relationships between Front End pools, appliances, Edge pools
// and Central Management.
func RandomEstate(r *rand.Rand) Estate {
	e := Estate{Minified: true, Sites: []Site{
		{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1},
	}}
	g := random{r}
	for i := range 2 + r.IntN(9) {
		p := Pool{FQDN: fmt.Sprintf("p%02d.contoso.com", i), Site: 1 + r.IntN(2), Version: 6, Enterprise: g.oneIn(2)}
		switch {
		case g.oneIn(5):
			p.Version = 5
		case g.oneIn(5):
			p.Version = 7 + r.IntN(3)
		}
		if p.Enterprise {
			p.FrontEnds = 1 + r.IntN(20)
		}
		e.Pools = append(e.Pools, p)
	}
	pools := slices.Clone(e.Pools)
	e.Pairs = g.pairs(pools)
	g.central(e.Pools)
	for range r.IntN(4) { // one-way backup registrars, and second ones
		failover := g.oneIn(2)
		if from, to := g.name(pools), g.name(pools); from != to {
			e.Backups = append(e.Backups, Backup{From: from, To: to, Failover: &failover})
		}
	}
	if g.oneIn(3) {
		e.Pools = append(e.Pools, Pool{FQDN: "director.contoso.com", Kind: Director, NextHop: g.name(pools)})
		e.Backups = append(e.Backups, Backup{From: g.name(pools), To: "director.contoso.com"})
	}
	for i := range r.IntN(4) {
		e.Pools = append(e.Pools, Pool{FQDN: fmt.Sprintf("edge%d.contoso.com", i), Kind: Edge, NextHop: g.name(pools)})
	}
	for i := range r.IntN(8) {
		a := Appliance{FQDN: fmt.Sprintf("s%02d.contoso.com", i), Site: 3, Pool: g.name(pools)}
		switch r.IntN(6) {
		case 0:
			a.UserServices = g.name(pools)
		case 1:
			a.NoBackup = true
		}
		if g.oneIn(8) && !a.NoBackup {
			e.Backups = append(e.Backups, Backup{From: a.FQDN, To: g.name(pools)})
		}
		e.Appliances = append(e.Appliances, a)
	}
	g.moreBackups(&e, pools)
	return e
}

// moreBackups adds backup registrars of pools that are pools or, which is a fault, appliances.
func (g random) moreBackups(e *Estate, pools []Pool) {
	for range g.IntN(3) {
		if from, to := g.name(pools), g.name(pools); from != to {
			e.Backups = append(e.Backups, Backup{From: from, To: to})
		}
	}
	if len(e.Appliances) > 0 && g.oneIn(3) {
		a := e.Appliances[g.IntN(len(e.Appliances))]
		e.Backups = append(e.Backups, Backup{From: g.name(pools), To: a.FQDN})
	}
}

type random struct{ *rand.Rand }

func (g random) oneIn(n int) bool { return g.IntN(n) == 0 }

func (g random) name(pools []Pool) string { return pools[g.IntN(len(pools))].FQDN }

// pairs makes a complete pair, an incomplete one or none of each two pools that follow each other.
func (g random) pairs(pools []Pool) []Pair {
	var pairs []Pair
	for i := 0; i+1 < len(pools); i += 2 {
		a, b := pools[i].FQDN, pools[i+1].FQDN
		pair := Pair{A: a, B: b}
		if g.oneIn(4) {
			pair.Failover = new(bool)
		}
		switch g.IntN(8) {
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
		pairs = append(pairs, pair)
	}
	return pairs
}

// central places Central Management: mostly on one pair, at times on arbitrary pools.
func (g random) central(pools []Pool) {
	for range g.IntN(4) * g.IntN(2) {
		pools[g.IntN(len(pools))].Central = []string{Active, Standby}[g.IntN(2)]
	}
	if at := 2 * g.IntN(len(pools)/2); g.oneIn(2) {
		pools[at].Central = Active
		if !g.oneIn(3) {
			pools[at+1].Central = Standby
		}
	}
}
