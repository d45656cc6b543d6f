package exhaustive

import (
	"slices"
	"strings"
)

// maxPools is the size of the largest topologies.
const maxPools = 4

// settings are those of the Backup of one direction.
type settings uint8

const (
	noBackup settings = iota
	standard          // the defaults of lync_pool_pair
	changed           // those that a change of settings writes
)

// service is a backup service.
type service struct {
	on      int // the pool that it is installed on
	partner int // the pool on which the service that it depends on is, or would be; -1 without such a dependency
	target  int // the position of that service in the document, -1 if it does not exist
}

// world is what the rules consider in a document.
type world struct {
	pools    int
	old      [maxPools]bool               // Lync Server 2010 instead of 2013
	backup   [maxPools][maxPools]settings // the first pool names the second one as its backup registrar
	services []service                    // in the order of the document
}

// String returns the world in one line: a is a pool of 2013, A of 2010; a>b a Backup, a>>b one with changed settings,
// a+b a backup service, a-b one whose partner is missing, a+ one without a partner.
func (w world) String() string {
	name := func(p int) string {
		if w.old[p] {
			return string(rune('A' + p))
		}
		return string(rune('a' + p))
	}
	var text []string
	for p := range w.pools {
		text = append(text, name(p))
	}
	for p := range w.pools {
		for q, s := range w.backup[p] {
			if s != noBackup {
				text = append(text, name(p)+strings.Repeat(">", int(s))+name(q))
			}
		}
	}
	for _, s := range w.services {
		switch {
		case s.partner < 0:
			text = append(text, name(s.on)+"+")
		case s.target < 0:
			text = append(text, name(s.on)+"-"+name(s.partner))
		default:
			text = append(text, name(s.on)+"+"+name(s.partner))
		}
	}
	return strings.Join(text, " ")
}

func (w world) equal(v world) bool {
	return w.pools == v.pools && w.old == v.old && w.backup == v.backup && slices.Equal(w.services, v.services)
}

// serves reports whether a backup service of p depends on one of q.
func (w world) serves(p, q int) bool {
	return slices.ContainsFunc(w.services, func(s service) bool { return s.on == p && s.partner == q && s.target >= 0 })
}

// links returns how many of the four links two pools have.
func (w world) links(p, q int) int {
	n := 0
	for _, link := range []bool{
		w.backup[p][q] != noBackup, w.backup[q][p] != noBackup, w.serves(p, q), w.serves(q, p),
	} {
		if link {
			n++
		}
	}
	return n
}

// isFree reports whether a pool has no part of a pair and no other pool names it.
func (w world) isFree(p int) bool {
	for q := range w.pools {
		if w.backup[p][q] != noBackup || w.links(p, q) > 0 {
			return false
		}
	}
	return !slices.ContainsFunc(w.services, func(s service) bool { return s.on == p })
}

// named returns how many pools a pool names.
func (w world) named(p int) int {
	n := 0
	for _, s := range w.backup[p] {
		if s != noBackup {
			n++
		}
	}
	return n
}

// isNamed reports whether a backup service of q depends on a service.
func (w world) isNamed(i, q int) bool {
	return slices.ContainsFunc(w.services, func(s service) bool { return s.on == q && s.target == i })
}

// violations returns the breaches of PP-RECIP and PP-ONE among pools of Lync Server 2013: a pool that names another one
// which does not name it, and a pool that two others name or are named by.
func (w world) violations() map[[3]int]bool {
	found := map[[3]int]bool{}
	for p := range w.pools {
		var partners []int
		for q := range w.pools {
			if w.old[p] || w.old[q] {
				continue
			}
			names, isNamed := w.backup[p][q] != noBackup, w.backup[q][p] != noBackup
			if names && !isNamed {
				found[[3]int{p, q, -1}] = true
			}
			if names || isNamed {
				for _, other := range partners {
					found[[3]int{p, other, q}] = true
				}
				partners = append(partners, q)
			}
		}
	}
	return found
}
