package exhaustive

import (
	"cmp"
	"fmt"
	"slices"
)

// The model is written from the words of the rules. It shares no code with the packages that it checks.
//
//	PP-RECIP   if P1 is the backup for P2, then P2 must be the backup for P1
//	PP-ONE     a pool is a member of at most one pair; no other Front End pool may name it as backup
//	PP-FREE    at the moment of creation neither pool has a partner; a leftover backup service counts
//	PP-10-13   pairing and its backup service begin with Lync Server 2013
//	PP-2010    between Lync Server 2010 pools neither PP-RECIP nor PP-ONE applies, and the provider changes nothing
//
// What an update and a removal do with existing backup services is in the section on drift of the design: a change
// keeps and completes the services of its pair, and those of a pair with a third pool stay.
//
// Everything else that the rules check (editions, sites, stores, Central Management) is the same in all documents of
// this package, and permits every pair.

// kind is what a change does with a pair. Within one publish, the kinds have this order.
type kind uint8

const (
	remove   kind = iota
	set           // writes other settings, and completes an incomplete pair
	creation      // with the default settings
)

// change is one change of the pair of two pools, of which the first is not after the second.
type change struct {
	kind kind
	a, b int
}

func (c change) String() string {
	return fmt.Sprintf("%s %c%c", [...]string{"delete", "set", "create"}[c.kind], 'a'+c.a, 'a'+c.b)
}

// shares reports whether two changes have a pool in common.
func (c change) shares(d change) bool { return c.a == d.a || c.a == d.b || c.b == d.a || c.b == d.b }

// isSamePair reports whether two changes concern one pair.
func (c change) isSamePair(d change) bool { return c.a == d.a && c.b == d.b }

// create returns the world with a new pair, false if the rules refuse it.
func (w world) create(a, b int) (world, bool) {
	if a == b || w.old[a] || w.old[b] || !w.isFree(a) || !w.isFree(b) {
		return w, false
	}
	return w.complete(a, b, standard), true
}

// delete returns the world without a pair, false if the pair must stay: its pools are of Lync Server 2010, or another
// service needs one of its services. A pair that does not exist is success.
func (w world) delete(a, b int) (world, bool) {
	switch {
	case w.links(a, b) == 0:
		return w, true
	case w.old[a] && w.old[b]:
		return w, false
	}
	removed := make([]bool, len(w.services))
	for i := range w.services {
		removed[i] = w.belongs(i, a, b) || w.belongs(i, b, a)
	}
	for i, s := range w.services {
		if !removed[i] && s.target >= 0 && removed[s.target] {
			return w, false
		}
	}
	w.backup[a][b], w.backup[b][a] = noBackup, noBackup
	moved := make([]int, len(w.services))
	var kept []service
	for i, s := range w.services {
		if moved[i] = len(kept); !removed[i] {
			kept = append(kept, s)
		}
	}
	for i := range kept {
		if kept[i].target >= 0 {
			kept[i].target = moved[kept[i].target]
		}
	}
	w.services = kept
	return w, true
}

// belongs reports whether a service of p is that of the pair of p and q. It depends on a service of q, or, unless it
// depends on one of a third pool, a service of q depends on it or its missing partner would be on q.
func (w world) belongs(i, p, q int) bool {
	s := w.services[i]
	switch {
	case s.on != p:
		return false
	case s.target >= 0:
		return s.partner == q
	default:
		return s.partner == q || w.isNamed(i, q)
	}
}

// refusal is why a change of settings is refused.
type refusal uint8

const (
	allowed   refusal = iota
	forbidden         // no other change can permit it
	occupied          // a pool is paired with a third one, and another change may end that
)

// isFixed reports whether a pair cannot be repaired, because pairing begins with Lync Server 2013: a pair of 2010 pools
// is never changed, and of one that mixes versions, only the settings change. A Registrar with two Backups would lose
// one of them.
func (w world) isFixed(a, b int) bool {
	switch {
	case w.old[a] && w.old[b]:
		return true
	case w.old[a] || w.old[b]:
		return w.links(a, b) < 4 || w.named(a) > 1 || w.named(b) > 1
	default:
		return false
	}
}

