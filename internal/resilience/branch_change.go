package resilience

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Branch is the association of an appliance with its pool as a configuration wants it. What is not known yet is empty,
// settings that are not known nil.
type Branch struct {
	Appliance string // as the user wrote it
	Pool      string // likewise
	Settings  *Settings
}

// branchChange is a wanted association seen with the topology it would be written in.
type branchChange struct {
	t        *topology.Topology
	created  bool // else an association that is there is moved or repaired
	name     string
	poolName string

	appliance *topology.Pool // nil where the name is none of an appliance
	pool      *topology.Pool // nil where there is none of that name
	was       topology.Association
}

func newBranchChange(t *topology.Topology, wanted Branch, created bool) branchChange {
	c := branchChange{
		t: t, created: created,
		name: topology.CanonicalFQDN(wanted.Appliance), poolName: topology.CanonicalFQDN(wanted.Pool),
	}
	c.pool = t.Pool(c.poolName)
	if p := t.Pool(c.name); p != nil && slices.Contains(t.IntendedAppliances(), p) {
		c.appliance, c.was = p, t.Association(p)
	}
	return c
}

// BranchCreate checks a declared association against the topology. A creation takes charge of what is there, or adds the
// Backup; it never moves users.
func BranchCreate(t *topology.Topology, wanted Branch) []Violation {
	found := branchViolations(newBranchChange(t, wanted, true))
	if wanted.Settings != nil {
		found = append(found, BranchSettings(wanted, Changed{AutomaticFailover: true, FailureDetection: true, FailbackDetection: true})...)
	}
	return found
}

// BranchMove checks an association that is moved to another pool, or back to the one that was declared. One that is where
// it should be is not checked.
func BranchMove(t *topology.Topology, wanted Branch) []Violation {
	c := newBranchChange(t, wanted, false)
	if c.appliance != nil && c.pool != nil && t.IsAssociated(c.appliance, c.pool) {
		return nil
	}
	return branchViolations(c)
}

