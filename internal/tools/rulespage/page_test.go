package main

import (
	"os"
	"strings"
	"testing"
	"text/template"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

const committed = "../../../templates/guides/rules.md.tmpl"

func TestCommittedPageIsUpToDate(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if want := renderPage(resilience.Rules(), uncheckedRules()); string(got) != want {
		t.Error("templates/guides/rules.md.tmpl does not match the catalogue. Update it from the top of the " +
			"repository:\ngo run ./internal/tools/rulespage -out templates/guides/rules.md.tmpl")
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	name := t.TempDir() + "/rules.md.tmpl"
	if err := write(name); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != renderPage(resilience.Rules(), uncheckedRules()) {
		t.Error("the file differs from the page")
	}
	if err := write(t.TempDir()); err == nil {
		t.Error("a directory was accepted as a file")
	}
}

func TestPageHasEveryRuleOnce(t *testing.T) {
	t.Parallel()
	text := renderPage(resilience.Rules(), uncheckedRules())
	var ids []string
	for _, r := range resilience.Rules() {
		ids = append(ids, r.ID)
	}
	for _, u := range uncheckedRules() {
		ids = append(ids, u.ID)
	}
	for _, id := range ids {
		rows, details := strings.Count(text, "\n| ["+id+"]"), strings.Count(text, "\n### "+id+"\n")
		if rows != 1 || details != 1 {
			t.Errorf("the page has %d rows and %d details of %s", rows, details, id)
		}
	}
}

func TestEntries(t *testing.T) {
	t.Parallel()
	version, _ := resilience.Lookup("PP-VERSION")
	shape, _ := resilience.Lookup("PP-SHAPE")
	central, _ := resilience.Lookup("BR-CENTRAL")
	several, _ := resilience.Lookup("PP-2010")
	capacity, _ := resilience.Lookup("PP-CAP")
	for _, test := range []struct {
		name  string
		entry entry
		want  []string
	}{
		{"two severities and two places", checkedEntry(version), []string{
			"| [PP-VERSION](#pp-version) | Both members", " | error | plan, findings |\n",
			"\n### PP-VERSION\n\n- Message: Members of different versions\n",
			"- Severity: error; unsupported of a pair that exists, and among 2019 and later versions; a warning " +
				"under `strict_support` too among 2019 and later versions\n",
			"- Versions: 2013, 2015, 2019 and later\n",
			"- Checked: plan of a pool pair: creation or replacement; findings\n",
			"- Source: Skype for Business Server documentation, Upgrade",
		}},
		{"our own", checkedEntry(shape), []string{
			"- Severity: unsupported; a warning under `strict_support` too for a version later than 2019\n",
			"- Source: a rule of this provider\n",
		}},
		{"never raised", checkedEntry(central), []string{
			"- Severity: unsupported; a warning under `strict_support` too\n",
		}},
		{"an allowance", checkedEntry(several), []string{
			" | permits |\n", "- Not checked: the rule states what is allowed\n",
		}},
		{"an inventory", checkedEntry(capacity), []string{" | inventory |\n"}},
		{"no place yet", checkedEntry(resilience.Rule{ID: "XX-NONE"}), []string{
			" | no |\n", "- Checked: nowhere yet\n",
		}},
		{"not checked", uncheckedEntry(uncheckedRule{
			ID: "XX-NOT", Severity: resilience.Info, Versions: "all", Statement: "It *is*|.", Why: "See <there>.",
			Source: "a_b",
		}), []string{
			"| [XX-NOT](#xx-not) | It \\*is\\*\\|. | info | no |\n",
			"\n### XX-NOT\n\n- Versions: all\n- Not checked. See \\<there>.\n- Source: a_b\n",
		}},
	} {
		for _, want := range test.want {
			if got := test.entry.row() + test.entry.details(); !strings.Contains(got, want) {
				t.Errorf("%s:\ngot %s\nwant %s", test.name, got, want)
			}
		}
	}
}

func TestVersionsInWords(t *testing.T) {
	t.Parallel()
	for codes, want := range map[string]string{
		"all":                      "all",
		"13":                       "2013",
		"13 15":                    "2013 and 2015",
		"10 13 15 19":              "2010, 2013, 2015 and 2019",
		"13 15 19+SE":              "2013, 2015, 2019 and later",
		"19+SE":                    "2019 and later",
		"10 with 13 15 19+SE":      "2010 with 2013, 2015, 2019 and later",
		"13 appliance, 10 pool":    "2013 appliance, 2010 pool",
		"10 to 13, 13 15 to 19+SE": "2010 to 2013, 2013 and 2015 to 2019 and later",
	} {
		if got := versionsInWords(codes); got != want {
			t.Errorf("%q: got %q, want %q", codes, got, want)
		}
	}
}

// The documentation generator executes the page as a template. The result is the text.
func TestPageIsNotATemplate(t *testing.T) {
	t.Parallel()
	rule := uncheckedRule{ID: "PP-X", Statement: "A {{ .Name }} stays unchanged."}
	parsed, err := template.New("page").Parse(renderPage(nil, []uncheckedRule{rule}))
	if err != nil {
		t.Fatal(err)
	}
	var rendered strings.Builder
	if err := parsed.Execute(&rendered, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(rendered.String(), "| "+rule.Statement+" |") {
		t.Errorf("got %s", rendered.String())
	}
}
