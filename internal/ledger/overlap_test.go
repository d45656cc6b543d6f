package ledger

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// TestOverlapOfPairs uses the pair of a and b with two resources, in one order and in the other. The last use returns
// the overlap.
func TestOverlapOfPairs(t *testing.T) {
	t.Parallel()
	ab := pairOf("a", "b")
	read := func(l *Ledger) Overlap { l.NoteRead(ab); return NoOverlap }
	release := func(l *Ledger) Overlap { return l.Release(pairOf("B.", "A")) }
	keep := func(l *Ledger) Overlap { _, overlap := l.Keep(ab); return overlap }
	create := func(l *Ledger) Overlap { return l.Create(ab).Overlap }
	apply := func(l *Ledger) Overlap { l.StartApply(); return NoOverlap }
	type use = func(*Ledger) Overlap
	for name, test := range map[string]struct {
		before []use
		uses   [2]use
		want   Overlap
	}{
		"kept and released":          {nil, [2]use{keep, release}, HeldTwice},
		"created and released":       {nil, [2]use{create, release}, CreatedAndReleased},
		"created and released, read": {[]use{read}, [2]use{create, release}, CreatedAndReleased},
		"tainted, and released at a second name": {
			[]use{read, read}, [2]use{create, release}, HeldTwice,
		},
		"released twice":            {[]use{read, read}, [2]use{release, release}, NoOverlap},
		"in the apply walk":         {[]use{apply}, [2]use{keep, release}, NoOverlap},
		"created in the apply walk": {[]use{apply}, [2]use{create, release}, NoOverlap},
	} {
		for _, order := range [][2]int{{0, 1}, {1, 0}} {
			l := New(realClock{})
			for _, prepare := range test.before {
				prepare(l)
			}
			if got := test.uses[order[0]](l); got != NoOverlap {
				t.Errorf("%s, order %v: the first use has the overlap %d", name, order, got)
			}
			if got := test.uses[order[1]](l); got != test.want {
				t.Errorf("%s, order %v: the overlap is %d, not %d", name, order, got, test.want)
			}
		}
	}
}

