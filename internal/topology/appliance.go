package topology

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// Association is the association of an appliance with its pool, as its Registrar has it. In a valid document the
// Registrar names one pool twice: as the backup registrar, and as the pool with the user services of its users.
type Association struct {
	Backups      []Backup
	Backup       *Pool       // the pool that the only Backup names, nil if it is not the only one or does not resolve
	UserServices []ServiceID // the user services that it depends on with the usage Default
	Users        *Pool       // the pool of the only user services, nil if they are not the only ones or do not resolve
}

// Association returns the association of an appliance, or of any other pool with a Registrar.
func (t *Topology) Association(appliance *Pool) Association {
	var a Association
	if appliance.Registrar == nil {
		return a
	}
	a.Backups = appliance.Registrar.Backups
	if len(a.Backups) == 1 && a.Backups[0].Named {
		a.Backup = t.PoolOf(a.Backups[0].Target)
	}
	for _, d := range appliance.Registrar.DependsOn {
		if isHome(d) {
			a.UserServices = append(a.UserServices, d.Target)
		}
	}
	if len(a.UserServices) == 1 {
		a.Users = t.PoolOf(a.UserServices[0])
	}
	return a
}

// IntendedAppliances returns the appliances and the invalid appliances, in the order of the document.
func (t *Topology) IntendedAppliances() []*Pool {
	var found []*Pool
	for p := range t.Pools() {
		if p.IsIntendedAppliance() {
			found = append(found, p)
		}
	}
	return found
}

// IsIntendedAppliance reports whether p is an appliance or an invalid appliance. An invalid appliance is a host in a
// branch site whose only defect is that it depends on no user services.
func (p *Pool) IsIntendedAppliance() bool {
	lacksUserServices := p.Kind == KindOther && p.Version >= Version2010 &&
		len(p.Role(RoleRegistrar)) == 1 && p.Site != nil && p.Site.Kind == SiteBranch
	return p.Kind == KindAppliance || lacksUserServices
}

// UserServicePools returns the canonical names of the pools with the user services of an appliance. It leaves out
// references that do not resolve, and pools without a name.
func (t *Topology) UserServicePools(appliance *Pool) []string {
	var names []string
	for _, id := range t.Association(appliance).UserServices {
		if p := t.PoolOf(id); p != nil && p.HasName {
			names = append(names, p.FQDN.String())
		}
	}
	return names
}

// IsAssociated reports whether the only Backup and the only user services of an appliance are those of a pool.
func (t *Topology) IsAssociated(appliance, pool *Pool) bool {
	a := t.Association(appliance)
	return len(a.Backups) == 1 && t.names(a.Backups[0], pool) &&
		len(a.UserServices) == 1 && slices.Contains(t.hostsOf(a.UserServices[0]), pool)
}

// isWritten reports whether the topology has the desired association.
func (d DesiredBranch) isWritten(t *Topology) bool { return t.BranchDifference(d) == "" }

// WriteBranch associates an appliance with a pool: its Backup and its user services name that pool, and so does its
// dependency on web services if it named the former pool. It writes only the values that differ.
func (e *Editor) WriteBranch(desired DesiredBranch) error {
	if desired.isWritten(e.Topology()) {
		return nil
	}
	appliance, change, err := e.Topology().branchChange(desired)
	if err != nil {
		return err
	}
	return e.edit("the backup of "+appliance.FQDN.String(), branchExtent(appliance), change, desired.isWritten)
}

// CanWriteBranch returns the Refusal that WriteBranch would return. It does not verify the change, and is cheaper.
func (d *Document) CanWriteBranch(desired DesiredBranch) error {
	if desired.isWritten(d.Topology()) {
		return nil
	}
	_, change, err := d.Topology().branchChange(desired)
	if err != nil {
		return err
	}
	return change(d.newDraft())
}

// branchChange returns the appliance and the change that writes its desired association.
func (t *Topology) branchChange(desired DesiredBranch) (appliance *Pool, change func(*draft) error, err error) {
	appliance, pool := t.Pool(desired.Appliance), t.Pool(desired.Pool)
	if appliance != nil && pool != nil && t.IsAssociated(appliance, pool) {
		// The references are right. The pool does not have to meet the conditions for a new association.
		return appliance, func(d *draft) error {
			return writeBackup(d, appliance.Registrar, appliance.Registrar.Backups[0].Target, *desired.Settings)
		}, nil
	}
	if err = t.checkBranchEnds(desired, appliance, pool); err != nil {
		return nil, nil, err
	}
	observed := t.Association(appliance)
	if n := len(observed.UserServices); n != 1 {
		return nil, nil, &Refusal{Fault: SeveralUserServices, Pool: appliance.FQDN, Count: n}
	}
	former := t.hostsOf(observed.UserServices[0])
	for _, b := range observed.Backups {
		former = append(former, t.hostsOf(b.Target)...)
	}
	former = slices.DeleteFunc(former, func(p *Pool) bool { return p == pool })
	return appliance, func(d *draft) error {
		if err := writeBackup(d, appliance.Registrar, pool.Registrar.ID, *desired.Settings); err != nil {
			return err
		}
		return t.redirect(d, appliance, pool, former)
	}, nil
}