// BranchSettings checks the settings of an association that a plan sets or changes.
func BranchSettings(wanted Branch, changed Changed) []Violation {
	if wanted.Settings == nil {
		return nil
	}
	return SettingsChange(topology.KindAppliance, wanted.Appliance, *wanted.Settings, changed)
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

// ofBranch runs a check on the appliance and its wanted pool, where both are there.
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

// unlessThere marks violations that were there before: those of an association that is taken over.
func unlessThere(check func(branchChange) []Violation) func(branchChange) []Violation {
	return func(c branchChange) []Violation {
		found := check(c)
		for i := range found {
			found[i].Before = c.was.Backup == c.pool && c.was.Users == c.pool
		}
		return found
	}
}

func branchPoolMissing(c branchChange) []Violation {
	if c.poolName == "" || c.pool != nil {
		return nil
	}
	return []Violation{poolMissing(c.t, c.poolName, topology.Version2010)}
}

func applianceMissing(c branchChange) []Violation {
	if c.name == "" || c.t.Pool(c.name) != nil {
		return nil
	}
	v := Violation{
		Detail:  fmt.Sprintf("The topology has no appliance with the name %s.%s", c.name, applianceNames(c.t)),
		Advice:  "Correct the name, or define the appliance in its branch site with Topology Builder and publish it first.",
		Objects: []string{c.name},
		Setting: SettingAppliance,
	}
	if owner := c.t.PoolOfComputer(c.name); owner != nil {
		v.Detail = fmt.Sprintf("%s is a computer of %s, which is %s, and no appliance.", c.name, owner.FQDN, owner.Description)
		v.Objects = append(v.Objects, owner.FQDN)
	}
	return []Violation{v}
}

// applianceNames lists what could have been meant.
func applianceNames(t *topology.Topology) string {
	names := phrase.Names(t.Appliances()...)
	slices.Sort(names)
	switch {
	case len(names) == 0:
		return " It has no Survivable Branch Appliance or Server at all."
	case len(names) > maxNamed:
		return fmt.Sprintf(" Its appliances are %s and %d more.", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
	default:
		return fmt.Sprintf(" Its appliances are %s.", phrase.List(names))
	}
}

// notAnAppliance finds what is something else. Nothing is said of a site that is not known.
func notAnAppliance(c branchChange) []Violation {
	p := c.t.Pool(c.name)
	if p == nil || c.appliance != nil {
		return nil
	}
	advice := "Name a Survivable Branch Appliance or Server in a branch site."
	if p.IsFrontEnd2013() {
		advice = "Name a Survivable Branch Appliance or Server in a branch site. Declare the backup of a Front End pool with lync_pool_pair."
	}
	return []Violation{{
		Detail:  fmt.Sprintf("%s is %s in the topology, and no appliance in a branch site.%s", p.FQDN, p.Description, applianceNames(c.t)),
		Advice:  advice,
		Objects: []string{p.FQDN},
		Setting: SettingAppliance,
	}}
}

// notOnePool refuses a creation that would move users, and one of an appliance whose pool cannot be told.
func notOnePool(c branchChange) []Violation {
	if c.appliance == nil || !c.created {
		return nil
	}
	a := c.appliance
	if faults := associationFaults(c.t, a); len(faults) > 0 {
		return []Violation{{
			Detail:  fmt.Sprintf("The pool of the appliance %s cannot be told: %s.", a.FQDN, strings.Join(faults, "; ")),
			Advice:  "Set its one pool (user services and backup registrar together) in Topology Builder and publish, then plan again.",
			Objects: associated(c.t, a),
			Setting: SettingAppliance,
		}}
	}
	if c.poolName == "" || (c.was.Users == c.pool && (c.was.Backup == c.pool || c.was.Backup == nil)) {
		return nil
	}
	v := Violation{
		Title:   "A creation never moves an appliance to another pool",
		Objects: append(associated(c.t, a), c.poolName),
	}
	if c.was.Backup == nil {
		v.Detail = fmt.Sprintf("The appliance %s has no backup registrar, and its user services are on %s, not on %s.", a.FQDN, c.was.Users.FQDN, c.poolName)
		v.Advice = fmt.Sprintf("Create it with backup_pool = %q, then change backup_pool: the move is then a change that a plan shows.", c.was.Users.FQDN)
	} else {
		v.Detail = fmt.Sprintf("In the topology the backup registrar of the appliance %s is on %s and its user services are on %s; this resource wants both on %s.",
			a.FQDN, c.was.Backup.FQDN, c.was.Users.FQDN, c.poolName)
		v.Advice = "Import it; the move is then a change in place that the plan shows. Where Terraform has it under another address already, add a moved block instead.\n\n" +
			BranchImportBlock(a.FQDN)
	}
	return []Violation{v}
}

// secondBackupOfBranch leaves a move alone, after which one Backup is left.
func secondBackupOfBranch(c branchChange) []Violation {
	if c.appliance == nil || !c.created {
		return nil
	}
	return secondBackup(c.t, c.appliance)
}

// moreThanTwo warns of what the topology has: no association adds an appliance to a site.
func moreThanTwo(c branchChange) []Violation {
	if c.appliance == nil || c.appliance.Site == nil {
		return nil
	}
	var there []string
	for _, a := range c.t.Appliances() {
		if a.Site == c.appliance.Site {
			there = append(there, a.FQDN)
		}
	}
	if len(there) <= 2 {
		return nil
	}
	slices.Sort(there)
	return []Violation{{
		Before:  true,
		Detail:  fmt.Sprintf("The branch site %s has %d appliances: %s.", phrase.Site(c.appliance.Site), len(there), phrase.List(there)),
		Advice:  "Use two appliances at most, or a Standard Edition server in a central site for more users.",
		Objects: there,
		Setting: SettingAppliance,
	}}
}

// moves says whether the appliance leaves a pool.
func (c branchChange) moves() bool {
	return !c.created && c.appliance != nil && c.pool != nil && !c.t.IsAssociated(c.appliance, c.pool)
}

func moved(c branchChange) []Violation {
	if !c.moves() {
		return nil
	}
	v := Violation{
		Detail: fmt.Sprintf("The appliance %s is moved from %s to %s.", c.appliance.FQDN, phrase.List(c.t.UserServicePools(c.appliance)), c.pool.FQDN),
		Advice: fmt.Sprintf("Move the users of %s to a Front End pool first (Move-CsUser) and stop the appliance's services. Then apply, publish, start the services, test, and move the users back.",
			c.appliance.FQDN),
		Objects: append(associated(c.t, c.appliance), c.pool.FQDN),
	}
	if c.was.Users == c.pool {
		v.Title = "Backup registrar of an appliance is changed"
		v.Detail = fmt.Sprintf("The backup registrar of the appliance %s comes to be on %s, with which its users work already.", c.appliance.FQDN, c.pool.FQDN)
		v.Advice = "When it is published, restart the services of the appliance and test."
	}
	return []Violation{v}
}

func migrated(c branchChange) []Violation {
	if !c.moves() || c.was.Users == nil || c.was.Users.Version == c.pool.Version {
		return nil
	}
	return []Violation{{
		Detail: fmt.Sprintf("%s runs %s, and the pool that the appliance %s leaves, %s, runs %s.", c.pool.FQDN, topology.VersionName(c.pool.Version),
			c.appliance.FQDN, c.was.Users.FQDN, topology.VersionName(c.was.Users.Version)),
		Advice:  "When a pool is replaced by one of another version, delete the appliance in Topology Builder and add it again under the new pool.",
		Objects: phrase.Names(c.appliance, c.was.Users, c.pool),
	}}
}

// oneOfSeveral ends an advice to use a removed block, which takes no key of for_each.
const oneOfSeveral = "; of one instance among several, move it to a resource of its own first, or run terraform state rm."

// BranchDestroy lists the warnings of giving up an association: one that was taken over stays in the topology, one that
// was written is removed. There is nothing to warn of where the appliance, or the Backup that names the pool, is gone.
func BranchDestroy(t *topology.Topology, appliance, pool string, adopted bool) []Violation {
	a, p := t.Pool(appliance), t.Pool(pool)
	if a == nil || p == nil || !slices.Contains(BackupPools(t, a), p) {
		return nil
	}
	v := Violation{Severity: Discouraged, Objects: phrase.Names(a, p)}
	if adopted {
		v.Title = "The association of an appliance stays"
		v.Detail = fmt.Sprintf("The appliance %s keeps %s as its pool: the association was there when this resource took charge of it, so the topology is left alone.", a.FQDN, p.FQDN)
		v.Advice = "To forget the resource without this warning, use a removed block with destroy = false" + oneOfSeveral
	} else {
		v.Title = "An appliance loses its backup registrar"
		v.Detail = fmt.Sprintf("The appliance %s had no backup registrar when this resource was created, so the one on %s is removed. Its user services stay there.", a.FQDN, p.FQDN)
		v.Advice = "An appliance should always have its pool as its backup registrar. To keep it, use a removed block with destroy = false instead" + oneOfSeveral
	}
	rule, _ := Lookup("BR-ONE")
	return completed(rule, []Violation{v})
}

// BranchTakeover tells what a creation will change of an association that is there; nothing where it is as wanted.
func BranchTakeover(t *topology.Topology, wanted Branch) []Violation {
	c := newBranchChange(t, wanted, true)
	if c.appliance == nil || c.pool == nil || wanted.Settings == nil || c.was.Backup != c.pool || c.was.Users != c.pool {
		return nil
	}
	is := c.was.Backups[0].Settings
	var changes []string
	if is.AutomaticFailover != wanted.Settings.AutomaticFailover {
		changes = append(changes, fmt.Sprintf("automatic_failover from %t to %t", is.AutomaticFailover, wanted.Settings.AutomaticFailover))
	}
	for _, interval := range []struct {
		name     string
		is       topology.Interval
		will     time.Duration
		optional bool
	}{
		{"failure_detection_interval", is.FailureDetection, wanted.Settings.FailureDetection, wanted.Settings.FailureOptional},
		{"failback_detection_interval", is.FailbackDetection, wanted.Settings.FailbackDetection, wanted.Settings.FailbackOptional},
	} {
		length, isSet := interval.is.Length()
		switch {
		case interval.is.Satisfies(interval.will, interval.optional):
		case isSet:
			changes = append(changes, fmt.Sprintf("%s from %s to %s", interval.name, phrase.Duration(length), phrase.Duration(interval.will)))
		default:
			changes = append(changes, fmt.Sprintf("%s from a value that is missing or not readable to %s", interval.name, phrase.Duration(interval.will)))
		}
	}
	if len(changes) == 0 {
		return nil
	}
	rule, _ := Lookup("BR-ONE")
	return completed(rule, []Violation{{
		Severity: Discouraged,
		Title:    "Settings of an appliance that is taken over will change",
		Detail:   fmt.Sprintf("The appliance %s has %s as its pool already and is taken over. This changes %s.", c.appliance.FQDN, c.pool.FQDN, phrase.List(changes)),
		Advice:   "To keep what is there, give the arguments those values.",
		Objects:  phrase.Names(c.appliance, c.pool),
	}})
}

// BranchImportBlock returns the block that brings the association of an appliance under management.
func BranchImportBlock(appliance string) string {
	return fmt.Sprintf("import {\n  to = lync_branch_backup.NAME\n  id = %q\n}", appliance)
}
