package resilience

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// appliancesWithoutOnePool says everything at once that keeps an appliance from having exactly one pool.
func appliancesWithoutOnePool(s survey) []Violation {
	var found []Violation
	for _, a := range s.t.IntendedAppliances() {
		is := s.t.Association(a)
		faults := associationFaults(s.t, a)
		if len(is.Backups) == 0 {
			faults = append([]string{"its Registrar has no Backup"}, faults...)
		}
		if is.Backup != nil && is.Users != nil && is.Backup != is.Users {
			faults = append(faults, fmt.Sprintf("its backup registrar is on %s, but its user services are on %s", is.Backup.FQDN, is.Users.FQDN))
		}
		if len(faults) == 0 {
			continue
		}
		found = append(found, Violation{
			Detail:  fmt.Sprintf("The appliance %s has not exactly one pool: %s.", a.FQDN, strings.Join(faults, "; ")),
			Advice:  "Set its one pool (user services and backup registrar together) in Topology Builder.",
			Objects: associated(s.t, a),
		})
	}
	return found
}

// associationFaults says what keeps the pool of an appliance from being told: something is there twice or leads nowhere,
// or it names no user services.
func associationFaults(t *topology.Topology, appliance *topology.Pool) []string {
	var faults []string
	is := t.Association(appliance)
	switch {
	case len(is.Backups) > 1:
		faults = append(faults, fmt.Sprintf("its Registrar has %d Backups, naming %s", len(is.Backups), phrase.List(t.BackupRegistrars(appliance))))
	case len(is.Backups) == 1 && is.Backup == nil:
		faults = append(faults, "its Registrar has a Backup that "+phrase.BackupTarget(t, is.Backups[0]))
	}
	switch {
	case len(is.UserServices) == 0:
		faults = append(faults, "its Registrar depends on no user services")
	case len(is.UserServices) > 1:
		faults = append(faults, fmt.Sprintf("its Registrar depends on %d user services", len(is.UserServices)))
	case is.Users == nil:
		faults = append(faults, fmt.Sprintf("its Registrar depends on the user services %s, %s", is.UserServices[0], phrase.Unresolved(t, is.UserServices[0])))
	}
	return faults
}

// associated names an appliance and the pools it names.
func associated(t *topology.Topology, appliance *topology.Pool) []string {
	names := append(phrase.Names(BackupPools(t, appliance)...), appliance.FQDN)
	if users := t.Association(appliance).Users; users != nil {
		names = append(names, users.FQDN)
	}
	return names
}

// branchCheck looks at an appliance with a pool that it names, or is to name, as its backup. It returns what is wrong
// and what to do, or nothing.
type branchCheck func(appliance, pool *topology.Pool) (detail, advice string)

func onNoFrontEnd(a, p *topology.Pool) (string, string) {
	if p.Kind == topology.KindFrontEnd {
		return "", ""
	}
	return fmt.Sprintf("The backup of the appliance %s is %s, which is %s and not a Front End pool.", a.FQDN, p.FQDN, p.Description),
		"Choose an Enterprise Edition Front End pool or a Standard Edition server for it."
}

func on2010(a, p *topology.Pool) (string, string) {
	if a.Version != topology.Version2013 || p.Kind != topology.KindFrontEnd || p.Version != topology.Version2010 {
		return "", ""
	}
	return fmt.Sprintf("The appliance %s runs Lync Server 2013, and its pool %s Lync Server 2010.", a.FQDN, p.FQDN),
		"Choose a pool of Lync Server 2013 or later for it."
}

// ofOtherSite looks only where the document names the central site of the branch.
func ofOtherSite(a, p *topology.Pool) (string, string) {
	if p.Kind != topology.KindFrontEnd || p.Site == nil || a.Site == nil || a.Site.Parent == nil || a.Site.Parent.ID == p.Site.ID {
		return "", ""
	}
	return fmt.Sprintf("The appliance %s is in the branch site %s of the central site %s, and its pool %s is in the site %s.",
			a.FQDN, phrase.Site(a.Site), phrase.Site(a.Site.Parent), p.FQDN, phrase.Site(p.Site)),
		fmt.Sprintf("Choose a pool in %s for it.", phrase.Site(a.Site.Parent))
}

// laterThanPool leaves a Lync Server 2013 appliance on a Lync Server 2010 pool to BR-V13-10.
func laterThanPool(a, p *topology.Pool) (string, string) {
	if detail, _ := on2010(a, p); detail != "" || p.Kind != topology.KindFrontEnd || a.Version <= p.Version {
		return "", ""
	}
	return fmt.Sprintf("The appliance %s runs %s, and its pool %s %s.", a.FQDN, topology.VersionName(a.Version), p.FQDN, topology.VersionName(p.Version)),
		"Choose a pool of the version of the appliance or of a later one."
}

// ofAppliances runs a check on every appliance with every pool it names as its backup.
func ofAppliances(check branchCheck) func(survey) []Violation {
	return func(s survey) []Violation {
		var found []Violation
		for _, a := range s.t.Appliances() {
			for _, p := range BackupPools(s.t, a) {
				if detail, advice := check(a, p); detail != "" {
					found = append(found, Violation{Detail: detail, Advice: advice, Objects: phrase.Names(a, p)})
				}
			}
		}
		return found
	}
}

func appliancesWithSecondBackup(s survey) []Violation {
	var found []Violation
	for _, a := range s.t.Appliances() {
		found = append(found, secondBackup(s.t, a)...)
	}
	return found
}

func secondBackup(t *topology.Topology, a *topology.Pool) []Violation {
	names := slices.Clone(t.BackupRegistrars(a))
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < 2 {
		return nil
	}
	return []Violation{{
		Detail:  fmt.Sprintf("The appliance %s names %d backups: %s.", a.FQDN, len(names), phrase.List(names)),
		Advice:  "Leave one of them, in Topology Builder. When that pool is failed over to its partner the users of the appliance stay in resiliency mode; no second backup changes this.",
		Objects: append(phrase.Names(BackupPools(t, a)...), a.FQDN),
	}}
}
