package persistent_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
)

// TestVector makes random changes of copies and compares each copy with a slice, after all changes.
func TestVector(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, 127, 128, 129, 1000} {
		random := rand.New(rand.NewPCG(1, uint64(length)))
		var items []int
		for i := range length {
			items = append(items, i)
		}
		vectors, want := []persistent.Vector[int]{persistent.NewVector(slices.Clone(items))}, [][]int{items}
		for range 300 {
			from := random.IntN(len(vectors))
			v, items := vectors[from], slices.Clone(want[from])
			if n := v.Len(); n > 0 && random.IntN(2) == 0 {
				i := random.IntN(n)
				v, items[i] = v.Set(i, -i), -i
			} else {
				v, items = v.Append(n), append(items, n)
			}
			vectors, want = append(vectors, v), append(want, items)
		}
		for i, v := range vectors {
			var got []int
			for at, item := range v.All {
				if got = append(got, item); at != len(got)-1 || v.At(at) != item {
					t.Fatalf("item %d: index %d, %d instead of %d", len(got)-1, at, v.At(at), item)
				}
			}
			if !slices.Equal(got, want[i]) || v.Len() != len(got) {
				t.Fatalf("length %d, copy %d: got %v, want %v", length, i, got, want[i])
			}
		}
	}
}

// TestMap makes random changes of copies and compares each copy with a Go map, after all changes.
func TestMap(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, 63, 64, 1000} {
		random := rand.New(rand.NewPCG(2, uint64(length)))
		entries := map[int]string{}
		for i := range length {
			entries[i] = "first"
		}
		copies, want := []persistent.Map[int, string]{persistent.NewMap(entries)}, []map[int]string{entries}
		for range 300 {
			from, key := random.IntN(len(copies)), random.IntN(2*length+2)
			m, entries := copies[from], maps.Clone(want[from])
			if random.IntN(2) == 0 {
				m, entries[key] = m.Set(key, "changed"), "changed"
			} else {
				m = m.Delete(key)
				delete(entries, key)
			}
			copies, want = append(copies, m), append(want, entries)
		}
		for i, m := range copies {
			if got := maps.Collect(m.All); !maps.Equal(got, want[i]) {
				t.Fatalf("length %d, copy %d: got %v, want %v", length, i, got, want[i])
			}
			for key, value := range want[i] {
				if m.Get(key) != value {
					t.Fatalf("key %d: got %q, want %q", key, m.Get(key), value)
				}
			}
		}
	}
}
