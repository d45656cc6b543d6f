package exhaustive

import (
	"runtime/debug"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// proof is a number of starts, from which the sequences of a length are explored.
type proof struct {
	name   string
	starts func() []start
	length int

	upToSymmetry bool // of reached documents that differ in the names of their pools, one is explored
	onlyPassed   bool // a plan that is refused is not applied
	onlyWhole    bool // only with make proof

	want counts
}

// proofs are in the order of the number of pools.
var proofs = []proof{
	{
		name: "one pool", starts: func() []start { return starts(1) }, length: 3,
		want: counts{4, 4, 4, 0, 0, 4},
	},
	{
		name: "two pools", starts: func() []start { return starts(2) }, length: 3,
		want: counts{64, 68, 408, 88, 150, 13824},
	},
	{
		name:   "three pools of 2013",
		starts: func() []start { return upToSymmetry(singleBackups(withOld(0, starts(3)))) }, length: 3,
		want: counts{44, 114, 5508, 1202, 1983, 5836644},
	},
	{
		name:   "one pool of 2010 and two of 2013 with or without backup services",
		starts: func() []start { return upToSymmetry(singleBackups(servingAlike(withOld(1, starts(3))))) }, length: 1,
		want: counts{30, 73, 1530, 203, 419, 1530},
	},
	{
		name: "three pools", starts: func() []start { return starts(3) }, length: 3, onlyWhole: true,
		want: counts{4096, 4979, 253572, 27833, 71941, 543338496},
	},
	{
		name:   "four pools without Backups",
		starts: func() []start { return upToSymmetry(withoutBackups(withOld(0, starts(4)))) }, length: 2,
		upToSymmetry: true,
		want:         counts{5, 26, 1809, 373, 413, 202005},
	},
	{
		name:   "four pools of 2013",
		starts: func() []start { return upToSymmetry(withOld(0, starts(4))) }, length: 2,
		upToSymmetry: true, onlyPassed: true, onlyWhole: true,
		want: counts{3044, 21240, 1984674, 244778, 203782, 122980644},
	},
	{
		name:   "one pool of 2010 and three of 2013",
		starts: func() []start { return upToSymmetry(withOld(1, starts(4))) }, length: 2,
		upToSymmetry: true, onlyPassed: true, onlyWhole: true,
		want: counts{11456, 68548, 7029372, 737623, 607498, 462833856},
	},
	{
		name:   "two pools of 2010 and two of 2013",
		starts: func() []start { return upToSymmetry(withOld(2, starts(4))) }, length: 2,
		upToSymmetry: true, onlyPassed: true, onlyWhole: true,
		want: counts{16960, 73233, 8590137, 648568, 503863, 685200960},
	},
	{
		name:   "three pools of 2010 and one of 2013",
		starts: func() []start { return upToSymmetry(withOld(3, starts(4))) }, length: 2,
		upToSymmetry: true, onlyPassed: true, onlyWhole: true,
		want: counts{11456, 27615, 4012965, 161583, 102344, 462833856},
	},
	{
		name:   "four pools of 2010",
		starts: func() []start { return upToSymmetry(withOld(4, starts(4))) }, length: 2,
		upToSymmetry: true, onlyPassed: true, onlyWhole: true,
		want: counts{3044, 3044, 611844, 7744, 0, 122980644},
	},
}

// TestExhaustive starts with every directed graph of Backups between up to four pools, on four pools up to symmetry.
// Each pool is of Lync Server 2010 or 2013, and has backup services or none, although no pool of 2010 can have any
// (PP-10-13). It applies every sequence of three operations, on four pools of two.
//
// It checks of each operation that
//
//   - the plan passes exactly if the model permits the operation, and publishes nothing,
//   - a plan that passes can be applied completely,
//   - the apply makes exactly the changes that the model makes, on up to three pools also if the plan has refused the
//     operation, as when the document has changed since the plan,
//   - the changes are in one publish, except the two halves of a replacement and a change that waits for another one; a
//     change that is refused, or has nothing to do, is in none,
//   - each published document is exactly that of the model, to the byte: the Backups, the backup services with their
//     dependencies, ports and modules, and everything else,
//   - a change that another one permits waits for it, and both together have the same result in any order,
//   - a new backup service has the lowest free instance, or the one that its partner depended on,
//   - no publish adds a breach of PP-RECIP or PP-ONE among pools of Lync Server 2013,
//   - the removal of all pairs that an operation has created, in one publish, leaves the document as it would be
//     without the creations, to the byte.
//
// Every run of Terraform begins with a new client, so its outcome depends only on the document and on the operation.
// Each operation is therefore executed once on each document, whatever sequences lead to it, and the sequences are
// counted along the executed operations: an operation that changes nothing is a step that stays on its document.
//
// Four pools are explored up to symmetry. Of starts that differ only in the names of their pools, there is one. A
// reached document is not explored if an explored one differs from it only in names, and has its services in the same
// order. The client uses names only to sort. The graphs of three pools are explored with all names.
//
// Not covered are longer sequences, three changes at once, plans that are refused and applied on four pools that have
// Backups, and what no document has here: Enterprise Edition, two pools of one site, later versions, Central
// Management, appliances, unreadable settings, and backup services that do not follow the Backups of their pool. The
// tests of the packages have examples of these.
//
// A part runs in every test run. "make proof" runs everything, and prints the numbers of cases.
func TestExhaustive(t *testing.T) {
	t.Parallel()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // most memory is that of one operation
	for _, p := range proofs {
		t.Run(p.name, func(t *testing.T) {
			if p.onlyWhole {
				testkit.SkipUnlessProof(t)
			}
			got := explore(t, p)
			t.Logf("%+v", got)
			if got != p.want {
				t.Errorf("the numbers of cases are %+v, want %+v", got, p.want)
			}
		})
	}
}
