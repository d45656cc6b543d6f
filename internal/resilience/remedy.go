package resilience

import "github.com/lync-iac/terraform-provider-lync/internal/topology"

// Remedy is a way to correct a violation that depends on how relationships are declared and put under management. The
// package that declares them words it. Ways to correct a violation with the tools of the product are in
// [Violation.Advice]. A violation has a remedy only if neither a rule nor the document refuses it.
type Remedy struct {
	Action Action
	Pool   topology.FQDN // the pool or appliance concerned; zero if the action concerns none
	Other  topology.FQDN // the other pool of a relationship; zero if the action concerns none
	Branch bool          // the declarations are those of an appliance, not of a pair
}

// Action is a kind of remedy.
type Action int

// The remedies of single relationships.
const (
	_ Action = iota

	AdoptPair           // manage the existing pair of Pool and Other instead of creating it
	AdoptIncompletePair // the same; the pair is completed then
	CompletePair        // manage the incomplete pair of Pool and Other, which completes it
	CompleteOrEndPair   // the same, or end it
	CompleteChosenPair  // if Pool and Other stay a pair, manage it when their other relationships have ended
	RepairPair          // manage the pair of Pool and Other: this shows and repairs what is missing
	RepairSettings      // manage the pair of Pool and Other, or the association of Pool, which writes its settings
	AdoptFirstPair      // manage the pair that was made with Topology Builder
	CreatePair          // create a pair of Pool and another pool, such as the free pool Other
	RecreatePair        // end the pair of Pool and Other and create it again
	ReleasePair         // end the pair of Pool and Other, whether it is declared or not
	EndLink             // end the relationship of Pool and Other, which is not declared
	EndLinkUnlessPair   // decide whether Pool is the partner of Other; if not, end their relationship
	EndOtherPairs       // end the relationships of Pool with all pools but its partner

	DeclareAsPair   // the backup of a Front End pool is declared as a pair
	DeclareAsBranch // the backup of an appliance is declared as a branch backup

	AdoptBranch          // manage the existing association of the appliance Pool instead of creating it
	CreateBranch         // create the association of the appliance Pool with Other, the pool of its users
	CreateBranchThenMove // create the association of the appliance Pool with Other, and change it afterwards
	KeepSettings         // declare the settings that the association of the appliance Pool has
	ForgetBranch         // stop managing the association without this warning
	KeepBranch           // stop managing the association and keep it in the topology
)

// The remedies of declarations that contradict each other, or that are planned or applied in an unsuitable order.
const (
	ReleaseTogether      Action = iota + 100 // plan the end of the old pair together with the new pair
	ResolveDuplicate                         // if another declaration keeps the existing pair, change one of the two
	UseHolder                                // if a declaration holds the desired pair already, use that one
	KeepOneDeclaration                       // change one of two declarations that claim the same pool or appliance
	HoldOnce                                 // forget one of two declarations of one relationship without ending it
	MoveDeclaration                          // give the existing declaration its new name instead of a second one
	EndThisPair                              // end the pair of Pool and Other itself
	ApplyAgain                               // nothing was written; repeat the run
	PlanAgain                                // the topology has changed since the plan
	PlanReplacementAgain                     // the same; what was to be replaced stays
)
