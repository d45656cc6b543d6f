package client

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/runbook"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Registrar is one direction of a pair as the topology has it: what happens when this pool fails, and what else the
// pair has on it. Names are canonical; empty strings and nil stand for what is not there.
type Registrar struct {
	Pool              string
	Site              string
	Edition           string
	Version           string
	ServiceVersion    int
	CentralManagement string

	BackupRegistrar   string
	AutomaticFailover *bool
	FailureDetection  topology.Interval
	FailbackDetection topology.Interval
	BackupService     string
}

// Pair is a pair as the topology has it, whole or half-made. The Registrars are in the order of the ID.
type Pair struct {
	ID         PairID
	Complete   bool // all four links are there
	Registrars [2]Registrar

	topology *topology.Topology // that it was read from
}

// Steps is what has to be done by hand on the servers after the pair was published.
func (p *Pair) Steps() []string {
	return runbook.AfterPairing(p.topology, p.ID.First, p.ID.Second)
}

// Pair returns the pair of two pools, nil where nothing links them or a member is gone.
func (c *Client) Pair(ctx context.Context, id PairID) (*Pair, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	return readPair(t, id), nil
}

func readPair(t *topology.Topology, id PairID) *Pair {
	a, b := t.Pool(id.First), t.Pool(id.Second)
	if a == nil || b == nil || a == b || !t.PairLinks(a, b).Any() {
		return nil
	}
	return &Pair{
		ID: id, Complete: t.Links(a, b).All(), topology: t,
		Registrars: [2]Registrar{readRegistrar(t, a, b), readRegistrar(t, b, a)},
	}
}

// readRegistrar tells one direction of the pair of p with partner.
func readRegistrar(t *topology.Topology, p, partner *topology.Pool) Registrar {
	r := Registrar{
		Pool: p.FQDN, Edition: string(p.Edition), Version: topology.VersionName(p.Version), ServiceVersion: p.Version,
		CentralManagement: string(p.Central), BackupRegistrar: strings.Join(t.BackupRegistrars(p), ", "),
	}
	if p.Site != nil {
		r.Site = p.Site.Name
	}
	if p.Registrar != nil && len(p.Registrar.Backups) > 0 {
		s := p.Registrar.Backups[0].Settings
		r.AutomaticFailover, r.FailureDetection, r.FailbackDetection = &s.AutomaticFailover, s.FailureDetection, s.FailbackDetection
	}
	// A link to the partner keeps the pair whole. That a pool has backup services for two, or that two services bear the
	// identity it names, is a finding, not drift.
	links := t.Links(p, partner)
	if links.BackupA && len(p.Registrar.Backups) == 1 {
		r.BackupRegistrar = partner.FQDN
	}
	if partners := t.BackupServicePartners(p); links.ServiceA {
		r.BackupService = partner.FQDN
	} else if len(partners) > 0 {
		r.BackupService = partners[0]
	}
	return r
}

// ImportPair finds a pair by "a,b" in any order and spelling, or by one of its pools. Any link between the two makes
// them a pair, since an update makes it whole.
func (c *Client) ImportPair(ctx context.Context, name string) (*Pair, error) {
	t, err := c.Topology(ctx)
	if err != nil {
		return nil, err
	}
	id, err := ParsePairID(name)
	if err != nil {
		return nil, err
	}
	if id.Second == "" {
		if id, err = c.partnerOf(t, id.First); err != nil {
			return nil, err
		}
	}
	if self := resilience.Self([]string{id.First, id.Second}); len(self) > 0 {
		return nil, &RuleError{Violations: self}
	}
	for _, member := range []string{id.First, id.Second} {
		if err := c.canBePaired(t, member); err != nil {
			return nil, err
		}
	}
	pair := readPair(t, id)
	if pair == nil {
		return nil, fmt.Errorf("nothing links %s and %s in %s, so there is no pair to import; declare the pair without an import to create it",
			id.First, id.Second, c.store.Location())
	}
	return pair, nil
}

