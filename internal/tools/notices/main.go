// Command notices writes the licenses of all modules that the provider contains on some systems:
//
//	notices [-output FILE] GOOS...
//
// Each archive of a release has this file. Without -output it goes to standard output.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "notices:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("notices", flag.ContinueOnError)
	output := flags.String("output", "", "the file to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("no system in the arguments, such as windows")
	}
	packages, err := list(ctx, flags.Args())
	if err != nil {
		return err
	}
	modules, err := collect(packages)
	if err != nil {
		return err
	}
	text, err := render(modules)
	if err != nil {
		return err
	}
	if *output == "" {
		_, err = io.WriteString(out, text)
	} else {
		err = os.WriteFile(*output, []byte(text), 0o644) //nolint:gosec // a file of a release
	}
	if err != nil {
		return fmt.Errorf("write notices: %w", err)
	}
	return nil
}
