package testkit

import "slices"

// Quickstart returns the estate of examples/quickstart: two regions with two data centers each, branch sites with
// appliances, and some pools of Lync Server 2010. No pools are paired, and one appliance has no backup registrar.
func Quickstart() Estate {
	return Estate{
		Signature: "3b2a9c54-6f0e-4a57-9d43-8f1f1c1f7d10",
		Sites: []Site{
			{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Boston"}, {ID: 4, Name: "Denver"},
			{ID: 5, Name: "Nantes", Branch: true, Parent: 1}, {ID: 6, Name: "Grenoble", Branch: true, Parent: 2},
			{ID: 7, Name: "Portland", Branch: true, Parent: 3},
		},
		Pools: []Pool{
			{
				FQDN: "pool-paris", Site: 1, Enterprise: true, SQLHost: "sql-paris", FileHost: "files-paris",
				Central: Active, Edge: "edge-paris",
			},
			{FQDN: "pool-lyon", Site: 2, Enterprise: true, SQLHost: "sql-lyon", FileHost: "files-lyon"},
			{FQDN: "fe-boston", Site: 3},
			{FQDN: "fe-denver", Site: 4},
			{FQDN: "fe-nice", Site: 2},
			{FQDN: "director-paris", Site: 1, Kind: Director, NextHop: "pool-paris"},
			{FQDN: "edge-paris", Site: 1, Kind: Edge, NextHop: "pool-paris"},
			{FQDN: "pool2010-lille", Site: 1, Version: 5},
			{FQDN: "pool2010-metz", Site: 2, Version: 5},
		},
		Appliances: []Appliance{
			{FQDN: "sba-nantes", Site: 5, Pool: "pool-paris"},
			{FQDN: "sba2010-nantes", Site: 5, Version: 5, Pool: "pool-paris"},
			{FQDN: "sba-grenoble", Site: 6, Pool: "pool-lyon"},
			{FQDN: "sba-portland", Site: 7, Pool: "fe-boston", NoBackup: true},
		},
		Backups:  []Backup{{From: "pool2010-metz", To: "pool2010-lille"}},
		Encoding: UTF8,
		LF:       true,
	}
}

// Rehearsal returns the estate of examples/failover-rehearsal: that of [Quickstart] with pairs and without Lync Server
// 2010. One pool has no partner.
func Rehearsal() Estate {
	e := Quickstart()
	e.Pools = slices.DeleteFunc(e.Pools, func(p Pool) bool { return p.Version == 5 })
	e.Appliances = slices.DeleteFunc(e.Appliances, func(a Appliance) bool { return a.Version == 5 })
	e.Backups = nil
	for i := range e.Pools {
		if e.Pools[i].FQDN == "pool-lyon" {
			e.Pools[i].Central = Standby
		}
	}
	for i := range e.Appliances {
		e.Appliances[i].NoBackup = false
	}
	e.Pairs = []Pair{{A: "pool-paris", B: "pool-lyon", CMSMaster: true}, {A: "fe-boston", B: "fe-denver"}}
	return e
}
