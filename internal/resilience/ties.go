package resilience

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Tie is what ties a member of a wanted pair to another Front End pool in the topology. It is in the way of the pair
// until somebody gives it up.
type Tie struct {
	Pool  string         // the member, canonical
	Other string         // the pool it is tied to, canonical
	Links topology.Links // A is Pool, B is Other
	Same  bool           // the tie is between the two members themselves
	Rule  Rule           // PP-FREE, or PP-ONE where all there is, is that Other names Pool as its backup registrar

	otherIs2010 bool
}

// Ties lists what ties the members of a wanted pair, in canonical order. A tie between the two members is listed once.
// Appliances never count, nor anything else that is no Front End pool; a member that cannot be paired at all has no
// ties, since what refuses it says enough.
func Ties(t *topology.Topology, pair Pair) []Tie {
	var found []Tie
	free, _ := Lookup("PP-FREE")
	one, _ := Lookup("PP-ONE")
	c := newCreation(t, pair)
	for _, p := range c.pools() {
		for _, other := range t.Linked(p) {
			same := other == c.partner(p)
			if other.Kind != topology.KindFrontEnd || (same && other.FQDN < p.FQDN) {
				continue
			}
			tie := Tie{
				Pool: p.FQDN, Other: other.FQDN, Links: t.Links(p, other), Same: same, Rule: free,
				otherIs2010: other.Version == topology.Version2010,
			}
			if !same && tie.Links == (topology.Links{BackupB: true}) {
				tie.Rule = one
			}
			found = append(found, tie)
		}
	}
	slices.SortFunc(found, func(a, b Tie) int {
		return cmp.Or(cmp.Compare(a.Pool, b.Pool), cmp.Compare(a.Other, b.Other))
	})
	return found
}

// Violation is the refusal of the pair when nobody gives the tie up.
func (tie Tie) Violation() Violation {
	v := Violation{Objects: []string{tie.Pool, tie.Other}}
	facts := strings.Join(phrase.Links(tie.Pool, tie.Other, tie.Links), "; ")
	switch {
	case tie.Same && tie.Links.All():
		v.Detail = fmt.Sprintf("The pair of %s and %s exists already, whole: %s. A creation never takes over what is there.", tie.Pool, tie.Other, facts)
		v.Advice = "Import the pair instead:\n\n" + ImportBlock(tie.Pool, tie.Other)
	case tie.Same:
		v.Detail = fmt.Sprintf("The pair of %s and %s exists already, half-made: %s, and the rest of a pair is missing. A creation never takes over what is there.",
			tie.Pool, tie.Other, facts)
		v.Advice = "Import the pair instead; the next apply completes it:\n\n" + ImportBlock(tie.Pool, tie.Other)
	case tie.Rule.ID == "PP-ONE":
		v.Detail = fmt.Sprintf("In the topology %s. A pool backs up one Front End pool only, so %s cannot be paired with another while that stands.", facts, tie.Pool)
		v.Advice = "Clear it first. " + clearing(tie.Pool, tie.Other)
	default:
		v.Detail = fmt.Sprintf("%s is tied to %s in the topology: %s. A pool is in one pair at most.", tie.Pool, tie.Other, facts)
		v.Advice = "Give up that pair: change or destroy the resource that declares it, in the same plan or before. If no resource does, clear it. " +
			clearing(tie.Pool, tie.Other)
	}
	if tie.otherIs2010 {
		// A pair with a 2010 pool cannot be imported to be destroyed.
		v.Advice = fmt.Sprintf("%s is a Lync Server 2010 pool, whose relationships this provider never changes. Remove the relationship in Topology Builder and publish.",
			tie.Other)
	}
	return completed(tie.Rule, []Violation{v})[0]
}

// clearing says how to remove what ties two pools where no resource declares it. It is no import block: a plan with one
// would make the pair whole, which another pair of a member forbids, and a destroy passes import blocks over. Lines that
// are indented are not broken by Terraform, and PowerShell takes what is quoted as one word.
func clearing(a, b string) string {
	a, b = min(a, b), max(a, b)
	return fmt.Sprintf("Declare the two for a moment, run the two commands below, and take the resource out again:\n\n"+
		"resource \"lync_pool_pair\" \"former\" {\n  pools = [%[1]q, %[2]q]\n}\n\n"+
		"  terraform import lync_pool_pair.former \"%[1]s,%[2]s\"\n  terraform destroy -refresh=false \"-target=lync_pool_pair.former\"", a, b)
}

// membersNotFree finds what members carry of a former pair that is no tie to a Front End pool, so no resource can give
// it up: a backup registrar or a backup service that leads nowhere.
func membersNotFree(c creation) []Violation {
	var found []Violation
	for _, p := range c.pools() {
		var left []string
		for _, b := range p.Registrar.Backups {
			left = append(left, fmt.Sprintf("its Registrar %s has a Backup that %s", p.Registrar.ID, phrase.BackupTarget(c.t, b)))
		}
		for _, s := range p.Role(topology.RoleBackupService) {
			left = append(left, fmt.Sprintf("it has the backup service %s, which %s", s.ID, phrase.BackupServicePartners(c.t, s)))
		}
		if len(left) == 0 {
			continue
		}
		it := "it"
		if len(left) > 1 {
			it = "them"
		}
		found = append(found, Violation{
			Detail:  fmt.Sprintf("%s is not free: %s.", p.FQDN, strings.Join(left, "; ")),
			Advice:  fmt.Sprintf("Remove %s in Topology Builder and publish, then plan again.", it),
			Objects: []string{p.FQDN},
		})
	}
	return found
}

// ImportBlock returns the block that brings a pair under management.
func ImportBlock(a, b string) string {
	return fmt.Sprintf("import {\n  to = lync_pool_pair.NAME\n  id = %q\n}", min(a, b)+","+max(a, b))
}
