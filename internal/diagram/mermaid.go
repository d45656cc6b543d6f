// Package diagram draws the backup relationships of a topology as a Mermaid graph. Its functions are pure.
package diagram

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Options specify the contents of a drawing. The zero value is readable with many appliances.
type Options struct {
	// DrawAppliances draws each branch appliance in its site, with a line to its pool. If the pools are grouped by
	// pair, the box of a pool lists its appliances instead. Without DrawAppliances, it has their number.
	DrawAppliances bool
}

// Mermaid returns a graph of the Front End pools of a topology. The colour of a box is the product version. At most
// maxBySite pools are in boxes of their sites (see bySite). More pools are grouped by pair (see byPair), because lines
// between the sites would cross.
//
// Complete pairs are thick two-headed arrows, incomplete pairs and one-way relationships are dashed red arrows, and
// relationships among Lync Server 2010 pools are thin arrows. An appliance that does not have exactly one pool is drawn
// dashed and red, or, if appliances are counted and there are more than maxFaulty such appliances, counted in a red
// box. The text depends only on the topology and the options.
func Mermaid(t *topology.Topology, options Options) string {
	d := &drawing{t: t, options: options, sites: siteOrder(t), ids: map[*topology.Pool]string{},
		styled: map[style][]string{}, versions: map[int]bool{}, lines: map[line]bool{}}
	// The first line of both forms has settings. Dagre is the default layout of Mermaid 11, which many sites use. ELK,
	// that of Mermaid 12, does not draw the sites from left to right with a legend below them. With another look, a
	// dashed line that crosses another one is solid. Without a width, labels are broken into short lines.
	if len(t.FrontEnds()) <= maxBySite {
		d.bySite()
	} else {
		d.byPair()
	}
	d.nested(d.writeStyles)
	return d.out.String()
}

const (
	maxBySite = 12 // the largest number of pools that are drawn in their sites
	maxFaulty = 30 // the largest number of appliances without exactly one pool that are drawn if others are counted
)

// line is a kind of line between boxes.
type line int

const (
	linePair   line = iota
	lineBackup      // from a pool of Lync Server 2010 or an appliance to its backup registrar
	lineFault
)

type drawing struct {
	t       *topology.Topology
	options Options
	out     strings.Builder
	indent  string
	sites   map[*topology.Site]int

	ids   map[*topology.Pool]string // of the boxes that lines of this part can end at
	pools int                       // the number of boxes of pools
	edges int                       // the number of lines, including the invisible ones

	styled   map[style][]string // the ids of boxes
	versions map[int]bool       // for the legend: the versions and the kinds of lines in the drawing
	lines    map[line]bool
	redEdges []string // numbers of edges
}

func siteOrder(t *topology.Topology) map[*topology.Site]int {
	order := map[*topology.Site]int{nil: len(t.Sites)}
	for i, site := range t.Sites {
		order[site] = i
	}
	return order
}

func (d *drawing) line(format string, args ...any) {
	d.out.WriteString(d.indent)
	fmt.Fprintf(&d.out, format+"\n", args...)
}

// group draws a box around the lines that draw writes.
func (d *drawing) group(id, title string, draw func()) {
	d.line("subgraph %s[%q]", id, title)
	d.nested(draw)
	d.line("end")
}

func (d *drawing) nested(draw func()) {
	d.indent += "  "
	draw()
	d.indent = d.indent[2:]
}

// box is a box with its id. The text of its shape starts with the id.
type box struct{ id, shape string }

// grid draws boxes in rows. An invisible line places a box to the left of another one. Therefore a row that is not full
// ends at a box of the row before.
func (d *drawing) grid(columns int, boxes []box) {
	for start := 0; start < len(boxes); start += columns {
		row := boxes[start:min(start+columns, len(boxes))]
		var shapes []string
		for _, b := range row {
			shapes = append(shapes, b.shape)
		}
		if start > 0 && len(row) < columns {
			shapes = append(shapes, boxes[start-columns+len(row)].id)
		}
		d.line("%s", strings.Join(shapes, " ~~~ "))
		d.edges += len(shapes) - 1
	}
}

// below places the parts of the drawing below each other.
func (d *drawing) below(parts []string) {
	for i := 1; i < len(parts); i++ {
		d.line("%s ~~~ %s", parts[i-1], parts[i])
		d.edges++
	}
}

// pool gives a Front End pool an id and the colour of its version, and returns the text of its box.
func (d *drawing) pool(p *topology.Pool, label []string) string {
	d.pools++
	d.ids[p] = fmt.Sprintf("p%d", d.pools)
	d.colour(d.ids[p], p.Version)
	return fmt.Sprintf("%s[%q]", d.ids[p], strings.Join(label, "<br/>"))
}

// appliance returns the text of the box of an appliance, which has an id already.
func (d *drawing) appliance(a *topology.Pool, label ...string) string {
	if d.poolOf(a) == nil {
		d.style(faultStyle, d.ids[a])
	} else {
		d.colour(d.ids[a], a.Version)
	}
	return fmt.Sprintf("%s([%q])", d.ids[a], strings.Join(append([]string{text(a.FQDN.String())}, label...), "<br/>"))
}

