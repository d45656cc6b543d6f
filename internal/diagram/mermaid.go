// Package diagram draws a topology: which pool backs up which, as a Mermaid graph. It is a pure function on the model.
package diagram

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Mermaid returns a graph of the Front End pools of a topology: sites are boxes, pairs thick two-headed arrows, pairs of
// which something is missing and one-way relations dashed red ones, relations among Lync Server 2010 pools thin ones.
// Appliances are counted on their pool. The same topology always gives the same text.
func Mermaid(t *topology.Topology) string {
	d := &drawing{t: t, ids: map[*topology.Pool]string{}}
	d.line(`%%%%{init: {"flowchart": {"wrappingWidth": 320}}}%%%%`) // or every label is broken into short lines
	d.line("flowchart LR")
	d.sites()
	d.relations()
	return d.out.String()
}

type drawing struct {
	t     *topology.Topology
	out   strings.Builder
	ids   map[*topology.Pool]string
	edges int
	red   []string // numbers of edges
}

func (d *drawing) line(format string, args ...any) { fmt.Fprintf(&d.out, format+"\n", args...) }

func (d *drawing) sites() {
	bySite := map[*topology.Site][]*topology.Pool{}
	for _, p := range sorted(d.t.FrontEnds()) {
		bySite[p.Site] = append(bySite[p.Site], p)
		d.ids[p] = fmt.Sprintf("p%d", len(d.ids)+1)
	}
	for i, site := range append(slices.Clone(d.t.Sites), nil) {
		pools := bySite[site]
		switch {
		case len(pools) == 0:
			continue
		case site == nil:
			d.line("  subgraph unknown[\"Site not known\"]")
		default:
			d.line("  subgraph s%d[%q]", i+1, text(cmp.Or(site.Name, site.ID)))
		}
		for _, p := range pools {
			d.line("    %s[%q]", d.ids[p], d.label(p))
		}
		d.line("  end")
	}
}

// label names a pool and says what matters when it fails.
func (d *drawing) label(p *topology.Pool) string {
	words := []string{topology.VersionName(p.Version)}
	if p.Edition != "" {
		words = append(words, string(p.Edition))
	}
	lines := []string{text(p.FQDN), strings.Join(words, ", ")}
	if p.Central != "" {
		lines = append(lines, "Central Management: "+string(p.Central))
	}
	appliances := 0
	for _, other := range d.t.Linked(p) {
		if other.Kind == topology.KindAppliance {
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

func (d *drawing) relations() {
	for _, a := range sorted(d.t.FrontEnds()) {
		for _, b := range sorted(d.t.Linked(a)) {
			if b.Kind != topology.KindFrontEnd || d.ids[a] == d.ids[b] {
				continue
			}
			if a.FQDN < b.FQDN {
				d.relation(a, b)
			}
		}
	}
	if len(d.red) > 0 {
		d.line("  linkStyle %s stroke:#c00,color:#c00", strings.Join(d.red, ","))
	}
}

// relation draws what ties two pools, a sorting first.
func (d *drawing) relation(a, b *topology.Pool) {
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

func (d *drawing) edge(format string, from, to *topology.Pool, red bool) {
	d.line("  "+format, d.ids[from], d.ids[to])
	if red {
		d.red = append(d.red, fmt.Sprint(d.edges))
	}
	d.edges++
}

func sorted(pools []*topology.Pool) []*topology.Pool {
	pools = slices.Clone(pools)
	slices.SortFunc(pools, func(a, b *topology.Pool) int { return cmp.Compare(a.FQDN, b.FQDN) })
	return pools
}

// text escapes what has a meaning in a quoted Mermaid label.
func text(s string) string {
	return strings.NewReplacer("#", "#35;", `"`, "#quot;", "&", "#amp;", "<", "#lt;", ">", "#gt;", "`", "#96;", "\n", " ", "\r", " ", "\\", "#92;").Replace(s)
}
