package provider

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// violationText returns the detail, the advice and the source of a violation as paragraphs.
func violationText(v resilience.Violation) string {
	source := ""
	if v.Rule.Source != "" {
		source = "Source: " + v.Rule.Source + "."
	}
	return paragraphs(v.Detail, advice(v), source)
}

// paragraphs joins texts with blank lines. It omits empty ones.
func paragraphs(texts ...string) string {
	var found []string
	for _, text := range texts {
		if text != "" {
			found = append(found, text)
		}
	}
	return strings.Join(found, "\n\n")
}

// advice returns what a user can do about a violation: with the tools of the product, with Terraform, or by ignoring
// the rule.
func advice(v resilience.Violation) string {
	texts := []string{v.Advice}
	for _, remedy := range v.Remedies {
		texts = append(texts, remedyText(remedy))
	}
	if v.Rule.IgnoreIf != "" && v.Severity != resilience.Error {
		texts = append(texts, fmt.Sprintf("If %s, add %s to ignored_rules.", v.Rule.IgnoreIf, v.Rule.ID))
	}
	return paragraphs(texts...)
}

// remedyText words a remedy with Terraform.
func remedyText(r resilience.Remedy) string {
	switch r.Action {
	case resilience.AdoptPair:
		return paragraphs("Import the pair instead:", pairImportBlock(r.Pool, r.Other), refreshBeforeImport)
	case resilience.AdoptIncompletePair:
		return paragraphs("Import the pair instead. The next apply completes it:", pairImportBlock(r.Pool, r.Other),
			refreshBeforeImport)
	case resilience.CompletePair:
		return paragraphs("Import the two pools as a pair. The next apply completes it:",
			pairImportBlock(r.Pool, r.Other), refreshBeforeImport)
	case resilience.CompleteOrEndPair:
		return "Import the two pools as a pair. The next apply completes it:\n\n" + pairImportBlock(r.Pool, r.Other) +
			"\n\nOr remove the relationship. " + endUndeclared(r.Pool, r.Other)
	case resilience.CompleteChosenPair:
		return fmt.Sprintf("If %s and %s stay a pair, import it when the other relationships have ended. The next "+
			"apply completes it:\n\n%s", r.Pool, r.Other, pairImportBlock(r.Pool, r.Other))
	case resilience.RepairPair:
		return fmt.Sprintf("Or import the pair of %s and %s. The plan shows what is missing, and the next apply "+
			"repairs it:\n\n%s", r.Pool, r.Other, pairImportBlock(r.Pool, r.Other))
	case resilience.RepairSettings:
		block := branchImportBlock(r.Pool)
		if !r.Other.IsZero() {
			block = pairImportBlock(r.Pool, r.Other)
		}
		return "Or apply the resource that declares this direction. It writes the settings. If no resource " +
			"declares it, import it first:\n\n" + block
	case resilience.AdoptFirstPair:
		return "Then import that pair."
	case resilience.CreatePair:
		return fmt.Sprintf("For example, %[2]s is currently free in the topology, and no rule refuses its pair with "+
			"%[1]s. If this plan pairs %[2]s with another pool, choose another one.", r.Pool, r.Other)
	case resilience.RecreatePair:
		return fmt.Sprintf("Or create the pair again, which sets up the standby. If no resource declares it, import "+
			"it first:\n\n%s\n\nThen run this command, with the address of the resource:\n\n"+
			"  terraform apply \"-replace=lync_pool_pair.NAME\"\n\n%s", pairImportBlock(r.Pool, r.Other),
			keyInCommand("-replace=lync_pool_pair.NAME"))
	default:
		return endRemedyText(r)
	}
}

// endRemedyText words the remedies that end relationships.
func endRemedyText(r resilience.Remedy) string {
	switch r.Action {
	case resilience.ReleasePair:
		return "Remove that relationship: change or destroy the resource that declares it, in the same plan or in an " +
			"earlier apply. If no resource declares it, remove it as follows. " + endUndeclared(r.Pool, r.Other)
	case resilience.EndLink:
		return "Remove the relationship. " + endUndeclared(r.Pool, r.Other)
	case resilience.EndLinkUnlessPair:
		return fmt.Sprintf("Decide which pool is the partner of %s. If it is not %s, remove this relationship in "+
			"Topology Builder or as follows. %s", r.Other, r.Pool, endUndeclared(r.Pool, r.Other))
	case resilience.EndOtherPairs:
		return fmt.Sprintf("To remove them with Terraform, declare each relationship temporarily as a pair with %s. "+
			"Bring it into the state with the terraform import command, because a destroy ignores import blocks. "+
			"Then run terraform destroy -refresh=false with it as -target.", r.Pool)
	default:
		return branchRemedyText(r)
	}
}

