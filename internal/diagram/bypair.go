package diagram

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// byPair draws each complete pair as a row, then the relationships of Lync Server 2010, the pools without a
// relationship by site, and the faults. A pool that has a fault and a pair is drawn twice, so that no line leaves its
// part of the drawing.
func (d *drawing) byPair() {
	d.line(`%%%%{init: {"look": "classic", "layout": "dagre", "flowchart": {"wrappingWidth": 480, ` +
		`"minNodeWidth": 350, "nodeSpacing": 14, "rankSpacing": 90, "padding": 10, ` +
		`"subGraphTitleMargin": {"top": 4, "bottom": 14}}}}%%%%`)
	d.line("flowchart TB")
	d.nested(func() {
		byKind, related := map[line][]relationship{}, map[*topology.Pool]bool{}
		for _, r := range d.relationships() {
			byKind[r.kind] = append(byKind[r.kind], r)
			related[r.a], related[r.b] = true, true
		}
		var parts []string
		part := func(id, title string, isEmpty bool, draw func()) {
			if isEmpty {
				return
			}
			parts = append(parts, id)
			clear(d.ids)
			d.group(id, title, func() {
				d.line("direction LR")
				draw()
			})
		}
		pairs, old := d.leftToRight(byKind[linePair]), byKind[lineBackup]
		part("pairs", fmt.Sprintf("Pairs: %d", len(pairs)), len(pairs) == 0, func() { d.rows(pairs) })
		part("old", "Backup registrars of Lync Server 2010", len(old) == 0, func() { d.rows(old) })
		unpaired := slices.DeleteFunc(sorted(d.t.FrontEnds()), func(p *topology.Pool) bool { return related[p] })
		part("unpaired", fmt.Sprintf("Unpaired pools: %d", len(unpaired)), len(unpaired) == 0,
			func() { d.unpaired(unpaired) })
		faults := byKind[lineFault]
		hasFaults := len(faults) > 0 || slices.ContainsFunc(d.t.IntendedAppliances(), d.isFaulty)
		part("faults", "Faults", !hasFaults, func() { d.faults(faults) })
		d.below(append(parts, d.legend(2)...))
	})
}

func (d *drawing) isFaulty(appliance *topology.Pool) bool { return d.poolOf(appliance) == nil }

// leftToRight sorts pairs by the sites of the document. The pool whose site is first is on the left.
func (d *drawing) leftToRight(pairs []relationship) []relationship {
	for i, r := range pairs {
		if d.comparePools(r.b, r.a) < 0 {
			pairs[i].a, pairs[i].b = r.b, r.a
		}
	}
	slices.SortStableFunc(pairs, func(x, y relationship) int {
		return cmp.Or(d.comparePools(x.a, y.a), d.comparePools(x.b, y.b))
	})
	return pairs
}

// comparePools orders pools by site, then by name.
func (d *drawing) comparePools(a, b *topology.Pool) int {
	return cmp.Or(cmp.Compare(d.sites[a.Site], d.sites[b.Site]), a.FQDN.Compare(b.FQDN))
}

// rows draws relationships with their pools. A pool of several relationships is drawn once.
func (d *drawing) rows(relationships []relationship) {
	for _, r := range relationships {
		d.line(r.format, d.box(r.a), d.box(r.b))
		d.countEdge(r.kind)
	}
}

// box returns the box of a pool with its label, and after the first time its id.
func (d *drawing) box(p *topology.Pool) string {
	if id := d.ids[p]; id != "" {
		return id
	}
	return d.pool(p, d.shortLabel(p))
}

// unpaired draws pools by site, two in a row.
func (d *drawing) unpaired(pools []*topology.Pool) {
	slices.SortStableFunc(pools, d.comparePools)
	boxes := make([]box, len(pools))
	for i, p := range pools {
		boxes[i].shape = d.box(p)
		boxes[i].id = d.ids[p]
	}
	d.grid(2, boxes)
}

// faults draws incomplete and one-way relationships, and the appliances that do not have exactly one pool.
func (d *drawing) faults(relationships []relationship) {
	d.rows(relationships)
	appliances, counted := d.drawnAppliances(false)
	d.faultyAppliances(counted)
	for _, a := range appliances {
		d.line("%s", d.appliance(a, siteLabel(a.Site)))
		backups, users := d.namedPools(a)
		for _, p := range append(backups, users...) {
			if d.ids[p] == "" {
				d.line("%s", d.box(p))
			}
		}
		d.association(a)
	}
}
