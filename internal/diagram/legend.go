package diagram

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// style is the style of boxes. Its class is a name in the Mermaid text.
type style struct{ class, definition string }

// versionStyles are the colours of the known product versions. They differ in brightness and in the blue that people
// with a red-green deficiency see, and black text has a contrast of at least 9:1 on each. None is red.
var versionStyles = map[int]style{
	topology.Version2010: {"v2010", "fill:#e4e4e4,stroke:#666,color:#000"},
	topology.Version2013: {"v2013", "fill:#cde5f9,stroke:#1f6fb2,color:#000"},
	topology.Version2015: {"v2015", "fill:#ffe9a0,stroke:#a07800,color:#000"},
	topology.Version2019: {"v2019", "fill:#8ecfbb,stroke:#00644c,color:#000"},
}

var (
	otherVersion = style{"other", "fill:#fff,stroke:#000,color:#000"} // of the versions that are not known
	faultStyle   = style{"fault", "fill:#fff," + red}
	noteStyle    = style{"note", "fill:none,stroke:none"} // a text without a box
)

// red is the style of the lines of faults, and of the outline of their boxes.
const red = "stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00"

func styleOf(version int) style {
	if s, isKnown := versionStyles[version]; isKnown {
		return s
	}
	return otherVersion
}

// style gives a box a style.
func (d *drawing) style(s style, id string) { d.styled[s] = append(d.styled[s], id) }

// colour gives a box the colour of a version.
func (d *drawing) colour(id string, version int) {
	d.versions[version] = true
	d.style(styleOf(version), id)
}

// legend draws a box with the versions and the lines that occur in the drawing, and returns its id. An empty drawing
// has none.
func (d *drawing) legend(columns int) []string {
	var entries []box
	for _, version := range slices.Sorted(maps.Keys(d.versions)) {
		id := fmt.Sprintf("v%d", version)
		entries = append(entries, box{id, fmt.Sprintf("%s[%q]", id, legendName(version))})
		d.style(styleOf(version), id)
	}
	if len(d.redEdges) > 0 || len(d.styled[faultStyle]) > 0 {
		entries = append(entries, box{"red", "red([\"Fault\"])"})
		d.style(faultStyle, "red")
	}
	if arrows := d.arrows(); len(arrows) > 0 {
		entries = append(entries, box{"arrows", fmt.Sprintf("arrows[%q]", strings.Join(arrows, "<br/>"))})
		d.style(noteStyle, "arrows")
	}
	if len(entries) == 0 {
		return nil
	}
	d.group("legend", "Legend", func() {
		d.line("direction LR")
		d.grid(columns, entries)
	})
	return []string{"legend"}
}

// arrows describes the arrows that are not red. A red one has a text of its own.
func (d *drawing) arrows() []string {
	var arrows []string
	if d.lines[linePair] {
		arrows = append(arrows, "Thick arrow: pair")
	}
	if d.lines[lineBackup] {
		arrows = append(arrows, "Thin arrow: backup registrar")
	}
	return arrows
}

// legendName returns the products of a ServiceVersion. A document of Subscription Edition is assumed to have that of
// 2019, because Microsoft presents its first release as an update in place.
func legendName(version int) string {
	name := topology.VersionName(version)
	if version == topology.Version2019 {
		name += ", Subscription Edition"
	}
	return name
}

// writeStyles writes the styles of the boxes and the lines.
func (d *drawing) writeStyles() {
	used := slices.SortedFunc(maps.Keys(d.styled), func(a, b style) int { return cmp.Compare(a.class, b.class) })
	for _, s := range used {
		d.line("classDef %s %s", s.class, s.definition)
		d.line("class %s %s", strings.Join(d.styled[s], ","), s.class)
	}
	if len(d.redEdges) > 0 {
		d.line("linkStyle %s "+red, strings.Join(d.redEdges, ","))
	}
}
