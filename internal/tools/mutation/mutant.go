package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// modulePath begins the import paths of this module's packages.
const modulePath = "github.com/lync-iac/terraform-provider-lync/internal/"

// group is a package, with those below it, and the number of its mutants in a sample.
type group struct {
	name string
	size int
}

// groups has more mutants of the small packages than their share of the code: they contain the concurrency.
var groups = []group{{"resilience", 90}, {"ledger", 60}, {"publisher", 60}, {"topology", 90}}

// mutant is one change of a source file.
type mutant struct {
	pkg, dir, file string // import path, and absolute paths
	place          place
	source         []byte // of the file, with the change
}

// place identifies a mutant without a line number. It is the text under which a mutant is listed.
type place struct {
	function string // package and declaration, such as "ledger (*Ledger).Keep"
	before   string // the lines with the change, without indentation and line breaks
	after    string // the same lines after it
	number   int    // counts the mutants of a declaration with the same text, from 1
}

// String returns the header and the two lines of the list of equivalents.
func (p place) String() string {
	header := p.function
	if p.number > 1 {
		header += fmt.Sprintf(" #%d", p.number)
	}
	return header + "\n- " + p.before + "\n" + strings.TrimRight("+ "+p.after, " ")
}

func (m mutant) String() string { return m.place.String() }

// rank returns the position of a mutant in a sample. It does not depend on other mutants.
func (m mutant) rank(seed uint64) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write(binary.LittleEndian.AppendUint64(nil, seed))
	_, _ = io.WriteString(hash, m.String())
	// The last bytes of a text change only the low bits of its hash. The multiplication spreads them.
	sum := hash.Sum64()
	sum = (sum ^ sum>>31) * 0x9e3779b97f4a7c15
	return sum ^ sum>>29
}

// candidates returns the mutants of a group in the order in which a sample takes them.
func (g group) candidates(ctx context.Context, seed uint64) ([]mutant, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-json=Dir,ImportPath,GoFiles", modulePath+g.name+"/...")
	cmd.Stderr = os.Stderr
	output, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	var mutants []mutant
	for decoder := json.NewDecoder(strings.NewReader(string(output))); ; {
		var pkg struct {
			Dir, ImportPath string
			GoFiles         []string
		}
		if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read the output of go list: %w", err)
		}
		for _, name := range pkg.GoFiles {
			path := filepath.Join(pkg.Dir, name)
			source, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			found, err := mutantsOf(mutant{pkg: pkg.ImportPath, dir: pkg.Dir, file: path}, source)
			if err != nil {
				return nil, err
			}
			mutants = append(mutants, found...)
		}
	}
	slices.SortStableFunc(mutants, func(a, b mutant) int { return cmp.Compare(a.rank(seed), b.rank(seed)) })
	return mutants, nil
}

// mutantsOf returns the mutants of one file in the order of the source. of has what they have in common.
func mutantsOf(of mutant, source []byte) ([]mutant, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, of.file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parse a package: %w", err)
	}
	var (
		mutants []mutant
		known   = map[place]int{}
	)
	for _, decl := range file.Decls {
		name := strings.TrimPrefix(of.pkg, modulePath) + " " + nameOf(decl)
		for _, e := range editsOf(decl, source, files) {
			m := of
			m.source = slices.Concat(source[:e.start], []byte(e.text), source[e.end:])
			m.place = e.place(source)
			m.place.function = name
			known[m.place]++
			m.place.number = known[m.place]
			mutants = append(mutants, m)
		}
	}
	return mutants, nil
}

// nameOf returns the name of a declaration: that of a function with its receiver, or the first of variables.
func nameOf(decl ast.Decl) string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil || len(d.Recv.List) == 0 {
			return d.Name.Name
		}
		return receiver(d.Recv.List[0].Type) + "." + d.Name.Name
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if value, ok := spec.(*ast.ValueSpec); ok {
				return value.Names[0].Name
			}
		}
	}
	return ""
}

// receiver returns the type of a receiver as the Go documentation writes it, without type parameters.
func receiver(expr ast.Expr) string {
	switch t := expr.(type) {
	case *ast.StarExpr:
		return "(*" + receiver(t.X) + ")"
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	default:
		return "?"
	}
}
