package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNotices collects the licenses of packages in folders below and above licenses.
func TestNotices(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for path, text := range map[string]string{
		"a/LICENSE":          "license A\r\nline 2\r\n",
		"a/NOTICE.txt":       "notice of A\n",
		"a/license.go":       "package a\n",
		"a/x/y/COPYING":      "license of a copied package\n",
		"a/other/LICENSE":    "license of a package that is not used\n",
		"b/LICENCE.md":       "license A\nline 2",
		"go/LICENSE":         "license of Go\n",
		"go/src/fmt/fmt.go":  "package fmt\n",
		"main/LICENSE":       "license of the provider\n",
		"none/pkg/README.md": "no license\n",
	} {
		write(t, filepath.Join(dir, filepath.FromSlash(path)), text)
	}
	in := func(module, pkg string) goPackage {
		found := goPackage{Dir: filepath.Join(dir, module, filepath.FromSlash(pkg))}
		found.Module = &goModule{Path: "example/" + module, Version: "v1", Dir: filepath.Join(dir, module)}
		return found
	}
	provider := in("main", "")
	provider.Module.Main = true
	library := goPackage{Dir: filepath.Join(dir, "go", "src", "fmt"), Root: filepath.Join(dir, "go"), Standard: true}

	modules, err := collect([]goPackage{in("b", ""), in("a", "x/y"), in("a", "x/y"), provider, library})
	if err != nil {
		t.Fatal(err)
	}
	text, err := render(modules)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(text, "\n"+strings.Repeat("=", 80)+"\n")
	slices.Sort(parts[1:])
	want := []string{
		"- " + modules[2].name + "\n\nlicense of Go\n",
		"- example/a v1\n\nlicense of a copied package\n",
		"- example/a v1\n\nnotice of A\n",
		"- example/a v1\n- example/b v1\n\nlicense A\nline 2\n",
	}
	slices.Sort(want)
	if !slices.Equal(parts[1:], want) {
		t.Errorf("got %q, want %q", parts[1:], want)
	}
	if !strings.HasPrefix(modules[2].name, "the Go standard library go1.") {
		t.Errorf("the third module is %q", modules[2].name)
	}
	_, err = collect([]goPackage{in("none", "pkg")})
	if err == nil || err.Error() != "example/none v1 has no license" {
		t.Errorf("a module without a license: %v", err)
	}
}

// TestProvider checks that each module of the provider has a license.
func TestProvider(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), []string{"linux", "windows"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"the Go standard library ", "github.com/hashicorp/terraform-plugin-framework v"} {
		if !strings.Contains(out.String(), "\n- "+name) {
			t.Errorf("no license of %s", name)
		}
	}
	if err := run(t.Context(), nil, &out); err == nil {
		t.Error("no system is no error")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
