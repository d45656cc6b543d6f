package shelld

import (
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// addedProblems are what a topology must not have and the one to be published has more of than the one that is there.
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

func problems(document string) []string {
	doc, err := topology.Parse([]byte(document))
	if err != nil {
		return []string{"it is no topology: " + err.Error()}
	}

	var (
		found []string
		t     = doc.Topology()
		there = map[topology.ServiceID]bool{}
	)

	for _, s := range t.Services {
		if there[s.ID] {
			found = append(found, "the identity "+s.ID.String()+" twice")
		}

		there[s.ID] = true
	}

	for _, s := range t.Services {
		targets := make([]topology.ServiceID, 0, len(s.DependsOn)+len(s.Backups))
		for _, dependency := range s.DependsOn {
			targets = append(targets, dependency.Target)
		}

		for _, backup := range s.Backups {
			targets = append(targets, backup.Target)
		}

		for _, target := range targets {
			if !there[target] {
				found = append(found, fmt.Sprintf("%s names %s, which is not there", s.ID, target))
			}
		}
	}

	active := t.ActiveCentral()
	for i := 1; i < len(active); i++ {
		found = append(found, "one more active Central Management")
	}

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
				found = append(found, fmt.Sprintf("a relation of %s and %s that is not whole", p.FQDN, other.FQDN))
			}
		}

		for ; partners > 1; partners-- {
			found = append(found, "one more partner of "+p.FQDN)
		}
	}

	return found
}
