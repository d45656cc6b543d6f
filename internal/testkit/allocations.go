package testkit

import "runtime"

// Allocations returns the number and the size in bytes of the allocations of a function. It counts those of the whole
// process, so a test that calls it must not be parallel.
func Allocations(run func()) (count, size uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc
}
