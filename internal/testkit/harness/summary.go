package harness

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// summary returns the printed form of a plan: one line per change, and the numbers of changes.
func (p *plan) summary() string {
	var out strings.Builder
	for _, key := range slices.Sorted(maps.Keys(p.moved)) {
		fmt.Fprintf(&out, "  # %s has moved to %s\n", p.moved[key], key)
	}
	if p.isEmpty() {
		out.WriteString("\nNo changes. Your infrastructure matches the configuration.\n")
		return out.String()
	}
	added, changed, removed, imported := 0, 0, 0, 0
	for _, key := range slices.Sorted(maps.Keys(p.changes)) {
		c := p.changes[key]
		if c.action != actionNoOp {
			fmt.Fprintf(&out, "  # %s: %s\n", key, c.action)
		}
		switch c.action {
		case actionCreate:
			added++
		case actionUpdate:
			changed++
		case actionDelete:
			removed++
		case actionReplace:
			added++
			removed++
		}
		if c.importing {
			imported++
		}
	}
	if imported > 0 {
		fmt.Fprintf(&out, "\nPlan: %d to import, %d to add, %d to change, %d to destroy.\n", imported, added, changed,
			removed)
	} else {
		fmt.Fprintf(&out, "\nPlan: %d to add, %d to change, %d to destroy.\n", added, changed, removed)
	}
	return out.String()
}
