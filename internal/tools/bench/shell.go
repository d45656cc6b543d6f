package main

import (
	"context"
	"fmt"
	"log"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// measureShell counts the calls of the double of a management shell, and compares a plan on a slow one with the floor.
func measureShell(t *table, s sizes, c contenders) error {
	for _, parallelism := range []int{10, 100} {
		if err := c.countPublishes(t, s.publish, s.document, parallelism); err != nil {
			return err
		}
	}
	on, err := c.newShell(s.objects, s.document)
	if err != nil {
		return err
	}
	defer on.host.cleanup()
	delay := time.Duration(s.delay) * time.Second
	on.double.Inject(shelld.Fault{Times: -1, At: shelld.Connect, Slow: delay})
	const parallelism = 100 // few publishes: the double checks each document
	if _, err := on.ours.apply(s.objects, fmt.Sprintf("-parallelism=%d", parallelism)); err != nil {
		return err
	}
	publishes(t, fmt.Sprintf(", calls of %d s", s.delay), s.objects, parallelism, on.double.Counts().Publishes)
	if _, err := on.floor.apply(s.objects); err != nil {
		return err
	}
	var ours, floor cost
	reads := 0
	for range s.rounds {
		before := on.double.Counts().Loads
		took, err := on.ours.plan()
		if err != nil {
			return err
		}
		reads = on.double.Counts().Loads - before
		ours = least(ours, took)
		if took, err = on.floor.plan(); err != nil {
			return err
		}
		floor = least(floor, took)
	}
	what := fmt.Sprintf("no-change plan of %d on a management shell", s.objects)
	t.add(row{what + ": reads / 1", fmt.Sprint(reads), "1", float64(reads), 1})
	t.duration(fmt.Sprintf("%s with calls of %d s: wall time / (2 × floor + a call)", what, s.delay),
		ours.wall, 2*floor.wall+delay, 1)
	naive := time.Duration((s.objects+9)/10) * delay // at Terraform's default parallelism
	t.add(row{"a provider that calls for each object, calculated / (2 × floor + a call)", seconds(naive),
		seconds(2*floor.wall + delay), float64(naive) / float64(2*floor.wall+delay), 0})
	return nil
}

// countPublishes applies changes to a double and counts the publishes.
func (c contenders) countPublishes(t *table, changes, document, parallelism int) error {
	on, err := c.newShell(changes, document)
	if err != nil {
		return err
	}
	defer on.host.cleanup()
	if _, err := on.ours.apply(changes, fmt.Sprintf("-parallelism=%d", parallelism)); err != nil {
		return err
	}
	publishes(t, "", changes, parallelism, on.double.Counts().Publishes)
	return nil
}

// publishes adds the row of an apply.
func publishes(t *table, how string, changes, parallelism, count int) {
	most := (changes+parallelism-1)/parallelism + 1
	t.add(row{fmt.Sprintf("publishes of an apply of %d at parallelism %d%s / ⌈n/p⌉ + 1", changes, parallelism, how),
		fmt.Sprint(count), fmt.Sprint(most), float64(count) / float64(most), 1})
}

// shell is a double of a management shell with a workspace of each provider.
type shell struct {
	host        *host
	double      *shelld.Shell
	ours, floor *workspace
}

// newShell starts a double with the document of an estate. The transport starts this program as its PowerShell.
func (c contenders) newShell(objects, size int) (*shell, error) {
	e, doc := estateOf(objects, size, testkit.UTF8)
	s := &shell{host: &host{}}
	s.double = shelld.New(s.host, doc)
	arguments := fmt.Sprintf("management_shell = { local = { executable = %q } }", s.double.Executable())
	var err error
	if s.ours, err = c.newWorkspace(c.lync, arguments, branchBackups(e, objects)); err != nil {
		return nil, err
	}
	s.floor, err = c.newWorkspace(c.floor, arguments, branchBackups(e, objects))
	return s, err
}

// host stands for the test that a double runs in.
type host struct {
	testing.TB

	cleanups []func()
}

// Cleanup adds a function for cleanup.
func (h *host) Cleanup(f func()) { h.cleanups = append(h.cleanups, f) }

// Context returns the context of the program.
func (*host) Context() context.Context { return context.Background() }

// Helper does nothing.
func (*host) Helper() {}

// Error prints a fault that the double has found.
func (*host) Error(arguments ...any) { log.Print("the double: ", fmt.Sprint(arguments...)) }

// Errorf prints a fault that the double has found.
func (*host) Errorf(format string, arguments ...any) { log.Printf("the double: "+format, arguments...) }

// Fatal ends the program.
func (*host) Fatal(arguments ...any) { log.Fatal("the double: ", fmt.Sprint(arguments...)) }

func (h *host) cleanup() {
	for _, f := range h.cleanups {
		f()
	}
}
