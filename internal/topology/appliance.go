package topology

import (
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// Association is what the Registrar of an appliance says about its pool. In a sound document it names one pool twice: as
// its backup registrar, and as the pool whose user services its users work with.
type Association struct {
	Backups      []Backup
	Backup       *Pool       // the one pool that the one Backup names; nil for none, several, or one that does not resolve
	UserServices []ServiceID // what it depends on with the usage Default
	Users        *Pool       // the pool of the one user services, nil likewise
}

// Association returns what an appliance, or whatever else with a Registrar, says about its pool.
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

// MeantAsAppliances returns the appliances, and the hosts in branch sites that lack nothing but the user services to be
// one, which is a fault of theirs; in the order of the document.
func (t *Topology) MeantAsAppliances() []*Pool {
	var found []*Pool
	for _, p := range t.Pools {
		homeless := p.Kind == KindOther && p.Version >= Version2010 &&
			len(p.Role(RoleRegistrar)) == 1 && p.Site != nil && p.Site.Kind == SiteBranch
		if p.Kind == KindAppliance || homeless {
			found = append(found, p)
		}
	}
	return found
}

// UserServicePools names the pools whose user services an appliance names as those of its users, canonical; one that
// does not resolve is given as the identity it points to.
func (t *Topology) UserServicePools(appliance *Pool) []string {
	var names []string
	for _, id := range t.Association(appliance).UserServices {
		if p := t.PoolOf(id); p != nil {
			names = append(names, p.FQDN)
		} else {
			names = append(names, id.String())
		}
	}
	return names
}

// BranchSpec is the association of an appliance with its pool as it is wanted.
type BranchSpec struct {
	Appliance string
	Pool      string
	Settings  WantedSettings
}

// IsAssociated says whether the one Backup and the one user services of an appliance are those of a pool.
func (t *Topology) IsAssociated(appliance, pool *Pool) bool {
	a := t.Association(appliance)
	return len(a.Backups) == 1 && t.names(a.Backups[0], pool) &&
		len(a.UserServices) == 1 && slices.Contains(t.hostsOf(a.UserServices[0]), pool)
}

// isWritten says whether the document has the association already.
func (s BranchSpec) isWritten(t *Topology) bool {
	appliance, pool := t.Pool(s.Appliance), t.Pool(s.Pool)
	return appliance != nil && pool != nil && t.IsAssociated(appliance, pool) && appliance.Registrar.Backups[0].Settings.Equal(s.Settings)
}

// WriteBranch makes a pool the one of an appliance: its Backup and its user services name that pool, and so do its web
// services where they named a pool that it leaves. Every other dependency stays, and what is right already is left as it
// is written.
func (e *Editor) WriteBranch(spec BranchSpec) error {
	if spec.isWritten(e.Topology()) {
		return nil
	}
	appliance, change, err := e.Topology().branchChange(spec)
	if err != nil {
		return err
	}
	return e.edit("the backup of "+appliance.FQDN, branchExtent(appliance), change, spec.isWritten)
}

// CanWriteBranch returns the refusal of WriteBranch, without the cost of making the change.
func (d *Document) CanWriteBranch(spec BranchSpec) error {
	if spec.isWritten(d.Topology()) {
		return nil
	}
	_, change, err := d.Topology().branchChange(spec)
	if err != nil {
		return err
	}
	return change(d.newDraft())
}

// branchChange finds out what is to change for an association.
func (t *Topology) branchChange(spec BranchSpec) (appliance *Pool, change func(*draft) error, err error) {
	appliance, pool := t.Pool(spec.Appliance), t.Pool(spec.Pool)
	if appliance != nil && pool != nil && t.IsAssociated(appliance, pool) {
		// Settings need no reference, so nothing is asked of what is there.
		return appliance, func(d *draft) error {
			return writeBackup(d, appliance.Registrar, appliance.Registrar.Backups[0].Target, spec.Settings)
		}, nil
	}
	if appliance, pool, err = t.branchEnds(spec); err != nil {
		return nil, nil, err
	}
	was := t.Association(appliance)
	if n := len(was.UserServices); n != 1 {
		return nil, nil, refuse("Appliance without one pool for its users (BR-ONE)",
			"The Registrar of %s depends on %d user services with the usage Default, so it cannot be told which one to change. Mend this in Topology Builder.",
			appliance.FQDN, n)
	}
	leaves := t.hostsOf(was.UserServices[0])
	for _, b := range was.Backups {
		leaves = append(leaves, t.hostsOf(b.Target)...)
	}
	leaves = slices.DeleteFunc(leaves, func(p *Pool) bool { return p == pool })
	return appliance, func(d *draft) error {
		if err := writeBackup(d, appliance.Registrar, pool.Registrar.ID, spec.Settings); err != nil {
			return err
		}
		return t.follow(d, appliance, pool, leaves)
	}, nil
}

// branchEnds resolves an appliance and its pool.
func (t *Topology) branchEnds(spec BranchSpec) (appliance, pool *Pool, err error) {
	appliance, pool = t.Pool(spec.Appliance), t.Pool(spec.Pool)
	switch {
	case appliance == nil:
		return nil, nil, refuse("Appliance not found (BR-EXIST)", "The topology has no appliance %s.", spec.Appliance)
	case appliance.Kind != KindAppliance:
		return nil, nil, refuse("Not an appliance (BR-SITE)", "%s is %s.", appliance.FQDN, appliance.Found)
	case pool == nil:
		return nil, nil, refuse("Pool not found (PP-EXIST)", "The topology has no pool %s.", spec.Pool)
	case pool.Kind != KindFrontEnd:
		return nil, nil, refuse("Not a Front End pool (BR-KIND)", "%s is %s.", pool.FQDN, pool.Found)
	}
	for _, s := range []*Service{pool.Registrar, pool.UserServices} {
		if len(t.byService[s.ID]) > 1 {
			return nil, nil, refuse("Ambiguous "+s.ID.Role,
				"The topology has more than one service %s, so %s cannot be named as the pool of an appliance. Mend this in Topology Builder.", s.ID, pool.FQDN)
		}
	}
	return appliance, pool, nil
}

// follow points the dependencies of an appliance's Registrar that go with its pool at the new one.
func (t *Topology) follow(d *draft, appliance, pool *Pool, leaves []*Pool) error {
	left := func(id ServiceID) bool {
		return slices.ContainsFunc(t.hostsOf(id), func(p *Pool) bool { return slices.Contains(leaves, p) })
	}
	for _, dependency := range children(child(d.service(appliance.Registrar), "DependsOn"), "Dependency") {
		for _, el := range children(dependency, "ServiceId") {
			id := serviceID(el)
			switch {
			case isHome(Dependency{Usage: dependency.Attr("Usage"), Target: id}):
				if id != pool.UserServices.ID {
					setServiceID(el, pool.UserServices.ID)
				}
			case id.Role == RoleWebServices && left(id):
				web := pool.Role(RoleWebServices)
				if len(web) != 1 {
					return refuse("Pool without one web service",
						"%s depends on the web services of the pool it leaves, and %s has %d of them, not one. Mend this in Topology Builder.",
						appliance.FQDN, pool.FQDN, len(web))
				}
				setServiceID(el, web[0].ID)
			}
		}
	}
	return nil
}

// DeleteBranch removes the Backup of an appliance that names a pool; the user services stay, as an appliance always has
// a pool. Where the appliance or such a Backup is gone it does nothing.
func (e *Editor) DeleteBranch(appliance, pool string) error {
	t := e.Topology()
	from, to := t.Pool(appliance), t.Pool(pool)
	if from == nil || to == nil || from.Kind != KindAppliance || !t.backupNames(from, to) {
		return nil
	}
	return e.edit("the backup of "+from.FQDN, branchExtent(from), func(d *draft) error {
		removeBackups(d, t, from, to)
		return nil
	}, func(is *Topology) bool { return !is.backupNames(is.Cluster(from.ID), is.Cluster(to.ID)) })
}

// branchExtent is what the edit of an appliance's association may change: in its Registrar the Backup, and where the
// dependencies on user services and web services point to.
func branchExtent(appliance *Pool) func(was, is *Topology) extent {
	return func(*Topology, *Topology) extent {
		return extent{part: map[ServiceID]bool{appliance.Registrar.ID: true}, rest: withoutAssociation}
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
