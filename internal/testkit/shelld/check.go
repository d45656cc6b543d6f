package shelld

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// addedProblems returns the problems of the document after that before does not have.
func addedProblems(before, after string) []string {
	old := problems(before)
	var added []string
	for _, problem := range problems(after) {
		if i := slices.Index(old, problem); i >= 0 {
			old = slices.Delete(old, i, i+1)
		} else {
			added = append(added, problem)
		}
	}
	return added
}

// problems returns the faults that a topology must not have. A fault that occurs n times is in the result n times.
func problems(document string) []string {
	doc, err := topology.Parse([]byte(document))
	if err != nil {
		return []string{"the document is not a topology: " + err.Error()}
	}
	t := doc.Topology()
	found := slices.Concat(serviceProblems(t), pairProblems(t))
	for range len(t.ActiveCentral()) - 1 {
		found = append(found, "additional active Central Management")
	}
	return found
}

// serviceProblems returns duplicate services and references to missing services.
func serviceProblems(t *topology.Topology) []string {
	var found []string
	exists := map[topology.ServiceID]bool{}
	for s := range t.Services() {
		if exists[s.ID] {
			found = append(found, "duplicate service "+s.ID.String())
		}
		exists[s.ID] = true
	}
	for s := range t.Services() {
		targets := make([]topology.ServiceID, 0, len(s.DependsOn)+len(s.Backups))
		for _, dependency := range s.DependsOn {
			targets = append(targets, dependency.Target)
		}
		for _, backup := range s.Backups {
			targets = append(targets, backup.Target)
		}
		for _, target := range targets {
			if !exists[target] {
				found = append(found, fmt.Sprintf("%s refers to missing service %s", s.ID, target))
			}
		}
	}
	return found
}

// pairProblems returns incomplete pairs and pools with several partners.
func pairProblems(t *topology.Topology) []string {
	var found []string
	pools := slices.DeleteFunc(t.FrontEnds(), func(p *topology.Pool) bool { return !p.IsFrontEnd2013() })
	for i, p := range pools {
		partners := 0
		for k, other := range pools {
			if i == k {
				continue
			}
			links := t.Links(p, other)
			if links.Any() {
				partners++
			}
			if i < k && links.Any() && !links.All() {
				found = append(found, fmt.Sprintf("incomplete pair of %s and %s", p.FQDN, other.FQDN))
			}
		}
		for range partners - 1 {
			found = append(found, "additional partner of "+p.FQDN.String())
		}
	}
	return found
}
