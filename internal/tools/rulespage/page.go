package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// groups are the sections of the page, by the prefixes of the ids of their rules.
var groups = []struct {
	heading  string
	prefixes []string
}{
	{"Pairs", []string{"PP-", "BS-"}},
	{"Appliances", []string{"BR-"}},
	{"Settings", []string{"VF-"}},
	{"Central Management", []string{"CM-"}},
	{"Life cycle", []string{"LC-"}},
	{"The document", []string{"TD-"}},
	{"Product versions", []string{"VERSION-"}},
}

// entry describes one rule: a row of the table of its group, and the details below it.
type entry struct {
	id        string
	title     string // empty for a rule that is not checked
	statement string
	severity  string
	exception string // another severity and its case; empty for none
	versions  string
	checked   string // the column of the table
	place     string // where it is checked, or the reason why it is not; in Markdown
	source    string
}

// renderPage returns the text of the page.
func renderPage(rules []resilience.Rule, unchecked []uncheckedRule) string {
	var b strings.Builder
	b.WriteString(intro(rules, unchecked))
	entries := make([]entry, 0, len(rules)+len(unchecked))
	for _, r := range rules {
		entries = append(entries, checkedEntry(r))
	}
	for _, u := range unchecked {
		entries = append(entries, uncheckedEntry(u))
	}
	for _, group := range groups {
		var rows, details strings.Builder
		for _, e := range entries {
			inGroup := func(prefix string) bool { return strings.HasPrefix(e.id, prefix) }
			if slices.ContainsFunc(group.prefixes, inGroup) {
				rows.WriteString(e.row())
				details.WriteString(e.details())
			}
		}
		fmt.Fprintf(&b, groupText, group.heading, rows.String(), strings.ToLower(group.heading[:1])+group.heading[1:],
			details.String())
	}
	return untemplated(b.String())
}

func checkedEntry(r resilience.Rule) entry {
	e := entry{
		id: r.ID, title: r.Title, statement: r.Statement, severity: string(r.Severity),
		versions: versionsInWords(r.Versions), source: r.Source,
		checked: "no", place: "Checked: nowhere yet",
	}
	if r.OtherSeverity != "" {
		e.exception = fmt.Sprintf("%s %s", r.OtherSeverity, r.OtherWhen)
	}
	if r.StaysWarning() || r.WarningWhen != "" {
		warning := strings.TrimSpace("a warning under `strict_support` too " + r.WarningWhen)
		e.exception = strings.TrimPrefix(e.exception+"; "+warning, "; ")
	}
	if r.Own() {
		e.source = "a rule of this provider"
	}
	switch places := placesOf(r); {
	case r.Allowance:
		e.checked, e.place = "permits", "Not checked: the rule states what is allowed"
	case len(places) > 0:
		e.checked, e.place = columnOf(r), "Checked: "+escaped(strings.Join(places, "; "))
	}
	return e
}

func uncheckedEntry(u uncheckedRule) entry {
	return entry{
		id: u.ID, statement: u.Statement, severity: string(u.Severity), versions: versionsInWords(u.Versions),
		source: u.Source, checked: "no",
		place: "Not checked. " + escaped(u.Why),
	}
}

// row returns the row of the rule in the table of its group.
func (e entry) row() string {
	return fmt.Sprintf("| [%s](#%s) | %s | %s | %s |\n", e.id, strings.ToLower(e.id), inCell(e.statement), e.severity,
		e.checked)
}

// inCell escapes text for a cell of a table.
func inCell(text string) string { return strings.ReplaceAll(escaped(text), "|", `\|`) }

// details returns the section of the rule with what its row does not have.
func (e entry) details() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s\n\n", e.id)
	if e.title != "" {
		fmt.Fprintf(&b, "- Message: %s\n", escaped(e.title))
	}
	if e.exception != "" {
		fmt.Fprintf(&b, "- Severity: %s; %s\n", e.severity, e.exception)
	}
	fmt.Fprintf(&b, "- Versions: %s\n- %s\n- Source: %s\n", e.versions, e.place, escaped(e.source))
	return b.String()
}

// versionNames has the names of the codes of versions. Subscription Edition has no documentation of its own on pairing.
var versionNames = map[string]string{"10": "2010", "13": "2013", "15": "2015", "19": "2019", "19+SE": "2019 and later"}

