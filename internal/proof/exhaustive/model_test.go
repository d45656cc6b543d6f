package exhaustive

import (
	"cmp"
	"fmt"
	"slices"
)

// The model shares no code with the packages that it checks. What is created and refused follows from the words of the
// rules:
//
//	PP-RECIP   if P1 is the backup for P2, then P2 must be the backup for P1
//	PP-ONE     a pool is a member of at most one pair; no other Front End pool may name it as backup
//	PP-SELF    P1 and P2 are different
//	PP-FREE    at the moment of creation neither pool has a partner
//	PP-10-13   pairing and its backup service begin with Lync Server 2013
//	PP-2010    between Lync Server 2010 pools, neither PP-RECIP nor PP-ONE applies
//
// The rules have no words for updates, removals, incomplete pairs and leftover backup services. Where a clause follows
// the guide "Detect drift", its comment says "Of the guide". "Of the client" marks a clause that only describes what
// the client does where both are silent. There, the proof shows that plan and apply agree, that the client does the
// same in all topologies, and that a change of it is noticed. It does not show that the client is right.
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

// create returns the world with a new pair, false if the rules refuse it: PP-SELF, PP-10-13, or PP-FREE and PP-ONE.
//
// Of the client: any link of a pool with another one, in either direction, counts as a partner, and so does a backup
// service that leads nowhere.
func (w world) create(a, b int) (world, bool) {
	if a == b || w.old[a] || w.old[b] || !w.isFree(a) || !w.isFree(b) {
		return w, false
	}
	return w.complete(a, b, standard), true
}

// delete returns the world without a pair, false if the pair must stay. A pair that does not exist is success. No rule
// forbids the end of a pair, so that one of Lync Server 2010 and 2013 can end, which PP-10-13 forbids to exist. Pools
// of Lync Server 2010 cannot be a pair (PP-10-13), so that what connects them stays.
//
// Of the client: the pair stays if a service of a third pair depends on one of its services. Else that would dangle.
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

// belongs reports whether a service of p is that of the pair of p and q: it depends on a service of q.
//
// Of the client: a service without a partner belongs to the pair if a service of q depends on it, or if its missing
// partner would be on q. One that depends on a service of a third pool stays, even if a service of q depends on it.
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

// isFixed reports whether a pair cannot be repaired, because pairing begins with Lync Server 2013 (PP-10-13): a pair of
// 2010 pools is never changed, and of one that mixes versions, only the settings change.
//
// Of the client: the settings of a pair that mixes versions do not change either if a Registrar has two Backups,
// because it would lose one of them.
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
//
// Of the guide: a pair without links is not there to change, missing links are written, and a Backup with a third pool
// is changed. A pool that has more in common with a third pool is a refusal.
//
// Of the client: that is two links. The settings of a complete pair change in spite of them. But if a Registrar has the
// Backups of both pairs, the change would remove one, and is refused.
func (w world) set(a, b int) (world, refusal) {
	links := w.links(a, b)
	if links == 0 || w.isFixed(a, b) {
		return w, forbidden
	}
	for _, p := range []int{a, b} {
		for x := range w.pools {
			if x != a && x != b && w.links(p, x) >= 2 && (links < 4 || w.backup[p][x] != noBackup) {
				return w, occupied
			}
		}
	}
	return w.complete(a, b, changed), allowed
}

// complete returns the world with all four links of a pair and the settings in both directions. A Registrar names one
// pool at most (PP-ONE), so that a Backup with a third pool is replaced.
//
// Of the client: new services are at the end of the document, that of the pool whose name is first before the other.
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

// ownService returns the position of the service of p that becomes part of its pair with q, -1 for a new one.
//
// Of the guide: only a missing service is written, so that one of the pair is kept.
//
// Of the client: a service that a service of q depends on comes next, then the first one without a partner. Its missing
// partner may be of a third pool. A service of a pair with a third pool stays.
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

// permits reports whether one plan may have the changes together. Removals release what the others need. Two resources
// of one plan cannot declare one pool, and one cannot keep a pair that another one removes (PP-ONE). One may remove a
// pair that another one creates (PP-RENAME).
//
// Of the client: a removal does not permit the repair of a pair with a pool of Lync Server 2010, as when it ends the
// second Backup of a Registrar (isFixed). That takes another plan.
func (w world) permits(changes ...change) bool {
	after := w
	for i, c := range changes {
		for _, d := range changes[i+1:] {
			claims := c.kind != remove && d.kind != remove
			keptAndRemoved := min(c.kind, d.kind) == remove && max(c.kind, d.kind) == set
			if claims && c.shares(d) || keptAndRemoved && c.isSamePair(d) {
				return false
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

// publish returns the world after each publish of changes that are applied together, and which of them are made. By the
// promises of the provider, one publish has all changes, and a change that is refused fails alone and publishes
// nothing. Neither does one that finds the world as it would make it.
//
// Of the client: changes have the order of their kinds, then of their names. A change of settings that a third pair
// prevents waits for the others, so that it is in a publish of its own.
func (w world) publish(changes ...change) (published []world, made []bool) {
	made = make([]bool, len(changes))
	order := make([]int, len(changes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		c, d := changes[i], changes[j]
		return cmp.Or(cmp.Compare(c.kind, d.kind), cmp.Compare(c.a, d.a), cmp.Compare(c.b, d.b))
	})
	for range 2 {
		after := w
		var waiting []int
		for _, i := range order {
			var why refusal
			if after, why = after.apply(changes[i]); why == occupied {
				waiting = append(waiting, i)
			}
			made[i] = why == allowed
		}
		if order = waiting; !after.equal(w) {
			w, published = after, append(published, after)
		}
	}
	return published, made
}

// replace returns the same for a change that begins when another one is made, as in the replacement of a pair.
func (w world) replace(first, second change) (published []world, made []bool) {
	published, made = w.publish(first)
	if !made[0] {
		return published, append(made, false)
	}
	if len(published) > 0 {
		w = published[0]
	}
	then, isMade := w.publish(second)
	return append(published, then...), append(made, isMade...)
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
