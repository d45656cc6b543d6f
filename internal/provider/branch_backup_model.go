package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

type branchBackupModel struct {
	ID                        types.String         `tfsdk:"id"`
	Appliance                 types.String         `tfsdk:"appliance"`
	BackupPool                types.String         `tfsdk:"backup_pool"`
	AutomaticFailover         types.Bool           `tfsdk:"automatic_failover"`
	FailureDetectionInterval  timetypes.GoDuration `tfsdk:"failure_detection_interval"`
	FailbackDetectionInterval timetypes.GoDuration `tfsdk:"failback_detection_interval"`
	Adopted                   types.Bool           `tfsdk:"adopted"`
	BranchSite                types.String         `tfsdk:"branch_site"`
	CentralSite               types.String         `tfsdk:"central_site"`
	Version                   types.String         `tfsdk:"version"`
	UserServicesPool          types.String         `tfsdk:"user_services_pool"`
	BackupPoolPartner         types.String         `tfsdk:"backup_pool_partner"`
	TopologyEnabled           types.Bool           `tfsdk:"topology_enabled"`
	Timeouts                  timeouts.Value       `tfsdk:"timeouts"`
}

type branchBackupIdentityModel struct {
	Appliance types.String `tfsdk:"appliance"`
}

// name returns the canonical name of the appliance, empty while it is not known.
func (m branchBackupModel) name() string { return topology.CanonicalFQDN(m.Appliance.ValueString()) }

// what names the association in a message.
func (m branchBackupModel) description() string { return "the branch backup of " + m.name() }

// desired returns the association as the model wants it, with what is known of it. An interval that is null may be missing.
func (m branchBackupModel) desired() resilience.Branch {
	desired := resilience.Branch{Appliance: m.Appliance.ValueString(), Pool: m.BackupPool.ValueString()}
	if !m.AutomaticFailover.IsUnknown() && !m.FailureDetectionInterval.IsUnknown() && !m.FailbackDetectionInterval.IsUnknown() {
		desired.Settings = &resilience.Settings{
			AutomaticFailover: m.AutomaticFailover.ValueBool(),
			FailureDetection:  durationOrDefault(m.FailureDetectionInterval, defaultBranchFailure),
			FailbackDetection: durationOrDefault(m.FailbackDetectionInterval, defaultBranchFailback),
			FailureOptional:   m.FailureDetectionInterval.IsNull(),
			FailbackOptional:  m.FailbackDetectionInterval.IsNull(),
		}
	}
	return desired
}

// read takes over what the topology has. The spelling of the state stays where it means the same.
func (m *branchBackupModel) setObserved(b *client.Branch) {
	m.ID = types.StringValue(b.Appliance)
	m.BackupPool = keepSpelling(m.BackupPool, b.BackupPool)
	m.AutomaticFailover = types.BoolPointerValue(b.AutomaticFailover)
	m.FailureDetectionInterval = keepDurationSpelling(m.FailureDetectionInterval, b.FailureDetection)
	m.FailbackDetectionInterval = keepDurationSpelling(m.FailbackDetectionInterval, b.FailbackDetection)
	m.UserServicesPool = textOrNull(b.UserServicesPool)
	m.setReadOnly(b)
}

// observe takes over what the resource does not write.
func (m *branchBackupModel) setReadOnly(b *client.Branch) {
	m.BranchSite, m.CentralSite = textOrNull(b.BranchSite), textOrNull(b.CentralSite)
	m.Version, m.BackupPoolPartner = textOrNull(b.Version), textOrNull(b.Partner)
}

// written completes a plan with what was unknown in it, as read back; what was known stays as planned.
func (m *branchBackupModel) resolveUnknown(b *client.Branch, adopted bool) {
	is := branchBackupModel{}
	is.setReadOnly(b)
	m.ID = types.StringValue(b.Appliance)
	m.Adopted = resolve(m.Adopted, types.BoolValue(adopted))
	m.FailureDetectionInterval = resolve(m.FailureDetectionInterval, keepDurationSpelling(timetypes.NewGoDurationNull(), b.FailureDetection))
	m.FailbackDetectionInterval = resolve(m.FailbackDetectionInterval, keepDurationSpelling(timetypes.NewGoDurationNull(), b.FailbackDetection))
	m.UserServicesPool = resolve(m.UserServicesPool, textOrNull(b.UserServicesPool))
	m.BranchSite, m.CentralSite = resolve(m.BranchSite, is.BranchSite), resolve(m.CentralSite, is.CentralSite)
	m.Version, m.BackupPoolPartner = resolve(m.Version, is.Version), resolve(m.BackupPoolPartner, is.BackupPoolPartner)
}

// fill sets the computed values as far as the plan knows them: what the resource writes as it will be, what it only
// observes as it was. prior is nil for an association that is new.
func (m *branchBackupModel) setPlanned(prior *branchBackupModel) {
	m.ID, m.UserServicesPool = canonicalOrUnknown(m.Appliance), canonicalOrUnknown(m.BackupPool)
	if prior == nil {
		m.Adopted = types.BoolUnknown()
		m.BranchSite, m.CentralSite, m.Version = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
		m.BackupPoolPartner = types.StringUnknown()
		m.FailureDetectionInterval, m.FailbackDetectionInterval = unknownIfNull(m.FailureDetectionInterval), unknownIfNull(m.FailbackDetectionInterval)
		return
	}
	m.Adopted, m.BranchSite, m.CentralSite, m.Version = prior.Adopted, prior.BranchSite, prior.CentralSite, prior.Version
	m.BackupPoolPartner = prior.BackupPoolPartner
	if !m.BackupPool.Equal(prior.BackupPool) {
		m.BackupPoolPartner = types.StringUnknown() // that of another pool
	}
}

// at returns the attribute on which a violation sits.
func (branchBackupModel) at(v resilience.Violation) path.Path {
	switch v.Setting {
	case resilience.SettingAppliance:
		return path.Root("appliance")
	case resilience.SettingAutomaticFailover:
		return path.Root("automatic_failover")
	case resilience.SettingFailureDetection:
		return path.Root("failure_detection_interval")
	case resilience.SettingFailbackDetection:
		return path.Root("failback_detection_interval")
	case resilience.SettingPools:
	}
	return path.Root("backup_pool")
}

// unknownIfNull is an interval of a creation, which may find it missing.
func unknownIfNull(d timetypes.GoDuration) timetypes.GoDuration {
	if d.IsNull() {
		return timetypes.NewGoDurationUnknown()
	}
	return d
}

// nullIfUnknown is such an interval when the creation is made: nobody tells it.
func nullIfUnknown(d timetypes.GoDuration) timetypes.GoDuration {
	if d.IsUnknown() {
		return timetypes.NewGoDurationNull()
	}
	return d
}

func canonicalOrUnknown(name types.String) types.String {
	if name.IsUnknown() {
		return name
	}
	return types.StringValue(topology.CanonicalFQDN(name.ValueString()))
}

// keepSpelling returns a name as it is spelled where it means what was found, else what was found.
func keepSpelling(name types.String, found string) types.String {
	if topology.CanonicalFQDN(name.ValueString()) == found {
		return name
	}
	return textOrNull(found)
}

// keepDurationSpelling does likewise with durations; nil was not readable.
func keepDurationSpelling(d timetypes.GoDuration, found *time.Duration) timetypes.GoDuration {
	switch {
	case found == nil:
		return timetypes.NewGoDurationNull()
	case !d.IsNull() && !d.IsUnknown() && durationOf(d) == *found:
		return d
	default:
		return shortGoDuration(*found)
	}
}
