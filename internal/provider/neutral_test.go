package provider

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// neutralFolders are the packages below the provider, with the packages below them.
var neutralFolders = []string{
	"client", "diagram", "ledger", "powershell", "publisher", "resilience", "store", "topology",
}

// neutralExceptions are string literals of production files that match the terms, and why they may.
var neutralExceptions = map[string]string{
	"powershell/powershelltest/scripts.go: LYNC_PSPARSE":      "a variable of the tests, not of the provider",
	"powershell/winrm/connection.go: terraform-provider-lync": "the User-Agent is the name of the program",
	"store/shell/errors.go: terraform-provider-lync":          "the mutex has the name of the program",
}

// TestOnlyTheProviderSpeaksTerraform checks the string literals of the packages below the provider. They name neither
// Terraform nor its commands, blocks, arguments and environment variables: only package provider and the packages below
// it know how a user configures what these packages do. Comments, import paths and tags of fields do not count.
func TestOnlyTheProviderSpeaksTerraform(t *testing.T) {
	t.Parallel()
	terms := regexp.MustCompile(`(?i:terraform)|LYNC_|\blync_|resource "|import \{|moved block|\b[Aa]pply again\b|\b(` +
		strings.Join(argumentNames(t), "|") + `)\b`)
	root := filepath.Join(testkit.ModuleRoot(t), "internal")
	found := map[string]bool{}
	for _, folder := range neutralFolders {
		err := fs.WalkDir(os.DirFS(root), folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			parsed, err := parser.ParseFile(files, filepath.Join(root, path), nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ImportSpec:
					return false
				case *ast.Field:
					n.Tag = nil
				case *ast.BasicLit:
					text, _ := strconv.Unquote(n.Value)
					term := terms.FindString(text)
					entry := path + ": " + text
					switch _, allowed := neutralExceptions[entry]; {
					case n.Kind != token.STRING || term == "":
					case allowed:
						found[entry] = true
					default:
						t.Errorf("%s mentions %q: %s", files.Position(n.Pos()), term, n.Value)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for entry := range neutralExceptions {
		if !found[entry] {
			t.Errorf("the exception %q has no use", entry)
		}
	}
}

// argumentNames returns the names of the arguments of the provider and its resources that contain an underscore. Other
// names are common words.
func argumentNames(t *testing.T) []string {
	t.Helper()
	var names []string
	add := func(name string) {
		if strings.Contains(name, "_") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	p := New("test")()
	var resp provider.SchemaResponse
	p.Schema(t.Context(), provider.SchemaRequest{}, &resp)
	var walk func(attributes map[string]schema.Attribute)
	walk = func(attributes map[string]schema.Attribute) {
		for name, attribute := range attributes {
			add(name)
			if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
				walk(nested.Attributes)
			}
		}
	}
	walk(resp.Schema.Attributes)
	for _, create := range p.Resources(t.Context()) {
		var resp resource.SchemaResponse
		create().Schema(t.Context(), resource.SchemaRequest{}, &resp)
		for name := range resp.Schema.Attributes {
			add(name)
		}
	}
	if !slices.Contains(names, "known_hosts_file") || !slices.Contains(names, "backup_pool") {
		t.Fatalf("the arguments are %q", names)
	}
	return names
}
