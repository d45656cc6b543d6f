package resilience

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// pairCheck checks two Front End pools that are a desired pair, or a pair of the topology.
type pairCheck func(t *topology.Topology, a, b *topology.Pool) []Violation

// ofNewPair returns the check of a pair to be created, if both members are known and can be paired.
func ofNewPair(check pairCheck) func(creation) []Violation {
	return func(c creation) []Violation {
		pools := c.pools()
		if len(pools) != 2 {
			return nil
		}
		return check(c.t, pools[0], pools[1])
	}
}

// ofPairs returns the check of every pair of the topology.
func ofPairs(check pairCheck) func(survey) []Violation {
	return func(s survey) []Violation {
		var found []Violation
		for _, pair := range s.pairs {
			found = append(found, check(s.t, pair.First, pair.Second)...)
		}
		return found
	}
}

// withSeverity returns a check whose violations have another severity than the rule.
func withSeverity(severity Severity, check pairCheck) pairCheck {
	return func(t *topology.Topology, a, b *topology.Pool) []Violation {
		found := check(t, a, b)
		for i := range found {
			found[i].Severity = severity
		}
		return found
	}
}

func editionsDiffer(_ *topology.Topology, a, b *topology.Pool) []Violation {
	if a.Edition == "" || b.Edition == "" || a.Edition == b.Edition {
		return nil
	}
	enterprise, standard := a, b
	if a.Edition == topology.EditionStandard {
		enterprise, standard = b, a
	}
	return []Violation{{
		Detail: fmt.Sprintf("%s is an Enterprise Edition pool (its user database is on %s), %s is a Standard Edition "+
			"server. Topology Builder accepts such a pair, but Microsoft does not support it.", enterprise.FQDN,
			enterprise.SQLServer, standard.FQDN),
		Advice: "Pair an Enterprise Edition pool with an Enterprise Edition pool and a Standard Edition server with " +
			"a Standard Edition server.",
		Objects: phrase.Names(a, b),
	}}
}

func sameSite(_ *topology.Topology, a, b *topology.Pool) []Violation {
	if a.Site == nil || b.Site == nil || a.Site.ID != b.Site.ID {
		return nil
	}
	return []Violation{{
		Detail: fmt.Sprintf("%s and %s are both in the site %s, so a failure of the site affects both.", a.FQDN, b.FQDN,
			phrase.Site(a.Site)),
		Advice:  "Choose a partner in another central site.",
		Objects: phrase.Names(a, b),
	}}
}

// shared finds SQL Servers and file stores whose failure affects both members.
func shared(t *topology.Topology, a, b *topology.Pool) []Violation {
	return append(sharedSQL(t, a, b), sharedFileStores(t, a, b)...)
}

func sharedSQL(t *topology.Topology, a, b *topology.Pool) []Violation {
	var found []Violation
	if a.UserStore != nil && b.UserStore != nil {
		// The model sets UserStore only where its SQL Server instance resolves.
		onA, onB := *a.UserStore.SQLInstance, *b.UserStore.SQLInstance
		switch {
		case t.IsOnOneInstance(a.UserStore, b.UserStore):
			found = append(found, Violation{
				Severity: Error,
				Detail: fmt.Sprintf("The user databases of %s and %s are both on the SQL Server instance %s, so both "+
					"copies of the data of a pair would be in one place.",
					a.FQDN, b.FQDN, phrase.SQLInstance(t, onA)),
				Advice:  "Give each pool a SQL Server of its own.",
				Objects: phrase.Names(a, b),
			})
		case t.IsOnOneServer(a.UserStore, b.UserStore):
			found = append(found, Violation{
				Detail: fmt.Sprintf("The user databases of %s and %s are both on the SQL Server %s (instances %s and "+
					"%s), so a failure of that server affects both.",
					a.FQDN, b.FQDN, a.SQLServer, phrase.SQLInstance(t, onA), phrase.SQLInstance(t, onB)),
				Advice:  "Give each pool a SQL Server of its own, in its own site.",
				Objects: phrase.Names(a, b),
			})
		}
	}
	return found
}

func sharedFileStores(t *topology.Topology, a, b *topology.Pool) []Violation {
	var found []Violation
	storesB := fileStores(t, b)
	for _, store := range fileStores(t, a) {
		if slices.Contains(storesB, store) {
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s and %s use one file store, %s on %s, so a failure of that file store affects "+
					"both.",
					a.FQDN, b.FQDN, store.ID, phrase.Host(t, store)),
				Advice:  "Give each pool a file store of its own, in its own site.",
				Objects: phrase.Names(a, b),
			})
		}
	}
	return found
}

// fileStores returns the file stores on which the services of a pool depend, on any host.
func fileStores(t *topology.Topology, p *topology.Pool) []*topology.Service {
	var found []*topology.Service
	for _, role := range []string{topology.RoleConfServices, topology.RoleWebServices, topology.RoleUserServices} {
		for _, s := range p.Role(role) {
			for _, id := range s.Dependencies(topology.RoleFileStore) {
				if store := t.Service(id); store != nil && !slices.Contains(found, store) {
					found = append(found, store)
				}
			}
		}
	}
	return found
}

// minimumServers is the smallest recommended number of Front End Servers of an Enterprise Edition pool.
const minimumServers = 3

func isSmall(p *topology.Pool) bool {
	return p.Edition == topology.EditionEnterprise && len(p.Machines) < minimumServers
}

func smallMembers(c creation) []Violation {
	var found []Violation
	for _, p := range c.pools() {
		if isSmall(p) && !hasTwoServersIn2019(p) {
			found = append(found, neverSynchronized(p))
		}
	}
	return found
}

func smallPairedPools(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		if isSmall(p) && s.isPaired(p) && !hasTwoServersIn2019(p) {
			found = append(found, neverSynchronized(p))
		}
	}
	return found
}

func neverSynchronized(p *topology.Pool) Violation {
	return Violation{
		Detail: fmt.Sprintf("%s is an Enterprise Edition pool with %s. To synchronize its data with a partner, the "+
			"pool needs three Front End Servers that run at the same time at least once after pairing.",
			p.FQDN, phrase.FrontEndServers(len(p.Machines))),
		Advice:  "Add Front End Servers to the pool. With only two servers, pair two Standard Edition servers instead.",
		Objects: []string{p.FQDN.String()},
	}
}

func smallUnpairedPools(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		if isSmall(p) && p.Version <= topology.Version2015 && !s.isPaired(p) {
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s is an Enterprise Edition pool with %s.", p.FQDN,
					phrase.FrontEndServers(len(p.Machines))),
				Advice: "Plan for at least three Front End Servers, as Microsoft recommends for every Enterprise " +
					"Edition pool.",
				Objects: []string{p.FQDN.String()},
			})
		}
	}
	return found
}
