package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/printable"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

type topologyModel struct {
	Inventory         types.Map                       `tfsdk:"inventory"`
	DiagramAppliances types.String                    `tfsdk:"diagram_appliances"`
	Signature         types.String                    `tfsdk:"signature"`
	Sites             []siteModel                     `tfsdk:"sites"`
	Pools             map[string]poolModel            `tfsdk:"pools"`
	BranchAppliances  map[string]branchApplianceModel `tfsdk:"branch_appliances"`
	Pairs             map[string]pairModel            `tfsdk:"pairs"`
	Findings          []findingModel                  `tfsdk:"findings"`
	Diagram           types.String                    `tfsdk:"diagram"`
	Configuration     types.String                    `tfsdk:"configuration"`
}

type siteModel struct {
	ID     types.String `tfsdk:"id"`
	Name   types.String `tfsdk:"name"`
	Kind   types.String `tfsdk:"kind"`
	Parent types.String `tfsdk:"parent"`
}

type poolModel struct {
	Site              types.String `tfsdk:"site"`
	Kind              types.String `tfsdk:"kind"`
	Edition           types.String `tfsdk:"edition"`
	Version           types.String `tfsdk:"version"`
	ServiceVersion    types.Int64  `tfsdk:"service_version"`
	FrontEnds         types.Int64  `tfsdk:"front_ends"`
	SQLServer         types.String `tfsdk:"sql_server"`
	CentralManagement types.String `tfsdk:"central_management"`
	BackupRegistrar   types.String `tfsdk:"backup_registrar"`
	BackupService     types.String `tfsdk:"backup_service"`
	Pair              types.String `tfsdk:"pair"`
	BranchAppliances  types.Set    `tfsdk:"branch_appliances"`
}

type branchApplianceModel struct {
	BranchSite                types.String `tfsdk:"branch_site"`
	CentralSite               types.String `tfsdk:"central_site"`
	Version                   types.String `tfsdk:"version"`
	BackupPool                types.String `tfsdk:"backup_pool"`
	UserServicesPool          types.String `tfsdk:"user_services_pool"`
	AutomaticFailover         types.Bool   `tfsdk:"automatic_failover"`
	FailureDetectionInterval  types.String `tfsdk:"failure_detection_interval"`
	FailbackDetectionInterval types.String `tfsdk:"failback_detection_interval"`
}

type pairModel struct {
	Pools      types.Set  `tfsdk:"pools"`
	Complete   types.Bool `tfsdk:"complete"`
	Registrars types.Map  `tfsdk:"registrars"`
}

type findingModel struct {
	Rule     types.String `tfsdk:"rule"`
	Severity types.String `tfsdk:"severity"`
	Summary  types.String `tfsdk:"summary"`
	Detail   types.String `tfsdk:"detail"`
	Objects  types.List   `tfsdk:"objects"`
	Source   types.String `tfsdk:"source"`
}

// topologyFrom converts a whole topology.
func topologyFrom(ctx context.Context, s *client.Survey) (topologyModel, diag.Diagnostics) {
	m := topologyModel{
		Signature: textOrNull(s.Signature), Diagram: printableText(s.Diagram),
		Sites: make([]siteModel, 0, len(s.Sites)), Findings: make([]findingModel, 0, len(s.Findings)),
		Pools: map[string]poolModel{}, BranchAppliances: map[string]branchApplianceModel{},
		Pairs: map[string]pairModel{},
	}
	var diags diag.Diagnostics
	for _, site := range s.Sites {
		m.Sites = append(m.Sites, siteModel{
			ID: printableText(site.ID), Name: textOrNull(site.Name), Kind: types.StringValue(site.Kind),
			Parent: textOrNull(site.Parent),
		})
	}
	for _, pool := range s.Pools {
		m.Pools[pool.FQDN] = poolFrom(pool)
	}
	for _, b := range s.Branches {
		m.BranchAppliances[b.Appliance.String()] = branchApplianceFrom(b)
	}
	for _, pair := range s.Pairs {
		entry, more := pairFrom(ctx, &pair)
		diags.Append(more...)
		m.Pairs[pair.ID.String()] = entry
	}
	for _, v := range s.Findings {
		m.Findings = append(m.Findings, findingFrom(v))
	}
	return m, diags
}

func poolFrom(p client.Pool) poolModel {
	m := poolModel{
		Site: textOrNull(p.Site), Kind: types.StringValue(p.Kind), Edition: textOrNull(p.Edition),
		Version:   textOrNull(p.Version),
		SQLServer: textOrNull(p.SQLServer), CentralManagement: textOrNull(p.CentralManagement),
		BackupRegistrar: textOrNull(p.BackupRegistrar), BackupService: textOrNull(p.BackupService),
		Pair:             textOrNull(p.Pair),
		BranchAppliances: textSet(p.BranchAppliances),
	}
	if p.Version != "" {
		m.ServiceVersion = types.Int64Value(int64(p.ServiceVersion))
	}
	if p.IsFrontEnd() {
		m.FrontEnds = types.Int64Value(int64(p.FrontEnds))
	}
	return m
}

func branchApplianceFrom(b client.ObservedBranch) branchApplianceModel {
	failure, failback := intervalsOf(b.Settings)
	return branchApplianceModel{
		BranchSite: textOrNull(b.BranchSite), CentralSite: textOrNull(b.CentralSite), Version: textOrNull(b.Version),
		BackupPool: textOrNull(b.BackupPool), UserServicesPool: textOrNull(b.UserServicesPool),
		AutomaticFailover:         failoverOrNull(b.Settings),
		FailureDetectionInterval:  durationOrNull(failure),
		FailbackDetectionInterval: durationOrNull(failback),
	}
}

func pairFrom(ctx context.Context, p *client.ObservedPair) (pairModel, diag.Diagnostics) {
	registrars, diags := registrarsFrom(ctx, p)
	return pairModel{Pools: textSet([]string{p.ID.First.String(), p.ID.Second.String()}),
		Complete:   types.BoolValue(p.Complete),
		Registrars: registrars}, diags
}

func findingFrom(v resilience.Violation) findingModel {
	return findingModel{
		Rule: types.StringValue(v.Rule.ID), Severity: types.StringValue(string(v.Severity)),
		Summary: types.StringValue(printable.Line(v.Summary())),
		Detail:  types.StringValue(printable.Text(paragraphs(v.Detail, advice(v)))),
		Objects: textList(v.Objects), Source: types.StringValue(v.Rule.Source),
	}
}

func textList(texts []string) types.List {
	return types.ListValueMust(types.StringType, textValues(texts))
}

func textSet(names []string) types.Set {
	return types.SetValueMust(types.StringType, textValues(names))
}

func textValues(texts []string) []attr.Value {
	values := make([]attr.Value, 0, len(texts))
	for _, text := range texts {
		values = append(values, printableText(text))
	}
	return values
}

// kindsOfPools has the documented values of kind.
var kindsOfPools = []topology.Kind{topology.KindFrontEnd, topology.KindDirector, topology.KindEdge,
	topology.KindPersistentChat}