// faultyAppliances draws a box with the number of the faulty appliances that are not drawn.
func (d *drawing) faultyAppliances(count int) {
	if count > 0 {
		d.line("faulty([\"%d branch appliances have not exactly one pool\"])", count)
		d.style(faultStyle, "faulty")
	}
}

// drawnAppliances returns the appliances to draw in boxes of their own, all or only the faulty ones, and the number of
// faulty ones that are counted instead.
func (d *drawing) drawnAppliances(all bool) (boxes []*topology.Pool, counted int) {
	boxes = sorted(d.t.IntendedAppliances())
	if !all {
		boxes = slices.DeleteFunc(boxes, func(a *topology.Pool) bool { return d.poolOf(a) != nil })
	}
	if !d.options.DrawAppliances && len(boxes) > maxFaulty {
		return nil, len(boxes)
	}
	for i, a := range boxes {
		d.ids[a] = fmt.Sprintf("a%d", i+1)
	}
	return boxes, 0
}

// poolOf returns the pool of an appliance, or nil if the appliance does not have exactly one.
func (d *drawing) poolOf(appliance *topology.Pool) *topology.Pool {
	is := d.t.Association(appliance)
	if is.Backup == nil || is.Backup != is.Users || is.Backup.Kind != topology.KindFrontEnd {
		return nil
	}
	return is.Backup
}

// appliancesOf returns the appliances whose only pool is p.
func (d *drawing) appliancesOf(p *topology.Pool) []*topology.Pool {
	return slices.DeleteFunc(sorted(d.t.Linked(p)), func(other *topology.Pool) bool {
		return other.Kind != topology.KindAppliance || d.poolOf(other) != p
	})
}

// association draws the lines from an appliance to its pool, or to the pools that it names.
func (d *drawing) association(a *topology.Pool) {
	if pool := d.poolOf(a); pool != nil {
		d.edge("%s --> %s", a, pool, lineBackup)
		return
	}
	backups, users := d.namedPools(a)
	for _, p := range backups {
		d.edge("%s -. backup .-> %s", a, p, lineFault)
	}
	for _, p := range users {
		d.edge("%s -. users .-> %s", a, p, lineFault)
	}
}

// namedPools returns the Front End pools that an appliance names as its backup registrar and for its user services.
func (d *drawing) namedPools(a *topology.Pool) (backups, users []*topology.Pool) {
	for _, p := range sorted(d.t.Linked(a)) {
		if p.Kind == topology.KindFrontEnd && d.t.Links(a, p).BackupA {
			backups = append(backups, p)
		}
	}
	for _, id := range d.t.Association(a).UserServices {
		p := d.t.PoolOf(id)
		if p != nil && p.Kind == topology.KindFrontEnd && !slices.Contains(users, p) {
			users = append(users, p)
		}
	}
	return backups, sorted(users)
}

// relationship is the links of two Front End pools. In a one-way relationship, a names b as its backup registrar.
type relationship struct {
	a, b   *topology.Pool
	kind   line
	format string // of its arrow
}

// relationships returns the relationships of all pools, sorted by the names of their pools.
func (d *drawing) relationships() []relationship {
	pools, order := sorted(d.t.FrontEnds()), map[*topology.Pool]int{}
	for i, p := range pools {
		order[p] = i
	}
	var all []relationship
	for _, a := range pools {
		for _, b := range d.t.LinkedFrontEnds(a) {
			if order[a] < order[b] {
				all = append(all, d.relationshipOf(a, b))
			}
		}
	}
	return all
}

func (d *drawing) relationshipOf(a, b *topology.Pool) relationship {
	links := d.t.Links(a, b)
	old := a.Version < topology.Version2013 && b.Version < topology.Version2013
	switch {
	case old && links.BackupA && links.BackupB:
		return relationship{a, b, lineBackup, "%s <--> %s"}
	case old && links.BackupA:
		return relationship{a, b, lineBackup, "%s --> %s"}
	case old:
		return relationship{b, a, lineBackup, "%s --> %s"}
	case links.All():
		return relationship{a, b, linePair, "%s <==> %s"}
	case links.Paired():
		return relationship{a, b, lineFault, "%s <-. incomplete .-> %s"}
	case links.BackupA:
		return relationship{a, b, lineFault, "%s -. one way .-> %s"}
	default:
		return relationship{b, a, lineFault, "%s -. one way .-> %s"}
	}
}

// edge draws a line between two boxes. The format has both ids.
func (d *drawing) edge(format string, from, to *topology.Pool, kind line) {
	d.line(format, d.ids[from], d.ids[to])
	d.countEdge(kind)
}

// countEdge counts a line that has been drawn. The styles of lines need their numbers.
func (d *drawing) countEdge(kind line) {
	if kind == lineFault {
		d.redEdges = append(d.redEdges, fmt.Sprint(d.edges))
	}
	d.lines[kind] = true
	d.edges++
}

func sorted(pools []*topology.Pool) []*topology.Pool {
	pools = slices.Clone(pools)
	slices.SortStableFunc(pools, func(a, b *topology.Pool) int { return a.FQDN.Compare(b.FQDN) })
	return pools
}
