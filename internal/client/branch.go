package client

import (
	"context"
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/runbook"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Branch is an appliance and its association with a pool as the topology has it. Names are canonical; empty strings and
// nil stand for what is not there.
type Branch struct {
	Appliance   string
	Version     string
	BranchSite  string
	CentralSite string // empty also where the document does not tell

	BackupPool        string // several, or what does not resolve, as it stands
	UserServicesPool  string // likewise
	Partner           string // who takes over the users of BackupPool itself
	AutomaticFailover *bool
	FailureDetection  topology.Interval
	FailbackDetection topology.Interval
}

// Branch returns the association of an appliance, nil where the appliance or its Backup is gone.
func (c *Client) Branch(ctx context.Context, appliance string) (*Branch, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	return readBranch(t, appliance), nil
}

func readBranch(t *topology.Topology, name string) *Branch {
	p := t.Pool(name)
	if p == nil || p.Kind != topology.KindAppliance || len(p.Registrar.Backups) == 0 {
		return nil
	}
	return describeBranch(t, p)
}

// describeBranch tells of an appliance, also of one without a Backup.
func describeBranch(t *topology.Topology, p *topology.Pool) *Branch {
	b := &Branch{
		Appliance: p.FQDN, Version: topology.VersionName(p.Version),
		BackupPool:       strings.Join(t.BackupRegistrars(p), ", "),
		UserServicesPool: strings.Join(t.UserServicePools(p), ", "),
	}
	if len(p.Registrar.Backups) > 0 {
		s := p.Registrar.Backups[0].Settings
		b.AutomaticFailover, b.FailureDetection, b.FailbackDetection = &s.AutomaticFailover, s.FailureDetection, s.FailbackDetection
	}
	if p.Site != nil {
		b.BranchSite = p.Site.Name
		if p.Site.Parent != nil {
			b.CentralSite = p.Site.Parent.Name
		}
	}
	if pool := t.Association(p).Backup; pool != nil {
		b.Partner = strings.Join(t.BackupRegistrars(pool), ", ")
	}
	return b
}

// ImportBranch finds the association of an appliance by the name of the appliance, in any spelling.
func (c *Client) ImportBranch(ctx context.Context, name string) (*Branch, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	canonical := topology.CanonicalFQDN(name)
	if branch := readBranch(t, canonical); branch != nil {
		return branch, nil
	}
	switch p, host := t.Pool(canonical), t.PoolOfComputer(canonical); {
	case canonical == "" || strings.ContainsAny(canonical, ", "):
		return nil, fmt.Errorf("%q is no import id of a branch backup; the form is the name of an appliance, \"sba-nantes.contoso.com\"", name)
	case p != nil && p.Kind == topology.KindAppliance:
		return nil, fmt.Errorf("the appliance %s has no backup registrar in %s, so there is nothing to import; declare it without an import to write one",
			p.FQDN, c.store.Location())
	case p != nil:
		return nil, fmt.Errorf("%s is %s of %s; a branch backup is that of a Survivable Branch Appliance or Server", p.FQDN, p.Description, c.store.Location())
	case host != nil:
		return nil, fmt.Errorf("%s is a computer of %s, which is %s, and no appliance", canonical, host.FQDN, host.Description)
	default:
		return nil, fmt.Errorf("the topology in %s has no appliance %s", c.store.Location(), canonical)
	}
}

// branchResult is what a change of an association returns.
type branchResult struct {
	branch  *Branch
	adopted bool   // the association existed before a creation
	moved   bool   // an update changed the pool
	warning string // what a removal left unchanged
}

// CreateBranch writes the association of an appliance and returns it as read back. It adopts an existing association:
// then it writes only settings that differ. Beside a *[publisher.Error] the association is returned too, if the document
// has it.
func (c *Client) CreateBranch(ctx context.Context, wanted resilience.Branch) (branch *Branch, adopted bool, outcome Outcome, err error) {
	result, outcome, err := c.writeBranch(ctx, wanted, publisher.Change[branchResult]{
		Order: publisher.Creation,
		Apply: func(e *topology.Editor) (branchResult, error) {
			found := c.options.Policy.OnChange(resilience.BranchCreate(e.Topology(), wanted))
			if broken := blocking(found); len(broken) > 0 {
				return branchResult{}, &RuleError{Violations: broken}
			}
			adopted := readBranch(e.Topology(), wanted.Appliance) != nil
			return branchResult{adopted: adopted}, e.WriteBranch(branchSpec(wanted))
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
func (c *Client) UpdateBranch(ctx context.Context, wanted resilience.Branch, enable bool) (*Branch, Outcome, error) {
	name, pool := topology.CanonicalFQDN(wanted.Appliance), topology.CanonicalFQDN(wanted.Pool)
	result, outcome, err := c.writeBranch(ctx, wanted, publisher.Change[branchResult]{
		Order:  publisher.Update,
		Enable: enable,
		Apply: func(e *topology.Editor) (branchResult, error) {
			if broken := blocking(c.options.Policy.OnChange(resilience.BranchMove(e.Topology(), wanted))); len(broken) > 0 {
				return branchResult{}, &RuleError{Violations: broken}
			}
			existing := readBranch(e.Topology(), name)
			moved := existing == nil || existing.BackupPool != pool || existing.UserServicesPool != pool
			return branchResult{moved: moved}, e.WriteBranch(branchSpec(wanted))
		},
	})
	if err == nil && result.moved {
		if t, failed := c.Topology(ctx); failed == nil {
			outcome.Steps = runbook.AfterMove(t, name, pool)
		}
	}
	return result.branch, outcome, err
}

func (c *Client) writeBranch(ctx context.Context, wanted resilience.Branch, change publisher.Change[branchResult]) (branchResult, Outcome, error) {
	c.ledger.StartApply()
	name := topology.CanonicalFQDN(wanted.Appliance)
	change.Name, change.Key = "the branch backup of "+name, name
	change.Verify = func(t *topology.Topology, result branchResult) (branchResult, error) {
		result.branch = readBranch(t, name)
		return result, branchDiffers(result.branch, wanted)
	}
	return submit(ctx, c, change)
}

// DeleteBranch removes the Backup that CreateBranch wrote, if it still names the pool. An adopted one stays. The warning
// describes what was left unchanged for another reason. enable is set if an earlier publish of the association is not in
// effect yet.
func (c *Client) DeleteBranch(ctx context.Context, appliance, pool string, adopted, enable bool) (warning string, outcome Outcome, err error) {
	c.ledger.StartApply()
	name, pool := topology.CanonicalFQDN(appliance), topology.CanonicalFQDN(pool)
	if adopted && !enable && !c.options.ReadOnly {
		return "", Outcome{}, nil
	}
	result, outcome, err := submit(ctx, c, publisher.Change[branchResult]{
		Name: "the removal of the branch backup of " + name, Key: name, Order: publisher.Removal, Enable: enable,
		Apply: func(e *topology.Editor) (result branchResult, err error) {
			switch existing := readBranch(e.Topology(), name); {
			case existing == nil || adopted:
				return result, nil
			case c.ledger.IsAdopted(name):
				result.warning = fmt.Sprintf("The backup registrar of %s was left unchanged: another resource of this run manages it now.", name)
				return result, nil
			case existing.BackupPool != pool:
				result.warning = fmt.Sprintf("The backup registrar of %s was left unchanged: it is on %s now, and no longer on %s.",
					name, existing.BackupPool, pool)
				return result, nil
			}
			return result, e.DeleteBranch(name, pool)
		},
		Verify: func(t *topology.Topology, result branchResult) (branchResult, error) {
			if found := readBranch(t, name); found != nil && result.warning == "" && !adopted {
				return result, fmt.Errorf("the backup registrar of %s is on %s", name, found.BackupPool)
			}
			return result, nil
		},
	})
	return result.warning, outcome, err
}

func branchSpec(wanted resilience.Branch) topology.BranchSpec {
	return topology.BranchSpec{Appliance: wanted.Appliance, Pool: wanted.Pool, Settings: topology.DesiredSettings(*wanted.Settings)}
}

// branchDiffers compares an association read back with the wanted one; nil means they are the same.
func branchDiffers(got *Branch, wanted resilience.Branch) error {
	pool, w := topology.CanonicalFQDN(wanted.Pool), wanted.Settings
	switch {
	case got == nil:
		return fmt.Errorf("the appliance %s has no backup registrar", wanted.Appliance)
	case got.BackupPool != pool:
		return difference("the backup registrar of %s is on %s, not on %s", got.Appliance, got.BackupPool, pool)
	case got.UserServicesPool != pool:
		return difference("the user services of %s are on %s, not on %s", got.Appliance, got.UserServicesPool, pool)
	case got.AutomaticFailover == nil || *got.AutomaticFailover != w.AutomaticFailover:
		return difference("automatic failover of %s is not %t", got.Appliance, w.AutomaticFailover)
	case !got.FailureDetection.Satisfies(w.FailureDetection, w.FailureOptional):
		return difference("the failure detection interval of %s is not %s", got.Appliance, w.FailureDetection)
	case !got.FailbackDetection.Satisfies(w.FailbackDetection, w.FailbackOptional):
		return difference("the failback detection interval of %s is not %s", got.Appliance, w.FailbackDetection)
	}
	return nil
}
