package exhaustive

import (
	"math/bits"
	"slices"
)

// start is a topology with which sequences begin: a directed graph of Backups between pools, each of which is of one of
// two versions, and has backup services or none.
type start struct {
	pools   int
	old     uint // the pools of Lync Server 2010, one bit each
	serving uint // the pools with backup services
	edges   uint // bit p*maxPools+q is set if p names q as its backup registrar
}

// starts returns all starts with a number of pools.
func starts(pools int) []start {
	var all []start
	var possible []uint // the bits of all edges
	for p := range pools {
		for q := range pools {
			if p != q {
				possible = append(possible, edge(p, q))
			}
		}
	}
	for chosen := range uint(1) << len(possible) {
		s := start{pools: pools}
		for i, bit := range possible {
			if chosen>>i&1 != 0 {
				s.edges |= bit
			}
		}
		for s.old = range uint(1) << pools {
			for s.serving = range uint(1) << pools {
				all = append(all, s)
			}
		}
	}
	return all
}

func edge(p, q int) uint { return 1 << (p*maxPools + q) }

// withOld returns the starts with a number of pools of Lync Server 2010. All others are of Lync Server 2013.
func withOld(pools int, all []start) []start {
	return slices.DeleteFunc(all, func(s start) bool { return bits.OnesCount(s.old) != pools })
}

// servingAlike returns the starts in which all pools have backup services, or none has.
func servingAlike(all []start) []start {
	return slices.DeleteFunc(all, func(s start) bool { return s.serving != 0 && s.serving != 1<<s.pools-1 })
}

// withoutBackups returns the starts in which no pool names another one.
func withoutBackups(all []start) []start {
	return slices.DeleteFunc(all, func(s start) bool { return s.edges != 0 })
}

// singleBackups returns the starts in which no Registrar has two Backups, as in every document of the product.
func singleBackups(all []start) []start { return slices.DeleteFunc(all, start.hasTwoBackups) }

// hasTwoBackups reports whether a Registrar has two Backups or more.
func (s start) hasTwoBackups() bool {
	for p := range s.pools {
		if bits.OnesCount(s.edges>>(p*maxPools)&(1<<maxPools-1)) > 1 {
			return true
		}
	}
	return false
}

// upToSymmetry returns one of the starts that differ only in the names of their pools: the first in the order of code.
func upToSymmetry(all []start) []start {
	renamings := permutations(all[0].pools)
	return slices.DeleteFunc(all, func(s start) bool {
		return slices.ContainsFunc(renamings, func(names []int) bool { return s.renamed(names).code() < s.code() })
	})
}

// code returns a number that is different for different starts with the same number of pools.
func (s start) code() uint { return s.edges<<(2*maxPools) | s.old<<maxPools | s.serving }

// renamed returns the start in which pool p has become names[p].
func (s start) renamed(names []int) start {
	r := start{pools: s.pools}
	for p := range s.pools {
		r.old |= s.old >> p & 1 << names[p]
		r.serving |= s.serving >> p & 1 << names[p]
		for q := range s.pools {
			if s.edges&edge(p, q) != 0 {
				r.edges |= edge(names[p], names[q])
			}
		}
	}
	return r
}

// permutations returns all orders of the numbers below n.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return all
}

// world returns the topology of a start. A pool with backup services has one for each pool that it names, which depends
// on the service of that pool for it, else on the first one there. It dangles if that pool has none. A pool that names
// no pool has one service without a partner.
func (s start) world() world {
	w := world{pools: s.pools}
	for p := range s.pools {
		w.old[p] = s.old>>p&1 != 0
		named := 0
		for q := range s.pools {
			if s.edges&edge(p, q) == 0 {
				continue
			}
			named++
			w.backup[p][q] = standard
			if s.serving>>p&1 != 0 {
				w.services = append(w.services, service{on: p, partner: q, target: -1})
			}
		}
		if named == 0 && s.serving>>p&1 != 0 {
			w.services = append(w.services, service{on: p, partner: -1, target: -1})
		}
	}
	for i, from := range w.services {
		if from.partner < 0 {
			continue
		}
		target := slices.IndexFunc(w.services, func(to service) bool {
			return to.on == from.partner && to.partner == from.on
		})
		if target < 0 {
			target = slices.IndexFunc(w.services, func(to service) bool { return to.on == from.partner })
		}
		w.services[i].target = target
	}
	return w
}
