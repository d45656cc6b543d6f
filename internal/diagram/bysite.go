package diagram

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// bySite draws each site as a box with its pools, and the lines between them.
func (d *drawing) bySite() {
	d.line(`%%%%{init: {"look": "classic", "layout": "dagre", "flowchart": {"wrappingWidth": 320}}}%%%%`)
	d.line("flowchart TB")
	boxes := map[*topology.Site][]string{} // the lines in the box of a site
	for _, p := range sorted(d.t.FrontEnds()) {
		boxes[p.Site] = append(boxes[p.Site], d.pool(p, d.label(p)))
	}
	appliances, counted := d.drawnAppliances(d.options.DrawAppliances)
	for _, a := range appliances {
		boxes[a.Site] = append(boxes[a.Site], d.appliance(a))
	}
	if len(boxes) == 0 && counted == 0 {
		return
	}
	d.nested(func() {
		// A box without an outline, because only boxes in a box can have another direction than the legend below.
		d.style(noteStyle, "sites")
		d.group("sites", " ", func() {
			d.line("direction LR")
			d.faultyAppliances(counted)
			d.siteBoxes(boxes)
			for _, r := range d.relationships() {
				d.edge(r.format, r.a, r.b, r.kind)
			}
			for _, a := range appliances {
				d.association(a)
			}
		})
		d.below(append([]string{"sites"}, d.legend(3)...))
	})
}

func (d *drawing) siteBoxes(boxes map[*topology.Site][]string) {
	for i, site := range append(slices.Clone(d.t.Sites), nil) {
		if len(boxes[site]) == 0 {
			continue
		}
		id := fmt.Sprintf("s%d", i+1)
		if site == nil {
			id = "unknown"
		}
		d.group(id, siteTitle(site), func() {
			for _, box := range boxes[site] {
				d.line("%s", box)
			}
		})
	}
}
