package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestFuzzersOf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a_test.go")
	write(t, path, `package a

import "testing"

func FuzzSeeded(f *testing.F) { f.Add("x"); f.Fuzz(func(*testing.T, string) {}) }
func FuzzStored(f *testing.F) { f.Fuzz(func(*testing.T, string) {}) }
func FuzzEmpty(f *testing.F)  { f.Fuzz(func(*testing.T, string) {}) }
func TestFuzzing(*testing.T)  {}
func (a) FuzzMethod()         {}
`)
	write(t, filepath.Join(dir, "testdata", "fuzz", "FuzzStored", "one"), "go test fuzz v1\nstring(\"x\")\n")
	got, err := fuzzersOf("example/a", path)
	want := []fuzzer{
		{"example/a", dir, "FuzzSeeded", true},
		{"example/a", dir, "FuzzStored", true},
		{"example/a", dir, "FuzzEmpty", false},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

// TestRepository checks that the listing finds fuzzers in internal and external test packages, and that all have seeds.
func TestRepository(t *testing.T) {
	t.Parallel()
	fuzzers, err := list(t.Context(), []string{"github.com/lync-iac/terraform-provider-lync/..."})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range fuzzers {
		names = append(names, f.name)
		if !f.seeded {
			t.Errorf("%s in %s has no inputs to start from", f.name, f.pkg)
		}
	}
	for _, name := range []string{"FuzzParse", "FuzzDecodeCLIXML"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not in %v", name, names)
		}
	}
}

// TestRun runs a fuzzer that passes and one that fails in a module of their own.
func TestRun(t *testing.T) {
	testkit.SkipIfShort(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example\n")
	write(t, filepath.Join(dir, "a_test.go"), `package a

import "testing"

func FuzzBad(f *testing.F) {
	f.Add("x")
	f.Fuzz(func(t *testing.T, text string) {
		if text != "x" {
			t.Error("broken")
		}
	})
}

func FuzzGood(f *testing.F) {
	f.Add("x")
	f.Fuzz(func(*testing.T, string) {})
}
`)
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "")
	var out bytes.Buffer
	err := run(t.Context(), []string{"-time", "1000x"}, &out)
	if err == nil || !strings.Contains(err.Error(), "example FuzzBad") || strings.Contains(err.Error(), "FuzzGood") ||
		!strings.Contains(out.String(), " bytes:\ngo test fuzz v1\nstring(") ||
		!strings.Contains(out.String(), "2/2 example FuzzGood") {
		t.Errorf("error %v, output\n%s", err, out.String())
	}
	if err := run(t.Context(), []string{"./none"}, &out); err == nil {
		t.Error("a package that does not exist is no error")
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

// Go reports the end of the time as a failure now and then. A failure with an input is one.
func TestIsEndOfTime(t *testing.T) {
	t.Parallel()
	const over = "fuzz: elapsed: 3s\n--- FAIL: FuzzA (3.02s)\n    context deadline exceeded\nFAIL\n"
	for output, want := range map[string]bool{
		over: true,
		over + "    Failing input written to testdata/fuzz/FuzzA/0123\n":                                         false,
		"--- FAIL: FuzzA (0.02s)\n    --- FAIL: FuzzA (0.00s)\n        a_test.go:9: context deadline exceeded\n": false,
		"": false,
	} {
		if got := isEndOfTime([]byte(output)); got != want {
			t.Errorf("%q: got %t", output, got)
		}
	}
}
