// Package diagram draws the backup relationships of a topology as a Mermaid graph. Its functions are pure.
package diagram

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/lync-iac/terraform-provider-lync/internal/printable"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Options specify the contents of a drawing. The zero value is readable with many appliances.
type Options struct {
	// DrawAppliances draws each branch appliance in its site, with a line to its pool. Otherwise the label of a pool
	// has the number of its appliances.
	DrawAppliances bool
}

// Mermaid returns a graph of the Front End pools of a topology. Sites are boxes. Complete pairs are thick two-headed
// arrows, incomplete pairs and one-way relationships are dashed red arrows, and relationships among Lync Server 2010
// pools are thin arrows. Appliances are counted on their pool, or drawn. An appliance that does not have exactly one
// pool is drawn dashed and red, or, if appliances are counted and there are more than maxFaulty such appliances,
// counted in a red box. The text depends only on the topology and the options.
func Mermaid(t *topology.Topology, options Options) string {
	d := &drawing{t: t, options: options, ids: map[*topology.Pool]string{}}
	// Without these settings, labels are broken into short lines, and a dashed line that crosses another one is solid.
	d.line(`%%%%{init: {"look": "classic", "flowchart": {"wrappingWidth": 320}}}%%%%`)
	d.line("flowchart LR")
	d.sites()
	d.relationships()
	d.associations()
	if len(d.redEdges) > 0 {
		d.line("  linkStyle %s "+red, strings.Join(d.redEdges, ","))
	}
	for _, box := range d.redBoxes {
		d.line("  style %s "+red, box)
	}
	return d.out.String()
}

// maxFaulty is the largest number of appliances without exactly one pool that are drawn if others are counted.
const maxFaulty = 30

// red is the style of one-way and incomplete relationships, and of appliances without exactly one pool.
const red = "stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00"

type drawing struct {
	t       *topology.Topology
	options Options
	out     strings.Builder
	ids     map[*topology.Pool]string
	edges   int

	appliances []*topology.Pool // the drawn ones

	redEdges, redBoxes []string // numbers of edges, ids of boxes
}

func (d *drawing) line(format string, args ...any) { fmt.Fprintf(&d.out, format+"\n", args...) }

// drawn returns the appliances to draw, and the number of faulty ones that are counted instead.
func (d *drawing) drawn() (boxes []*topology.Pool, counted int) {
	all := sorted(d.t.IntendedAppliances())
	if d.options.DrawAppliances {
		return all, 0
	}
	faulty := slices.DeleteFunc(all, func(a *topology.Pool) bool { return d.poolOf(a) != nil })
	if len(faulty) > maxFaulty {
		return nil, len(faulty)
	}
	return faulty, 0
}

// poolOf returns the pool of an appliance, or nil if the appliance does not have exactly one.
func (d *drawing) poolOf(appliance *topology.Pool) *topology.Pool {
	is := d.t.Association(appliance)
	if is.Backup == nil || is.Backup != is.Users || is.Backup.Kind != topology.KindFrontEnd {
		return nil
	}
	return is.Backup
}

func (d *drawing) sites() {
	bySite := map[*topology.Site][]string{} // the lines in the box of a site
	for i, p := range sorted(d.t.FrontEnds()) {
		d.ids[p] = fmt.Sprintf("p%d", i+1)
		bySite[p.Site] = append(bySite[p.Site], fmt.Sprintf("%s[%q]", d.ids[p], d.label(p)))
	}
	var counted int
	d.appliances, counted = d.drawn()
	for i, a := range d.appliances {
		d.ids[a] = fmt.Sprintf("a%d", i+1)
		bySite[a.Site] = append(bySite[a.Site], fmt.Sprintf("%s([%q])", d.ids[a], text(a.FQDN.String())))
		if d.poolOf(a) == nil {
			d.redBoxes = append(d.redBoxes, d.ids[a])
		}
	}
	if counted > 0 {
		d.line("  faulty([\"%d branch appliances have not exactly one pool\"])", counted)
		d.redBoxes = append(d.redBoxes, "faulty")
	}
	for i, site := range append(slices.Clone(d.t.Sites), nil) {
		boxes := bySite[site]
		switch {
		case len(boxes) == 0:
			continue
		case site == nil:
			d.line("  subgraph unknown[\"Site not known\"]")
		default:
			d.line("  subgraph s%d[%q]", i+1, siteLabel(site))
		}
		for _, box := range boxes {
			d.line("    %s", box)
		}
		d.line("  end")
	}
}

