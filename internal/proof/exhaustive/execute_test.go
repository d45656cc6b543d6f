package exhaustive

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"
)

// outcome is what an operation does with a document.
type outcome struct {
	next      *node // the document after it
	passes    bool  // its plan
	publishes int
}

// execute plans and applies one operation, and compares both with the model.
func (e *explorer) execute(t *testing.T, n *node, o operation) (outcome, error) {
	t.Helper()
	result := outcome{next: n}
	passes, successor, err := o.plan(t.Context(), n.doc)
	if err != nil {
		return result, fmt.Errorf("plan: %w", err)
	}
	result.passes = passes
	if want := n.world.permits(o.changes...); passes != want {
		return result, fmt.Errorf("the plan passes: %t, in the model: %t", passes, want)
	}
	if !passes && (o.replacement || e.onlyPassed) {
		return result, nil // the removal of a replacement knows that it makes room for the creation
	}
	made, published, err := o.apply(t.Context(), n.doc, successor)
	if err != nil {
		return result, fmt.Errorf("apply: %w", err)
	}
	if passes && slices.Contains(made, false) {
		return result, fmt.Errorf("the plan passes, but the apply makes only %t", made)
	}
	wantPublished, wantMade := o.model(n.world)
	if !slices.Equal(made, wantMade) {
		return result, fmt.Errorf("the apply makes %t, the model %t", made, wantMade)
	}
	if len(published) != len(wantPublished) {
		return result, fmt.Errorf("the apply publishes %d times, the model %d times: %s",
			len(published), len(wantPublished), wantPublished)
	}
	for i, doc := range published {
		before := result.next
		next, err := e.node(doc)
		if err == nil {
			err = errors.Join(addsNone(before.world, next.world), numbersNew(before, next))
		}
		if err != nil {
			return result, err
		}
		if !next.world.equal(wantPublished[i]) {
			return result, fmt.Errorf("publish %d is %s, that of the model %s", i+1, next.world, wantPublished[i])
		}
		result.next = next
	}
	result.publishes = len(published)
	if passes {
		if err := o.waits(t, n, result.next.world); err != nil {
			return result, err
		}
	}
	if o.creates(made) {
		return result, o.leavesNothing(t, n.doc, published, made)
	}
	return result, nil
}

// later lets time pass on the clock of a worker: long enough for a publish, and shorter than a change waits.
func later() { time.Sleep(10 * time.Second) }

// waits returns an error if a change of an operation does not wait for the other one that permits it and arrives later.
// The world after both is want.
func (o operation) waits(t *testing.T, n *node, want world) error {
	t.Helper()
	if o.replacement || len(o.changes) < 2 {
		return nil
	}
	for i, c := range o.changes {
		if _, made := n.world.publish(c); made[0] {
			continue
		}
		late := operation{changes: []change{c, o.changes[1-i]}}
		made, published, err := late.applyAfter(t.Context(), n.doc, nil, later)
		if err == nil && slices.Contains(made, false) {
			err = fmt.Errorf("it makes only %t", made)
		}
		if err != nil {
			return fmt.Errorf("the apply of %s one after the other: %w", late, err)
		}
		before := n.world
		for _, doc := range published {
			after, _, err := read(doc)
			if err == nil {
				err = addsNone(before, after)
			}
			if err != nil {
				return err
			}
			before = after
		}
		if !before.equal(want) {
			return fmt.Errorf("the result of %s one after the other is %s, at once %s", late, before, want)
		}
	}
	return nil
}

// model returns the world after each publish of an operation, and which of its changes are made.
func (o operation) model(w world) (published []world, made []bool) {
	if o.replacement {
		return w.replace(o.changes[0], o.changes[1])
	}
	return w.publish(o.changes...)
}

// addsNone returns an error if a publish adds a violation.
func addsNone(before, after world) error {
	had := before.violations()
	for v := range maps.Keys(after.violations()) {
		if !had[v] {
			return fmt.Errorf("the publish of %s adds the violation %v", after, v)
		}
	}
	return nil
}

// numbersNew returns an error if a new backup service does not have the lowest free instance: one that no service of
// its pool has, and no service depends on. If the service of its partner depended on a missing one, the new one may be
// that.
func numbersNew(before, after *node) error {
	for i, s := range after.world.services {
		got := after.numbers[i].own
		if before.exists(s.on, got) || before.isNamed(s.on, got, s.partner) {
			continue
		}
		for lower := range got - 1 {
			if !before.exists(s.on, lower+1) && !before.isNamed(s.on, lower+1, anyPool) {
				return fmt.Errorf("in %s, service %d has the instance %d, want %d", after.world, i, got, lower+1)
			}
		}
	}
	return nil
}

// exists reports whether a pool has a backup service of an instance.
func (n *node) exists(p, instance int) bool {
	for i, s := range n.world.services {
		if s.on == p && n.numbers[i].own == instance {
			return true
		}
	}
	return false
}

const anyPool = -1

// isNamed reports whether a service of another pool depends on that instance, whether it exists or not.
func (n *node) isNamed(p, instance, by int) bool {
	for i, s := range n.world.services {
		if s.partner == p && n.numbers[i].partner == instance && (by == anyPool || by == s.on) {
			return true
		}
	}
	return false
}

// creates reports whether one of the changes that were made is a creation.
func (o operation) creates(made []bool) bool {
	for i, c := range o.changes {
		if made[i] && c.kind == creation {
			return true
		}
	}
	return false
}

// leavesNothing returns an error if the removal of all created pairs, in one publish, does not restore the document
// that the other changes of the operation make without the creations.
func (o operation) leavesNothing(t *testing.T, before []byte, published [][]byte, made []bool) error {
	t.Helper()
	after := last(before, published)
	var others, removals operation
	for i, c := range o.changes {
		switch {
		case !made[i]:
		case c.kind == creation:
			removals.changes = append(removals.changes, change{remove, c.a, c.b})
		default:
			others.changes = append(others.changes, c)
		}
	}
	if len(others.changes) > 0 {
		_, without, err := others.apply(t.Context(), before, nil)
		if err != nil {
			return err
		}
		before = last(before, without)
	}
	removed, restored, err := removals.apply(t.Context(), after, nil)
	if err != nil {
		return err
	}
	if slices.Contains(removed, false) || len(restored) != 1 || !bytes.Equal(restored[0], before) {
		return fmt.Errorf("create and delete do not restore the document %s", before)
	}
	return nil
}

// last returns the document after some publishes.
func last(before []byte, published [][]byte) []byte {
	if len(published) == 0 {
		return before
	}
	return published[len(published)-1]
}
