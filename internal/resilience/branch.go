package resilience

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// appliancesWithoutOnePool finds appliances that do not have exactly one pool. One violation has all faults of an
// appliance.
func appliancesWithoutOnePool(s survey) []Violation {
	var found []Violation
	for _, a := range s.t.IntendedAppliances() {
		association := s.t.Association(a)
		faults := associationFaults(s.t, a)
		if len(association.Backups) == 0 {
			faults = append([]string{"its Registrar has no Backup"}, faults...)
		}
		if backup, users := association.Backup, association.Users; backup != nil && users != nil && backup != users {
			faults = append(faults, fmt.Sprintf("its backup registrar is on %s, but its user services are on %s",
				backup.FQDN, users.FQDN))
		}
		if len(faults) == 0 {
			continue
		}
		v := Violation{
			Detail: fmt.Sprintf("The appliance %s does not have exactly one pool: %s.", a.FQDN,
				strings.Join(faults, "; ")),
			Advice:  "Set the same pool for user services and backup registrar in Topology Builder and publish.",
			Objects: associated(s.t, a),
		}
		if users := association.Users; len(association.Backups) == 0 && users != nil && canCreateBranch(s.t, a, users) {
			v.Remedies = []Remedy{{Action: CreateBranch, Pool: a.FQDN, Other: users.FQDN}}
		}
		found = append(found, v)
	}
	return found
}

// canCreateBranch reports whether the association of an intended appliance with the pool of its users can be created.
func canCreateBranch(t *topology.Topology, a, users *topology.Pool) bool {
	if !t.Identifies(a) || !t.Identifies(users) || !a.FQDN.IsDeclarable() || !users.FQDN.IsDeclarable() {
		return false
	}
	creation := branchChange{ // newBranchChange searches the appliance
		t: t, isCreated: true, name: a.FQDN, poolName: users.FQDN, named: a, appliance: a, pool: users,
		existing: t.Association(a),
	}
	return creation.canMove()
}

// associationFaults returns the reasons why the pool of an appliance is ambiguous, as clauses: a reference that exists
// twice or does not resolve, or missing user services.
func associationFaults(t *topology.Topology, appliance *topology.Pool) []string {
	var faults []string
	association := t.Association(appliance)
	switch {
	case len(association.Backups) > 1:
		faults = append(faults, fmt.Sprintf("its Registrar has %d Backups, naming %s",
			len(association.Backups), phrase.List(phrase.BackupRegistrars(t, appliance))))
	case len(association.Backups) == 1 && association.Backup == nil:
		faults = append(faults, "its Registrar has a Backup that "+phrase.BackupTarget(t, association.Backups[0]))
	}
	switch {
	case len(association.UserServices) == 0:
		faults = append(faults, "its Registrar depends on no user services")
	case len(association.UserServices) > 1:
		faults = append(faults, fmt.Sprintf("its Registrar depends on %d user services", len(association.UserServices)))
	case association.Users == nil:
		faults = append(faults, fmt.Sprintf("its Registrar depends on the user services %s, %s",
			association.UserServices[0], phrase.Unresolved(t, association.UserServices[0])))
	}
	return faults
}

// associated returns the names of an appliance and of the pools to which it refers.
func associated(t *topology.Topology, appliance *topology.Pool) []string {
	names := append(phrase.Names(BackupPools(t, appliance)...), appliance.FQDN.String())
	if users := t.Association(appliance).Users; users != nil {
		names = append(names, users.FQDN.String())
	}
	return names
}

// branchCheck checks an appliance with its existing or desired backup pool. It returns empty strings if both are
// compatible.
type branchCheck func(appliance, pool *topology.Pool) (detail, advice string)

func onNoFrontEnd(a, p *topology.Pool) (string, string) {
	if p.Kind == topology.KindFrontEnd {
		return "", ""
	}
	return fmt.Sprintf("The backup of the appliance %s is %s, which is %s. The pool of an appliance must be a Front "+
			"End pool.", a.FQDN, p.FQDN,
			p.Description),
		fmt.Sprintf("Choose an Enterprise Edition Front End pool or a Standard Edition server for %s.", a.FQDN)
}

func on2010(a, p *topology.Pool) (string, string) {
	if a.Version != topology.Version2013 || p.Kind != topology.KindFrontEnd || p.Version != topology.Version2010 {
		return "", ""
	}
	return fmt.Sprintf("The appliance %s runs Lync Server 2013, and its pool %s runs Lync Server 2010. An appliance "+
			"cannot be of a later version than its pool.", a.FQDN, p.FQDN),
		fmt.Sprintf("Choose a pool of Lync Server 2013 or later for %s.", a.FQDN)
}

