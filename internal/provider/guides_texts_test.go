package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

var (
	// firstCell matches the first cell of a table row, and inTicks the texts in that cell.
	firstCell = regexp.MustCompile("(?m)^\\| (`[^|]*) \\|")
	inTicks   = regexp.MustCompile("`([^`]+)`")
)

// TestTroubleshooting searches the code for every text that the guide lists, and the guide for every kind of error of a
// script. The guide writes "..." between the pieces of a text.
func TestTroubleshooting(t *testing.T) {
	guide := guides(t)["troubleshooting.md"]
	messages := messageTexts(t)
	listed := 0
	for _, row := range firstCell.FindAllStringSubmatch(guide, -1) {
		for _, text := range inTicks.FindAllStringSubmatch(row[1], -1) {
			for _, piece := range strings.Split(text[1], "...") {
				if piece = strings.TrimSpace(piece); piece == "" {
					continue
				}
				listed++
				if !slices.ContainsFunc(messages, func(s string) bool {
					return strings.Contains(s, piece) ||
						strings.Contains(s, uncapitalised(piece))
				}) {
					t.Errorf("the guide lists a text that no message has: %q", piece)
				}
			}
		}
	}
	if listed < 80 {
		t.Errorf("%d texts were found in the guide", listed)
	}
	kinds := kindsOfErrors(t)
	for _, kind := range kinds {
		if !strings.Contains(guide, "`"+kind+"`") {
			t.Errorf("the guide has nothing about %q", kind)
		}
	}
	if len(kinds) < 15 {
		t.Errorf("%d kinds were found", len(kinds))
	}
}

// TestSizeOfTheDocumentation bounds what a reader has to find a text in: ten guides, the page of rules and that of
// performance, and 20,000 words in all of them but the rules. README has 600 words at most.
func TestSizeOfTheDocumentation(t *testing.T) {
	t.Parallel()
	texts := guides(t)
	words := 0
	for name, text := range texts {
		if name != "rules.md" {
			words += len(strings.Fields(text))
		}
	}
	readme, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	ofReadme := len(strings.Fields(string(readme)))
	if len(texts) > 12 || words > 20_000 || ofReadme > 600 {
		t.Errorf("%d guides with %d words, and %d words in README", len(texts), words, ofReadme)
	}
}

// uncapitalised returns the text with a lower-case first letter, as the code has it.
func uncapitalised(text string) string { return strings.ToLower(text[:1]) + text[1:] }

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	code    = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
)

// TestLinksOfTheDocumentation follows every link to a file and to a heading.
func TestLinksOfTheDocumentation(t *testing.T) {
	root := testkit.ModuleRoot(t)
	pages := []string{filepath.Join(root, "README.md"), filepath.Join(root, "docs", "index.md")}
	for _, folder := range []string{"actions", "data-sources", "functions", "guides", "list-resources", "resources"} {
		more, err := filepath.Glob(filepath.Join(root, "docs", folder, "*.md"))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, more...)
	}
	followed := 0
	for _, page := range pages {
		text := withoutCode(t, page)
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			target, anchor, anchored := strings.Cut(match[1], "#")
			if strings.Contains(target, ":") || strings.HasPrefix(anchor, "nested") {
				continue // links to other sites, and links within the reference
			}
			followed++
			path := page
			if target != "" {
				path = filepath.Join(filepath.Dir(page), filepath.FromSlash(target))
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if anchored && !slices.Contains(anchors(withoutCode(t, path)), anchor) {
				t.Errorf("%s: there is no heading %q in %s", page, anchor, path)
			}
		}
	}
	if followed < 60 {
		t.Errorf("%d links were found", followed)
	}
}

func withoutCode(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return code.ReplaceAllString(string(text), "")
}

// anchors returns the anchors of the headings of a page.
func anchors(text string) []string {
	var all []string
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		words := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(match[1]), "")
		all = append(all, strings.ReplaceAll(words, " ", "-"))
	}
	return all
}

// messageTexts returns the texts of the packages that produce messages: the constant texts of Go, joined, and the
// scripts.
func messageTexts(t *testing.T) []string {
	t.Helper()
	var messages []string
	for _, pkg := range []string{
		"powershell", "powershell/local", "powershell/neterr", "powershell/ssh", "powershell/winrm",
		"powershell/winrm/kerberos", "powershell/winrm/ntlm", "store", "store/file", "store/shell", "publisher",
		"client", "provider", "provider/connection", "provider/pathcheck",
	} {
		for _, file := range sources(t, pkg) {
			ast.Inspect(file, func(n ast.Node) bool {
				expr, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				text, ok := constantText(expr)
				if ok {
					messages = append(messages, text)
				}
				return !ok
			})
		}
	}
	var scripts []string
	for _, pkg := range []string{"powershell", "store/shell"} {
		folder := filepath.Join(testkit.ModuleRoot(t), "internal", filepath.FromSlash(pkg), "scripts")
		found, err := filepath.Glob(filepath.Join(folder, "*.ps1"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no scripts of %s: %v", pkg, err)
		}
		scripts = append(scripts, found...)
	}
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, string(text))
	}
	return messages
}

// kindsOfErrors returns the constants of the type powershell.Kind.
func kindsOfErrors(t *testing.T) []string {
	t.Helper()
	var kinds []string
	for _, file := range slices.Concat(sources(t, "powershell"), sources(t, "store/shell")) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			name, ok := spec.Type.(*ast.Ident)
			if qualified, isQualified := spec.Type.(*ast.SelectorExpr); isQualified {
				name, ok = qualified.Sel, true
			}
			if ok && name.Name == "Kind" {
				if text, ok := constantText(spec.Values[0]); ok {
					kinds = append(kinds, text)
				}
			}
			return true
		})
	}
	return kinds
}

// sources parses the files of a package below internal/, without its tests.
func sources(t *testing.T, pkg string) []*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(testkit.ModuleRoot(t), "internal", filepath.FromSlash(pkg), "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files of %s: %v", pkg, err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// constantText returns a constant text that is written in several pieces, and false for other expressions.
func constantText(expr ast.Expr) (string, bool) {
	switch e := expr.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, err := strconv.Unquote(e.Value)
			return text, err == nil
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			left, ok := constantText(e.X)
			right, also := constantText(e.Y)
			return left + right, ok && also
		}
	}
	return "", false
}
