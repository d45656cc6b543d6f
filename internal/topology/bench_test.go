package topology_test

import (
	"fmt"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// largeEstate returns an estate with the given number of pools, twice as many appliances, and pairs of all pools except
// the last two.
func largeEstate(pools int) testkit.Estate {
	e := testkit.Estate{}
	for i := range 10 {
		e.Sites = append(e.Sites, testkit.Site{ID: i + 1})
	}
	for i := range pools {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: poolName(i), Site: i%10 + 1, Enterprise: i%4 < 2})
		if i%2 == 1 && i < pools-2 {
			e.Pairs = append(e.Pairs, testkit.Pair{A: poolName(i - 1), B: poolName(i)})
		}
	}
	for i := range 2 * pools {
		e.Sites = append(e.Sites, testkit.Site{ID: 11 + i, Branch: true, Parent: i%10 + 1})
		e.Appliances = append(e.Appliances,
			testkit.Appliance{FQDN: fmt.Sprintf("sba%d", i), Site: 11 + i, Pool: poolName(i / 2)})
	}
	return e
}

func poolName(i int) string { return fmt.Sprintf("pool%03d", i) }

// benchmarkSizes runs a benchmark for two sizes, to show a cost that grows faster than the document.
func benchmarkSizes(b *testing.B, run func(b *testing.B, raw []byte, pools int)) {
	for _, pools := range []int{76, 300} {
		b.Run(fmt.Sprintf("%d pools", pools), func(b *testing.B) {
			raw := largeEstate(pools).Document()
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			b.ResetTimer()
			run(b, raw, pools)
		})
	}
}

func BenchmarkParse(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, raw []byte, _ int) {
		for b.Loop() {
			parse(b, raw)
		}
	})
}

func BenchmarkBytes(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, raw []byte, _ int) {
		doc := parse(b, raw)
		for b.Loop() {
			doc.Bytes()
		}
	})
}

func BenchmarkCreatePair(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, raw []byte, pools int) {
		doc := parse(b, raw)
		doc.Topology()
		for b.Loop() {
			if err := topology.NewEditor(doc).CreatePair(pairOf(poolName(pools-2), poolName(pools-1))); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkManyPairs creates all pairs of an estate in one editor, as one publish of a large configuration does.
func BenchmarkManyPairs(b *testing.B) {
	benchmarkSizes(b, func(b *testing.B, _ []byte, pools int) {
		e := largeEstate(pools)
		e.Pairs = nil
		doc := parse(b, e.Document())
		for b.Loop() {
			editor := topology.NewEditor(doc)
			for i := 0; i < pools-1; i += 2 {
				if err := editor.CreatePair(pairOf(poolName(i), poolName(i+1))); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
