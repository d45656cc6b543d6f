// Command fuzz runs each fuzzer of the packages in its arguments, which default to all packages of the module:
//
//	fuzz [-time DURATION] [-list] [PACKAGE...]
//
// It continues after a fuzzer that fails, and then exits with code 1. A failing input is in the folder testdata/fuzz of
// the package. go test accepts only one fuzzer and one package at a time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fuzz", flag.ContinueOnError)
	duration := flags.String("time", "10s", "-fuzztime of go test: a duration, or a number of inputs such as 1000x")
	onlyList := flags.Bool("list", false, "print the fuzzers and do not run them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	patterns := flags.Args()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	fuzzers, err := list(ctx, patterns)
	if err != nil {
		return err
	}
	if len(fuzzers) == 0 {
		return fmt.Errorf("no fuzzer in %s", strings.Join(patterns, " "))
	}
	if *onlyList {
		for _, f := range fuzzers {
			_, _ = fmt.Fprintln(out, f.pkg, f.name)
		}
		return nil
	}
	return runAll(ctx, fuzzers, *duration, out)
}

// runAll runs each fuzzer for a time. The error names those that failed.
func runAll(ctx context.Context, fuzzers []fuzzer, duration string, out io.Writer) error {
	var failed []error
	for i, f := range fuzzers {
		_, _ = fmt.Fprintf(out, "%d/%d %s %s\n", i+1, len(fuzzers), f.pkg, f.name)

		// -run would run the tests of the package too.
		//nolint:gosec // the arguments are names from the source of this repository
		cmd := exec.CommandContext(ctx, "go", "test", "-run=^$", "-fuzz=^"+f.name+"$", "-fuzztime="+duration, f.pkg)
		cmd.Stdout, cmd.Stderr = out, out
		if err := cmd.Run(); err != nil {
			failed = append(failed, fmt.Errorf("%s %s: %w", f.pkg, f.name, err))
		}
	}
	return errors.Join(failed...)
}
