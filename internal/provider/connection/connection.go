// Package connection holds the provider's management_shell block: its schema, its model, its checks, and the transport
// that it describes. It does not connect.
package connection

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

// Shell is a management shell that a configuration and the environment describe.
type Shell struct {
	Transport powershell.Transport
	Options   shell.Options
}

// blockModel is management_shell. Exactly one of the transports is not null.
type blockModel struct {
	WinRM            types.Object `tfsdk:"winrm"`
	SSH              types.Object `tfsdk:"ssh"`
	Local            types.Object `tfsdk:"local"`
	BackupDirectory  types.String `tfsdk:"backup_directory"`
	DomainController types.String `tfsdk:"domain_controller"`
	GlobalCatalog    types.String `tfsdk:"global_catalog"`
}

type localModel struct {
	Executable types.String `tfsdk:"executable"`
}

var blockPath = path.Root("management_shell")

// Validate checks the known settings of a management_shell block. It does not read environment variables.
func Validate(ctx context.Context, block types.Object) diag.Diagnostics {
	var m blockModel
	if block.IsNull() || block.IsUnknown() {
		return nil
	}
	diags := block.As(ctx, &m, basetypes.ObjectAsOptions{})
	if diags.HasError() {
		return diags
	}
	diags.Append(m.checkTransports()...)
	var winrm winrmModel
	if decode(ctx, m.WinRM, &winrm, &diags) {
		c := checker{at: blockPath.AtName("winrm")}
		winrm.check(&c)
		diags.Append(c.diags...)
	}
	var ssh sshModel
	if decode(ctx, m.SSH, &ssh, &diags) {
		c := checker{at: blockPath.AtName("ssh")}
		ssh.check(&c)
		diags.Append(c.diags...)
	}
	return diags
}

// checkTransports refuses a block without exactly one transport.
func (m blockModel) checkTransports() (diags diag.Diagnostics) {
	var set []string
	unknown := false
	for _, t := range []struct {
		name  string
		value types.Object
	}{{"winrm", m.WinRM}, {"ssh", m.SSH}, {"local", m.Local}} {
		unknown = unknown || t.value.IsUnknown()
		if !t.value.IsNull() && !t.value.IsUnknown() {
			set = append(set, t.name)
		}
	}
	switch {
	case len(set) > 1:
		diags.AddAttributeError(blockPath, "More than one transport",
			"management_shell has more than one transport: "+strings.Join(set, " and ")+". Keep one of them.")
	case len(set) == 0 && !unknown:
		diags.AddAttributeError(blockPath, "No transport",
			"management_shell has no transport. Set one of winrm, ssh and local.")
	}
	return diags
}

// decode reads a transport into a model. It returns false if the transport is null, unknown or invalid.
func decode(ctx context.Context, object types.Object, model any, diags *diag.Diagnostics) bool {
	if object.IsNull() || object.IsUnknown() {
		return false
	}
	problems := object.As(ctx, model, basetypes.ObjectAsOptions{})
	diags.Append(problems...)
	return !problems.HasError()
}

// Open completes the settings of a known block from the environment, checks them, and makes the transport without
// connecting it. The transport is nil if the diagnostics have an error.
func Open(ctx context.Context, block types.Object) (Shell, diag.Diagnostics) {
	var m blockModel
	diags := block.As(ctx, &m, basetypes.ObjectAsOptions{})
	s := Shell{Options: shell.Options{
		Directory:        m.BackupDirectory.ValueString(),
		DomainController: m.DomainController.ValueString(),
		GlobalCatalog:    m.GlobalCatalog.ValueString(),
	}}
	var (
		overWinRM winrmModel
		overSSH   sshModel
		onHost    localModel
	)
	switch {
	case decode(ctx, m.WinRM, &overWinRM, &diags):
		c := checker{at: blockPath.AtName("winrm"), complete: true}
		s.Transport = overWinRM.transport(&c)
		diags.Append(c.diags...)
	case decode(ctx, m.SSH, &overSSH, &diags):
		c := checker{at: blockPath.AtName("ssh"), complete: true}
		s.Transport = overSSH.transport(&c)
		diags.Append(c.diags...)
	case decode(ctx, m.Local, &onHost, &diags):
		s.Transport = &local.Transport{Executable: onHost.Executable.ValueString()}
	}
	return s, diags
}

// FirstUnknown returns the path of the first unknown setting of a block, and false if all settings are known. A setting
// is unknown while a resource that it refers to is not applied.
func FirstUnknown(ctx context.Context, block types.Object) (path.Path, bool) {
	if block.IsUnknown() {
		return blockPath, true
	}
	value, err := block.ToTerraformValue(ctx)
	if err != nil || value.IsFullyKnown() {
		return path.Empty(), false // a value that was read from a configuration always converts
	}
	var at *tftypes.AttributePath
	_ = tftypes.Walk(value, func(p *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		if at == nil && !v.IsKnown() {
			at = p
		}
		return at == nil, nil // Walk returns only errors of this function
	})
	found := blockPath
	for _, step := range at.Steps() {
		if name, ok := step.(tftypes.AttributeName); ok {
			found = found.AtName(string(name))
		}
	}
	return found, true
}
