package testkit

import (
	"fmt"
	"time"
)

// ImportEstate returns the estate of examples/import-estate: 40 pairs of pools and 400 appliances, created without
// Terraform. It differs from an estate that the provider would create:
//
//   - The two sides of pairs 11, 12 and 13 have different settings.
//   - Pair 22 and one side of pair 23 have neither automatic failover nor intervals.
//   - Pairs 39 and 40 are incomplete: pool-39b has no Backup, and the pools of pair 40 have no backup service.
//   - Pair 21 and every tenth appliance except the last have settings that are not the defaults.
//   - sba-399 has no backup registrar. The users of sba-400 are on a pool that is not its backup registrar.
func ImportEstate() Estate {
	const pairs, appliances = 40, 400
	no := false
	e := Estate{Signature: "7d0b6c1e-52a8-4c7e-9d0e-1f0f2b6f9a11", Encoding: UTF8, LF: true}
	for n := 1; n <= pairs; n++ {
		a, b := fmt.Sprintf("pool-%02da", n), fmt.Sprintf("pool-%02db", n)
		e.Sites = append(e.Sites, Site{ID: 2*n - 1, Name: fmt.Sprintf("North %02d", n)},
			Site{ID: 2 * n, Name: fmt.Sprintf("South %02d", n)})
		e.Pools = append(e.Pools, Pool{FQDN: a, Site: 2*n - 1}, Pool{FQDN: b, Site: 2 * n})
		pair := Pair{A: a, B: b}
		there, back := Backup{From: a, To: b}, Backup{From: b, To: a}
		switch n {
		case 11:
			back.Failover = &no
		case 12:
			there.Failure, there.Failback = 2*time.Minute, 15*time.Minute
		case 13:
			there.Failure, back.Failure, back.Failback = 3*time.Minute, 3*time.Minute, time.Hour
		case 21:
			pair.Failure, pair.Failback = 3*time.Minute, 30*time.Minute
		case 22:
			there.Failover, there.Failure, there.Failback = &no, Missing, Missing
			back.Failover, back.Failure, back.Failback = &no, Missing, Missing
		case 23:
			back.Failover, back.Failure, back.Failback = &no, Missing, Missing
		case pairs - 1:
			pair.NoBackup = []string{b}
		case pairs:
			pair.NoService = []string{a, b}
		}
		if n >= 11 && n <= 13 || n == 22 || n == 23 {
			pair.NoBackup = []string{a, b}
			e.Backups = append(e.Backups, there, back)
		}
		e.Pairs = append(e.Pairs, pair)
	}
	e.Pools[0].Central, e.Pools[1].Central, e.Pairs[0].CMSMaster = Active, Standby, true
	for n := 1; n <= appliances; n++ {
		pool := (n - 1) % (2 * pairs)
		site := 2*pairs + n
		e.Sites = append(e.Sites, Site{ID: site, Name: fmt.Sprintf("Branch %03d", n), Branch: true, Parent: pool + 1})
		appliance := Appliance{FQDN: fmt.Sprintf("sba-%03d", n), Site: site, Pool: e.Pools[pool].FQDN}
		if n%10 == 0 && n < appliances {
			appliance.Failure, appliance.Failback = 3*time.Minute, 5*time.Minute
		}
		switch n {
		case appliances - 1:
			appliance.NoBackup = true
		case appliances:
			appliance.UserServices = e.Pools[0].FQDN
		}
		e.Appliances = append(e.Appliances, appliance)
	}
	return e
}
