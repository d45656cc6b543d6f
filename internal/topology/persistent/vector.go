// Package persistent has collections that never change. A changed copy shares all but a small part with the original,
// so that it costs little, and the original stays valid. They are safe for concurrent use.
package persistent

import "slices"

// chunkSize is the number of items that a change of a Vector copies at most, besides the list of chunks.
const chunkSize = 128

// Vector is a list of items by index. The zero value is an empty one.
type Vector[T any] struct {
	chunks [][]T // all full except the last one
	length int
}

// NewVector returns a Vector of the items. The caller must not change them afterwards.
func NewVector[T any](items []T) Vector[T] {
	return Vector[T]{chunks: slices.Collect(slices.Chunk(items, chunkSize)), length: len(items)}
}

// Len returns the number of items.
func (v Vector[T]) Len() int { return v.length }

// At returns the item at an index, from 0 to Len()-1.
func (v Vector[T]) At(i int) T { return v.chunks[i/chunkSize][i%chunkSize] }

// Set returns a Vector with another item at an index, from 0 to Len()-1.
func (v Vector[T]) Set(i int, item T) Vector[T] {
	chunk := slices.Clone(v.chunks[i/chunkSize])
	chunk[i%chunkSize] = item
	v.chunks = slices.Clone(v.chunks)
	v.chunks[i/chunkSize] = chunk
	return v
}

// Append returns a Vector with one more item.
func (v Vector[T]) Append(item T) Vector[T] {
	v.chunks = slices.Clone(v.chunks)
	if v.length%chunkSize == 0 {
		v.chunks = append(v.chunks, nil)
	}
	last := len(v.chunks) - 1
	v.chunks[last] = append(slices.Clone(v.chunks[last]), item)
	v.length++
	return v
}

// All calls yield for each item with its index, in the order of the indexes.
func (v Vector[T]) All(yield func(int, T) bool) {
	for i, chunk := range v.chunks {
		for j, item := range chunk {
			if !yield(i*chunkSize+j, item) {
				return
			}
		}
	}
}