func (c *Client) canBePaired(t *topology.Topology, name string) error {
	p := t.Pool(name)
	switch host := t.PoolOfComputer(name); {
	case p == nil && host != nil:
		return fmt.Errorf("%s is a computer of the pool %s; name the pool", name, host.FQDN)
	case p == nil:
		return fmt.Errorf("the topology in %s has no pool %s", c.store.Location(), name)
	case !p.IsFrontEnd2013():
		return fmt.Errorf("%s is %s of %s; a pool pair has two Front End pools of Lync Server 2013 or later",
			p.FQDN, p.Description, topology.VersionName(p.Version))
	default:
		return nil
	}
}

// partnerOf returns the pair of one pool: with the partner that its Registrar names, else with the one pool that is
// linked with it.
func (c *Client) partnerOf(t *topology.Topology, name string) (PairID, error) {
	if err := c.canBePaired(t, name); err != nil {
		return PairID{}, err
	}
	p := t.Pool(name)
	var linked []string
	for _, other := range t.Linked(p) {
		if other.Kind != topology.KindFrontEnd {
			continue
		}
		if slices.Equal(t.BackupRegistrars(p), []string{other.FQDN}) {
			return NewPairID(p.FQDN, other.FQDN), nil
		}
		linked = append(linked, other.FQDN)
	}
	switch len(linked) {
	case 0:
		return PairID{}, fmt.Errorf("%s is linked with no other Front End pool in %s, so there is no pair to import", p.FQDN, c.store.Location())
	case 1:
		return NewPairID(p.FQDN, linked[0]), nil
	default:
		return PairID{}, fmt.Errorf("%s is linked with several pools: %s; name both pools of the pair to import, \"%s,%s\"",
			p.FQDN, strings.Join(linked, ", "), p.FQDN, linked[0])
	}
}

// pairResult is what a change of a pair returns.
type pairResult struct {
	pair    *Pair
	steps   []string // that remain to be done by hand
	warning string   // what a removal left unchanged
}

