package resilience

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	v2010 = topology.Version2010
	v2013 = topology.Version2013
	v2015 = topology.Version2015
	v2019 = topology.Version2019
)

func fqdn(name string) string { return name + ".contoso.com" }

// modelOf parses the document of a draft.
func modelOf(t *testing.T, d *testkit.Draft) *topology.Topology {
	t.Helper()
	parsed, err := topology.Parse(d.Document())
	if err != nil {
		t.Fatalf("the test's document: %v\n%s", err, d.Text())
	}
	return parsed.Topology()
}

// ids returns the rules of violations, each with a sign for its severity: "!" error, "~" unsupported, "-" discouraged,
// "." info.
func ids(violations []Violation) string {
	signs := map[Severity]string{Error: "!", Unsupported: "~", Discouraged: "-", Info: "."}
	var found []string
	for _, v := range violations {
		found = append(found, signs[v.Severity]+v.Rule.ID)
	}
	return strings.Join(found, " ")
}

// wantTexts checks that every part stands in the text of some violation, and that every violation is complete.
func wantTexts(t *testing.T, violations []Violation, parts ...string) {
	t.Helper()
	var all strings.Builder
	for _, v := range violations {
		all.WriteString(v.Summary() + "\n\n" + v.Text() + "\n\n")
		if v.Detail == "" || v.Advice == "" || len(v.Objects) == 0 {
			t.Errorf("%s is incomplete: %+v", v.Rule.ID, v)
		}
		if !slices.IsSorted(v.Objects) || len(slices.Compact(slices.Clone(v.Objects))) != len(v.Objects) {
			t.Errorf("%s: objects are not sorted, each once: %v", v.Rule.ID, v.Objects)
		}
		if v.Severity != v.Rule.Severity && v.Severity != v.Rule.OtherSeverity && v.Title == "" {
			t.Errorf("%s: the catalogue does not know the severity %s", v.Rule.ID, v.Severity)
		}
		if strings.Contains(v.Text(), "%!") {
			t.Errorf("%s: broken format: %s", v.Rule.ID, v.Text())
		}
	}
	for _, part := range parts {
		if !strings.Contains(all.String(), part) {
			t.Errorf("no text says %q:\n%s", part, all.String())
		}
	}
}
