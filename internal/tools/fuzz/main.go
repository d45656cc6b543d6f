// Command fuzz runs each fuzzer of the packages in its arguments, which default to all packages of the module:
//
//	fuzz [-time DURATION] [-list] [PACKAGE...]
//
// It continues after a fuzzer that fails, and then exits with code 1. It prints the failing input, which go test writes
// to the folder testdata/fuzz of the package. go test accepts only one fuzzer and one package at a time.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
		var output bytes.Buffer
		cmd.Stdout = io.MultiWriter(out, &output)
		cmd.Stderr = cmd.Stdout
		switch err := cmd.Run(); {
		case err != nil && isEndOfTime(output.Bytes()):
			_, _ = fmt.Fprintln(out, "The time was over while an input ran. No input has failed.")
		case err != nil:
			failed = append(failed, fmt.Errorf("%s %s: %w", f.pkg, f.name, err))
			printInput(f, output.Bytes(), out)
		}
	}
	return errors.Join(failed...)
}

var inputFile = regexp.MustCompile(`Failing input written to (\S+)`)

// endOfTime matches the output of a fuzzer that go test reports as failed without an input, because its time was over:
// golang/go issue 75804, which Go 1.27 corrects.
var endOfTime = regexp.MustCompile(`(?m)^--- FAIL: \w+ \(\S+\)\n    context deadline exceeded$`)

func isEndOfTime(output []byte) bool { return endOfTime.Match(output) && !inputFile.Match(output) }

// printInput prints the start of the failing input that the output of go test names. The file is lost with the machine
// that ran continuous integration.
func printInput(f fuzzer, output []byte, out io.Writer) {
	const longest = 8 << 10

	match := inputFile.FindSubmatch(output)
	if match == nil {
		return
	}
	path := filepath.Join(f.dir, filepath.FromSlash(string(match[1])))
	input, err := os.ReadFile(path)
	if err != nil {
		_, _ = fmt.Fprintln(out, "cannot read the failing input:", err)
		return
	}
	_, _ = fmt.Fprintf(out, "%s has %d bytes:\n%s\n", path, len(input), input[:min(len(input), longest)])
}