// branchRemedyText words the remedies of associations, and of declarations with the wrong type of resource.
func branchRemedyText(r resilience.Remedy) string {
	switch r.Action {
	case resilience.DeclareAsPair:
		return "Declare the backup of a Front End pool with lync_pool_pair."
	case resilience.DeclareAsBranch:
		return "Declare the backup pool of an appliance with lync_branch_backup."
	case resilience.AdoptBranch:
		return "Import it. The move is then a change in place that the plan shows. If the state has the object under " +
			"another address already, add a moved block instead.\n\n" + branchImportBlock(r.Pool)
	case resilience.CreateBranch:
		return fmt.Sprintf("Or declare it with appliance = %q and backup_pool = %q, without an import block. The "+
			"creation writes the backup registrar.", r.Pool, r.Other)
	case resilience.CreateBranchThenMove:
		return fmt.Sprintf("Create it with backup_pool = %q, then change backup_pool. The plan then shows the move as "+
			"a change.", r.Other)
	case resilience.KeepSettings:
		return "To keep the existing settings, declare their values."
	case resilience.ForgetBranch:
		return "To forget the resource without this warning, use a removed block with destroy = false. " +
			removedInstance
	case resilience.KeepBranch:
		return "To keep it, use a removed block with destroy = false instead. " + removedInstance
	default:
		return walkRemedyText(r)
	}
}

// walkRemedyText words the remedies of declarations that contradict each other, or whose order is unsuitable.
func walkRemedyText(r resilience.Remedy) string {
	switch r.Action {
	case resilience.ReleaseTogether:
		return "If another resource of this configuration releases the pool, Terraform has to plan both at the same " +
			"time: plan with the default -parallelism and without a -target or an -exclude that omits the other " +
			"resource, and do not let the resource that releases the pool depend on the one that claims it. " +
			"Otherwise take two steps: apply the release first (terraform apply -target=...), then the rest. " +
			noCreateBeforeDestroy + " If a resource that claims the pool is tainted, " + planWithRefresh
	case resilience.ResolveDuplicate:
		return "If another resource of this configuration holds that pair and keeps it, the pool is in two pairs " +
			"(PP-ONE): change the pools of one of the two resources."
	case resilience.UseHolder:
		// In a plan without the refresh, a tainted resource looks like a second one.
		return "If another resource of the state holds this pair already, two resources would hold the pair " +
			"(PP-ONE). For a resource that was renamed, add a moved block instead. If the other resource releases " +
			"the pair in the same plan, plan with the default -parallelism. If this resource is tainted, " +
			planWithRefresh + " " + noCreateBeforeDestroy
	case resilience.KeepOneDeclaration:
		return paragraphs("Change the names in one of the two resources. If one of them is not in the state yet, you "+
			"can remove its block instead. If both are in the state, do not remove a block alone, because that would "+
			"remove the object from the topology.", holdOnce(r))
	case resilience.HoldOnce:
		return holdOnce(r)
	case resilience.MoveDeclaration:
		return "For a resource whose name or key was changed, add a moved block. Then nothing is written:\n\n" +
			movedBlock(r) + "\n\nIf the plan removes a deposed object of create_before_destroy, the apply fails: " +
			forgetDeposed
	case resilience.EndThisPair:
		// Terraform plans the configuration once more before a destroy, unless it does not refresh.
		return fmt.Sprintf("To end the pair %[1]s instead, remove its resource from the configuration and apply, or "+
			"run terraform destroy -refresh=false with that resource as -target. The links of the other two pools "+
			"stay. A destroy ignores a pair that an import block of this plan adds. Bring that pair into the state "+
			"first, with terraform import, the address of its resource and \"%[1]s\".",
			topology.NewPairID(r.Pool, r.Other))
	case resilience.PlanAgain:
		return "The topology has changed since the plan. Run terraform plan to see the current topology."
	case resilience.PlanReplacementAgain:
		return "Nothing was written. The existing object stays, because the topology has changed since the plan and " +
			"does not permit the new object. Run terraform plan to see the current topology."
	case resilience.ApplyAgain:
		return "Nothing of this pair was written. If another resource of this run should have released the pool, it " +
			"did not do so in time. The next terraform apply completes the rest. " + noCreateBeforeDestroy
	default:
		invariant.That(false, "every remedy has words; %d has none", r.Action)
		return ""
	}
}

