package client

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
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
	FailureDetection  *time.Duration
	FailbackDetection *time.Duration

	FailureUnreadable, FailbackUnreadable bool // as in [topology.Settings]
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
		b.FailureUnreadable, b.FailbackUnreadable = s.FailureUnreadable, s.FailbackUnreadable
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
		return nil, fmt.Errorf("%s is %s of %s; a branch backup is that of a Survivable Branch Appliance or Server", p.FQDN, p.Found, c.store.Location())
	case host != nil:
		return nil, fmt.Errorf("%s is a computer of %s, which is %s, and no appliance", canonical, host.FQDN, host.Found)
	default:
		return nil, fmt.Errorf("the topology in %s has no appliance %s", c.store.Location(), canonical)
	}
}

// CreateBranch takes charge of the association of an appliance and returns it as read back, also beside an [UntoldError].
// adopted says that it was there; then only settings that differ are written, and nothing where none does.
func (c *Client) CreateBranch(ctx context.Context, wanted resilience.Branch) (branch *Branch, adopted bool, outcome Outcome, err error) {
	ch := &change{order: orderClaim, block: resilience.BranchImportBlock(topology.CanonicalFQDN(wanted.Appliance))}
	branch, outcome, err = c.writeBranch(ctx, wanted, ch, func(e *topology.Editor) error {
		found := c.options.Policy.OnChange(resilience.BranchCreate(e.Topology(), wanted))
		if broken := blocking(found); len(broken) > 0 {
			return &RuleError{Violations: broken}
		}
		adopted = readBranch(e.Topology(), wanted.Appliance) != nil
		return e.WriteBranch(branchSpec(wanted))
	})
	if err == nil {
		c.ledger.takeCharge(branch.Appliance)
	}
	return branch, adopted, outcome, err
}

// UpdateBranch makes the association of an appliance as it is wanted, wherever it points now, and returns it as read
// back, also beside an [UntoldError]. enable says that what was published of it before is not in effect yet.
func (c *Client) UpdateBranch(ctx context.Context, wanted resilience.Branch, enable bool) (*Branch, Outcome, error) {
	name, pool := topology.CanonicalFQDN(wanted.Appliance), topology.CanonicalFQDN(wanted.Pool)
	moved := false
	branch, outcome, err := c.writeBranch(ctx, wanted, &change{order: orderUpdate, enable: enable}, func(e *topology.Editor) error {
		if broken := blocking(c.options.Policy.OnChange(resilience.BranchMove(e.Topology(), wanted))); len(broken) > 0 {
			return &RuleError{Violations: broken}
		}
		is := readBranch(e.Topology(), name)
		moved = is == nil || is.BackupPool != pool || is.UserServicesPool != pool
		return e.WriteBranch(branchSpec(wanted))
	})
	if err == nil && moved {
		if t, failed := c.Topology(ctx); failed == nil {
			outcome.Steps = resilience.StepsAfterMove(t, name, pool)
		}
	}
	return branch, outcome, err
}

func (c *Client) writeBranch(ctx context.Context, wanted resilience.Branch, ch *change, apply func(*topology.Editor) error) (*Branch, Outcome, error) {
	c.ledger.startApply()
	name := topology.CanonicalFQDN(wanted.Appliance)
	var written *Branch
	ch.name, ch.about, ch.apply = "the branch backup of "+name, name, apply
	ch.verify = func(t *topology.Topology) error {
		written = readBranch(t, name)
		return branchDiffers(written, wanted)
	}
	outcome, err := c.change(ctx, ch)
	return written, outcome, err
}

// DeleteBranch removes the Backup that CreateBranch wrote, if it still names the pool; one that it found stays.
// The warning tells what was left otherwise. enable says that what was published of it before is not in effect yet.
func (c *Client) DeleteBranch(ctx context.Context, appliance, pool string, adopted, enable bool) (warning string, outcome Outcome, err error) {
	c.ledger.startApply()
	name, pool := topology.CanonicalFQDN(appliance), topology.CanonicalFQDN(pool)
	if adopted && !enable && !c.options.ReadOnly {
		return "", Outcome{}, nil
	}
	outcome, err = c.change(ctx, &change{
		name: "the removal of the branch backup of " + name, about: name, order: orderRelease, enable: enable,
		apply: func(e *topology.Editor) error {
			warning = ""
			switch is := readBranch(e.Topology(), name); {
			case is == nil || adopted:
				return nil
			case c.ledger.isTaken(name):
				warning = fmt.Sprintf("The backup registrar of %s was left as it is: another resource of this run has taken charge of it.", name)
				return nil
			case is.BackupPool != pool:
				warning = fmt.Sprintf("The backup registrar of %s was left as it is: it is on %s now, and no longer on %s.", name, is.BackupPool, pool)
				return nil
			}
			return e.DeleteBranch(name, pool)
		},
		verify: func(t *topology.Topology) error {
			if is := readBranch(t, name); is != nil && warning == "" && !adopted {
				return fmt.Errorf("the backup registrar of %s is on %s", name, is.BackupPool)
			}
			return nil
		},
	})
	return warning, outcome, err
}

func branchSpec(wanted resilience.Branch) topology.BranchSpec {
	return topology.BranchSpec{Appliance: wanted.Appliance, Pool: wanted.Pool, Settings: topology.WantedSettings(*wanted.Settings)}
}

// branchDiffers compares an association read back with the wanted one; nil means they are the same.
func branchDiffers(got *Branch, wanted resilience.Branch) error {
	pool, w := topology.CanonicalFQDN(wanted.Pool), wanted.Settings
	switch {
	case got == nil:
		return fmt.Errorf("the appliance %s has no backup registrar", wanted.Appliance)
	case got.BackupPool != pool:
		return notAsWritten("the backup registrar of %s is on %s, not on %s", got.Appliance, got.BackupPool, pool)
	case got.UserServicesPool != pool:
		return notAsWritten("the user services of %s are on %s, not on %s", got.Appliance, got.UserServicesPool, pool)
	case got.AutomaticFailover == nil || *got.AutomaticFailover != w.AutomaticFailover:
		return notAsWritten("automatic failover of %s is not %t", got.Appliance, w.AutomaticFailover)
	case !isInterval(got.FailureDetection, w.FailureDetection, w.FailureOptional):
		return notAsWritten("the failure detection interval of %s is not %s", got.Appliance, w.FailureDetection)
	case !isInterval(got.FailbackDetection, w.FailbackDetection, w.FailbackOptional):
		return notAsWritten("the failback detection interval of %s is not %s", got.Appliance, w.FailbackDetection)
	}
	return nil
}
