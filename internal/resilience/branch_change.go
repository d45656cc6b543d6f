package resilience

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// branchChange is a desired association together with the topology in which it is written.
type branchChange struct {
	t         *topology.Topology
	isCreated bool // the change creates the association; otherwise it moves or repairs an existing one
	name      topology.FQDN
	poolName  topology.FQDN

	named     *topology.Pool       // what name identifies, nil for none
	appliance *topology.Pool       // named, if it is an appliance
	pool      *topology.Pool       // nil if poolName identifies no pool
	existing  topology.Association // of appliance
}

func newBranchChange(t *topology.Topology, desired topology.DesiredBranch, isCreated bool) branchChange {
	c := branchChange{
		t: t, isCreated: isCreated,
		name: desired.Appliance, poolName: desired.Pool,
	}
	c.named, c.pool = t.Pool(c.name), t.Pool(c.poolName)
	if c.named != nil && c.named.IsIntendedAppliance() {
		c.appliance, c.existing = c.named, t.Association(c.named)
	}
	return c
}

// BranchCreate checks the creation of a desired association. A creation adopts the existing association or adds a
// backup registrar. It never moves users to another pool.
func BranchCreate(t *topology.Topology, desired topology.DesiredBranch) []Violation {
	found := branchViolations(newBranchChange(t, desired, true))
	return append(found, BranchSettings(desired, AllSettings())...)
}

// BranchMove checks the move of an association to another pool, or back to the declared one. It returns no violations
// if the topology has the desired association.
func BranchMove(t *topology.Topology, desired topology.DesiredBranch) []Violation {
	c := newBranchChange(t, desired, false)
	if c.appliance != nil && c.pool != nil && t.IsAssociated(c.appliance, c.pool) {
		return nil
	}
	return branchViolations(c)
}

// BranchSettings checks the settings of an association that a plan sets or changes.
func BranchSettings(desired topology.DesiredBranch, changed Changed) []Violation {
	if desired.Settings == nil {
		return nil
	}
	return SettingsChange(topology.KindAppliance, desired.Appliance, *desired.Settings, changed)
}

func branchViolations(c branchChange) []Violation {
	var found []Violation
	for _, r := range catalogue {
		if r.branch != nil {
			found = append(found, completed(r, r.branch(c))...)
		}
	}
	return found
}

// ofBranch returns the check of an appliance and its desired pool, if the topology has both.
func ofBranch(check branchCheck) func(branchChange) []Violation {
	return func(c branchChange) []Violation {
		if c.appliance == nil || c.pool == nil {
			return nil
		}
		detail, advice := check(c.appliance, c.pool)
		if detail == "" {
			return nil
		}
		return []Violation{{Detail: detail, Advice: advice, Objects: phrase.Names(c.appliance, c.pool)}}
	}
}

// unlessExisting returns a check that marks its violations as existing before if the topology has the association.
func unlessExisting(check func(branchChange) []Violation) func(branchChange) []Violation {
	return func(c branchChange) []Violation {
		found := check(c)
		for i := range found {
			found[i].Before = c.existing.Backup == c.pool && c.existing.Users == c.pool
		}
		return found
	}
}

func branchPoolMissing(c branchChange) []Violation {
	if c.poolName.IsZero() || c.pool != nil || c.t.IsAmbiguous(c.poolName) {
		return nil
	}
	return []Violation{poolMissing(c.t, c.poolName, topology.Version2010)}
}

func applianceMissing(c branchChange) []Violation {
	if c.name.IsZero() || c.named != nil || c.t.IsAmbiguous(c.name) {
		return nil
	}
	v := Violation{
		Detail: fmt.Sprintf("The topology has no appliance with the name %s.%s", c.name, applianceNames(c.t)),
		Advice: "Correct the name, or define the appliance in its branch site with Topology Builder and publish it " +
			"first.",
		Objects: []string{c.name.String()},
		Setting: SettingAppliance,
	}
	if owner := c.t.PoolOfComputer(c.name); owner != nil {
		v.Detail = fmt.Sprintf("%s is a computer of %s, which is %s. A backup can be declared only for an "+
			"appliance.", c.name, owner.FQDN,
			owner.Description)
		v.Objects = append(v.Objects, owner.FQDN.String())
	}
	return []Violation{v}
}

// applianceNames returns a sentence that lists the appliances of the topology.
func applianceNames(t *topology.Topology) string {
	names := phrase.Names(slices.DeleteFunc(t.Appliances(), func(p *topology.Pool) bool { return !t.Identifies(p) })...)
	slices.Sort(names)
	if len(names) == 0 {
		return " The topology has no Survivable Branch Appliance or Server."
	}
	return fmt.Sprintf(" Its appliances are %s.", phrase.FirstOf(names))
}

// notAnAppliance finds other pools in the place of an appliance. An appliance whose site is not known is accepted.
func notAnAppliance(c branchChange) []Violation {
	p := c.named
	if p == nil || c.appliance != nil {
		return nil
	}
	v := Violation{
		Detail: fmt.Sprintf("%s is %s in the topology, not an appliance in a branch site.%s",
			p.FQDN, p.Description, applianceNames(c.t)),
		Advice:  "Name a Survivable Branch Appliance or Server in a branch site.",
		Objects: []string{p.FQDN.String()},
		Setting: SettingAppliance,
	}
	if p.IsFrontEnd2013() {
		v.Remedies = []Remedy{{Action: DeclareAsPair, Pool: p.FQDN}}
	}
	return []Violation{v}
}

