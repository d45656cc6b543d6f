package resilience

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// defaultUsage marks the dependency that tells which user services an appliance works with.
const defaultUsage = "Default"

// meantAsAppliances returns the appliances, and the hosts in branch sites that lack nothing but the user services to be
// one: that is the very fault a rule has to find.
func meantAsAppliances(t *topology.Topology) []*topology.Pool {
	var found []*topology.Pool
	for _, p := range t.Pools {
		homeless := p.Kind == topology.KindOther && p.Version >= topology.Version2010 &&
			len(p.Role(topology.RoleRegistrar)) == 1 && p.Site != nil && p.Site.Kind == topology.SiteBranch
		if p.Kind == topology.KindAppliance || homeless {
			found = append(found, p)
		}
	}
	return found
}

// backupPools returns the pools that an appliance names as its backup and that resolve, each once.
func backupPools(t *topology.Topology, appliance *topology.Pool) []*topology.Pool {
	var found []*topology.Pool
	for _, b := range appliance.Registrar.Backups {
		if p := backupPool(t, b); p != nil && !slices.Contains(found, p) {
			found = append(found, p)
		}
	}
	return found
}

// defaultUserServices returns what the Registrar of an appliance names as its user services.
func defaultUserServices(appliance *topology.Pool) []topology.ServiceID {
	var found []topology.ServiceID
	for _, d := range appliance.Registrar.DependsOn {
		if d.Target.Role == topology.RoleUserServices && d.Usage == defaultUsage {
			found = append(found, d.Target)
		}
	}
	return found
}

// appliancesWithoutOnePool says everything at once that keeps an appliance from having exactly one pool.
func appliancesWithoutOnePool(s survey) []Violation {
	var found []Violation
	for _, a := range meantAsAppliances(s.t) {
		objects := []string{a.FQDN}
		var faults []string

		var backup *topology.Pool
		switch backups := a.Registrar.Backups; len(backups) {
		case 0:
			faults = append(faults, "its Registrar has no Backup")
		case 1:
			if backup = backupPool(s.t, backups[0]); backup == nil {
				faults = append(faults, "its Registrar has a Backup that "+backupLeads(s.t, backups[0]))
			}
		default:
			faults = append(faults, fmt.Sprintf("its Registrar has %d Backups, naming %s", len(backups), listed(s.t.BackupRegistrars(a))))
		}

		var users *topology.Pool
		switch ids := defaultUserServices(a); len(ids) {
		case 0:
			faults = append(faults, "its Registrar depends on no user services")
		case 1:
			if users = s.t.PoolOf(ids[0]); users == nil {
				faults = append(faults, fmt.Sprintf("its Registrar depends on the user services %s, %s", ids[0], resolves(s.t, ids[0])))
			}
		default:
			faults = append(faults, fmt.Sprintf("its Registrar depends on %d user services", len(ids)))
		}

		if backup != nil && users != nil && backup != users {
			faults = append(faults, fmt.Sprintf("its backup registrar is on %s, but its user services are on %s", backup.FQDN, users.FQDN))
		}
		if len(faults) == 0 {
			continue
		}
		for _, p := range append(backupPools(s.t, a), users) {
			if p != nil {
				objects = append(objects, p.FQDN)
			}
		}
		found = append(found, Violation{
			Detail:  fmt.Sprintf("The appliance %s has not exactly one pool: %s.", a.FQDN, strings.Join(faults, "; ")),
			Advice:  "Set its one pool (user services and backup registrar together) in Topology Builder.",
			Objects: objects,
		})
	}
	return found
}

func appliancesOnNoFrontEnd(s survey) []Violation {
	return ofAppliances(s, func(a, p *topology.Pool) (string, string) {
		if p.Kind == topology.KindFrontEnd {
			return "", ""
		}
		return fmt.Sprintf("The backup of the appliance %s is %s, which is %s and not a Front End pool.", a.FQDN, p.FQDN, p.Found),
			"Choose an Enterprise Edition Front End pool or a Standard Edition server for it."
	})
}

func appliancesOn2010(s survey) []Violation {
	return ofAppliances(s, func(a, p *topology.Pool) (string, string) {
		if a.Version != topology.Version2013 || p.Kind != topology.KindFrontEnd || p.Version != topology.Version2010 {
			return "", ""
		}
		return fmt.Sprintf("The appliance %s runs Lync Server 2013, and its pool %s Lync Server 2010.", a.FQDN, p.FQDN),
			"Choose a pool of Lync Server 2013 or later for it."
	})
}

// appliancesOfOtherSites looks only where the document names the central site of the branch.
func appliancesOfOtherSites(s survey) []Violation {
	return ofAppliances(s, func(a, p *topology.Pool) (string, string) {
		if p.Kind != topology.KindFrontEnd || p.Site == nil || a.Site == nil || a.Site.Parent == nil || a.Site.Parent.ID == p.Site.ID {
			return "", ""
		}
		return fmt.Sprintf("The appliance %s is in the branch site %s of the central site %s, and its pool %s is in the site %s.",
				a.FQDN, siteName(a.Site), siteName(a.Site.Parent), p.FQDN, siteName(p.Site)),
			fmt.Sprintf("Choose a pool in %s for it.", siteName(a.Site.Parent))
	})
}

// ofAppliances looks at every appliance with every pool it names as its backup. The check returns what is wrong and
// what to do, or nothing.
func ofAppliances(s survey, check func(appliance, pool *topology.Pool) (detail, advice string)) []Violation {
	var found []Violation
	for _, a := range s.t.Appliances() {
		for _, p := range backupPools(s.t, a) {
			if detail, advice := check(a, p); detail != "" {
				found = append(found, Violation{Detail: detail, Advice: advice, Objects: fqdns(a, p)})
			}
		}
	}
	return found
}

func appliancesWithSecondBackup(s survey) []Violation {
	var found []Violation
	for _, a := range s.t.Appliances() {
		names := slices.Clone(s.t.BackupRegistrars(a))
		slices.Sort(names)
		names = slices.Compact(names)
		if len(names) < 2 {
			continue
		}
		found = append(found, Violation{
			Detail:  fmt.Sprintf("The appliance %s names %d backups: %s.", a.FQDN, len(names), listed(names)),
			Advice:  "Leave one of them, in Topology Builder. When that pool is failed over to its partner the users of the appliance stay in resiliency mode; no second backup changes this.",
			Objects: append(fqdns(backupPools(s.t, a)...), a.FQDN),
		})
	}
	return found
}
