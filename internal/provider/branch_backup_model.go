package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

type branchBackupModel struct {
	ID                        types.String   `tfsdk:"id"`
	Appliance                 types.String   `tfsdk:"appliance"`
	BackupPool                types.String   `tfsdk:"backup_pool"`
	AutomaticFailover         types.Bool     `tfsdk:"automatic_failover"`
	FailureDetectionInterval  types.String   `tfsdk:"failure_detection_interval"`
	FailbackDetectionInterval types.String   `tfsdk:"failback_detection_interval"`
	Adopted                   types.Bool     `tfsdk:"adopted"`
	BranchSite                types.String   `tfsdk:"branch_site"`
	CentralSite               types.String   `tfsdk:"central_site"`
	Version                   types.String   `tfsdk:"version"`
	UserServicesPool          types.String   `tfsdk:"user_services_pool"`
	BackupPoolPartner         types.String   `tfsdk:"backup_pool_partner"`
	TopologyEnabled           types.Bool     `tfsdk:"topology_enabled"`
	Timeouts                  timeouts.Value `tfsdk:"timeouts"`
}

type branchBackupIdentityModel struct {
	Appliance types.String `tfsdk:"appliance"`
}

// name returns the name of the appliance, which is zero if it is unknown.
func (m branchBackupModel) name() topology.FQDN { return fqdnOf(m.Appliance.ValueString()) }

// description names the association in a message.
func (m branchBackupModel) description() string { return "the branch backup of " + m.name().String() }

// desired returns the desired association. It has settings only if all of them are known. A null interval is optional.
func (m branchBackupModel) desired() topology.DesiredBranch {
	desired := topology.DesiredBranch{Appliance: m.name(), Pool: fqdnOf(m.BackupPool.ValueString())}
	if !m.AutomaticFailover.IsUnknown() && !m.FailureDetectionInterval.IsUnknown() &&
		!m.FailbackDetectionInterval.IsUnknown() {
		desired.Settings = &topology.DesiredSettings{
			AutomaticFailover: m.AutomaticFailover.ValueBool(),
			FailureDetection:  durationOrDefault(m.FailureDetectionInterval, defaultBranchFailure),
			FailbackDetection: durationOrDefault(m.FailbackDetectionInterval, defaultBranchFailback),
			FailureOptional:   m.FailureDetectionInterval.IsNull(),
			FailbackOptional:  m.FailbackDetectionInterval.IsNull(),
		}
	}
	return desired
}

// setObserved sets all values to those of the observed association. Names and durations keep their spelling if they are
// equal.
func (m *branchBackupModel) setObserved(b *client.ObservedBranch) {
	m.ID = types.StringValue(b.Appliance.String())
	m.BackupPool = keepSpelling(m.BackupPool, b.BackupPool)
	m.AutomaticFailover = observedBranchFailover(m.AutomaticFailover, b.Settings)
	failure, failback := intervalsOf(b.Settings)
	m.FailureDetectionInterval = keepDurationSpelling(m.FailureDetectionInterval, failure)
	m.FailbackDetectionInterval = keepDurationSpelling(m.FailbackDetectionInterval, failback)
	m.UserServicesPool = textOrNull(b.UserServicesPool)
	m.setReadOnly(b)
}

// observedBranchFailover returns the automatic failover of an observed association. It is null if a plan has to write
// it: the value is unreadable, or it is absent and the argument is not false.
func observedBranchFailover(argument types.Bool, s *topology.Settings) types.Bool {
	if s != nil && !s.HasFailover() && !argument.Equal(types.BoolValue(false)) {
		return types.BoolNull()
	}
	return failoverOrNull(s)
}

// setReadOnly sets the values that the resource does not write.
func (m *branchBackupModel) setReadOnly(b *client.ObservedBranch) {
	m.BranchSite, m.CentralSite = textOrNull(b.BranchSite), textOrNull(b.CentralSite)
	m.Version, m.BackupPoolPartner = textOrNull(b.Version), textOrNull(b.Partner)
}

// resolveUnknown replaces the unknown values of a plan with those of the association as read back. Known values stay as
// planned.
func (m *branchBackupModel) resolveUnknown(b *client.ObservedBranch, adopted bool) {
	observed := branchBackupModel{}
	observed.setReadOnly(b)
	m.ID = types.StringValue(b.Appliance.String())
	m.Adopted = resolve(m.Adopted, types.BoolValue(adopted))
	failure, failback := intervalsOf(b.Settings)
	m.FailureDetectionInterval = resolve(m.FailureDetectionInterval,
		keepDurationSpelling(types.StringNull(), failure))
	m.FailbackDetectionInterval = resolve(m.FailbackDetectionInterval,
		keepDurationSpelling(types.StringNull(), failback))
	m.UserServicesPool = resolve(m.UserServicesPool, textOrNull(b.UserServicesPool))
	m.BranchSite, m.CentralSite = resolve(m.BranchSite, observed.BranchSite),
		resolve(m.CentralSite, observed.CentralSite)
	m.Version, m.BackupPoolPartner = resolve(m.Version, observed.Version),
		resolve(m.BackupPoolPartner, observed.BackupPoolPartner)
}

// setPlanned sets the computed values as far as the plan knows them. Values that the resource writes are the desired
// ones. Values that it only reads are those of the prior state. prior is nil for a new association.
func (m *branchBackupModel) setPlanned(prior *branchBackupModel) {
	m.ID, m.UserServicesPool = canonicalOrUnknown(m.Appliance), canonicalOrUnknown(m.BackupPool)
	if prior == nil {
		m.Adopted = types.BoolUnknown()
		m.BranchSite, m.CentralSite, m.Version = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
		m.BackupPoolPartner = types.StringUnknown()
		m.FailureDetectionInterval = unknownIfNull(m.FailureDetectionInterval)
		m.FailbackDetectionInterval = unknownIfNull(m.FailbackDetectionInterval)
		return
	}
	m.Adopted, m.BranchSite, m.CentralSite, m.Version = prior.Adopted, prior.BranchSite, prior.CentralSite,
		prior.Version
	m.BackupPoolPartner = prior.BackupPoolPartner
	if !m.BackupPool.Equal(prior.BackupPool) {
		m.BackupPoolPartner = types.StringUnknown() // the partner of another pool
	}
}

// at returns the attribute that a violation concerns.
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

// unknownIfNull returns an unknown interval for null. A creation can adopt an association without the interval, which
// only the apply finds out.
func unknownIfNull(d types.String) types.String {
	if d.IsNull() {
		return types.StringUnknown()
	}
	return d
}

// nullIfUnknown undoes unknownIfNull for the apply, in which the interval is unset.
func nullIfUnknown(d types.String) types.String {
	if d.IsUnknown() {
		return types.StringNull()
	}
	return d
}

// keepDurationSpelling returns d if it has the observed length, and the observed duration otherwise. It returns null
// for an interval that is absent or unreadable.
func keepDurationSpelling(d types.String, observed topology.Interval) types.String {
	length, isSet := observed.Length()
	switch {
	case !isSet:
		return types.StringNull()
	case !d.IsNull() && !d.IsUnknown() && durationOf(d) == length:
		return d
	default:
		return shortDuration(length)
	}
}
