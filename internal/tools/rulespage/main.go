// Command rulespage generates the page of rules of the documentation from the catalogue of rules and the list of rules
// that are not checked:
//
//	go run ./internal/tools/rulespage -out templates/guides/rules.md.tmpl
//
// Without -out the page goes to standard output.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

func main() {
	out := flag.String("out", "", "the `file` to write; standard output if empty")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "rulespage:", err)
		os.Exit(1)
	}
}

func write(name string) error {
	text := renderPage(resilience.Rules(), uncheckedRules())
	if name == "" {
		_, err := os.Stdout.WriteString(text)
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