// notOnePool refuses a creation that would move users, and the creation for an appliance whose pool is ambiguous.
func notOnePool(c branchChange) []Violation {
	if c.appliance == nil || !c.isCreated || c.t.IsAmbiguous(c.poolName) {
		return nil
	}
	a := c.appliance
	if faults := associationFaults(c.t, a); len(faults) > 0 {
		return []Violation{{
			Detail:  fmt.Sprintf("The pool of the appliance %s is ambiguous: %s.", a.FQDN, strings.Join(faults, "; ")),
			Advice:  onePoolInBuilder,
			Objects: associated(c.t, a),
			Setting: SettingAppliance,
		}}
	}
	users, backup := c.existing.Users, c.existing.Backup
	if c.poolName.IsZero() || (users == c.pool && (backup == c.pool || backup == nil)) {
		return nil
	}
	v := Violation{
		Title:   "Appliance has another pool",
		Objects: append(associated(c.t, a), c.poolName.String()),
	}
	if backup == nil {
		v.Detail = fmt.Sprintf("The appliance %s has no backup registrar, and its user services are on %s, not on %s.",
			a.FQDN, users.FQDN, c.poolName)
		v.Advice, v.Remedies = c.createThenMove(users)
	} else {
		v.Detail = fmt.Sprintf("In the topology, the backup registrar of the appliance %s is on %s and its user "+
			"services are on %s. Both are desired on %s.", a.FQDN, backup.FQDN, users.FQDN, c.poolName)
		v.Advice, v.Remedies = onePoolInBuilder, nil
		if c.canMove() {
			v.Advice, v.Remedies = "", []Remedy{{Action: AdoptBranch, Pool: a.FQDN, Other: c.poolName}}
		}
	}
	return []Violation{v}
}

const onePoolInBuilder = "Set the same pool for user services and backup registrar in Topology Builder and publish, " +
	"then try again."

// createThenMove returns the remedy for an appliance whose users are on another pool than the desired one, or advice if
// that pool cannot be its pool.
func (c branchChange) createThenMove(users *topology.Pool) (advice string, remedies []Remedy) {
	first := newBranchChange(c.t, topology.DesiredBranch{Appliance: c.name, Pool: users.FQDN}, true)
	if !first.canMove() || !c.canMove() {
		return onePoolInBuilder, nil
	}
	return "", []Remedy{{Action: CreateBranchThenMove, Pool: c.name, Other: users.FQDN}}
}

// canMove reports whether the appliance can be associated with the pool by a change in place. It requires one web
// service of the pool, which the appliance may need.
func (c branchChange) canMove() bool {
	isOne := func(s *topology.Service) bool { return c.t.Service(s.ID) != nil }
	return c.appliance.Kind == topology.KindAppliance &&
		len(c.existing.UserServices) == 1 && c.pool != nil && c.pool.Kind == topology.KindFrontEnd &&
		isOne(c.pool.Registrar) && isOne(c.pool.UserServices) && len(c.pool.Role(topology.RoleWebServices)) == 1 &&
		!isRefusedOn(c.appliance, c.pool)
}

// isRefusedOn reports whether a rule refuses an appliance on a pool because of their kinds or versions.
func isRefusedOn(appliance, pool *topology.Pool) bool {
	for _, check := range []branchCheck{onNoFrontEnd, on2010} {
		if detail, _ := check(appliance, pool); detail != "" {
			return true
		}
	}
	return false
}

// secondBackupOfBranch checks creations only, because one Backup remains after a move.
func secondBackupOfBranch(c branchChange) []Violation {
	if c.appliance == nil || !c.isCreated {
		return nil
	}
	return secondBackup(c.t, c.appliance)
}

// moreThanTwo finds branch sites with more than two appliances. An association does not add an appliance to its site,
// so the violation exists before the change.
func moreThanTwo(c branchChange) []Violation {
	if c.appliance == nil || c.appliance.Site == nil {
		return nil
	}
	found := crowdedSite(c.t, c.appliance.Site)
	for i := range found {
		found[i].Before, found[i].Setting = true, SettingAppliance
	}
	return found
}

// isMove reports whether the change moves the appliance to another pool.
func (c branchChange) isMove() bool {
	return !c.isCreated && c.appliance != nil && c.pool != nil && !c.t.IsAssociated(c.appliance, c.pool)
}

func moved(c branchChange) []Violation {
	if !c.isMove() {
		return nil
	}
	v := Violation{
		Detail: fmt.Sprintf("The appliance %s moves from %s to %s.",
			c.appliance.FQDN, phrase.List(phrase.UserServicePools(c.t, c.appliance)), c.pool.FQDN),
		Advice: fmt.Sprintf("Before the change, move the users of %s to a Front End pool (Move-CsUser) and stop the "+
			"services of the appliance. After the change is published, start the services, test, and move the users "+
			"back.", c.appliance.FQDN),
		Objects: append(associated(c.t, c.appliance), c.pool.FQDN.String()),
	}
	if c.existing.Users == c.pool {
		v.Title = "Backup registrar of an appliance is changed"
		v.Detail = fmt.Sprintf("The backup registrar of the appliance %s moves to %s, which has its user services "+
			"already.",
			c.appliance.FQDN, c.pool.FQDN)
		v.Advice = "After the change is published, restart the services of the appliance and test."
	}
	return []Violation{v}
}

func migrated(c branchChange) []Violation {
	if !c.isMove() || c.existing.Users == nil || c.existing.Users.Version == c.pool.Version {
		return nil
	}
	former := c.existing.Users
	return []Violation{{
		Detail: fmt.Sprintf("%s runs %s. The previous pool of the appliance %s, %s, runs %s.", c.pool.FQDN,
			topology.VersionName(c.pool.Version), c.appliance.FQDN, former.FQDN, topology.VersionName(former.Version)),
		Advice: "If a pool of another version replaces the pool, delete the appliance in Topology Builder and add it " +
			"again under the new pool.",
		Objects: phrase.Names(c.appliance, former, c.pool),
	}}
}
