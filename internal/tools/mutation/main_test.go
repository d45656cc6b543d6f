package main

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// mutantsIn returns the mutants of a function f with the given lines.
func mutantsIn(t *testing.T, signature, lines string) []mutant {
	t.Helper()
	source := "package a\n\n// f adds 1.\nfunc f" + signature + " {\n" + lines + "\n}\n"
	mutants, err := mutantsOf(mutant{pkg: modulePath + "a", file: "a.go"}, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return mutants
}

func TestMutantsOf(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		signature, line string
		want            []string // the line after each change
	}{
		"condition": {line: "if f(x) {}", want: []string{"if !f(x) {}"}},
		"negation":  {line: "for !ok {}", want: []string{"for ok {}"}},
		"equation":  {line: "if a == b {}", want: []string{"if a != b {}"}},
		"boundary":  {line: "if a < b {}", want: []string{"if !(a < b) {}", "if a <= b {}"}},
		"both": {
			line: "if a != b && c {}",
			want: []string{"if !(a != b && c) {}", "if a != b || c {}", "if a == b && c {}"},
		},
		"numbers":          {line: "a := b + 3", want: []string{"a := b - 3", "a := b + 4"}},
		"texts":            {line: `a := b + ", " + c`},
		"call":             {line: "g()", want: []string{""}},
		"declaration":      {line: "a := g()"},
		"assignment":       {line: "a = g()", want: []string{""}},
		"counter":          {line: "a++", want: []string{"a--", ""}},
		"sum":              {line: "a += b", want: []string{"a -= b", ""}},
		"init":             {line: "if a = g(); h(a) {}", want: []string{"if a = g(); !h(a) {}"}},
		"several lines":    {line: "if !g(a,\n\t\tb) {}", want: []string{"if g(a, b) {}"}},
		"log":              {line: "tflog.Info(ctx, a+1)"},
		"check":            {line: "invariant.That(a > 1)"},
		"boolean result":   {signature: "() bool", line: "return g()", want: []string{"return !g()"}},
		"constant result":  {signature: "() bool", line: "return true", want: []string{"return false"}},
		"equation, result": {signature: "() bool", line: "return a == b", want: []string{"return a != b"}},
		"results": {
			signature: "() (a, b string, err error)", line: `return "", g(), err`,
			want: []string{`return "", "", err`, `return "", g(), nil`},
		},
		"error": {
			signature: "() (int, error)", line: "return 0, err", want: []string{"return 0, nil"},
		},
		"no error": {
			signature: "() (int, error)", line: "return 0, nil", want: []string{"return 1, nil"},
		},
		"result of a type with a name": {signature: "() T", line: "return g()"},
		"pointer":                      {signature: "() *T", line: "return g()", want: []string{"return nil"}},
		"result of a function in it": {
			signature: "() *T", line: "g(func() int { return h() })", want: []string{"", "g(func() int { return 0 })"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signature := test.signature
			if signature == "" {
				signature = "()"
			}
			var got []string
			for _, m := range mutantsIn(t, signature, "\t"+test.line) {
				got = append(got, m.place.after)
				if m.place.function != "a f" || m.place.before != strings.Join(strings.Fields(test.line), " ") {
					t.Errorf("the place is\n%s", m)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	mutants, err := mutantsOf(mutant{pkg: modulePath + "a/b"}, []byte(`package b

func (t *T) m() { g() }
func (T[K]) n() { g(); g() }
var x, y = 1, 2
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mutants {
		got = append(got, strings.ReplaceAll(m.String(), "\n", " "))
	}
	want := []string{
		"a/b (*T).m - func (t *T) m() { g() } + func (t *T) m() { }",
		"a/b T.n - func (T[K]) n() { g(); g() } + func (T[K]) n() { ; g() }",
		"a/b T.n - func (T[K]) n() { g(); g() } + func (T[K]) n() { g(); }",
		"a/b x - var x, y = 1, 2 + var x, y = 2, 2",
		"a/b x - var x, y = 1, 2 + var x, y = 1, 3",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// The same change of the same line is another mutant at another place of a function. A new line changes no rank.
func TestRank(t *testing.T) {
	t.Parallel()
	before := mutantsIn(t, "()", "\tg()\n\tg()")
	after := mutantsIn(t, "()", "\th()\n\tg()\n\tg()")
	if before[0].rank(1) == before[1].rank(1) || before[0].rank(1) == before[0].rank(2) {
		t.Error("two mutants, or two seeds, have the same rank")
	}
	if !strings.HasPrefix(before[1].String(), "a f #2\n") {
		t.Errorf("the second one is\n%s", before[1])
	}
	for i, m := range before {
		if m.rank(1) != after[i+1].rank(1) {
			t.Errorf("the rank of mutant %d changes", i)
		}
	}
}

// Each listed mutant exists, so that the list has no entry for code of the past.
func TestEquivalentsExist(t *testing.T) {
	t.Parallel()
	equivalents, err := parseEquivalents(equivalentText)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		candidates, err := g.candidates(t.Context(), defaultSeed)
		if err != nil {
			t.Fatal(err)
		}
		if len(candidates) < 2*g.size {
			t.Errorf("%s has %d mutants only", g.name, len(candidates))
		}
		for _, m := range candidates {
			delete(equivalents, m.String())
		}
	}
	for listed := range equivalents {
		t.Errorf("testdata/equivalent.txt lists what is no mutant:\n%s", listed)
	}
}

func TestParseEquivalents(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want int // mutants, -1 for an error
	}{
		"empty":     {"# only a comment\n", 0},
		"two":       {"# c\n\na f\n- x\n+\nOne\ntwo.\n\na f #2\n- x\n+\nThe same.\n", 2},
		"no reason": {"a f\n- x\n+ y\n", -1},
		"no change": {"a f\n- x\nA reason.\nAnother.\n", -1},
		"twice":     {"a f\n- x\n+ y\nOne.\n\na f\n- x\n+ y\nTwo.\n", -1},
	} {
		got, err := parseEquivalents(test.text)
		if (err != nil) != (test.want < 0) || err == nil && len(got) != test.want {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	of := func(name string, o outcome) result {
		return result{mutant{place: place{function: name, before: "x", after: "y"}}, o}
	}
	nine := slices.Clip(slices.Repeat([]result{of("k", killed)}, 9))
	listed := map[string]string{of("e", survived).mutant.String(): "A reason."}
	for name, test := range map[string]struct {
		results []result
		counts  string
		err     string // part of the error, no text for none
	}{
		"all killed": {nine, "9 mutants, 9 killed (100%), 0 by a limit, 0 equivalent, 0 survived", ""},
		"none": {
			nil, "0 mutants, 0 killed (0%), 0 by a limit, 0 equivalent, 0 survived", "no such mutant in the sample",
		},
		"one by a limit": {
			append(nine, of("l", endless)), "10 mutants, 10 killed (100%), 1 by a limit, 0 equivalent, 0 survived", "",
		},
		"one listed": {
			append(nine, of("e", survived)), "10 mutants, 9 killed (90%), 0 by a limit, 1 equivalent, 0 survived", "",
		},
		"one survives": {
			append(nine, of("s", survived)), "10 mutants, 9 killed (90%), 0 by a limit, 0 equivalent, 1 survived",
			"1 mutants survive",
		},
		"listed and killed": {
			append(nine, of("e", killed)), "10 mutants, 10 killed (100%), 0 by a limit, 0 equivalent, 0 survived",
			"the tests kill a mutant of testdata/equivalent.txt:\ne\n",
		},
		"listed and killed by a limit": {
			append(nine, of("e", endless)), "10 mutants, 10 killed (100%), 1 by a limit, 0 equivalent, 0 survived",
			"the tests kill a mutant of testdata/equivalent.txt:\ne\n",
		},
		"too many listed": {
			append(nine[1:], of("e", survived)), "9 mutants, 8 killed (88%), 0 by a limit, 1 equivalent, 0 survived",
			"88% of the mutants were killed",
		},
	} {
		err := verdict(test.results, listed, 90)
		if got := summarize(test.results, listed).String(); got != test.counts {
			t.Errorf("%s: %s", name, got)
		}
		if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

// TestRunGroup runs a sample of three mutants of a function in a module of its own. The first candidate does not
// compile, the tests of another one do not end, and the last one is not in the sample.
func TestRunGroup(t *testing.T) {
	testkit.SkipIfShort(t)
	dir := t.TempDir()
	source := `package a

func f(s, t string, n int) bool {
	for n < 1 {
		n++
	}
	return s+t == "ab"
}
`
	write(t, filepath.Join(dir, "go.mod"), "module example\n")
	write(t, filepath.Join(dir, "a.go"), source)
	tests := `package a

import "testing"

func TestF(t *testing.T) {
	if !f("a", "b", 0) {
		t.Error("broken")
	}
}
`
	write(t, filepath.Join(dir, "a_test.go"), tests)
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "")
	mutants, err := mutantsOf(mutant{pkg: "example", dir: dir, file: filepath.Join(dir, "a.go")}, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var candidates []mutant
	for _, after := range []string{`return s-t == "ab"`, `return s+t != "ab"`, "", "for n <= 1 {", "n--"} {
		i := slices.IndexFunc(mutants, func(m mutant) bool { return m.place.after == after })
		candidates = append(candidates, mutants[i])
	}
	var noticed []string
	r, err := newRunner(io.Discard, func(r result) { noticed = append(noticed, r.mutant.place.after) })
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	r.least = 3 * time.Second
	all := regexp.MustCompile("")
	results, err := r.runGroup(t.Context(), group{"a", 3}, candidates, all)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]outcome{}
	for _, result := range results {
		got[result.mutant.place.after] = result.outcome
	}
	want := map[string]outcome{`return s+t != "ab"`: killed, "": endless, "for n <= 1 {": survived}
	slices.Sort(noticed)
	if !maps.Equal(got, want) || !slices.Equal(noticed, []string{"", "for n <= 1 {"}) {
		t.Errorf("got %v and notices of %q, want %v", got, noticed, want)
	}
	fails := func(size int, want string) {
		t.Helper()
		if _, err := r.runGroup(t.Context(), group{"a", size}, candidates, all); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
	fails(5, "the group a has 4 mutants that compile, less than 5")
	exits := strings.NewReplacer(`t.Error("broken")`, "os.Exit(3)", `"testing"`, "(\n\"os\"\n\"testing\"\n)")
	write(t, filepath.Join(dir, "a_test.go"), exits.Replace(tests))
	fails(1, "the tests have ended without a result: exit status 3")
	write(t, filepath.Join(dir, "a_test.go"), tests)
	write(t, filepath.Join(dir, "go.mod"), "module example\n\nrequire missing v1.0.0\n")
	fails(1, "build the tests of example")
	write(t, filepath.Join(dir, "go.mod"), "module example\n")
	write(t, filepath.Join(dir, "a.go"), strings.Replace(source, "ab", "abc", 1))
	r.limits = map[string]time.Duration{}
	fails(1, "the tests of example do not pass without a mutant")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
