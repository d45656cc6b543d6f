package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// goPackage is a package in the output of go list. A package of the standard library has no module. Its Root is the
// folder of Go.
type goPackage struct {
	Dir, Root string
	Standard  bool
	Module    *goModule
}

type goModule struct {
	Path, Version, Dir string
	Main               bool
}

// list returns the packages that the provider contains on each of the systems.
func list(ctx context.Context, systems []string) ([]goPackage, error) {
	var packages []goPackage

	for _, system := range systems {
		cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Dir,Root,Standard,Module",
			"github.com/lync-iac/terraform-provider-lync")
		cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		cmd.Stderr = os.Stderr

		output, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("list packages for %s: %w", system, err)
		}
		for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
			var found goPackage
			if err := decoder.Decode(&found); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("read the output of go list: %w", err)
			}
			packages = append(packages, found)
		}
	}
	return packages, nil
}

// module is a module with the files that have its licenses.
type module struct {
	name  string // path and version
	files []string
}

// collect returns the modules of packages, ordered by name. A license can be in the folder of a package or in a folder
// above it, up to that of the module. A module without a license is an error.
func collect(packages []goPackage) ([]module, error) {
	files := map[string]map[string]bool{} // by module

	for _, p := range packages {
		name, root := "the Go standard library "+runtime.Version(), p.Root
		if !p.Standard {
			if p.Module.Main {
				continue
			}
			name, root = p.Module.Path+" "+p.Module.Version, p.Module.Dir
		}
		if files[name] == nil {
			files[name] = map[string]bool{}
		}
		for dir := p.Dir; ; dir = filepath.Dir(dir) {
			found, err := licensesIn(dir)
			if err != nil {
				return nil, err
			}
			for _, file := range found {
				files[name][file] = true
			}
			if rest, err := filepath.Rel(root, dir); err != nil || rest == "." || strings.HasPrefix(rest, "..") {
				break
			}
		}
	}
	var modules []module

	for _, name := range slices.Sorted(maps.Keys(files)) {
		if len(files[name]) == 0 {
			return nil, fmt.Errorf("%s has no license", name)
		}
		modules = append(modules, module{name, slices.Sorted(maps.Keys(files[name]))})
	}
	return modules, nil
}

// licenseName matches the names of files that have a license or a notice which a copy has to contain.
var licenseName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|notice|patents|unlicense)([-_.].*)?$`)

// licensesIn returns the files with licenses in a folder.
func licensesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look for licenses: %w", err)
	}
	var found []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && licenseName.MatchString(entry.Name()) && filepath.Ext(entry.Name()) != ".go" {
			found = append(found, filepath.Join(dir, entry.Name()))
		}
	}
	return found, nil
}
