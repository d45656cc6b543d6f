package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// poolPairs returns a workspace without a document and without a provider block, unless the command line requires them.
// Its outputs r0, r1, ... are the results of the function for the arguments.
func poolPairs(t *testing.T, arguments ...string) *testkit.Workspace {
	t.Helper()
	t.Parallel()
	w := testkit.CLI(t)
	serve(t, w, func() terraform.Provider { return provider.ForTest(t, w.Dir()) })
	config := testkit.RequiredProviders
	if !w.SupportsFunctions() {
		w.SetDocument(testkit.Quickstart().Document())
		config = testkit.ProviderConfig
	}
	for i, argument := range arguments {
		config += fmt.Sprintf("output \"r%d\" {\n  value = jsonencode(provider::lync::pool_pairs(%s))\n}\n",
			i, argument)
	}
	w.Write("main.tf", config)
	return w
}

func TestPoolPairsFunction(t *testing.T) {
	results := map[string]string{
		`{}`:                                 `{}`,
		`{ "a" = null, "b" = null }`:         `{}`,
		`{ "a" = "b", "b" = "a", c = null }`: `{"a,b":["a","b"]}`,
		`{ for p in ["Y.", "x"] : p => p == "x" ? "y" : "X." }`: `{"x,y":["x","y"]}`,
		`{ a = "d", d = "a", "C.X.com" = "B.", b = "c.x.com" }`: `{"a,d":["a","d"],"b,c.x.com":["b","c.x.com"]}`,
	}
	arguments := slices.Sorted(maps.Keys(results))
	w := poolPairs(t, arguments...)
	w.MustRun("apply", "-auto-approve")
	for i, argument := range arguments {
		if got := w.OutputText(fmt.Sprint("r", i)); got != results[argument] {
			t.Errorf("%s: %v, want %s", argument, got, results[argument])
		}
	}
}

// TestPoolPairsFunctionRefuses checks that every refusal is an error of the argument.
func TestPoolPairsFunctionRefuses(t *testing.T) {
	refusals := map[string]string{
		`{ a = "b", b = null }`:              `One-way backup relationship (PP-RECIP): a names b as its partner, but b names no partner.`,
		`{ c = "d" }`:                        `One-way backup relationship (PP-RECIP): c names d as its partner, but d is not among the pools.`,
		`{ e = "f", f = "g", g = "f" }`:      `Many-to-one backup relationship (PP-ONE): e and g name f as their partner`,
		`{ "H" = "h." }`:                     `Pool paired with itself (PP-SELF): h names itself as its partner.`,
		`{ "I" = "j", i = "j", j = "i" }`:    `Pool declared twice: the keys "I" and "i" are the same pool`,
		`{ k = "l.x,m.x", "l.x,m.x" = "k" }`: `Not the name of a pool: the partner of "k", "l.x,m.x", has a comma. A pool has only one partner (PP-ONE). Name one.`,
		`{ "n n" = null }`:                   `Not the name of a pool: the key "n n" has white space, control characters,`,
		`null`:                               `argument must not be null`,
	}
	output := poolPairs(t, slices.Sorted(maps.Keys(refusals))...).MustFail("pool_pairs", "plan")
	for _, want := range refusals {
		assertOutput(t, output, testkit.Wrapped(`Invalid value for "partners" parameter: `+want).String())
	}
}

// TestPoolPairsFunctionUnknown checks that the whole result is unknown if a partner is unknown.
func TestPoolPairsFunctionUnknown(t *testing.T) {
	w := poolPairs(t, `{ a = terraform_data.b.output, b = "a" }`)
	w.Write("b.tf", "resource \"terraform_data\" \"b\" {\n  input = \"b\"\n}\n")
	assertOutput(t, w.MustRun("apply", "-auto-approve"), `\+ r0 = \(known after apply\)`)
	if got := w.OutputText("r0"); got != `{"a,b":["a","b"]}` {
		t.Error(got)
	}
}
