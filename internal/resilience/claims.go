package resilience

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/ledger"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// DoubleClaims returns the violation of a pair that claims pools which other declarations of the same plan claim. A
// member that is not known yet is zero.
func DoubleClaims(id topology.PairID, doubles []ledger.DoubleClaim) []Violation {
	if len(doubles) == 0 {
		return nil
	}
	v := Violation{Remedies: []Remedy{{Action: KeepOneDeclaration}}}
	for _, double := range doubles {
		v.Objects = append(v.Objects, double.Pool.String())
		if double.Holder != id {
			v.Detail += fmt.Sprintf("%s would be in two pairs of this configuration: %s and %s. ",
				double.Pool, pairWords(double.Holder), pairWords(id))
		} else if v.Detail == "" {
			v.Detail = fmt.Sprintf("The pair %s is declared by two resources of this configuration. ", pairWords(id))
		}
	}
	v.Detail += "A Front End pool has exactly one partner, and each pair belongs to one resource."
	return completed(mustLookup("PP-ONE"), []Violation{v})
}

// pairWords names a pair whose second member may be unknown.
func pairWords(id topology.PairID) string {
	if id.Second.IsZero() {
		return id.First.String() + " with a pool that is not known yet"
	}
	return id.String()
}

// DoubleApplianceClaim returns the violation of an association whose appliance another declaration of the same plan
// claims.
func DoubleApplianceClaim(appliance topology.FQDN) []Violation {
	return completed(mustLookup("BR-ONE"), []Violation{{
		Setting: SettingAppliance, Objects: []string{appliance.String()},
		Detail: fmt.Sprintf("The backup of the appliance %s is declared by two resources of this configuration. "+
			"An appliance has exactly one pool.", appliance),
		Remedies: []Remedy{{Action: KeepOneDeclaration, Branch: true}},
	}})
}

// PairOverlap returns the violation of a pair that two declarations of the same plan use, one of which ends it.
func PairOverlap(id topology.PairID, overlap ledger.Overlap) []Violation {
	v := Violation{Objects: []string{id.First.String(), id.Second.String()}}
	rule := "PP-ONE"
	switch overlap {
	case ledger.HeldTwice:
		v.Title = "Pair held by two resources"
		v.Detail = fmt.Sprintf("Two resources hold the pair %s. If a plan keeps it with one of them and ends it with "+
			"the other, the topology loses it.", id)
		v.Remedies = []Remedy{{Action: HoldOnce}}
	case ledger.CreatedAndReleased:
		rule = "PP-RENAME"
		v.Detail = fmt.Sprintf("This plan removes the pair %s with one resource and creates it again with another. "+
			"The topology has the pair afterwards, but both changes are written.", id)
		v.Remedies = []Remedy{{Action: MoveDeclaration}}
	default:
		return nil
	}
	return completed(mustLookup(rule), []Violation{v})
}

// PairLeft returns the warning that the removal of a pair left it alone, because another declaration manages it now.
func PairLeft(id topology.PairID) []Violation {
	return completed(mustLookup("PP-ONE"), []Violation{{
		Severity: Discouraged, Title: "Pair left unchanged",
		Detail:  fmt.Sprintf("The pair %s was left unchanged: another resource of this run manages it now.", id),
		Advice:  "No action is needed.",
		Objects: []string{id.First.String(), id.Second.String()},
	}})
}

// ApplianceOverlap returns the violation of an association that one declaration of a plan keeps and another one ends.
// There is none without an overlap.
func ApplianceOverlap(appliance topology.FQDN, overlap ledger.Overlap) []Violation {
	if overlap != ledger.HeldTwice {
		return nil
	}
	v := Violation{
		Title: "Association held by two resources",
		Detail: fmt.Sprintf("Two resources hold the backup of the appliance %s. If a plan keeps it with one of them "+
			"and "+
			"ends it with the other, the appliance loses its backup registrar.", appliance),
		Setting: SettingAppliance, Objects: []string{appliance.String()},
		Remedies: []Remedy{{Action: HoldOnce, Branch: true}},
	}
	return completed(mustLookup("BR-ONE"), []Violation{v})
}

// AtPlan returns the violation of a conflict that no other declaration of the plan releases.
func (c Conflict) AtPlan() Violation {
	v := c.Violation()
	if c.Same {
		v.Remedies = append(v.Remedies, Remedy{Action: UseHolder})
	} else {
		v.Remedies = append(v.Remedies, Remedy{Action: ReleaseTogether}, Remedy{Action: ResolveDuplicate})
	}
	return v
}

// AtRepair returns the violation of a conflict that no other declaration of the plan releases, in a plan that completes
// a pair. If a member of the pair has the conflict, a remedy is to end the pair itself, if the document permits that.
func (c Conflict) AtRepair(id topology.PairID) Violation {
	v := c.AtPlan()
	if (id.Has(c.Pool) || id.Has(c.Other)) && c.t.CanDeletePair(id) == nil {
		v.Remedies = append(v.Remedies, Remedy{Action: EndThisPair, Pool: id.First, Other: id.Second})
	}
	return v
}

// AtApply returns the violation of a conflict that remains when the pair is written.
func (c Conflict) AtApply() Violation {
	v := c.Violation()
	v.Remedies = append(v.Remedies, Remedy{Action: ApplyAgain})
	return v
}