// CreatePair writes a pair and returns it as read back. It waits for other changes of this walk to remove the links of
// its pools. Beside a *[publisher.Error] the pair is returned too, if the document has it.
func (c *Client) CreatePair(ctx context.Context, wanted resilience.Pair) (*Pair, Outcome, error) {
	id := NewPairID(wanted.Members[0], wanted.Members[1])
	if err := settingsKnown(wanted); err != nil {
		return nil, Outcome{}, err
	}
	apply := func(e *topology.Editor) error {
		t := e.Topology()
		if conflicts := resilience.Conflicts(t, wanted); len(conflicts) > 0 {
			return &publisher.BlockedError{Refusal: &RuleError{Violations: applyConflicts(conflicts)}}
		}
		if broken := blocking(c.options.Policy.OnChange(resilience.Create(t, wanted))); len(broken) > 0 {
			return &RuleError{Violations: broken}
		}
		return e.CreatePair(spec(wanted))
	}
	result, outcome, err := c.writePair(ctx, wanted, publisher.Change[pairResult]{
		Order: publisher.Creation,
		Apply: func(e *topology.Editor) (pairResult, error) { return pairResult{}, apply(e) },
		Preview: func(doc *topology.Document) (pairResult, error) {
			e, err := withoutConflicts(doc, resilience.Conflicts(doc.Topology(), wanted))
			if err != nil {
				return pairResult{}, err
			}
			if err := apply(e); err != nil {
				return pairResult{}, err
			}
			written := readPair(e.Topology(), id)
			return pairResult{pair: written}, differs(written, wanted)
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
func (c *Client) UpdatePair(ctx context.Context, wanted resilience.Pair, enable bool) (*Pair, Outcome, error) {
	id := NewPairID(wanted.Members[0], wanted.Members[1])
	if err := settingsKnown(wanted); err != nil {
		return nil, Outcome{}, err
	}
	return c.writePair(ctx, wanted, publisher.Change[pairResult]{
		Order:  publisher.Update,
		Enable: enable,
		Apply: func(e *topology.Editor) (pairResult, error) {
			t := e.Topology()
			if readPair(t, id) == nil {
				return pairResult{}, fmt.Errorf("the pool pair %s is no longer in the topology; "+
					"run terraform plan to see what is there and to make it again", id)
			}
			if conflicts := repairConflicts(t, id); len(conflicts) > 0 {
				return pairResult{}, &publisher.BlockedError{Refusal: &RuleError{Violations: applyConflicts(conflicts)}}
			}
			return pairResult{}, e.UpdatePair(spec(wanted))
		},
	})
}

// settingsKnown returns an error if the settings of a member are unknown. The provider never writes such a pair.
func settingsKnown(wanted resilience.Pair) error {
	for _, member := range wanted.Members {
		if _, known := wanted.Settings[topology.CanonicalFQDN(member)]; !known {
			return fmt.Errorf("the settings of %s are not known, so nothing was written; please report this with the configuration", member)
		}
	}
	return nil
}

func (c *Client) writePair(ctx context.Context, wanted resilience.Pair, change publisher.Change[pairResult]) (*Pair, Outcome, error) {
	c.ledger.StartApply()
	id := NewPairID(wanted.Members[0], wanted.Members[1])
	change.Name, change.Key = "the pool pair "+id.String(), id.String()
	change.Verify = func(t *topology.Topology, _ pairResult) (pairResult, error) {
		found := readPair(t, id)
		return pairResult{pair: found}, differs(found, wanted)
	}
	result, outcome, err := submit(ctx, c, change)
	return result.pair, outcome, err
}

// DeletePair ends a pair. A pair that does not exist is success. The warning describes what was left unchanged. enable
// is set if an earlier publish of the pair is not in effect yet.
func (c *Client) DeletePair(ctx context.Context, id PairID, enable bool) (warning string, outcome Outcome, err error) {
	c.ledger.StartApply()
	c.ledger.Release(id)
	result, outcome, err := submit(ctx, c, publisher.Change[pairResult]{
		Name:   "the removal of the pool pair " + id.String(),
		Key:    id.String(),
		Order:  publisher.Removal,
		Enable: enable,
		Apply: func(e *topology.Editor) (result pairResult, err error) {
			if t := e.Topology(); readPair(t, id) != nil {
				result.steps = runbook.AfterUnpairing(t, id.First, id.Second)
			}
			result.warning, err = e.DeletePair(id.First, id.Second)
			return result, err
		},
		Verify: func(t *topology.Topology, result pairResult) (pairResult, error) {
			if readPair(t, id) != nil {
				return result, fmt.Errorf("%s and %s are still linked", id.First, id.Second)
			}
			return result, nil
		},
	})
	if err == nil {
		outcome.Steps = result.steps
	}
	return result.warning, outcome, err
}

func spec(wanted resilience.Pair) topology.PairSpec {
	var s topology.PairSpec
	for i, name := range wanted.Members {
		s[i] = topology.PairMember{FQDN: name, Settings: topology.DesiredSettings(wanted.Settings[topology.CanonicalFQDN(name)])}
	}
	return s
}

// differs compares a pair read back with the wanted one; nil means they are the same.
func differs(got *Pair, wanted resilience.Pair) error {
	if got == nil {
		return fmt.Errorf("%s and %s are not linked", wanted.Members[0], wanted.Members[1])
	}
	for _, r := range got.Registrars {
		w, partner := wanted.Settings[r.Pool], got.ID.Other(r.Pool)
		switch {
		case r.BackupRegistrar != partner:
			return difference("the backup registrar of %s is %q, not %s", r.Pool, r.BackupRegistrar, partner)
		case r.BackupService != partner:
			return difference("the backup service of %s has the partner %q, not %s", r.Pool, r.BackupService, partner)
		case r.AutomaticFailover == nil || *r.AutomaticFailover != w.AutomaticFailover:
			return difference("automatic failover of %s is not %t", r.Pool, w.AutomaticFailover)
		case !r.FailureDetection.Satisfies(w.FailureDetection, w.FailureOptional):
			return difference("the failure detection interval of %s is not %s", r.Pool, w.FailureDetection)
		case !r.FailbackDetection.Satisfies(w.FailbackDetection, w.FailbackOptional):
			return difference("the failback detection interval of %s is not %s", r.Pool, w.FailbackDetection)
		}
	}
	return nil
}

func difference(format string, args ...any) error {
	return &publisher.DifferenceError{Difference: fmt.Sprintf(format, args...)}
}

// applyConflicts returns the violations of conflicts that remain when a pair is written.
func applyConflicts(conflicts []resilience.Conflict) []resilience.Violation {
	found := make([]resilience.Violation, 0, len(conflicts))
	for _, conflict := range conflicts {
		found = append(found, conflict.AtApply())
	}
	return found
}
