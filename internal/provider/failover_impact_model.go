package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/impact"
)

type failoverImpactModel struct {
	FailedPools              types.Set                         `tfsdk:"failed_pools"`
	Inventory                types.Map                         `tfsdk:"inventory"`
	Pools                    map[string]failedPoolModel        `tfsdk:"pools"`
	TakeoverPools            map[string]takeoverModel          `tfsdk:"takeover_pools"`
	BranchAppliances         map[string]affectedApplianceModel `tfsdk:"branch_appliances"`
	EdgePools                map[string]affectedEdgeModel      `tfsdk:"edge_pools"`
	CentralManagement        map[string]failedCentralModel     `tfsdk:"central_management"`
	PoolsWithoutService      types.Set                         `tfsdk:"pools_without_service"`
	AppliancesInResiliency   types.Set                         `tfsdk:"appliances_in_resiliency_mode"`
	AppliancesWithoutABackup types.Set                         `tfsdk:"appliances_without_backup"`
	Findings                 []findingModel                    `tfsdk:"findings"`
}

type failedPoolModel struct {
	Site                     types.String `tfsdk:"site"`
	Users                    types.Int64  `tfsdk:"users"`
	TakenOverBy              types.String `tfsdk:"taken_over_by"`
	AutomaticFailover        types.Bool   `tfsdk:"automatic_failover"`
	FailureDetectionInterval types.String `tfsdk:"failure_detection_interval"`
	ServiceBeforeFailover    types.String `tfsdk:"service_before_failover"`
	ServiceAfterFailover     types.String `tfsdk:"service_after_failover"`
	Reason                   types.String `tfsdk:"reason"`
}

type takeoverModel struct {
	FailedPools          types.Set   `tfsdk:"failed_pools"`
	OwnUsers             types.Int64 `tfsdk:"own_users"`
	UsersTakenOver       types.Int64 `tfsdk:"users_taken_over"`
	Users                types.Int64 `tfsdk:"users"`
	Capacity             types.Int64 `tfsdk:"capacity"`
	CapacitySufficient   types.Bool  `tfsdk:"capacity_sufficient"`
	AppliancesNotCounted types.Set   `tfsdk:"appliances_not_counted"`
}

type affectedApplianceModel struct {
	BranchSite            types.String `tfsdk:"branch_site"`
	Users                 types.Int64  `tfsdk:"users"`
	BackupPool            types.String `tfsdk:"backup_pool"`
	UserServicesPool      types.String `tfsdk:"user_services_pool"`
	ServiceBeforeFailover types.String `tfsdk:"service_before_failover"`
	ServiceAfterFailover  types.String `tfsdk:"service_after_failover"`
	BackupLeft            types.String `tfsdk:"backup_left"`
}

type affectedEdgeModel struct {
	Site           types.String `tfsdk:"site"`
	FailedNextHops types.Set    `tfsdk:"failed_next_hops"`
	NextHopsLeft   types.Set    `tfsdk:"next_hops_left"`
}

type failedCentralModel struct {
	MoveTo  types.String `tfsdk:"move_to"`
	Problem types.String `tfsdk:"problem"`
}

// failoverImpactFrom converts an impact. It leaves the arguments unset.
func failoverImpactFrom(result *client.Impact) failoverImpactModel {
	m := failoverImpactModel{
		Pools: map[string]failedPoolModel{}, TakeoverPools: map[string]takeoverModel{},
		BranchAppliances: map[string]affectedApplianceModel{},
		EdgePools:        map[string]affectedEdgeModel{}, CentralManagement: map[string]failedCentralModel{},
		Findings: make([]findingModel, 0, len(result.Findings)),
	}
	var unserved, limited, alone []string
	for _, p := range result.Pools {
		m.Pools[p.FQDN] = failedPoolFrom(p)
		if p.After == impact.NoService {
			unserved = append(unserved, p.FQDN)
		}
	}
	for _, p := range result.Takeovers {
		m.TakeoverPools[p.FQDN] = takeoverModel{
			FailedPools: textSet(p.FailedPools), OwnUsers: types.Int64PointerValue(p.OwnUsers),
			UsersTakenOver: types.Int64PointerValue(p.TakenUsers),
			Users:          types.Int64PointerValue(p.Users), Capacity: types.Int64PointerValue(p.Capacity),
			CapacitySufficient:   types.BoolPointerValue(p.Fits),
			AppliancesNotCounted: textSet(p.Uncounted),
		}
	}
	for _, a := range result.Appliances {
		if _, twice := m.BranchAppliances[a.FQDN]; twice {
			continue // the document has two appliances of one name, which a set cannot have
		}
		m.BranchAppliances[a.FQDN] = affectedApplianceModel{
			BranchSite: textOrNull(a.Site), Users: types.Int64PointerValue(a.Users),
			BackupPool: textOrNull(a.BackupPool), UserServicesPool: textOrNull(a.UserServicesPool),
			ServiceBeforeFailover: service(a.Before), ServiceAfterFailover: service(a.After),
			BackupLeft: textOrNull(a.BackupLeft),
		}
		if a.After == impact.ResiliencyService {
			limited = append(limited, a.FQDN)
		}
		if a.BackupLeft == "" {
			alone = append(alone, a.FQDN)
		}
	}
	for _, e := range result.Edges {
		m.EdgePools[e.FQDN] = affectedEdgeModel{Site: textOrNull(e.Site), FailedNextHops: textSet(e.Failed),
			NextHopsLeft: textSet(e.Running)}
	}
	for _, c := range result.Central {
		m.CentralManagement[c.Pool] = failedCentralModel{MoveTo: textOrNull(c.MoveTo), Problem: textOrNull(c.Problem)}
	}
	for _, v := range result.Findings {
		m.Findings = append(m.Findings, findingFrom(v))
	}
	m.PoolsWithoutService, m.AppliancesInResiliency, m.AppliancesWithoutABackup = textSet(unserved), textSet(limited),
		textSet(alone)
	return m
}

func failedPoolFrom(p impact.FailedPool) failedPoolModel {
	m := failedPoolModel{
		Site: textOrNull(p.Site), Users: types.Int64PointerValue(p.Users), TakenOverBy: textOrNull(p.TakenOverBy),
		ServiceBeforeFailover: service(p.Before), ServiceAfterFailover: service(p.After), Reason: textOrNull(p.Reason),
	}
	if p.TakenOverBy != "" {
		m.AutomaticFailover, m.FailureDetectionInterval = types.BoolValue(p.AutomaticFailover),
			durationOrNull(p.FailureDetection)
	}
	return m
}

func service(s impact.Service) types.String { return types.StringValue(string(s)) }
