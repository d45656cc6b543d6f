package sentence_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestThen(t *testing.T) {
	t.Parallel()

	for _, tc := range []struct{ text, next, want string }{
		{"cannot open x: permission denied", "Try y.", "cannot open x: permission denied. Try y."},
		{"cannot open x: Access is denied.", "Try y.", "cannot open x: Access is denied. Try y."},
		{"cannot open x: Access is denied.", "", "cannot open x: Access is denied."},
	} {
		if got := sentence.Then(tc.text, tc.next); got != tc.want {
			t.Errorf("Then(%q, %q) = %q, want %q", tc.text, tc.next, got, tc.want)
		}
	}
}

func TestWithCause(t *testing.T) {
	t.Parallel()

	cause := errors.New("Access is denied.") //nolint:revive,staticcheck // the text of Windows
	err := sentence.WithCause("the host cannot be reached", cause)

	const want = "the host cannot be reached (Access is denied)"
	if err.Error() != want || !errors.Is(err, cause) {
		t.Errorf("%q, want %q with the cause", err, want)
	}
}

// stopAfterError matches literals that put a full stop or a parenthesis after a text of unknown origin: after the verb
// of an error, or as the separator of two texts.
var stopAfterError = regexp.MustCompile(`%w\.|\(%w\)|^\. $`)

// TestOnlyThenAddsAFullStop finds the code that puts a full stop after an error, whose text can have one already.
func TestOnlyThenAddsAFullStop(t *testing.T) {
	t.Parallel()

	// The error before the full stop has a text of that package. That in the parentheses is the end of a context.
	allowed := map[string]int{"sentence/sentence.go": 1, "store/shell/publish.go": 1, "powershell/credssp.go": 1,
		"store/shell/verify.go": 1, "publisher/publisher.go": 1}
	root := filepath.Join(testkit.ModuleRoot(t), "internal")

	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		name = filepath.ToSlash(name)

		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "testkit" || name == "tools"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		found := 0

		ast.Inspect(file, func(node ast.Node) bool {
			if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				if text, err := strconv.Unquote(literal.Value); err == nil && stopAfterError.MatchString(text) {
					found++
				}
			}
			return true
		})

		if found != allowed[name] {
			t.Errorf("%s has %d texts with a full stop or a parenthesis after an error, want %d: use sentence.Then or "+
				"sentence.WithCause", name, found, allowed[name])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
