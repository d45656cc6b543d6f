package main

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// cost is what a run takes.
type cost struct {
	cpu  time.Duration // of all processes, in user and kernel mode
	wall time.Duration
	// memory is the largest resident set of one of the processes, in bytes. It is not below that of this program, which
	// Linux counts as well.
	memory int64
}

// least returns the lower values of two costs.
func least(a, b cost) cost {
	if a == (cost{}) {
		return b
	}
	return cost{min(a.cpu, b.cpu), min(a.wall, b.wall), max(a.memory, b.memory)}
}

// costOf returns the cost of a finished command. The system adds to the times of a process those of its children for
// which it has waited. Terraform waits for its providers.
func costOf(command *exec.Cmd, began time.Time) cost {
	state := command.ProcessState
	c := cost{cpu: state.UserTime() + state.SystemTime(), wall: time.Since(began)}
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		c.memory = usage.Maxrss << 10 // kilobytes on Linux
	}
	return c
}

// cpuOf returns the CPU time of one call of a function, with that of the garbage collection: the least of some rounds.
// It repeats a short function within a round.
func cpuOf(rounds int, call func()) time.Duration {
	const enough = 200 * time.Millisecond
	best := time.Duration(0)
	for range rounds {
		runtime.GC()
		before, n := ownCPU(), 0
		for n == 0 || ownCPU()-before < enough {
			call()
			n++
		}
		if each := (ownCPU() - before) / time.Duration(n); best == 0 || each < best {
			best = each
		}
	}
	return best
}

// ownCPU returns the CPU time of this process.
func ownCPU() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// allocatedBy returns the bytes that a function allocates.
func allocatedBy(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
