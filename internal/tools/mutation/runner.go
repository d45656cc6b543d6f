package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"
)

const (
	// workers is the number of mutants at a time.
	workers = 2
	// leastTime and slower bound the tests of a mutant: the time in which the tests of the unchanged package ended,
	// slower times, and leastTime more. Tests that take longer have noticed the mutant, such as an endless loop.
	leastTime = 10 * time.Second
	slower    = 4
)

// outcome is what the tests of a package do with a mutant.
type outcome int

const (
	invalid outcome = iota // it does not compile, so that it is no mutant
	killed
	survived
)

// result is a mutant of a sample.
type result struct {
	mutant  mutant
	outcome outcome
}

// runner builds and runs the tests of mutants.
type runner struct {
	folder   string // removed at the end
	out      io.Writer
	survivor func(mutant)             // is called for each mutant that survives
	least    time.Duration            // leastTime
	limits   map[string]time.Duration // of the tests of a package
}

// progress is the number of mutants between two lines about the progress.
const progress = 10

func newRunner(out io.Writer, survivor func(mutant)) (*runner, error) {
	folder, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return nil, err
	}
	return &runner{
		folder: folder, out: out, survivor: survivor, least: leastTime, limits: map[string]time.Duration{},
	}, nil
}

func (r *runner) close() { _ = os.RemoveAll(r.folder) }

// runGroup runs the mutants of a group's sample that match: the first candidates that compile. With a pattern that
// leaves out some, the others count as if they compiled.
func (r *runner) runGroup(ctx context.Context, g group, candidates []mutant, pattern *regexp.Regexp) ([]result, error) {
	if err := r.measure(ctx, candidates); err != nil {
		return nil, err
	}
	var (
		mu      sync.Mutex
		next    int
		results []result
		failed  error
	)
	take := func() (mutant, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(candidates) || failed != nil {
			return mutant{}, false
		}
		next++
		return candidates[next-1], true
	}
	places := make(chan struct{}, g.size)
	for range g.size {
		places <- struct{}{}
	}
	close(places)
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for range places {
				for {
					m, ok := take()
					if !ok {
						return
					}
					if !pattern.MatchString(m.String()) {
						break
					}
					outcome, err := r.test(ctx, m, strconv.Itoa(worker))
					mu.Lock()
					failed = errors.Join(failed, err)
					if outcome != invalid {
						results = append(results, result{m, outcome})
						r.show(g, results)
					}
					mu.Unlock()
					if outcome != invalid {
						break
					}
				}
			}
		})
	}
	group.Wait()
	return results, failed
}

// show prints the last result if the mutant survives, and the progress of a group.
func (r *runner) show(g group, results []result) {
	if last := results[len(results)-1]; last.outcome == survived {
		r.survivor(last.mutant)
	}
	if len(results)%progress == 0 {
		_, _ = fmt.Fprintf(r.out, "%s: %d of %d\n", g.name, len(results), g.size)
	}
}

// measure runs the tests of each package without a change. They have to pass, and their duration bounds those of the
// mutants.
func (r *runner) measure(ctx context.Context, candidates []mutant) error {
	for _, m := range candidates {
		if _, ok := r.limits[m.pkg]; ok {
			continue
		}
		source, err := os.ReadFile(m.file)
		if err != nil {
			return err
		}
		m.source = source
		program, err := r.build(ctx, m, "unchanged")
		if err != nil {
			return fmt.Errorf("build the tests of %s: %w", m.pkg, err)
		}
		start := time.Now()
		if err := runTests(ctx, program, m.dir, 10*time.Minute); err != nil {
			return fmt.Errorf("run the tests of %s without a mutant: %w", m.pkg, err)
		}
		duration := time.Since(start)
		r.limits[m.pkg] = r.least + slower*duration
		_, _ = fmt.Fprintf(r.out, "%s: %.1f s without a mutant\n", m.pkg, duration.Seconds())
	}
	return nil
}

// test builds the tests of a package with a mutant and runs them. name separates the files of concurrent calls.
func (r *runner) test(ctx context.Context, m mutant, name string) (outcome, error) {
	program, err := r.build(ctx, m, name)
	switch failed := (*exec.ExitError)(nil); {
	case ctx.Err() != nil:
		return invalid, ctx.Err()
	case errors.As(err, &failed):
		return invalid, nil
	case err != nil:
		return invalid, err
	}
	passed := runTests(ctx, program, m.dir, r.limits[m.pkg]) == nil
	switch {
	case ctx.Err() != nil:
		return invalid, ctx.Err()
	case passed:
		return survived, nil
	default:
		return killed, nil
	}
}

// build builds the tests of a package with a mutant and returns the path of the program. The error is an
// *exec.ExitError if the mutant does not compile.
func (r *runner) build(ctx context.Context, m mutant, name string) (string, error) {
	var (
		file    = filepath.Join(r.folder, name+".go")
		overlay = filepath.Join(r.folder, name+".json")
		program = filepath.Join(r.folder, name+".test.exe")
	)
	if err := os.WriteFile(file, m.source, 0o600); err != nil {
		return "", err
	}
	replaced, err := json.Marshal(map[string]map[string]string{"Replace": {m.file: file}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(overlay, replaced, 0o600); err != nil {
		return "", err
	}
	return program, exec.CommandContext(ctx, "go", "test", "-c", "-overlay", overlay, "-o", program, m.pkg).Run()
}

// runTests runs built tests, as go test -short does, for at most a time.
func runTests(ctx context.Context, program, dir string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit+leastTime)
	defer cancel()
	//nolint:gosec // the program was built in a folder of this process
	cmd := exec.CommandContext(ctx, program, "-test.short", "-test.failfast", "-test.timeout", limit.String())
	cmd.Dir = dir
	cmd.WaitDelay = leastTime
	return cmd.Run()
}
