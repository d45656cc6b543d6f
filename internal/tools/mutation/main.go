// Command mutation runs a sample of mutants of the packages that decide what is published: topology, resilience, ledger
// and publisher. A mutant is the source with one small change, such as < in the place of <=. The tests of its package
// kill it if one of them fails, or if they take more time or memory than the limits permit. The command prints the
// mutants that only a limit has killed, because a slow host would have the same result.
//
//	go run ./internal/tools/mutation [-seed N] [-group NAME] [-match REGEXP] [-list]
//
// The sample depends only on the seed and on the mutants themselves, so that a change of the code replaces few of them.
// The command prints each mutant that survives. It exits with status 1 if there is one that testdata/equivalent.txt
// does not list, if a listed one was killed, if less than 90% were killed, if a group has too few mutants, or if the
// tests of a package do not pass without a mutant. It does not change the checkout: the mutants are overlays of the go
// command.
//
// The maintained tool for Go, gremlins, runs all mutants of a package, which are several thousand here, and has no list
// of equivalent ones.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"time"
)

// defaultSeed is the seed of the sample whose survivors are killed or listed.
const defaultSeed = 20

// leastKilled is the least share of a sample that the tests have to kill, in percent. The listed mutants count as not
// killed.
const leastKilled = 90

//go:embed testdata/equivalent.txt
var equivalentText string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1) //nolint:gocritic // the signal handler ends with the process
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("mutation", flag.ContinueOnError)
	seed := flags.Uint64("seed", defaultSeed, "selects the sample")
	only := flags.String("group", "", "run only the mutants of one group: topology, resilience, ledger or publisher")
	match := flags.String("match", "", "run only the mutants of the sample whose description matches")
	list := flags.Bool("list", false, "print the candidates in the order of the sample, and do not run them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *only != "" && !slices.ContainsFunc(groups, func(g group) bool { return g.name == *only }) {
		return fmt.Errorf("there is no group %q", *only)
	}
	pattern, err := regexp.Compile(*match)
	if err != nil {
		return err
	}
	equivalents, err := parseEquivalents(equivalentText)
	if err != nil {
		return err
	}
	start := time.Now()
	r, err := newRunner(out, func(r result) { _, _ = io.WriteString(out, notice(r, equivalents)) })
	if err != nil {
		return err
	}
	defer r.close()
	var all []result
	for _, g := range groups {
		if *only != "" && *only != g.name {
			continue
		}
		candidates, err := g.candidates(ctx, *seed)
		if err != nil {
			return err
		}
		if *list {
			for _, m := range candidates {
				_, _ = fmt.Fprintln(out, m)
			}
			continue
		}
		results, err := r.runGroup(ctx, g, candidates, pattern)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "%s: %s\n", g.name, summarize(results, equivalents))
		all = append(all, results...)
	}
	if *list {
		return nil
	}
	_, _ = fmt.Fprintf(out, "all: %s, after %s\n", summarize(all, equivalents), time.Since(start).Round(time.Second))
	if *match != "" {
		return verdict(all, equivalents, 0) // a choice has no share
	}
	return verdict(all, equivalents, leastKilled)
}

// notice returns what is printed about a mutant that no test fails for.
func notice(r result, equivalents map[string]string) string {
	_, listed := equivalents[r.mutant.String()]
	switch {
	case r.outcome == endless:
		return fmt.Sprintf("\nKilled by a limit:\n%s\n\n", r.mutant)
	case listed:
		return ""
	default:
		return fmt.Sprintf("\n%s\n\n", r.mutant)
	}
}
