package persistent

import (
	"hash/maphash"
	"maps"
	"math/bits"
	"slices"
)

// shardSize is the number of entries that a change of a Map copies on average, besides the list of shards.
const shardSize = 64

// seed is that of all maps, because the order of entries never matters.
var seed = maphash.MakeSeed()

// Map has values by key. The zero value has no room for entries: see NewMap.
type Map[K comparable, V any] struct {
	shards []map[K]V // a power of two
}

// NewMap returns a Map of the entries.
func NewMap[K comparable, V any](entries map[K]V) Map[K, V] {
	m := Map[K, V]{shards: make([]map[K]V, 1<<bits.Len(uint(len(entries)/shardSize)))}
	for i := range m.shards {
		m.shards[i] = make(map[K]V, len(entries)/len(m.shards))
	}
	for key, value := range entries {
		m.shards[m.shard(key)][key] = value
	}
	return m
}

// shard returns the index of the shard of a key.
func (m Map[K, V]) shard(key K) int {
	if len(m.shards) == 1 {
		return 0
	}
	return int(maphash.Comparable(seed, key) % uint64(len(m.shards))) //nolint:gosec // less than the length
}

// Get returns the value of a key, the zero value for none.
func (m Map[K, V]) Get(key K) V { return m.shards[m.shard(key)][key] }

// Set returns a Map in which the key has the value.
func (m Map[K, V]) Set(key K, value V) Map[K, V] {
	i := m.shard(key)
	shard := maps.Clone(m.shards[i])
	shard[key] = value
	m.shards = slices.Clone(m.shards)
	m.shards[i] = shard
	return m
}

// Delete returns a Map without the key.
func (m Map[K, V]) Delete(key K) Map[K, V] {
	i := m.shard(key)
	shard := maps.Clone(m.shards[i])
	delete(shard, key)
	m.shards = slices.Clone(m.shards)
	m.shards[i] = shard
	return m
}

// All calls yield for each entry, in no order.
func (m Map[K, V]) All(yield func(K, V) bool) {
	for _, shard := range m.shards {
		for key, value := range shard {
			if !yield(key, value) {
				return
			}
		}
	}
}
