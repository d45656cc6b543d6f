package main

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// families are the sections of the page, by the prefix of their rules' ids.
var families = []struct{ prefix, heading string }{
	{"PP-", "Pool pairs"},
	{"VF-", "Automatic failover settings"},
	{"BS-", "Backup service"},
	{"CM-", "Central Management"},
	{"LC-", "Publishing, operation and the end of a pair"},
	{"BR-", "Branch appliances"},
	{"TD-", "The topology as a whole"},
}

// entry is a section of the page about one rule.
type entry struct {
	id        string
	title     string // empty for a rule that is not checked
	statement string
	severity  string
	versions  string
	place     string // where it is checked, or the reason why it is not; in Markdown
	source    string
}

// renderPage returns the text of the page.
func renderPage(rules []resilience.Rule, unchecked []uncheckedRule) string {
	var b strings.Builder
	b.WriteString(intro(rules, unchecked))
	for _, family := range families {
		fmt.Fprintf(&b, "\n## %s\n", family.heading)
		for _, r := range rules {
			if strings.HasPrefix(r.ID, family.prefix) {
				b.WriteString(checkedEntry(r).section())
			}
		}
		for _, u := range unchecked {
			if strings.HasPrefix(u.ID, family.prefix) {
				b.WriteString(uncheckedEntry(u).section())
			}
		}
	}
	return untemplated(b.String())
}

func checkedEntry(r resilience.Rule) entry {
	e := entry{
		id: r.ID, title: r.Title, statement: r.Statement, severity: string(r.Severity),
		versions: versionsInWords(r.Versions), source: r.Source,
		place: "Checked: nowhere yet",
	}
	if r.OtherSeverity != "" {
		e.severity += fmt.Sprintf("; %s %s", r.OtherSeverity, r.OtherWhen)
	}
	if r.StaysWarning() {
		e.severity += "; a warning under `strict_support` too"
	}
	if r.Own() {
		e.source = "a rule of this provider"
	}
	switch places := placesOf(r); {
	case r.Allowance:
		e.place = "Not checked: the rule states what is allowed"
	case len(places) > 0:
		e.place = "Checked: " + escaped(strings.Join(places, "; "))
	}
	return e
}

func uncheckedEntry(u uncheckedRule) entry {
	return entry{
		id: u.ID, statement: u.Statement, severity: string(u.Severity), versions: versionsInWords(u.Versions),
		source: u.Source,
		place:  "Not checked. " + escaped(u.Why),
	}
}

func (e entry) section() string {
	title := ""
	if e.title != "" {
		title = "**" + escaped(e.title) + ".** "
	}
	return fmt.Sprintf("\n### %s\n\n%s%s\n\n- Severity: %s\n- Versions: %s\n- %s\n- Source: %s\n",
		e.id, title, escaped(e.statement), e.severity, e.versions, e.place, escaped(e.source))
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

const introduction = `---
page_title: "Rules"
subcategory: ""
description: |-
  Every rule about pool pairs and branch backups: its statement, its source, and where this provider checks it.
---

# Rules

This page lists %d rules about pool pairs and about the backups of branch appliances: %d that Microsoft's documentation
states or implies, and %d of this provider. %d are checked, %d state what is allowed, and %d are not checked, mostly
because a topology does not contain the facts. Check those yourself. Each entry names the place to look.

## How severities apply

| Severity | Meaning | In a plan | With ` + "`strict_support`" + ` |
|---|---|---|---|
| error | the product refuses it, or the result cannot work | error | error |
| unsupported | the product accepts it, but Microsoft does not support it | warning | error |
| discouraged | Microsoft or this provider advises against it | warning | warning |
| info | worth knowing | not shown | not shown |

A plan checks the violations that its change introduces. A destroy only warns, and a resource that does not change is
never refused. The apply checks a creation again before it writes. *Findings* are the violations of a topology, in all
objects, with or without a resource. They include what would refuse every creation with a pool or an appliance because
of the topology alone. The ` + "`findings`" + ` of the data source ` + "`lync_topology`" + ` lists them,
including those of severity info. ` + "`strict_support`" + ` does not raise them. Some findings need facts that are not
in a topology, such as the number of users. They require ` + "`inventory`" + ` of ` + "`lync_topology`" + ` or
` + "`lync_failover_impact`" + `, and never occur in a plan.

` + "`ignored_rules`" + ` hides the violations of a rule in plans and findings, except those that are errors. It accepts
%s.

## How to read an entry

- *Severity* may have a second part with the cases that have another severity.
- *Versions* are those of the product: 2010 and 2013 are Lync Server, 2015 and 2019 Skype for Business Server, and
  *later* is Skype for Business Server Subscription Edition. The documentation of 2019 is assumed to apply to it.
- *Appliance* is a Survivable Branch Appliance or a Survivable Branch Server.
- *Source* is the documentation that has the rule. *Inferred* means that the source implies the rule without stating it.
`