const (
	noCreateBeforeDestroy = "create_before_destroy cannot work for a pair, because a pool has one partner at a time. " +
		"If Terraform keeps the old pair as a deposed object for it: " + forgetDeposed
	forgetDeposed = "remove the argument, run terraform state rm for the resource, and import the pair."
	// Without the refresh, a creation is all that a provider sees of a tainted resource.
	planWithRefresh = "plan it with a refresh (without -refresh=false), or run terraform untaint."
	// A removed block cannot name a key of for_each.
	removedInstance = "For one instance of several, first move it to a resource of its own, or run terraform state rm."
)

// holdOnce returns the two ways to give a relationship that the state has at two addresses one resource. Neither
// changes the topology.
func holdOnce(r resilience.Remedy) string {
	kind := resourceType(r)
	return paragraphs(
		"For a resource whose name or key was changed, add a moved block, and remove any import block of the new "+
			"name:", movedBlock(r),
		"For a second address, remove one of the two addresses from the state only. Replace its resource block with "+
			"this block:", fmt.Sprintf("removed {\n  from = %s.NAME\n  lifecycle {\n    destroy = false\n  }\n}", kind),
		"For a second address, and for one instance of several, which a removed block cannot name, you can also run:",
		fmt.Sprintf("  terraform state rm %s.NAME", kind), keyInCommand(kind+".NAME"),
		"To destroy both, run terraform destroy -refresh=false, because with a refresh, Terraform plans the "+
			"configuration first.")
}

// keyInCommand returns how to write an argument of a command if its address ends with a key of for_each. A shell takes
// the quotation marks of the key for its own.
func keyInCommand(argument string) string {
	return fmt.Sprintf("Put an address with a key in single quotes: '%s[\"KEY\"]'. In Windows PowerShell 5.1, also "+
		"put a backslash before each quotation mark.", argument)
}

// refreshBeforeImport is the step that an import block needs if the state has the address. A plan that fails does not
// store its refresh, so that the state still has the former object. That is so after an apply that was killed, because
// most backends store the state at its end.
const refreshBeforeImport = "If the state still has a former pair at this address, as after an interrupted apply, " +
	"run terraform apply -refresh-only first: Terraform ignores an import block for an address that the state has."

// movedBlock returns the block that gives a resource another name.
func movedBlock(r resilience.Remedy) string {
	return fmt.Sprintf("moved {\n  from = %[1]s.OLD_NAME\n  to   = %[1]s.NAME\n}", resourceType(r))
}

// resourceType returns the type of the resources that a remedy concerns.
func resourceType(r resilience.Remedy) string {
	if r.Branch {
		return "lync_branch_backup"
	}
	return "lync_pool_pair"
}

// endUndeclared returns the steps that remove a relationship that no resource declares. They do not use an import
// block: a plan with one would complete the pair, which another pair of a member forbids, and a destroy ignores import
// blocks. Terraform does not wrap indented lines, and PowerShell takes a quoted argument as one word.
func endUndeclared(a, b topology.FQDN) string {
	id := topology.NewPairID(a, b)
	return fmt.Sprintf("Declare the two pools temporarily, run the two commands below, and remove the resource "+
		"again:\n\nresource \"lync_pool_pair\" \"former\" {\n  pools = [%[1]q, %[2]q]\n}\n\n"+
		"  terraform import lync_pool_pair.former \"%[1]s,%[2]s\"\n"+
		"  terraform destroy -refresh=false \"-target=lync_pool_pair.former\"", id.First, id.Second)
}

// pairImportBlock returns the block that imports a pair.
func pairImportBlock(a, b topology.FQDN) string {
	return importBlock("lync_pool_pair", topology.NewPairID(a, b).String())
}

// branchImportBlock returns the block that imports the association of an appliance.
func branchImportBlock(appliance topology.FQDN) string {
	return importBlock("lync_branch_backup", appliance.String())
}

func importBlock(resourceType, id string) string {
	return fmt.Sprintf("import {\n  to = %s.NAME\n  id = %q\n}", resourceType, id)
}