// checkBranchEnds refuses pools that cannot be associated. They are nil for names of the desired association that
// identify none.
func (t *Topology) checkBranchEnds(desired DesiredBranch, appliance, pool *Pool) error {
	if err := t.checkNames(desired.Appliance, desired.Pool); err != nil {
		return err
	}
	switch {
	case appliance == nil:
		return &Refusal{Fault: ApplianceNotFound, Pool: desired.Appliance}
	case appliance.Kind != KindAppliance:
		return &Refusal{Fault: NotAppliance, Pool: appliance.FQDN, Found: appliance.Description}
	case pool == nil:
		return &Refusal{Fault: BranchPoolNotFound, Pool: desired.Pool}
	case pool.Kind != KindFrontEnd:
		return &Refusal{Fault: BranchPoolNotFrontEnd, Pool: pool.FQDN, Found: pool.Description}
	}
	for _, s := range []*Service{pool.Registrar, pool.UserServices} {
		if t.CountOf(s.ID) > 1 {
			return &Refusal{
				Fault: AmbiguousPoolService, Pool: pool.FQDN, Found: s.ID.Role, Services: []ServiceID{s.ID},
			}
		}
	}
	return nil
}

// redirect changes the dependencies of an appliance's Registrar on user services and on web services of the former
// pools to those of the new pool.
func (t *Topology) redirect(d *draft, appliance, pool *Pool, former []*Pool) error {
	isFormer := func(id ServiceID) bool {
		return slices.ContainsFunc(t.hostsOf(id), func(p *Pool) bool { return slices.Contains(former, p) })
	}
	for _, dependency := range children(child(d.service(appliance.Registrar), "DependsOn"), "Dependency") {
		for _, el := range children(dependency, "ServiceId") {
			id := serviceID(el)
			switch {
			case isHome(Dependency{Usage: dependency.Attr("Usage"), Target: id}):
				if id != pool.UserServices.ID {
					setServiceID(el, pool.UserServices.ID)
				}
			case id.Role == RoleWebServices && isFormer(id):
				web := pool.Role(RoleWebServices)
				if len(web) != 1 {
					return &Refusal{Fault: NotOneWebService, Pool: appliance.FQDN, Other: pool.FQDN, Count: len(web)}
				}
				setServiceID(el, web[0].ID)
			}
		}
	}
	return nil
}

// DeleteBranch removes the Backup in which an appliance names a pool. The dependency on user services stays, because an
// appliance always has a pool. DeleteBranch succeeds if the appliance or the Backup does not exist. It refuses
// ambiguous names.
func (e *Editor) DeleteBranch(appliance, pool FQDN) error {
	t := e.Topology()
	if err := t.checkNames(appliance, pool); err != nil {
		return err
	}
	from, to := t.Pool(appliance), t.Pool(pool)
	if from == nil || to == nil || from.Kind != KindAppliance || !t.backupNames(from, to) {
		return nil
	}
	return e.edit("the backup of "+from.FQDN.String(), branchExtent(from), func(d *draft) error {
		removeBackups(d, t, from, to)
		return nil
	}, func(t *Topology) bool { return !t.backupNames(t.Cluster(from.ID), t.Cluster(to.ID)) })
}

// branchExtent is the extent of an edit of an association: in the Registrar of the appliance the Backup, and the
// targets of the dependencies on user services and web services.
func branchExtent(appliance *Pool) func(was, is *Topology) extent {
	return func(*Topology, *Topology) extent {
		return extent{partial: map[ServiceID]bool{appliance.Registrar.ID: true}, withoutPart: withoutAssociation}
	}
}

func withoutAssociation(registrar *xmldoc.Element) *xmldoc.Element {
	el := withoutBackup(registrar)
	if dependsOn := child(el, "DependsOn"); dependsOn != nil {
		for _, dependency := range children(dependsOn, "Dependency") {
			for _, id := range children(dependency, "ServiceId") {
				switch target := serviceID(id); target.Role {
				case RoleUserServices, RoleWebServices:
					setServiceID(id, ServiceID{Role: target.Role})
				}
			}
		}
	}
	return el
}
