package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/message"
)

// A topology that is published through a management shell is in effect only after Enable-CsTopology has run. If that
// fails, the resource keeps this in its state as topology_enabled, and the next apply runs Enable-CsTopology again. The
// creation does not fail, because Terraform would then replace the resource, which removes the pair and creates it
// again.

// topologyEnabledAttribute is the attribute topology_enabled of both resources.
func topologyEnabledAttribute() schema.BoolAttribute {
	return schema.BoolAttribute{
		Computed: true,
		MarkdownDescription: "Whether the published change of this resource is in effect. " +
			"`false` means that `Enable-CsTopology` failed after the publish: the next plan has a change of the " +
			"resource, and its apply runs only that cmdlet. Null with `topology_file`.",
	}
}

// plannedEnabled returns topology_enabled for a plan. prior is its value in the state; nil for a new resource. changes
// reports whether the plan changes another attribute.
func plannedEnabled(c *client.Client, prior *types.Bool, changes bool) types.Bool {
	changes = changes || prior == nil
	switch {
	case changes && !c.Live():
		return types.BoolNull()
	case changes, c.Live() && isFalse(*prior):
		return types.BoolUnknown()
	default:
		return *prior
	}
}

// refreshedEnabled returns topology_enabled after a refresh.
func refreshedEnabled(c *client.Client, state types.Bool) types.Bool {
	switch {
	case !c.Live():
		return types.BoolNull()
	case state.IsNull():
		return types.BoolValue(true) // no change of this resource waits for Enable-CsTopology
	default:
		return state
	}
}

// appliedEnabled returns topology_enabled after a change.
func appliedEnabled(c *client.Client, outcome client.Outcome) types.Bool {
	if !c.Live() {
		return types.BoolNull()
	}
	return types.BoolValue(outcome.NotEnabled == nil)
}

func isFalse(b types.Bool) bool { return !b.IsNull() && !b.IsUnknown() && !b.ValueBool() }

// filesText lists the files that a publish left on the host.
func filesText(outcome client.Outcome) string {
	if outcome.Files == "" {
		return ""
	}
	return "\n\nFiles on that host:\n" + outcome.Files
}

// addOutcome adds the diagnostics of a published change: the warnings of the deployment, the steps that remain to be
// done by hand, and, with the severity notEnabled, that the change is not in effect. change names the change.
func addOutcome(
	diags *diag.Diagnostics, c *client.Client, change string, outcome client.Outcome, notEnabled diag.Severity,
) {
	change = message.Capitalise(change)
	if outcome.Difference != "" {
		diags.AddWarning("Published topology differs",
			message.Capitalise(message.Sentence(outcome.Difference))+
				" Another program may have published at the same time. "+
				"The next plan shows the difference, and its apply repairs it."+filesText(outcome))
	}
	for _, warning := range outcome.Warnings {
		diags.AddWarning("Warning from Publish-CsTopology",
			message.Capitalise(message.Sentence(warning))+filesText(outcome))
	}
	if c.Live() && len(outcome.Steps) > 0 {
		var list strings.Builder
		for i, step := range outcome.Steps {
			fmt.Fprintf(&list, "\n%d. %s", i+1, step)
		}
		diags.AddWarning("Manual steps required",
			change+" is in the published topology. Now do these steps on the servers, in this order:\n"+
				list.String()+filesText(outcome))
	}
	if outcome.NotEnabled == nil {
		return
	}
	const summary = "Topology published, but not in effect"
	detail := change + ": the topology was published, but it is not in effect yet: " +
		withStoreAdvice(outcome.NotEnabled) +
		"\n\nThe change is in the published topology. To put it into effect:\n\n1. Correct the error above.\n" +
		"2. Run terraform apply, which runs Enable-CsTopology alone, or run Enable-CsTopology on that host." +
		filesText(outcome)
	if notEnabled == diag.SeverityError {
		diags.AddError(summary, detail)
	} else {
		diags.AddWarning(summary, detail)
	}
}

// removedKey marks a resource that was removed from the topology, while the removal is not in effect. A refresh must
// keep such a resource. The mark is in the private data of the resource.
const removedKey = "removed"

// privateData has the methods of private data in requests and responses.
type privateData interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

func markRemoved(ctx context.Context, private privateData, removed bool) diag.Diagnostics {
	return private.SetKey(ctx, removedKey, fmt.Append(nil, removed))
}

func isRemoved(ctx context.Context, private privateData, diags *diag.Diagnostics) bool {
	data, more := private.GetKey(ctx, removedKey)
	diags.Append(more...)
	return string(data) == "true"
}