// ofOtherSite checks appliances only if the document has the central site of their branch site.
func ofOtherSite(a, p *topology.Pool) (string, string) {
	if p.Kind != topology.KindFrontEnd || p.Site == nil || a.Site == nil || a.Site.Parent == nil ||
		a.Site.Parent.ID == p.Site.ID {
		return "", ""
	}
	return fmt.Sprintf("The appliance %s is in the branch site %s of the central site %s, and its pool %s is in the "+
			"site %s. An appliance and its pool must be in the same central site.",
			a.FQDN, phrase.Site(a.Site), phrase.Site(a.Site.Parent), p.FQDN, phrase.Site(p.Site)),
		fmt.Sprintf("Choose a pool in the site %s for %s.", phrase.Site(a.Site.Parent), a.FQDN)
}

// laterThanPool ignores a Lync Server 2013 appliance on a Lync Server 2010 pool, which violates BR-V13-10.
func laterThanPool(a, p *topology.Pool) (string, string) {
	if detail, _ := on2010(a, p); detail != "" || p.Kind != topology.KindFrontEnd || a.Version <= p.Version {
		return "", ""
	}
	return fmt.Sprintf("The appliance %s runs %s, and its pool %s runs %s. An appliance of a later version than its "+
			"pool is not supported.",
			a.FQDN, topology.VersionName(a.Version), p.FQDN, topology.VersionName(p.Version)),
		"Choose a pool of the same version as the appliance, or of a later version."
}

// ofAppliances returns the check of every appliance with every pool that it names as its backup, and with the pool of
// its user services.
func ofAppliances(check branchCheck) func(survey) []Violation {
	return func(s survey) []Violation {
		var found []Violation
		for _, a := range s.t.IntendedAppliances() {
			pools := BackupPools(s.t, a)
			if users := s.t.Association(a).Users; users != nil && !slices.Contains(pools, users) {
				pools = append(pools, users)
			}
			for _, p := range pools {
				if detail, advice := check(a, p); detail != "" {
					found = append(found, Violation{Detail: detail, Advice: advice, Objects: phrase.Names(a, p)})
				}
			}
		}
		return found
	}
}

// misplacedAppliances finds hosts with a Registrar and without user services that are neither Directors nor appliances.
func misplacedAppliances(s survey) []Violation {
	intended := s.t.IntendedAppliances()
	var found []Violation
	for p := range s.t.Pools() {
		isOld := p.Version >= 1 && p.Version < topology.Version2010 // not a fault
		isDirector := p.Registrar != nil && p.Registrar.IsDirector && len(p.Role(topology.RoleRegistrar)) == 1
		if p.Kind != topology.KindOther || p.Registrar == nil || isDirector || isOld ||
			len(p.Role(topology.RoleUserServices)) > 0 || slices.Contains(intended, p) {
			continue
		}
		found = append(found, Violation{
			Detail:  fmt.Sprintf("%s is %s, so it is not an appliance in a branch site.", p.FQDN, p.Description),
			Advice:  "Define the appliance in a branch site, with one Registrar, in Topology Builder and publish.",
			Objects: []string{p.FQDN.String()},
		})
	}
	return found
}

// crowdedSites finds branch sites with more than two appliances.
func crowdedSites(s survey) []Violation {
	appliances := map[*topology.Site][]string{}
	for _, a := range s.t.Appliances() {
		appliances[a.Site] = append(appliances[a.Site], a.FQDN.String())
	}
	var found []Violation
	for _, site := range s.t.Sites {
		found = append(found, crowdedBy(site, appliances[site])...)
	}
	return found
}

// crowdedSite returns the violation of a branch site with more than two appliances.
func crowdedSite(t *topology.Topology, site *topology.Site) []Violation {
	var appliances []string
	for p := range t.Pools() {
		if p.Kind == topology.KindAppliance && p.Site == site {
			appliances = append(appliances, p.FQDN.String())
		}
	}
	return crowdedBy(site, appliances)
}

// crowdedBy returns the violation of a branch site if these are more than two appliances.
func crowdedBy(site *topology.Site, appliances []string) []Violation {
	if len(appliances) <= 2 {
		return nil
	}
	slices.Sort(appliances)
	return []Violation{{
		Detail: fmt.Sprintf("The branch site %s has %d appliances: %s. At most two appliances in a branch site are "+
			"supported.", phrase.Site(site), len(appliances), phrase.List(appliances)),
		Advice:  "Use at most two appliances, or a Standard Edition server in a central site for more users.",
		Objects: appliances,
	}}
}

func appliancesWithSecondBackup(s survey) []Violation {
	var found []Violation
	for _, a := range s.t.IntendedAppliances() {
		found = append(found, secondBackup(s.t, a)...)
	}
	return found
}

func secondBackup(t *topology.Topology, a *topology.Pool) []Violation {
	names := phrase.BackupRegistrars(t, a)
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < 2 {
		return nil
	}
	return []Violation{{
		Detail: fmt.Sprintf("The appliance %s names %d backups: %s.", a.FQDN, len(names), phrase.List(names)),
		Advice: "Keep one backup in Topology Builder and publish. If that pool is failed over to its partner, the " +
			"users of the appliance stay in resiliency mode, with or without a second backup.",
		Objects: append(phrase.Names(BackupPools(t, a)...), a.FQDN.String()),
	}}
}
