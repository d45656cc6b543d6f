package main

import (
	"bytes"
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
	// baselines is the number of times that the tests of an unchanged package have to pass, so that it is the mutant
	// that fails them.
	baselines = 3
	// leastTime and slower bound the tests of a mutant: the longest time in which the tests of the unchanged package
	// ended, slower times, and leastTime more.
	leastTime = 10 * time.Second
	slower    = 4
)

// outcome is what the tests of a package do with a mutant.
type outcome int

const (
	invalid outcome = iota // it does not compile, so that it is no mutant
	killed                 // a test fails
	endless                // the tests take more time or memory than the limits permit, such as in an endless loop
	survived
)

// result is a mutant of a sample.
type result struct {
	mutant  mutant
	outcome outcome
}

// runner builds and runs the tests of mutants.
type runner struct {
	folder string // removed at the end
	out    io.Writer
	notice func(result)             // is called for each mutant that no test fails for
	least  time.Duration            // leastTime
	limits map[string]time.Duration // of the tests of a package
}

// progress is the number of mutants between two lines about the progress.
const progress = 10

func newRunner(out io.Writer, notice func(result)) (*runner, error) {
	folder, err := os.MkdirTemp("", "mutation-")
	if err != nil {
		return nil, err
	}
	return &runner{
		folder: folder, out: out, notice: notice, least: leastTime, limits: map[string]time.Duration{},
	}, nil
}

func (r *runner) close() { _ = os.RemoveAll(r.folder) }

// runGroup runs the mutants of a group's sample that match: the first candidates that compile. With a pattern that
// leaves out some, the others count as if they compiled. Without a pattern, too few candidates are an error.
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
	if failed == nil && len(results) < g.size && pattern.String() == "" {
		failed = fmt.Errorf("the group %s has %d mutants that compile, less than %d", g.name, len(results), g.size)
	}
	return results, failed
}

// show reports the last result if no test has failed, and prints the progress of a group.
func (r *runner) show(g group, results []result) {
	if last := results[len(results)-1]; last.outcome != killed {
		r.notice(last)
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
			return fmt.Errorf("without a mutant: %w", err)
		}
		var longest time.Duration
		for range baselines {
			start := time.Now()
			if got, err := runTests(ctx, program, m.dir, 10*time.Minute); err != nil || got != survived {
				return errors.Join(fmt.Errorf("the tests of %s do not pass without a mutant", m.pkg), err)
			}
			longest = max(longest, time.Since(start))
		}
		r.limits[m.pkg] = r.least + slower*longest
		_, _ = fmt.Fprintf(r.out, "%s: %.1f s without a mutant\n", m.pkg, longest.Seconds())
	}
	return nil
}

// test builds the tests of a package with a mutant and runs them. name separates the files of concurrent calls.
func (r *runner) test(ctx context.Context, m mutant, name string) (outcome, error) {
	program, err := r.build(ctx, m, name)
	switch {
	case errors.Is(err, errCompile):
		return invalid, nil
	case err != nil:
		return invalid, err
	}
	got, err := runTests(ctx, program, m.dir, r.limits[m.pkg])
	if err != nil {
		err = fmt.Errorf("run the tests of the mutant\n%s\n%w", m, err)
	}
	return got, err
}

// errCompile is the error of a mutant that does not compile.
var errCompile = errors.New("the compiler refuses the source")

// compilerLine matches an error of the compiler. Other failures of a build have no position in a source file.
var compilerLine = regexp.MustCompile(`(?m)^\S+\.go:\d+:\d+: `)

// build builds the tests of a package with a mutant and returns the path of the program. The error is errCompile if the
// mutant does not compile.
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
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-overlay", overlay, "-o", program, m.pkg)
	output, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil && compilerLine.Match(output):
		return "", errCompile
	case err != nil:
		return "", fmt.Errorf("build the tests of %s: %w\n%s", m.pkg, err, output)
	}
	return program, nil
}

// What the output of tests contains after a failure, and after one of the limits.
var (
	testFailure  = regexp.MustCompile(`(?m)^\s*--- FAIL: |^FAIL$`)
	limitReached = regexp.MustCompile(`(?m)^panic: test timed out|out of memory|cannot allocate memory|` +
		`^runtime: goroutine stack exceeds`)
	crash = regexp.MustCompile(`(?m)^(panic|fatal error): `)
)

// runTests runs built tests, as go test -short does, for at most a time. The outcome is that of their mutant. An end
// that the tests do not explain is an error. A signal comes from a system that has no memory left.
func runTests(ctx context.Context, program, dir string, limit time.Duration) (outcome, error) {
	bounded, cancel := context.WithTimeout(ctx, limit+leastTime)
	defer cancel()
	var output bytes.Buffer
	//nolint:gosec // the program was built in a folder of this process
	cmd := exec.CommandContext(bounded, program, "-test.short", "-test.failfast", "-test.timeout", limit.String())
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &output, &output
	cmd.WaitDelay = leastTime
	err := cmd.Run()
	switch text := output.Bytes(); {
	case ctx.Err() != nil:
		return invalid, ctx.Err()
	case err == nil:
		return survived, nil
	case testFailure.Match(text):
		return killed, nil
	case bounded.Err() != nil || limitReached.Match(text) || cmd.ProcessState != nil && cmd.ProcessState.ExitCode() < 0:
		return endless, nil
	case crash.Match(text):
		return killed, nil
	default:
		return invalid, fmt.Errorf("the tests have ended without a result: %w\n%s", err, text)
	}
}
