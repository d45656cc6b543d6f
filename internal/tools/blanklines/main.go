// Command blanklines finds blank lines that the convention of this repository excludes, which the linter cannot do:
// before the return that ends a block, and after an if, a loop, a switch or another block. A comment begins a
// paragraph.
//
//	go run ./internal/tools/blanklines [-fix] [path ...]
//
// A path is a Go file or a folder, which is searched recursively. The default is the current folder. The command prints
// one line per finding and exits with status 1 if there are any. With -fix it removes the blank lines instead.
package main

import (
	"flag"
	"fmt"
	"go/format"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	fix := flag.Bool("fix", false, "remove the blank lines")
	flag.Parse()
	paths := flag.Args()
	if len(paths) == 0 {
		paths = []string{"."}
	}
	found, err := run(os.Stdout, paths, *fix)
	if err != nil {
		log.Fatal("blanklines: ", err)
	}
	if found > 0 && !*fix {
		os.Exit(1)
	}
}

// run checks the files of all paths and returns the number of findings.
func run(out io.Writer, paths []string, fix bool) (int, error) {
	found := 0
	for _, path := range paths {
		files, err := goFiles(path)
		if err != nil {
			return 0, err
		}
		for _, file := range files {
			n, err := runFile(out, file, fix)
			if err != nil {
				return 0, err
			}
			found += n
		}
	}
	return found, nil
}

// runFile prints the findings of one file, or removes their blank lines, and returns the number of findings.
func runFile(out io.Writer, name string, fix bool) (int, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	found, err := blankBefore(name, source)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	if !fix {
		for _, line := range found {
			fmt.Fprintf(out, "%s:%d: blank line after a block or before the return that ends one\n", name, line)
		}
		return len(found), nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return 0, err
	}
	// Without the blank line, gofmt may align the comments on both sides of it.
	fixed, err := format.Source(withoutBlanks(source, found))
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(name, fixed, info.Mode().Perm()); err != nil {
		return 0, err
	}
	fmt.Fprintf(out, "%s: removed %d blank lines\n", name, len(found))
	return len(found), nil
}

// goFiles returns the Go files at path. Like the go command, it skips folders named testdata or vendor and folders
// whose names begin with "." or "_".
func goFiles(path string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != path && isIgnored(entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, ".go") {
			files = append(files, name)
		}
		return nil
	})
	return files, err
}

func isIgnored(folder string) bool {
	return folder == "testdata" || folder == "vendor" || folder == "node_modules" ||
		strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_")
}
