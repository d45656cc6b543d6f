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

// Behind a management shell, what is published is not in effect before Enable-CsTopology has run. Where that fails the
// state says so, and the next apply runs it again: Terraform replaces what a failed creation has left in the state,
// which would unpair and pair again.

// topologyEnabled is the attribute of both resources.
func topologyEnabledAttribute() schema.BoolAttribute {
	return schema.BoolAttribute{
		Computed: true,
		MarkdownDescription: "Whether what was published for this resource is in effect. `false` says that `Enable-CsTopology` failed after the publish: " +
			"the next plan shows the resource, and its apply runs that cmdlet alone. Null with `topology_file`.",
	}
}

// plannedEnabled is topology_enabled in a plan. prior is its value in the state, nil for a resource that is new; changes
// says that the plan changes something else.
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

// refreshedEnabled is topology_enabled after a refresh.
func refreshedEnabled(c *client.Client, state types.Bool) types.Bool {
	switch {
	case !c.Live():
		return types.BoolNull()
	case state.IsNull():
		return types.BoolValue(true) // nothing of this resource waits
	default:
		return state
	}
}

// appliedEnabled is topology_enabled after a change.
func appliedEnabled(c *client.Client, outcome client.Outcome) types.Bool {
	if !c.Live() {
		return types.BoolNull()
	}
	return types.BoolValue(outcome.NotEnabled == nil)
}

func isFalse(b types.Bool) bool { return !b.IsNull() && !b.IsUnknown() && !b.ValueBool() }

func filesText(outcome client.Outcome) string {
	if outcome.Files == "" {
		return ""
	}
	return "\n\nFiles on that host:\n" + outcome.Files
}

// addOutcome passes on what there is to tell of a change that was made: the warnings of the deployment, what remains to
// be done by hand where one was changed, and that what was published is not in effect. notEnabled is how serious that is.
func addOutcome(diags *diag.Diagnostics, c *client.Client, what string, outcome client.Outcome, notEnabled diag.Severity) {
	what = message.Capitalise(what)
	for _, warning := range outcome.Warnings {
		diags.AddWarning("Publishing has something to tell", message.Capitalise(message.Sentence(warning))+filesText(outcome))
	}
	if c.Live() && len(outcome.Steps) > 0 {
		var list strings.Builder
		for i, step := range outcome.Steps {
			fmt.Fprintf(&list, "\n%d. %s", i+1, step)
		}
		diags.AddWarning("Steps that remain to be done by hand", what+" is in the published topology. On the servers, in this order:\n"+list.String()+filesText(outcome))
	}
	if outcome.NotEnabled == nil {
		return
	}
	const summary = "Topology published, but not in effect"
	detail := what + ": " + message.Sentence(outcome.NotEnabled.Error()) +
		"\n\nThe change is in the published topology. Mend what is said above; the next terraform apply runs Enable-CsTopology alone. " +
		"Or run Enable-CsTopology on that host." + filesText(outcome)
	if notEnabled == diag.SeverityError {
		diags.AddError(summary, detail)
	} else {
		diags.AddWarning(summary, detail)
	}
}

// removedKey marks in the private data of a resource that it was removed from the topology, and that this is not in
// effect yet: a refresh must not drop the resource then.
const removedKey = "removed"

// privateData is what requests and responses have of private data.
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
