package persistent

import (
	"hash/maphash"
	"maps"
)

// shards is the number of parts of the entries that a Map has changed. A change copies one of them, and the list.
const shards = 256

// seed is that of all maps, because the order of entries never matters.
var seed = maphash.MakeSeed()

// Map has values by key. The zero value is an empty one.
type Map[K comparable, V any] struct {
	first   map[K]V
	changed []map[K]entry[V] // what differs from first, nil for nothing
}

// entry is the value of a key, if that is not deleted.
type entry[V any] struct {
	value  V
	exists bool
}

// NewMap returns a Map of the entries. The caller must not change them afterwards.
func NewMap[K comparable, V any](entries map[K]V) Map[K, V] { return Map[K, V]{first: entries} }

// shard returns the index of the shard of a key.
func shard[K comparable](key K) int {
	return int(maphash.Comparable(seed, key) % shards) //nolint:gosec // less than shards
}

// Get returns the value of a key, the zero value for none.
func (m Map[K, V]) Get(key K) V {
	if m.changed != nil {
		if e, ok := m.changed[shard(key)][key]; ok {
			return e.value
		}
	}
	return m.first[key]
}

// Set returns a Map in which the key has the value.
func (m Map[K, V]) Set(key K, value V) Map[K, V] {
	return m.with(key, entry[V]{value: value, exists: true})
}

// Delete returns a Map without the key.
func (m Map[K, V]) Delete(key K) Map[K, V] { return m.with(key, entry[V]{}) }

func (m Map[K, V]) with(key K, e entry[V]) Map[K, V] {
	changed := make([]map[K]entry[V], shards)
	copy(changed, m.changed)
	i := shard(key)
	if changed[i] == nil {
		changed[i] = map[K]entry[V]{}
	} else {
		changed[i] = maps.Clone(changed[i])
	}
	changed[i][key] = e
	m.changed = changed
	return m
}

// All calls yield for each entry, in no order.
func (m Map[K, V]) All(yield func(K, V) bool) {
	for key, value := range m.first {
		if m.changed != nil {
			if _, isChanged := m.changed[shard(key)][key]; isChanged {
				continue
			}
		}
		if !yield(key, value) {
			return
		}
	}
	for _, entries := range m.changed {
		for key, e := range entries {
			if e.exists && !yield(key, e.value) {
				return
			}
		}
	}
}
