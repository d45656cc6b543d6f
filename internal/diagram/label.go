package diagram

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/lync-iac/terraform-provider-lync/internal/printable"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// siteTitle returns the name of a site as the title of a box that contains other boxes. The site is nil if the document
// does not have it.
func siteTitle(site *topology.Site) string { return siteName(site, text) }

// siteLabel returns the name of a site as a part of the label of a box.
func siteLabel(site *topology.Site) string {
	return siteName(site, func(s string) string { return text(withoutMeaning.Replace(s)) })
}

// withoutMeaning separates characters that Mermaid takes for a new line, a formula or an icon. It does so only in the
// label of a box, and also if they are written as numbers. The separator is the word joiner, which is invisible.
var withoutMeaning = strings.NewReplacer(`\n`, "\\\u2060n", "$", "$\u2060", ":fa-", ":\u2060fa-")

func siteName(site *topology.Site, text func(string) string) string {
	if site == nil {
		return "Site not known"
	}
	name := cmp.Or(text(site.Name), text(site.ID))
	if site.Kind == topology.SiteBranch {
		return name + " (branch site)"
	}
	return name
}

// label returns the name of a pool in the box of its site, and the facts that matter if the pool fails.
func (d *drawing) label(p *topology.Pool) []string {
	words := []string{topology.VersionName(p.Version)}
	if p.Edition != "" {
		words = append(words, string(p.Edition))
	}
	lines := append([]string{text(p.FQDN.String()), strings.Join(words, ", ")}, centralLabel(p)...)
	if count := len(d.appliancesOf(p)); count > 0 && !d.options.DrawAppliances {
		lines = append(lines, applianceCount(count))
	}
	return lines
}

// shortLabel returns the name of a pool in a row, its site, and the facts that matter if it fails, in few lines.
func (d *drawing) shortLabel(p *topology.Pool) []string {
	words, appliances := []string{siteLabel(p.Site), shortVersion(p)}, d.appliancesOf(p)
	if len(appliances) > 0 && !d.options.DrawAppliances {
		words = append(words, applianceCount(len(appliances)))
	}
	lines := append([]string{text(p.FQDN.String()), strings.Join(words, ", ")}, centralLabel(p)...)
	if d.options.DrawAppliances {
		for _, a := range appliances {
			lines = append(lines, fmt.Sprintf("%s, %s", text(a.FQDN.String()), siteLabel(a.Site)))
		}
	}
	return lines
}

// shortVersion returns the version without the name of the product, which the legend has, and the edition.
func shortVersion(p *topology.Pool) string {
	version := topology.VersionName(p.Version)
	if _, isKnown := versionStyles[p.Version]; isKnown {
		version = version[strings.LastIndex(version, " ")+1:]
	}
	return strings.TrimSpace(version + " " + string(p.Edition))
}

func centralLabel(p *topology.Pool) []string {
	if p.Central == "" {
		return nil
	}
	return []string{"Central Management: " + string(p.Central)}
}

func applianceCount(count int) string {
	if count == 1 {
		return "1 branch appliance"
	}
	return fmt.Sprintf("%d branch appliances", count)
}

var (
	// Mermaid takes every line that contains a direction for a statement.
	direction = regexp.MustCompile(`(?i)(direction) `)
	// Some versions of Mermaid take this beginning for a list, and do not draw it.
	listMark = regexp.MustCompile(`^([0-9]*)([-.)])`)
)

// text returns a quoted Mermaid label that is displayed as s, on one line. It writes every character that has a meaning
// in Mermaid, Markdown or HTML as the number of the character. It drops the characters that control a terminal or the
// direction of text, which a renderer would otherwise make of their numbers.
func text(s string) string {
	var label strings.Builder
	for _, r := range printable.Clean(strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " ")) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -.,()'", r) {
			label.WriteRune(r)
			continue
		}
		label.WriteString(escaped(r))
	}
	escapedLabel := direction.ReplaceAllString(label.String(), "${1}"+escaped(' '))
	return listMark.ReplaceAllStringFunc(escapedLabel, func(mark string) string {
		last := len(mark) - 1
		return mark[:last] + escaped(rune(mark[last]))
	})
}

func escaped(r rune) string { return fmt.Sprintf("#%d;", r) }
