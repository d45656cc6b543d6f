package powershell

import (
	"strings"
	"testing"
)

// The name of the host in a command is text of the host, and may be missing.
func TestEntryAdviceQuotesTheName(t *testing.T) {
	t.Parallel()

	for name, want := range map[string]string{
		"lync01.contoso.com": "-DelegateComputer lync01.contoso.com; ",
		"a\u2019; calc":      "-DelegateComputer 'a\u2019\u2019; calc'; ",
		"":                   "-DelegateComputer <full name of the host>; ",
	} {
		e := &entryError{host: "lync01", facts: entryFacts{Name: name}}
		if got := e.advice(); !strings.Contains(got, want) {
			t.Errorf("%q: %s", name, got)
		}
	}
}