// set returns the world with the changed settings of a pair, which is completed.
func (w world) set(a, b int) (world, refusal) {
	links := w.links(a, b)
	if links == 0 || w.isFixed(a, b) {
		return w, forbidden
	}
	for _, p := range []int{a, b} {
		for x := range w.pools {
			// The rest of a pair with a third pool stays as it is, so the change would damage it.
			if x != a && x != b && w.links(p, x) >= 2 && (links < 4 || w.backup[p][x] != noBackup) {
				return w, occupied
			}
		}
	}
	return w.complete(a, b, changed), allowed
}

// complete returns the world with all four links of a pair and the settings in both directions.
func (w world) complete(a, b int, s settings) world {
	w.backup[a], w.backup[b] = [maxPools]settings{}, [maxPools]settings{}
	w.backup[a][b], w.backup[b][a] = s, s
	if w.serves(a, b) && w.serves(b, a) {
		return w
	}
	onA, onB := w.ownService(a, b), w.ownService(b, a)
	w.services = slices.Clone(w.services)
	for _, own := range []struct {
		at *int
		on int
	}{{&onA, a}, {&onB, b}} {
		if *own.at < 0 {
			*own.at = len(w.services)
			w.services = append(w.services, service{on: own.on})
		}
	}
	w.services[onA].partner, w.services[onA].target = b, onB
	w.services[onB].partner, w.services[onB].target = a, onA
	return w
}

// ownService returns the position of the service of p that becomes part of its pair with q, -1 for a new one: that of
// the pair, else one that leads nowhere. A service of a pair with a third pool stays.
func (w world) ownService(p, q int) int {
	for _, fits := range []func(int, service) bool{
		func(_ int, s service) bool { return s.target >= 0 && s.partner == q },
		func(i int, _ service) bool { return w.isNamed(i, q) },
		func(_ int, s service) bool { return s.target < 0 },
	} {
		for i, s := range w.services {
			if s.on == p && fits(i, s) {
				return i
			}
		}
	}
	return -1
}

// permits reports whether one plan may have the changes together. Removals release what the others need. But what they
// remove does not permit a repair that the document as it is does not permit: that takes another plan.
func (w world) permits(changes ...change) bool {
	after := w
	for i, c := range changes {
		for _, d := range changes[i+1:] {
			claims := c.kind != remove && d.kind != remove
			if claims && c.shares(d) || c.isSamePair(d) && min(c.kind, d.kind) == remove && max(c.kind, d.kind) == set {
				return false // two resources of one plan declare a pool, or one keeps what the other removes
			}
		}
		if c.kind == remove {
			if _, ok := w.delete(c.a, c.b); !ok {
				return false
			}
			after, _ = after.delete(c.a, c.b)
		}
	}
	for _, c := range changes {
		switch c.kind {
		case creation:
			if _, ok := after.create(c.a, c.b); !ok {
				return false
			}
		case set:
			if _, refusal := after.set(c.a, c.b); refusal != allowed || w.isFixed(c.a, c.b) {
				return false
			}
		case remove:
		}
	}
	return true
}

// publish returns the world after changes that are applied together, and which of them are made. A change that is
// refused fails alone. One that a third pair prevents is tried again after the others.
func (w world) publish(changes ...change) (world, []bool) {
	made := make([]bool, len(changes))
	order := make([]int, len(changes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		c, d := changes[i], changes[j]
		return cmp.Or(cmp.Compare(c.kind, d.kind), cmp.Compare(c.a, d.a), cmp.Compare(c.b, d.b))
	})
	var again []int
	for _, i := range order {
		var why refusal
		if w, why = w.apply(changes[i]); why == occupied {
			again = append(again, i)
		}
		made[i] = why == allowed
	}
	for _, i := range again {
		var why refusal
		w, why = w.apply(changes[i])
		made[i] = why == allowed
	}
	return w, made
}

// apply returns the world after one change.
func (w world) apply(c change) (world, refusal) {
	var ok bool
	switch c.kind {
	case remove:
		w, ok = w.delete(c.a, c.b)
	case creation:
		w, ok = w.create(c.a, c.b)
	case set:
		return w.set(c.a, c.b)
	}
	if !ok {
		return w, forbidden
	}
	return w, allowed
}
