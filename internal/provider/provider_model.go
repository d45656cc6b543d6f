package provider

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/connection"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/pathcheck"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

type providerModel struct {
	TopologyFile    types.String `tfsdk:"topology_file"`
	ManagementShell types.Object `tfsdk:"management_shell"`
	ReadOnly        types.Bool   `tfsdk:"read_only"`
	StrictSupport   types.Bool   `tfsdk:"strict_support"`
	IgnoredRules    types.Set    `tfsdk:"ignored_rules"`
}

// location returns where the topology is. known is false, with a warning, while a resource that the location depends on
// is not applied.
func (m providerModel) location(ctx context.Context) (l location, known bool, diags diag.Diagnostics) {
	if !m.ManagementShell.IsNull() {
		if at, unknown := connection.FirstUnknown(ctx, m.ManagementShell); unknown {
			return location{}, false, unknownLocationWarning(at)
		}
		l.shell, diags = connection.Open(ctx, m.ManagementShell)
		return l, true, diags
	}
	if m.TopologyFile.IsUnknown() {
		return location{}, false, unknownLocationWarning(path.Root("topology_file"))
	}
	l.file = m.TopologyFile.ValueString()
	origin := pathcheck.Argument
	if l.file == "" {
		l.file, origin = os.Getenv(environment.TopologyFile), pathcheck.Variable
	}
	diags.Append(checkTopologyFile(l.file, origin)...)
	if l.file == "" {
		diags.AddError("No topology configured",
			"The provider needs the document that holds the topology. Export it in the management shell:\n\n"+
				"  "+topology.ExportCommand+"\n\n"+
				"and name it in the configuration:\n\n"+
				"  provider \"lync\" {\n    topology_file = \"topology.xml\"\n  }\n\n"+
				"or in the environment: "+environment.TopologyFile+"=topology.xml\n\n"+
				"Or use the live deployment, through the management shell on one of its servers:\n\n"+
				"  provider \"lync\" {\n    management_shell = {\n      winrm = {\n        host = "+
				"\"lync01.contoso.com\"\n"+
				"        user = \"CONTOSO\\\\svc-terraform\"\n      }\n    }\n  }\n\n"+
				"with the password in the environment: "+environment.Password)
	}
	return l, true, diags
}

// unknownLocationWarning warns that the location of the topology is unknown until apply.
func unknownLocationWarning(at path.Path) (diags diag.Diagnostics) {
	diags.AddAttributeWarning(at, "Topology not yet known",
		at.String()+" depends on a resource that is not applied yet. Checks that need the topology wait for apply, "+
			"which refuses a change that is not allowed before it writes anything.")
	return diags
}

// options returns the options of the client.
func (m providerModel) options(ctx context.Context) (client.Options, diag.Diagnostics) {
	policy, diags := m.policy(ctx)
	return client.Options{Policy: policy, ReadOnly: boolOr(m.ReadOnly, environment.ReadOnly, "read_only", &diags),
		Live: !m.ManagementShell.IsNull()}, diags
}

// policy returns the policy for rules. It refuses ids that cannot be ignored.
func (m providerModel) policy(ctx context.Context) (resilience.Policy, diag.Diagnostics) {
	var diags diag.Diagnostics
	strict := boolOr(m.StrictSupport, environment.StrictSupport, "strict_support", &diags)
	var ids []types.String
	if !m.IgnoredRules.IsNull() && !m.IgnoredRules.IsUnknown() {
		diags.Append(m.IgnoredRules.ElementsAs(ctx, &ids, false)...)
	}
	var known []string
	for _, id := range ids {
		if !id.IsUnknown() {
			known = append(known, id.ValueString())
		}
	}
	policy, problems := resilience.NewPolicy(strict, known)
	for _, problem := range problems {
		diags.AddAttributeError(path.Root("ignored_rules").AtSetValue(types.StringValue(problem.ID)),
			"Rule cannot be ignored",
			problem.ID+" "+problem.Reason+".\n\nThese can be: "+strings.Join(resilience.AllowedToIgnore(), ", ")+".")
	}
	return policy, diags
}

// boolOr returns the value of the argument, or of the environment variable if the argument is null. The default is
// false.
func boolOr(value types.Bool, env, attribute string, diags *diag.Diagnostics) bool {
	if !value.IsNull() {
		return value.ValueBool()
	}
	text := os.Getenv(env)
	if text == "" {
		return false
	}
	b, err := strconv.ParseBool(text)
	if err != nil {
		diags.AddAttributeError(path.Root(attribute), "Invalid environment variable",
			env+" is set to "+strconv.Quote(text)+". Set it to true or false. The variable replaces the "+
				"argument "+attribute+".")
	}
	return b
}
