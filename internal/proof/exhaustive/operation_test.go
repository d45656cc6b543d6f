package exhaustive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// operation is what one run of Terraform does: one change, two changes at once, or the replacement of a pair by
// another one, which is a removal and then a creation.
type operation struct {
	changes     []change
	replacement bool
}

func (o operation) String() string {
	var text []string
	for _, c := range o.changes {
		text = append(text, c.String())
	}
	if o.replacement {
		return strings.Join(text, ", then ")
	}
	return strings.Join(text, " with ")
}

// operations returns all operations on some pools.
func operations(pools int) []operation {
	var pairs []change
	for a := range pools {
		for b := a + 1; b < pools; b++ {
			pairs = append(pairs, change{a: a, b: b})
		}
	}
	if pools == 1 {
		return []operation{{changes: []change{{creation, 0, 0}}}}
	}
	var all []operation
	var single []change
	for _, k := range []kind{creation, remove, set} {
		for _, p := range pairs {
			single = append(single, change{k, p.a, p.b})
		}
	}
	for i, c := range single {
		all = append(all, operation{changes: []change{c}})
		for _, d := range single[i+1:] {
			all = append(all, operation{changes: []change{c, d}})
		}
	}
	for _, old := range pairs {
		for _, next := range pairs {
			if old != next {
				all = append(all, operation{[]change{{remove, old.a, old.b}, {creation, next.a, next.b}}, true})
			}
		}
	}
	return all
}

// desired returns the pair that a change writes.
func (c change) desired() topology.DesiredPair {
	s := topology.DesiredSettings{
		AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute,
	}
	if c.kind == set {
		s = topology.DesiredSettings{FailureDetection: 2 * time.Minute, FailbackDetection: 20 * time.Minute}
	}
	a, b := memory.Members(string(rune('a'+c.a)) + string(rune('a'+c.b)))
	return topology.DesiredPair{
		Members: [2]topology.FQDN{a, b}, Settings: map[topology.FQDN]topology.DesiredSettings{a: s, b: s},
	}
}

// plan plans an operation as the provider does: it reads the pairs of the state, then plans all changes at once. It
// reports whether the plan passes, and returns the successor of a replaced pair.
func (o operation) plan(ctx context.Context, doc []byte) (passes bool, successor *client.PairSuccessor, err error) {
	stored := memory.New(doc)
	c := client.New(stored, client.Options{})
	var mu sync.Mutex
	var group sync.WaitGroup
	passes = true
	settle := func(violations []resilience.Violation, planErr error) {
		mu.Lock()
		defer mu.Unlock()
		isError := func(v resilience.Violation) bool { return v.Severity == resilience.Error }
		passes = passes && planErr == nil && !slices.ContainsFunc(violations, isError)
		if !isRefusal(planErr) {
			err = errors.Join(err, planErr)
		}
	}
	observed := make([]*client.ObservedPair, len(o.changes))
	for i, change := range o.changes {
		if change.kind == creation {
			continue
		}
		found, readErr := c.Pair(ctx, change.desired().ID())
		if settle(nil, readErr); found != nil {
			settle(c.PairRead(found.ID), nil)
		}
		observed[i] = found
	}
	if o.replacement {
		leave := c.Enter()
		planChange(ctx, c, o.changes[0], observed[0], settle)
		planChange(ctx, c, o.changes[1], nil, settle)
		leave()
	} else {
		for i, change := range o.changes {
			leave := c.Enter()
			group.Go(func() {
				defer leave()
				planChange(ctx, c, change, observed[i], settle)
			})
		}
		group.Wait()
	}
	if o.replacement && passes {
		successor, err = c.PlanSuccessor(ctx, o.changes[1].desired())
	}
	if stored.Publishes() > 0 {
		err = errors.Join(err, errors.New("it publishes"))
	}
	return passes, successor, err
}

// planChange plans one change of a pair as the provider has read it. A pair that does not exist has no resource in the
// state, so there is no removal to plan.
func planChange(
	ctx context.Context, c *client.Client, change change, observed *client.ObservedPair,
	settle func([]resilience.Violation, error),
) {
	desired := change.desired()
	switch {
	case change.kind == creation:
		settle(c.PlanCreate(ctx, desired))
	case change.kind == remove && observed != nil:
		settle(c.PlanRemoval(ctx, desired.ID()))
	case change.kind == set && observed != nil:
		settings, repair := differences(observed, desired)
		settle(c.PlanUpdate(ctx, desired, settings, repair))
	case change.kind == set:
		settle(nil, &client.RuleError{}) // the plan would be a creation
	}
}

// differences returns which settings a plan changes, and whether it changes links.
func differences(
	observed *client.ObservedPair, desired topology.DesiredPair,
) (settings map[topology.FQDN]resilience.Changed, repair bool) {
	settings = map[topology.FQDN]resilience.Changed{}
	for i, r := range observed.Registrars {
		want, partner := desired.Settings[r.Pool], observed.Registrars[1-i].Pool.String()
		repair = repair || r.BackupRegistrar != partner || r.BackupService != partner
		if r.Settings == nil || r.Settings.Difference(r.Pool, want) != "" {
			settings[r.Pool] = resilience.AllSettings()
		}
	}
	return settings, repair
}

// apply applies an operation with a client of its own: two changes arrive at once. It returns which changes were made,
// and each document that was published.
func (o operation) apply(
	ctx context.Context, doc []byte, successor *client.PairSuccessor,
) (made []bool, published [][]byte, err error) {
	return o.applyAfter(ctx, doc, successor, func() {})
}

// applyAfter is apply with a call of pause between the arrivals of two changes.
func (o operation) applyAfter(
	ctx context.Context, doc []byte, successor *client.PairSuccessor, pause func(),
) (made []bool, published [][]byte, err error) {
	s := memory.New(doc)
	s.Fail = func(_ int, next []byte) error {
		published = append(published, next)
		return nil
	}
	c := client.New(s, client.Options{})
	made = make([]bool, len(o.changes))
	failures := make([]error, len(o.changes))
	one := func(i int) {
		defer c.Enter()()
		made[i], failures[i] = applyChange(ctx, c, o.changes[i], successor)
	}
	if o.replacement {
		if one(0); made[0] {
			one(1)
		}
		return made, published, errors.Join(failures...)
	}
	var group sync.WaitGroup
	for i := range o.changes {
		group.Go(func() { one(i) })
		pause()
	}
	group.Wait()
	return made, published, errors.Join(failures...)
}

// applyChange applies one change. An error other than a refusal is a failure.
func applyChange(
	ctx context.Context, c *client.Client, change change, successor *client.PairSuccessor,
) (made bool, failure error) {
	desired := change.desired()
	var outcome client.Outcome
	var err error
	switch change.kind {
	case creation:
		_, outcome, err = c.CreatePair(ctx, desired)
	case set:
		_, outcome, err = c.UpdatePair(ctx, desired, false)
	case remove:
		_, outcome, err = c.DeletePair(ctx, desired.ID(), client.Removal[client.PairSuccessor]{Successor: successor})
	}
	switch {
	case outcome.Difference != "":
		return false, fmt.Errorf("%s: %s", change, outcome.Difference)
	case !isRefusal(err):
		return false, fmt.Errorf("%s: %w", change, err)
	default:
		return err == nil, nil
	}
}

// isRefusal reports whether an error is none, or the refusal of a change by rules.
func isRefusal(err error) bool {
	var refused *client.RuleError
	return err == nil || errors.As(err, &refused)
}