// TestOverlapOfReads uses a pair step by step, in the orders of Terraform: a resource of the configuration is read
// before it is planned, and one without configuration is planned before it is read.
func TestOverlapOfReads(t *testing.T) {
	t.Parallel()
	ab, cd := pairOf("a", "b"), pairOf("c", "d")
	read := func(l *Ledger) Overlap { return l.NoteRead(ab) }
	release := func(l *Ledger) Overlap { return l.Release(ab) }
	keep := func(l *Ledger) Overlap { _, overlap := l.Keep(ab); return overlap }
	create := func(l *Ledger) Overlap { return l.Create(ab).Overlap }
	createOther := func(l *Ledger) Overlap {
		if len(l.Create(cd).Ended) > 0 {
			return HeldTwice
		}
		return NoOverlap
	}
	type use = func(*Ledger) Overlap
	for name, test := range map[string]struct {
		uses []use
		want []Overlap
	}{
		"one resource":              {[]use{read, keep}, []Overlap{NoOverlap, NoOverlap}},
		"one without configuration": {[]use{release, read}, []Overlap{NoOverlap, NoOverlap}},
		"kept and released, read": {
			[]use{read, read, keep, release}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"read twice": {[]use{read, read, keep}, []Overlap{NoOverlap, NoOverlap, NoOverlap}},
		"tainted with other pools": {
			[]use{read, read, createOther, keep}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"tainted with others, planned last": {
			[]use{read, read, keep, createOther}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"tainted with others, read last": {
			[]use{read, keep, read, createOther}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"tainted with others, beside a creation": {
			[]use{createOther, read, keep, read}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"a pair and another creation": {[]use{read, keep, createOther}, []Overlap{NoOverlap, NoOverlap, NoOverlap}},
		"tainted, and removed at a second address": {
			[]use{read, create, release, read}, []Overlap{NoOverlap, NoOverlap, CreatedAndReleased, HeldTwice},
		},
		"renamed": {
			[]use{create, release, read}, []Overlap{NoOverlap, CreatedAndReleased, NoOverlap},
		},
		"renamed, the other order": {
			[]use{release, read, create}, []Overlap{NoOverlap, NoOverlap, CreatedAndReleased},
		},
		"kept after the read of one that is released": {
			[]use{read, keep, release, read}, []Overlap{NoOverlap, NoOverlap, HeldTwice, NoOverlap},
		},
	} {
		l := New(realClock{})
		for i, use := range test.uses {
			if got := use(l); got != test.want[i] {
				t.Errorf("%s: use %d has the overlap %d, not %d", name, i+1, got, test.want[i])
			}
		}
	}
}

// A creation that was refused needs the pair that was in its way. A pair that was written belongs to its writer.
func TestNeededAndWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := New(realClock{})
		ab, cd := pairOf("a", "b"), pairOf("c", "d")
		func() {
			defer l.Enter()()
			l.Settle(t.Context(), pairOf("a", "c"), []topology.PairID{ab})
		}()
		l.StartApply()
		l.NoteWritten(cd)
		if !l.IsNeeded(ab) || l.IsNeeded(cd) || l.IsWritten(ab) || !l.IsWritten(cd) {
			t.Errorf("needed: %t, %t; written: %t, %t", l.IsNeeded(ab), l.IsNeeded(cd), l.IsWritten(ab),
				l.IsWritten(cd))
		}
	})
}

// A second claim is reported beside the overlap, and another pair overlaps with nothing.
func TestKeepOfClaimedPools(t *testing.T) {
	t.Parallel()
	l := New(realClock{})
	l.Release(pairOf("a", "c"))
	l.Create(pairOf("a", "b"))
	doubles, overlap := l.Keep(pairOf("b", "x"))
	want := []DoubleClaim{{Pool: topology.MustParseFQDN("b"), Holder: pairOf("a", "b")}}
	if !slices.Equal(doubles, want) || overlap != NoOverlap {
		t.Errorf("the doubles are %v and the overlap is %d", doubles, overlap)
	}
}

// A walk that has failed because of an overlap refuses no further conflict, and no call waits.
func TestOverlapEndsTheWait(t *testing.T) {
	t.Parallel()
	ab, sba, other := pairOf("a", "b"), topology.MustParseFQDN("sba"), topology.MustParseFQDN("other")
	for name, overlap := range map[string]func(*Ledger){
		"a pair is kept and released": func(l *Ledger) { l.Keep(ab); l.Release(ab) },
		"a pair is kept, and may end unseen": func(l *Ledger) {
			l.NoteRead(ab)
			l.NoteRead(ab)
			l.Keep(ab)
			l.Create(pairOf("c", "d"))
		},
		"an association is kept and released": func(l *Ledger) {
			l.KeepAppliance(sba, false)
			l.ReleaseAppliance(sba)
		},
		"an association is kept, and may end unseen": func(l *Ledger) {
			l.NoteApplianceRead(sba, false)
			l.NoteApplianceRead(sba, false)
			l.KeepAppliance(sba, false)
			l.CreateAppliance(other)
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			l, start := New(realClock{}), time.Now()
			overlap(l)
			defer l.Enter()()
			left := l.Settle(t.Context(), pairOf("x", "y"), []topology.PairID{pairOf("x", "z")})
			if waited := time.Since(start); left != nil || waited != 0 {
				t.Errorf("%s: refused %v after %s", name, left, waited)
			}
		})
	}
}

// An apply walk checks no overlaps: the plan has reported them.
func TestNoOverlapInTheApply(t *testing.T) {
	t.Parallel()
	ab, sba := pairOf("a", "b"), topology.MustParseFQDN("sba")
	l := New(realClock{})
	l.StartApply()
	l.NoteRead(ab)
	l.NoteRead(ab)
	l.Keep(ab)
	l.NoteApplianceRead(sba, false)
	l.NoteApplianceRead(sba, false)
	l.KeepAppliance(sba, false)
	if made := l.Create(pairOf("c", "d")); made.Ended != nil {
		t.Errorf("the creation of a pair ends %v", made.Ended)
	}
	if ended := l.CreateAppliance(topology.MustParseFQDN("other")); ended != nil {
		t.Errorf("the creation of an association ends %v", ended)
	}
}

// The pairs and associations that a creation may end are sorted.
func TestEndedIsSorted(t *testing.T) {
	t.Parallel()
	l := New(realClock{})
	var pairs []topology.PairID
	var appliances []topology.FQDN
	for i := range 20 {
		name := string(rune('a' + (7*i)%20))
		pair, appliance := pairOf(name+"1", name+"2"), topology.MustParseFQDN(name)
		for range 2 {
			l.NoteRead(pair)
			l.NoteApplianceRead(appliance, false)
		}
		l.Keep(pair)
		l.KeepAppliance(appliance, false)
		pairs, appliances = append(pairs, pair), append(appliances, appliance)
	}
	slices.SortFunc(pairs, func(a, b topology.PairID) int { return a.First.Compare(b.First) })
	slices.SortFunc(appliances, topology.FQDN.Compare)
	if got := l.Create(pairOf("x", "y")).Ended; !slices.Equal(got, pairs) {
		t.Errorf("got the pairs %v", got)
	}
	if got := l.CreateAppliance(topology.MustParseFQDN("sba")); !slices.Equal(got, appliances) {
		t.Errorf("got the associations of %v", got)
	}
}

func TestAdopted(t *testing.T) {
	t.Parallel()
	l := New(realClock{})
	sba, other := topology.MustParseFQDN("sba"), topology.MustParseFQDN("other")
	if l.IsAdopted(sba) {
		t.Error("an association is adopted from the start")
	}
	l.Adopt(sba)
	if !l.IsAdopted(sba) || l.IsAdopted(other) {
		t.Errorf("adopted: %t, the other one %t", l.IsAdopted(sba), l.IsAdopted(other))
	}
}

func TestClaimAppliance(t *testing.T) {
	t.Parallel()
	l := New(realClock{})
	sba, other := topology.MustParseFQDN("sba"), topology.MustParseFQDN("other")
	if !l.ClaimAppliance(sba) || l.ClaimAppliance(sba) || !l.ClaimAppliance(other) {
		t.Error("the first claim of an appliance, and only that, reserves it")
	}
}

func TestOverlapOfAppliances(t *testing.T) {
	t.Parallel()
	sba := topology.MustParseFQDN("sba")
	keep := func(l *Ledger) Overlap { return l.KeepAppliance(sba, false) }
	release := func(l *Ledger) Overlap { return l.ReleaseAppliance(sba) }
	keepAdopted := func(l *Ledger) Overlap { return l.KeepAppliance(sba, true) }
	read := func(l *Ledger) Overlap { return l.NoteApplianceRead(sba, false) }
	readAdopted := func(l *Ledger) Overlap { return l.NoteApplianceRead(sba, true) }
	keepOther := func(l *Ledger) Overlap { return l.KeepAppliance(topology.MustParseFQDN("other"), false) }
	claim := func(l *Ledger) Overlap { l.ClaimAppliance(sba); return NoOverlap }
	createOther := func(l *Ledger) Overlap {
		if len(l.CreateAppliance(topology.MustParseFQDN("other"))) > 0 {
			return HeldTwice
		}
		return NoOverlap
	}
	type use = func(*Ledger) Overlap
	for name, test := range map[string]struct {
		uses []use
		want []Overlap
	}{
		"kept, then released":    {[]use{keep, release}, []Overlap{NoOverlap, HeldTwice}},
		"released, then kept":    {[]use{release, keep}, []Overlap{NoOverlap, HeldTwice}},
		"created, then released": {[]use{claim, release}, []Overlap{NoOverlap, NoOverlap}},
		"released twice":         {[]use{release, release}, []Overlap{NoOverlap, NoOverlap}},
		"read and kept":          {[]use{read, keep}, []Overlap{NoOverlap, NoOverlap}},
		"kept without a read":    {[]use{keep}, []Overlap{NoOverlap}},
		"read twice and kept":    {[]use{read, read, keep}, []Overlap{NoOverlap, NoOverlap, NoOverlap}},
		"tainted with another appliance": {
			[]use{read, read, createOther, keep}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"tainted with another, read later": {
			[]use{read, keep, read, createOther}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"tainted with another, beside a creation": {
			[]use{createOther, read, keep, read}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"an adopted one is tainted": {
			[]use{readAdopted, read, keep, readAdopted, createOther},
			[]Overlap{NoOverlap, NoOverlap, NoOverlap, NoOverlap, NoOverlap},
		},
		"kept by one that adopted it": {
			[]use{read, readAdopted, keepAdopted, createOther}, []Overlap{NoOverlap, NoOverlap, NoOverlap, HeldTwice},
		},
		"kept, of another name": {[]use{keepOther, release}, []Overlap{NoOverlap, NoOverlap}},
		"kept, then released twice": {
			[]use{keep, release, release}, []Overlap{NoOverlap, HeldTwice, HeldTwice},
		},
	} {
		l := New(realClock{})
		for i, use := range test.uses {
			if got := use(l); got != test.want[i] {
				t.Errorf("%s: use %d has the overlap %d, not %d", name, i+1, got, test.want[i])
			}
		}
	}
}