// versionsInWords returns the versions to which a rule applies in words: "13 15 19+SE" as "2013, 2015, 2019 and later".
func versionsInWords(codes string) string {
	var parts []string
	for _, part := range strings.Split(codes, ", ") {
		var words, names []string
		flush := func() {
			words = append(words, listed(names)...)
			names = nil
		}
		for _, word := range strings.Fields(part) {
			if name, found := versionNames[word]; found {
				names = append(names, name)
				continue
			}
			flush()
			words = append(words, word)
		}
		flush()
		parts = append(parts, strings.Join(words, " "))
	}
	return strings.Join(parts, ", ")
}

// listed joins the names of versions with commas and "and". A last name that contains "and" gets no other one. The
// result is empty for no names.
func listed(names []string) []string {
	switch last := len(names) - 1; {
	case last < 0:
		return nil
	case last == 0 || strings.Contains(names[last], " and "):
		return []string{strings.Join(names, ", ")}
	default:
		return []string{strings.Join(names[:last], ", ") + " and " + names[last]}
	}
}

// escaped escapes the characters of plain text that have a meaning in Markdown. Underscores inside words have none.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "`", "\\`", "<", `\<`, "[", `\[`).Replace(text)
}

// untemplated escapes template actions, because the documentation generator renders the page as a template.
func untemplated(text string) string { return strings.ReplaceAll(text, "{{", `{{ "{{" }}`) }

// intro returns the page before its first section.
func intro(rules []resilience.Rule, unchecked []uncheckedRule) string {
	own, allowed, checked := 0, 0, 0
	for _, r := range rules {
		if r.Own() {
			own++
		}
		switch {
		case r.Allowance:
			allowed++
		case len(placesOf(r)) > 0:
			checked++
		}
	}
	total := len(rules) + len(unchecked)
	var ignorable []string
	for _, id := range resilience.AllowedToIgnore() {
		if r, _ := resilience.Lookup(id); !r.Allowance {
			ignorable = append(ignorable, "`"+id+"`")
		}
	}
	return fmt.Sprintf(introduction, total, total-own, own, checked, allowed, total-checked-allowed,
		strings.Join(ignorable, ", "))
}

// groupText is a section of the page: its heading, the rows of its table, and the details, which are folded.
const groupText = `
## %s

| Rule | Statement | Severity | Checked |
|---|---|---|---|
%s
<details>
<summary>Details of the rules: %s</summary>
%s
</details>
`

const introduction = `---
page_title: "Rules"
subcategory: ""
description: |-
  Every rule about pool pairs and branch backups: its statement, its source, and where this provider checks it.
---

# Rules

This page lists %d rules about pool pairs and about the backups of branch appliances: %d that Microsoft's documentation
states or implies, and %d of this provider. %d are checked, %d state what is allowed, and %d are not checked, mostly
because a topology does not contain the facts. Check those yourself: the details name the place to look.

## How severities apply

| Severity | Meaning | In a plan | With ` + "`strict_support`" + ` |
|---|---|---|---|
| error | the product refuses it, or the result cannot work | error | error |
| unsupported | the product accepts it, but Microsoft does not support it | warning | error |
| discouraged | Microsoft or this provider advises against it | warning | warning |
| info | worth knowing | not shown | not shown |

A plan checks the violations that its change introduces. A destroy only warns, and a resource that does not change is
never refused. The apply checks a creation again before it writes. *Findings* are the violations of a topology, in all
objects, with or without a resource. They also include each violation of the topology that would refuse every creation
with a pool or an appliance. The ` + "`findings`" + ` of the data source ` + "`lync_topology`" + ` lists them,
including those of severity info. ` + "`strict_support`" + ` does not raise them. Some findings need facts that are not
in a topology, such as the number of users. They require ` + "`inventory`" + ` of ` + "`lync_topology`" + ` or
` + "`lync_failover_impact`" + `, and never occur in a plan.

` + "`ignored_rules`" + ` hides the violations of a rule in plans and findings, except those that are errors. It accepts
%s.

## How to read an entry

- *Checked* names the place of the check: a plan, the findings of a data source, or, for *inventory*, findings that
  need facts which are not in a topology. *permits* marks a rule that states what is allowed.
- *Versions* are those of the product: 2010 and 2013 are Lync Server, 2015 and 2019 Skype for Business Server, and
  *later* is Skype for Business Server Subscription Edition. No topology of Subscription Edition was seen. Because its
  first release is an update in place of 2019, it is assumed to have the service version of 2019 and the rules of 2019.
  The rules of 2019 also apply to every later service version (VERSION-UNKNOWN).
- *Appliance* is a Survivable Branch Appliance or a Survivable Branch Server.
- *Source* is the documentation that has the rule. *Inferred* means that the source implies the rule without stating it.
`
