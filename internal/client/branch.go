package client

import (
	"context"
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/runbook"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ObservedBranch is an appliance and its association with a pool as the topology has it. Empty strings are for values
// that the topology does not have.
type ObservedBranch struct {
	Appliance   topology.FQDN
	Version     string
	BranchSite  string
	CentralSite string // empty also if the topology does not name it

	BackupPool       string             // several names if there are several; empty if the Backup does not resolve
	UserServicesPool string             // likewise
	Partner          string             // the backup registrar of BackupPool itself
	Settings         *topology.Settings // nil without a Backup

	backup, users topology.FQDN // the pools of the association, zero for one that is not exactly one pool
	backupWords   string        // for messages: BackupPool, or the identity of a Registrar that does not resolve
}

// isOn reports whether the backup registrar and the user services are both on a pool alone.
func (b *ObservedBranch) isOn(pool topology.FQDN) bool { return b.backup == pool && b.users == pool }

// Branch returns the association of an appliance, nil if the appliance or its Backup does not exist. It refuses an
// ambiguous name.
func (c *Client) Branch(ctx context.Context, appliance topology.FQDN) (*ObservedBranch, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	return readBranch(t, appliance), checkNames(t, resilience.SettingAppliance, appliance)
}

func readBranch(t *topology.Topology, name topology.FQDN) *ObservedBranch {
	p := t.Pool(name)
	if p == nil || p.Kind != topology.KindAppliance || len(p.Registrar.Backups) == 0 {
		return nil
	}
	return describeBranch(t, p)
}

// describeBranch returns the association of an appliance, also of one without a Backup.
func describeBranch(t *topology.Topology, p *topology.Pool) *ObservedBranch {
	b := &ObservedBranch{
		Appliance: p.FQDN, Version: topology.VersionName(p.Version),
		BackupPool:       strings.Join(t.BackupRegistrars(p), ", "),
		UserServicesPool: strings.Join(t.UserServicePools(p), ", "),
		backupWords:      phrase.List(phrase.BackupRegistrars(t, p)),
	}
	if len(p.Registrar.Backups) > 0 {
		b.Settings = &p.Registrar.Backups[0].Settings
	}
	if p.Site != nil {
		b.BranchSite = p.Site.Name
		if p.Site.Parent != nil {
			b.CentralSite = p.Site.Parent.Name
		}
	}
	association := t.Association(p)
	if pool := association.Backup; pool != nil {
		b.backup, b.Partner = pool.FQDN, strings.Join(t.BackupRegistrars(pool), ", ")
	}
	if pool := association.Users; pool != nil {
		b.users = pool.FQDN
	}
	return b
}

// ImportBranch finds the association of an appliance by the name of the appliance, in any spelling.
func (c *Client) ImportBranch(ctx context.Context, name string) (*ObservedBranch, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	fqdn, err := topology.ParseFQDN(name)
	if err != nil {
		return nil, &ImportIDError{ID: name, Purpose: BranchAppliance}
	}
	if branch := readBranch(t, fqdn); branch != nil {
		return branch, nil
	}
	if !topology.HostName.MatchString(name) {
		return nil, &ImportIDError{ID: name, Purpose: BranchAppliance}
	}
	if _, err := c.lookup(t, fqdn, BranchAppliance); err != nil {
		return nil, err
	}
	return nil, &NoBackupError{Appliance: fqdn, Location: c.store.Location()}
}

// branchResult is what a change of an association returns.
type branchResult struct {
	branch  *ObservedBranch
	adopted bool     // the association existed before a creation
	moved   bool     // an update changed the pool
	steps   []string // that remain to be done by hand after a move
	kept    *KeptBranch

	warnings []resilience.Violation // about the end of the association
}

// CreateBranch writes the association of an appliance and returns it as read back. It adopts an existing association:
// then it writes only settings that differ. Beside a *[publisher.Error] the association is returned too, if the
// document has it.
func (c *Client) CreateBranch(
	ctx context.Context, desired topology.DesiredBranch,
) (branch *ObservedBranch, adopted bool, outcome Outcome, err error) {
	result, outcome, err := c.writeBranch(ctx, desired, publisher.Change[branchResult]{
		Order: publisher.Creation,
		Apply: func(e *topology.Editor) (branchResult, error) {
			found := c.options.Policy.OnChange(resilience.BranchCreate(e.Topology(), desired))
			if broken := blocking(found); len(broken) > 0 {
				return branchResult{}, &RuleError{Violations: broken}
			}
			adopted := readBranch(e.Topology(), desired.Appliance) != nil
			return branchResult{adopted: adopted}, refused(e.WriteBranch(desired))
		},
	})
	if err == nil {
		c.ledger.Adopt(result.branch.Appliance)
	}
	return result.branch, result.adopted, outcome, err
}

// UpdateBranch gives the association of an appliance the desired pool and settings, and returns it as read back. Beside
// a *[publisher.Error] the association is returned too, if the document has it. enable is set if an earlier publish of
// the association is not in effect yet.
func (c *Client) UpdateBranch(
	ctx context.Context, desired topology.DesiredBranch, enable bool,
) (*ObservedBranch, Outcome, error) {
	result, outcome, err := c.writeBranch(ctx, desired, publisher.Change[branchResult]{
		Order:  publisher.Update,
		Enable: enable,
		Apply: func(e *topology.Editor) (branchResult, error) {
			if broken := blocking(c.options.Policy.OnChange(resilience.BranchMove(e.Topology(),
				desired))); len(broken) > 0 {
				return branchResult{}, &RuleError{Violations: broken}
			}
			existing := readBranch(e.Topology(), desired.Appliance)
			moved := existing == nil || !existing.isOn(desired.Pool)
			return branchResult{moved: moved}, refused(e.WriteBranch(desired))
		},
	})
	if err == nil {
		outcome.Steps = result.steps
	}
	return result.branch, outcome, err
}

func (c *Client) writeBranch(
	ctx context.Context, desired topology.DesiredBranch, change publisher.Change[branchResult],
) (branchResult, Outcome, error) {
	if desired.Settings == nil {
		return branchResult{}, Outcome{}, &UnknownSettingsError{Pool: desired.Appliance}
	}
	c.ledger.StartApply()
	name := desired.Appliance
	change.Name, change.Key = "the branch backup of "+name.String(), name.String()
	change.Verify = func(t *topology.Topology, result branchResult) (branchResult, error) {
		if result.branch = readBranch(t, name); result.branch == nil {
			return result, fmt.Errorf("the appliance %s has no backup registrar", name)
		}
		if result.moved {
			result.steps = runbook.AfterMove(t, name, desired.Pool)
		}
		return result, differenceError(t.BranchDifference(desired))
	}
	return submit(ctx, c, change)
}

// KeptBranch is the reason why a removal left an association unchanged.
type KeptBranch struct {
	Appliance   topology.FQDN
	Pool        topology.FQDN
	BackupPool  string // the pool that the appliance names now, or the identity of a Registrar that does not resolve
	IsElsewhere bool   // another resource of the same walk manages the association now
}

// DeleteBranch removes the Backup that CreateBranch wrote, if it still names the pool. An adopted one stays. Nothing is
// written if the successor of the association would be refused. The warnings are those of the end, if they are asked
// for. kept is the reason why an association that was not adopted stays, nil for none.
func (c *Client) DeleteBranch(
	ctx context.Context, appliance, pool topology.FQDN, adopted bool, removal Removal[topology.DesiredBranch],
) (warnings []resilience.Violation, kept *KeptBranch, outcome Outcome, err error) {
	c.ledger.StartApply()
	needsTopology := removal.Enable || removal.Warn || removal.Successor != nil
	if adopted && !needsTopology && !c.options.ReadOnly {
		return nil, nil, Outcome{}, nil
	}
	result, outcome, err := submit(ctx, c, publisher.Change[branchResult]{
		Name: "the removal of the branch backup of " + appliance.String(), Key: appliance.String(),
		Order: publisher.Removal, Enable: removal.Enable,
		Apply: func(e *topology.Editor) (branchResult, error) {
			return c.applyBranchRemoval(e, appliance, pool, adopted, removal)
		},
		Verify: func(t *topology.Topology, result branchResult) (branchResult, error) {
			if found := readBranch(t, appliance); found != nil && result.kept == nil && !adopted {
				return result, fmt.Errorf("the backup registrar of %s is on %s", appliance, found.backupWords)
			}
			return result, nil
		},
	})
	return result.warnings, result.kept, outcome, err
}

// applyBranchRemoval makes the removal of an association.
func (c *Client) applyBranchRemoval(
	e *topology.Editor, appliance, pool topology.FQDN, adopted bool, removal Removal[topology.DesiredBranch],
) (result branchResult, err error) {
	if removal.Successor != nil {
		if err := c.checkBranchSuccessor(e.Document(), appliance, pool, adopted, *removal.Successor); err != nil {
			return result, err
		}
	}
	t := e.Topology()
	if err := checkNames(t, resilience.SettingAppliance, appliance); err != nil {
		return result, err
	}
	existing := readBranch(t, appliance)
	isElsewhere := c.ledger.IsAdopted(appliance)
	if existing != nil && !adopted && (isElsewhere || existing.backup != pool || pool.IsZero()) {
		result.kept = &KeptBranch{
			Appliance: appliance, Pool: pool, BackupPool: existing.backupWords, IsElsewhere: isElsewhere,
		}
		return result, nil
	}
	if removal.Warn {
		result.warnings = c.options.Policy.OnChange(resilience.BranchDestroy(t, appliance, pool, adopted))
	}
	if existing == nil || adopted {
		return result, nil
	}
	return result, refused(e.DeleteBranch(appliance, pool))
}
