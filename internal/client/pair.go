package client

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/runbook"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Registrar is one direction of a pair as the topology has it: what happens when this pool fails, and what else the
// pair has on it. Empty strings are for values that the topology does not have.
type Registrar struct {
	Pool              topology.FQDN
	Site              string
	Edition           string
	Version           string
	ServiceVersion    int
	CentralManagement string

	BackupRegistrar string             // several names if there are several; empty if the Backup does not resolve
	Settings        *topology.Settings // nil without a Backup
	BackupService   string

	links topology.Links // A is Pool, B is its partner
}

// ObservedPair is a pair as the topology has it, complete or incomplete. The Registrars are in the order of the ID.
type ObservedPair struct {
	ID         topology.PairID
	Complete   bool // all four links exist
	Registrars [2]Registrar

	topology *topology.Topology // the one that has the pair
}

// Steps returns the steps that remain to be done by hand on the servers after the pair was published.
func (p *ObservedPair) Steps() []string { return runbook.AfterPairing(p.topology, p.ID) }

// Pair returns the pair of two pools, nil if nothing links them or a member does not exist. It refuses names that
// do not identify the pools.
func (c *Client) Pair(ctx context.Context, id topology.PairID) (*ObservedPair, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	return readPair(t, id), checkPairNames(t, id)
}

// readPair returns the pair of two pools, nil if nothing links them, or if their names do not identify two pools.
func readPair(t *topology.Topology, id topology.PairID) *ObservedPair {
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || a == b || !t.PairLinks(a, b).Any() {
		return nil
	}
	return describePair(t, a, b)
}

// describePair returns the pair of two pools that are linked, given in the order of their names.
func describePair(t *topology.Topology, a, b *topology.Pool) *ObservedPair {
	return &ObservedPair{
		ID: topology.NewPairID(a.FQDN, b.FQDN), Complete: t.Links(a, b).All(), topology: t,
		Registrars: [2]Registrar{readRegistrar(t, a, b), readRegistrar(t, b, a)},
	}
}

// readRegistrar returns one direction of the pair of p with partner.
func readRegistrar(t *topology.Topology, p, partner *topology.Pool) Registrar {
	r := Registrar{
		Pool: p.FQDN, Edition: string(p.Edition), Version: topology.VersionName(p.Version), ServiceVersion: p.Version,
		CentralManagement: string(p.Central), BackupRegistrar: strings.Join(t.BackupRegistrars(p), ", "),
	}
	if p.Site != nil {
		r.Site = p.Site.Name
	}
	if p.Registrar != nil && len(p.Registrar.Backups) > 0 {
		r.Settings = &p.Registrar.Backups[0].Settings
	}
	// A link to the partner makes the direction complete. Backup services for two partners, and two services with the
	// identity that the Backup names, are findings and not drift.
	r.links = t.Links(p, partner)
	if r.links.BackupA && len(p.Registrar.Backups) == 1 {
		r.BackupRegistrar = partner.FQDN.String()
	}
	if partners := t.BackupServicePartners(p); r.links.ServiceA {
		r.BackupService = partner.FQDN.String()
	} else if len(partners) > 0 {
		r.BackupService = partners[0]
	}
	return r
}

// pairResult is what a change of a pair returns.
type pairResult struct {
	pair     *ObservedPair
	steps    []string               // that remain to be done by hand
	standby  topology.Standby       // of a removed pair
	kept     bool                   // the removal left the pair to another resource
	warnings []resilience.Violation // about the end of a pair
}

// CreatePair writes a pair and returns it as read back. It waits for other changes of this walk to remove the links of
// its pools. Beside a *[publisher.Error] the pair is returned too, if the document has it.
func (c *Client) CreatePair(ctx context.Context, desired topology.DesiredPair) (*ObservedPair, Outcome, error) {
	id := desired.ID()
	if err := settingsKnown(desired); err != nil {
		return nil, Outcome{}, err
	}
	apply := func(e *topology.Editor) error {
		t := e.Topology()
		if err := checkNames(t, resilience.SettingPools, id.First, id.Second); err != nil {
			return err // no other change of this walk can resolve it
		}
		if conflicts := resilience.Conflicts(t, desired); len(conflicts) > 0 {
			return &publisher.BlockedError{Refusal: &RuleError{Violations: applyConflicts(conflicts)}}
		}
		if broken := blocking(c.options.Policy.OnChange(resilience.Create(t, desired))); len(broken) > 0 {
			return &RuleError{Violations: broken}
		}
		return refused(e.CreatePair(desired))
	}
	result, outcome, err := c.writePair(ctx, desired, publisher.Change[pairResult]{
		Order: publisher.Creation,
		Apply: func(e *topology.Editor) (pairResult, error) { return pairResult{}, apply(e) },
		Preview: func(doc *topology.Document) (pairResult, error) {
			e, err := withoutConflicts(doc, resilience.Conflicts(doc.Topology(), desired))
			if err != nil {
				return pairResult{}, err
			}
			if err := apply(e); err != nil {
				return pairResult{}, err
			}
			return pairResult{pair: readPair(e.Topology(), id)}, nil
		},
	})
	if err == nil {
		outcome.Steps = result.Steps()
	}
	return result, outcome, err
}