func siteLabel(site *topology.Site) string {
	name := cmp.Or(text(site.Name), text(site.ID))
	if site.Kind == topology.SiteBranch {
		return name + " (branch site)"
	}
	return name
}

// label returns the name of a pool, and the facts that matter if it fails.
func (d *drawing) label(p *topology.Pool) string {
	words := []string{topology.VersionName(p.Version)}
	if p.Edition != "" {
		words = append(words, string(p.Edition))
	}
	lines := []string{text(p.FQDN.String()), strings.Join(words, ", ")}
	if p.Central != "" {
		lines = append(lines, "Central Management: "+string(p.Central))
	}
	if d.options.DrawAppliances {
		return strings.Join(lines, "<br/>")
	}
	appliances := 0
	for _, other := range d.t.Linked(p) {
		if other.Kind == topology.KindAppliance && d.poolOf(other) == p {
			appliances++
		}
	}
	switch appliances {
	case 0:
	case 1:
		lines = append(lines, "1 branch appliance")
	default:
		lines = append(lines, fmt.Sprintf("%d branch appliances", appliances))
	}
	return strings.Join(lines, "<br/>")
}

func (d *drawing) relationships() {
	pools, order := sorted(d.t.FrontEnds()), map[*topology.Pool]int{}
	for i, p := range pools {
		order[p] = i
	}
	for _, a := range pools {
		for _, b := range d.t.LinkedFrontEnds(a) {
			if order[a] < order[b] {
				d.relationship(a, b)
			}
		}
	}
}

// associations draws the lines from appliances to their pools.
func (d *drawing) associations() {
	for _, a := range d.appliances {
		if pool := d.poolOf(a); pool != nil {
			d.edge("%s --> %s", a, pool, false)
			continue
		}
		for _, p := range sorted(d.t.Linked(a)) {
			if d.ids[p] != "" && d.t.Links(a, p).BackupA {
				d.edge("%s -. backup .-> %s", a, p, true)
			}
		}
		var users []*topology.Pool
		for _, id := range d.t.Association(a).UserServices {
			if p := d.t.PoolOf(id); d.ids[p] != "" && !slices.Contains(users, p) {
				users = append(users, p)
			}
		}
		for _, p := range sorted(users) {
			d.edge("%s -. users .-> %s", a, p, true)
		}
	}
}

// relationship draws the links of two pools. The name of a sorts first.
func (d *drawing) relationship(a, b *topology.Pool) {
	links := d.t.Links(a, b)
	old := a.Version < topology.Version2013 && b.Version < topology.Version2013
	switch {
	case old && links.BackupA && links.BackupB:
		d.edge("%s <--> %s", a, b, false)
	case old && links.BackupA:
		d.edge("%s --> %s", a, b, false)
	case old:
		d.edge("%s --> %s", b, a, false)
	case links.All():
		d.edge("%s <==> %s", a, b, false)
	case links.Paired():
		d.edge("%s <-. incomplete .-> %s", a, b, true)
	case links.BackupA:
		d.edge("%s -. one way .-> %s", a, b, true)
	default:
		d.edge("%s -. one way .-> %s", b, a, true)
	}
}

func (d *drawing) edge(format string, from, to *topology.Pool, isRed bool) {
	d.line("  "+format, d.ids[from], d.ids[to])
	if isRed {
		d.redEdges = append(d.redEdges, fmt.Sprint(d.edges))
	}
	d.edges++
}

func sorted(pools []*topology.Pool) []*topology.Pool {
	pools = slices.Clone(pools)
	slices.SortStableFunc(pools, func(a, b *topology.Pool) int { return a.FQDN.Compare(b.FQDN) })
	return pools
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
