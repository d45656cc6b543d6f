package ledger

import (
	"slices"
	"testing"
	"testing/synctest"

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
	l := New(realClock{})
	l.Keep(pairOf("a", "b"))
	l.Release(pairOf("a", "b"))
	defer l.Enter()()
	if left := l.Settle(t.Context(), pairOf("x", "y"), []topology.PairID{pairOf("x", "z")}); left != nil {
		t.Errorf("refused %v", left)
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
