package exhaustive

import (
	"runtime/debug"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestExhaustive starts with every directed graph of Backups between up to three pools, and, up to symmetry, with every
// such graph between four pools in which no Registrar has two Backups. Each pool is of Lync Server 2010 or 2013, and
// has backup services or none. It applies every sequence of three operations, of two on four pools, and checks of each
// operation that
//
//   - the plan passes exactly if the model permits the operation,
//   - a plan that passes can be applied completely,
//   - the apply makes exactly the changes that the model makes, on up to three pools also if the plan has refused the
//     operation, as when the document has changed since the plan,
//   - the document is exactly that of the model, and nothing outside of Backups and backup services has changed,
//   - no publish adds a breach of PP-RECIP or PP-ONE among pools of Lync Server 2013,
//   - a pair that is created and then deleted leaves the document as it was, to the byte.
//
// Every run of Terraform begins with a new client, so its outcome depends only on the document and on the operation.
// Each operation is therefore executed once on each document, whatever sequences lead to it, and the sequences are
// counted along the executed operations: an operation that changes nothing is a step that stays on its document.
//
// A part runs in every test run. "make proof" runs everything, and prints the numbers of cases.
func TestExhaustive(t *testing.T) {
	t.Parallel()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // most memory is that of one operation
	for _, test := range []struct {
		name   string
		starts func() []start
		length int  // of the sequences
		proof  bool // only with make proof
		want   counts
	}{
		{"one pool", func() []start { return starts(1) }, 3, false, counts{4, 4, 4, 0, 4}},
		{"two pools", func() []start { return starts(2) }, 3, false, counts{64, 68, 408, 88, 13824}},
		{"three pools of 2013", func() []start {
			return upToSymmetry(singleBackups(withoutOld(starts(3))))
		}, 3, false, counts{44, 114, 5508, 1202, 5836644}},
		{"three pools, all or none with backup services", func() []start {
			return upToSymmetry(singleBackups(servingAlike(starts(3))))
		}, 1, false, counts{88, 177, 4488, 491, 4488}},
		{"three pools", func() []start { return starts(3) }, 3, true, counts{4096, 4979, 253572, 27833, 543338496}},
		{"four pools", func() []start {
			return upToSymmetry(singleBackups(starts(4)))
		}, 2, true, counts{3044, 7501, 1422075, 158043, 122980644}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.proof {
				testkit.SkipUnlessProof(t)
			}
			// On four pools, there are too many operations to apply also those that are refused.
			got := explore(t, test.starts(), test.length, test.name == "four pools")
			t.Logf("%+v", got)
			if got != test.want {
				t.Errorf("the numbers of cases are %+v, want %+v", got, test.want)
			}
		})
	}
}
