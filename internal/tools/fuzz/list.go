package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// fuzzer is a fuzz test of the package pkg in the folder dir. seeded is true if it calls Add, or its package has files
// with inputs for it.
type fuzzer struct {
	pkg, dir, name string
	seeded         bool
}

// list returns the fuzzers of packages in the order of go list. It reads the test files that belong to this system.
// Unlike go test -list, it does not build the tests.
func list(ctx context.Context, patterns []string) ([]fuzzer, error) {
	//nolint:gosec // the arguments are those of this tool
	cmd := exec.CommandContext(ctx, "go", append([]string{
		"list", "-json=Dir,ImportPath,TestGoFiles,XTestGoFiles", "--",
	}, patterns...)...)
	cmd.Stderr = os.Stderr

	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	var (
		fuzzers []fuzzer
		decoder = json.NewDecoder(bytes.NewReader(output))
	)
	for {
		var pkg struct {
			Dir, ImportPath           string
			TestGoFiles, XTestGoFiles []string
		}
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			return fuzzers, nil
		} else if err != nil {
			return nil, fmt.Errorf("read the output of go list: %w", err)
		}
		for _, file := range append(pkg.TestGoFiles, pkg.XTestGoFiles...) {
			found, err := fuzzersOf(pkg.ImportPath, filepath.Join(pkg.Dir, file))
			if err != nil {
				return nil, err
			}
			fuzzers = append(fuzzers, found...)
		}
	}
}

// fuzzersOf returns the fuzzers of one test file of a package.
func fuzzersOf(pkg, path string) ([]fuzzer, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parse tests: %w", err)
	}
	var fuzzers []fuzzer

	for _, decl := range file.Decls {
		function, ok := decl.(*ast.FuncDecl)
		if !ok || function.Recv != nil || !strings.HasPrefix(function.Name.Name, "Fuzz") {
			continue
		}
		name := function.Name.Name
		dir := filepath.Dir(path)
		corpus, _ := os.ReadDir(filepath.Join(dir, "testdata", "fuzz", name))
		fuzzers = append(fuzzers, fuzzer{pkg, dir, name, len(corpus) > 0 || addsSeed(function)})
	}
	return fuzzers, nil
}

// addsSeed reports whether a function calls a method Add.
func addsSeed(function *ast.FuncDecl) bool {
	found := false

	ast.Inspect(function, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok && selector.Sel.Name == "Add" {
			found = true
		}
		return !found
	})
	return found
}
