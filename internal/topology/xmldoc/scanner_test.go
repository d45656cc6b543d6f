package xmldoc_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// tokensOf fails the test if a text cannot be split into tokens, and returns their number.
func tokensOf(t testing.TB, text string) int {
	t.Helper()
	n, err := xmldoc.CountTokens(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestScannerDoesNotAllocate checks that the allocations of a scanner do not depend on the number of tokens. It is not
// parallel, because it counts the allocations of the process.
func TestScannerDoesNotAllocate(t *testing.T) {
	body := rich[strings.Index(rich, "<t:Topology"):]
	few, many := strings.Repeat(body, 2), strings.Repeat(body, 2000)
	if tokensOf(t, few)*1000 != tokensOf(t, many) {
		t.Fatalf("%d and %d tokens", tokensOf(t, few), tokensOf(t, many))
	}
	allocations := func(text string) float64 {
		return testing.AllocsPerRun(5, func() { tokensOf(t, text) })
	}
	if a, b := allocations(few), allocations(many); a != b || a > 5 {
		t.Errorf("%v allocations for few tokens, %v for many", a, b)
	}
}