// UpdatePair gives an existing pair the desired settings and all its links, and returns it as read back. Beside a
// *[publisher.Error] the pair is returned too, if the document has it. enable is set if an earlier publish of the pair
// is not in effect yet.
func (c *Client) UpdatePair(
	ctx context.Context, desired topology.DesiredPair, enable bool,
) (*ObservedPair, Outcome, error) {
	id := desired.ID()
	if err := settingsKnown(desired); err != nil {
		return nil, Outcome{}, err
	}
	return c.writePair(ctx, desired, publisher.Change[pairResult]{
		Order:  publisher.Update,
		Enable: enable,
		Apply: func(e *topology.Editor) (pairResult, error) {
			t := e.Topology()
			if err := checkNames(t, resilience.SettingPools, id.First, id.Second); err != nil {
				return pairResult{}, err
			}
			if readPair(t, id) == nil {
				return pairResult{},
					refused(&topology.Refusal{Fault: topology.PairNotFound, Pool: id.First, Other: id.Second})
			}
			if conflicts := repairConflicts(t, id); len(conflicts) > 0 {
				return pairResult{}, &publisher.BlockedError{Refusal: &RuleError{Violations: applyConflicts(conflicts)}}
			}
			return pairResult{}, refused(e.UpdatePair(desired))
		},
	})
}

// settingsKnown returns an error if the settings of a member are unknown. The provider never writes such a pair.
func settingsKnown(desired topology.DesiredPair) error {
	for _, member := range desired.Members {
		if _, known := desired.Settings[member]; !known {
			return &UnknownSettingsError{Pool: member}
		}
	}
	return nil
}

func (c *Client) writePair(
	ctx context.Context, desired topology.DesiredPair, change publisher.Change[pairResult],
) (*ObservedPair, Outcome, error) {
	c.ledger.StartApply()
	id := desired.ID()
	change.Name, change.Key = "the pool pair "+id.String(), id.String()
	change.Verify = func(t *topology.Topology, _ pairResult) (pairResult, error) {
		found := readPair(t, id)
		if found == nil {
			return pairResult{}, fmt.Errorf("%s and %s are not linked", id.First, id.Second)
		}
		c.ledger.NoteWritten(id)
		return pairResult{pair: found}, differenceError(t.PairDifference(desired))
	}
	result, outcome, err := submit(ctx, c, change)
	return result.pair, outcome, err
}

// DeletePair ends a pair. A pair that does not exist is success. Nothing is written if the successor of the pair would
// be refused, or if this walk has refused a creation because the pair was in its way. A pair that another resource of
// this walk has written stays. The warnings are those of the end, if they are asked for, and describe what was left
// unchanged.
func (c *Client) DeletePair(
	ctx context.Context, id topology.PairID, removal Removal[PairSuccessor],
) (warnings []resilience.Violation, outcome Outcome, err error) {
	c.ledger.StartApply()
	if c.ledger.IsNeeded(id) {
		return nil, Outcome{}, &UnreplacedError{ID: id}
	}
	c.ledger.Release(id)
	result, outcome, err := submit(ctx, c, publisher.Change[pairResult]{
		Name:   "the removal of the pool pair " + id.String(),
		Key:    id.String(),
		Order:  publisher.Removal,
		Enable: removal.Enable,
		Apply: func(e *topology.Editor) (result pairResult, err error) {
			t := e.Topology()
			if result.kept = c.ledger.IsWritten(id); result.kept {
				return result, nil
			}
			if removal.Successor != nil {
				if err := c.checkSuccessor(e.Document(), id, *removal.Successor); err != nil {
					return result, err
				}
			}
			if err := checkPairNames(t, id); err != nil {
				return result, err
			}
			if removal.Warn {
				result.warnings = c.options.Policy.OnChange(resilience.Destroy(t, id))
			}
			if readPair(t, id) != nil {
				result.steps = runbook.AfterUnpairing(t, id)
			}
			result.standby, err = e.DeletePair(id)
			return result, refused(err)
		},
		Verify: func(t *topology.Topology, result pairResult) (pairResult, error) {
			if !result.kept && readPair(t, id) != nil {
				return result, fmt.Errorf("%s and %s are still linked", id.First, id.Second)
			}
			return result, nil
		},
	})
	if err != nil {
		return nil, outcome, err
	}
	if result.kept {
		return resilience.PairLeft(id), outcome, nil
	}
	outcome.Steps, warnings = result.steps, result.warnings
	if role := result.standby.Ambiguous; role != "" {
		warnings = append(warnings, resilience.CentralKept(id, role))
	}
	return warnings, outcome, nil
}

// differenceError returns the error of a relationship that was read back and differs, nil for an empty difference.
func differenceError(difference string) error {
	if difference == "" {
		return nil
	}
	return &publisher.DifferenceError{Difference: difference}
}

// refused turns the refusal of an edit into the violation of a rule. It returns any other error unchanged.
func refused(err error) error {
	var refusal *topology.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	return &RuleError{Violations: []resilience.Violation{resilience.Refused(refusal)}}
}

// applyConflicts returns the violations of conflicts that remain when a pair is written.
func applyConflicts(conflicts []resilience.Conflict) []resilience.Violation {
	found := make([]resilience.Violation, 0, len(conflicts))
	for _, conflict := range conflicts {
		found = append(found, conflict.AtApply())
	}
	return found
}
