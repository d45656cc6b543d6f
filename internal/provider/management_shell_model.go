package provider

import (
	"context"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

// Environment variables of the way to another host. Which attributes they stand for is in [winrmModel.complete] and
// [sshModel.complete].
const (
	envHost                 = "LYNC_HOST"
	envPort                 = "LYNC_PORT"
	envUsername             = "LYNC_USERNAME"
	envPassword             = "LYNC_PASSWORD" //nolint:gosec // a name
	envCAFile               = "LYNC_CA_FILE"
	envClientCertificate    = "LYNC_CLIENT_CERTIFICATE"
	envClientKey            = "LYNC_CLIENT_KEY"
	envPrivateKey           = "LYNC_PRIVATE_KEY"
	envPrivateKeyPassphrase = "LYNC_PRIVATE_KEY_PASSPHRASE" //nolint:gosec // a name
	envHostKey              = "LYNC_HOST_KEY"
	envConnectTimeout       = "LYNC_CONNECT_TIMEOUT"
	envOperationTimeout     = "LYNC_OPERATION_TIMEOUT"
	envMaxConcurrentShells  = "LYNC_MAX_CONCURRENT_SHELLS"
)

// Limits of settings.
const (
	mostPort      = 65535
	mostShells    = 100
	mostOperation = time.Minute
)

// shellModel is management_shell. Exactly one of the transports is not null.
type shellModel struct {
	WinRM            types.Object `tfsdk:"winrm"`
	SSH              types.Object `tfsdk:"ssh"`
	Local            types.Object `tfsdk:"local"`
	BackupDirectory  types.String `tfsdk:"backup_directory"`
	DomainController types.String `tfsdk:"domain_controller"`
	GlobalCatalog    types.String `tfsdk:"global_catalog"`
}

type winrmModel struct {
	Host                types.String `tfsdk:"host"`
	Port                types.Int64  `tfsdk:"port"`
	User                types.String `tfsdk:"user"`
	Password            types.String `tfsdk:"password"`
	Executable          types.String `tfsdk:"executable"`
	CredSSP             types.Bool   `tfsdk:"credssp"`
	ConnectTimeout      types.String `tfsdk:"connect_timeout"`
	MaxConcurrentShells types.Int64  `tfsdk:"max_concurrent_shells"`

	Auth              types.String `tfsdk:"auth"`
	PlainHTTP         types.Bool   `tfsdk:"plain_http"`
	CAFile            types.String `tfsdk:"ca_file"`
	TLSServerName     types.String `tfsdk:"tls_server_name"`
	ClientCertificate types.String `tfsdk:"client_certificate"`
	ClientKey         types.String `tfsdk:"client_key"`
	KerberosConfig    types.String `tfsdk:"kerberos_config"`
	KerberosCache     types.String `tfsdk:"kerberos_cache"`
	KerberosRealm     types.String `tfsdk:"kerberos_realm"`
	KerberosSPN       types.String `tfsdk:"kerberos_spn"`
	OperationTimeout  types.String `tfsdk:"operation_timeout"`
}

type sshModel struct {
	Host                types.String `tfsdk:"host"`
	Port                types.Int64  `tfsdk:"port"`
	User                types.String `tfsdk:"user"`
	Password            types.String `tfsdk:"password"`
	Executable          types.String `tfsdk:"executable"`
	CredSSP             types.Bool   `tfsdk:"credssp"`
	ConnectTimeout      types.String `tfsdk:"connect_timeout"`
	MaxConcurrentShells types.Int64  `tfsdk:"max_concurrent_shells"`

	PrivateKey           types.String `tfsdk:"private_key"`
	PrivateKeyPassphrase types.String `tfsdk:"private_key_passphrase"`
	Agent                types.Bool   `tfsdk:"agent"`
	HostKey              types.String `tfsdk:"host_key"`
	KnownHostsFile       types.String `tfsdk:"known_hosts_file"`
}

type localModel struct {
	Executable types.String `tfsdk:"executable"`
}

var shellPath = path.Root("management_shell")

// validateShell checks the settings as far as they are known before environment variables are read.
func validateShell(ctx context.Context, object types.Object) diag.Diagnostics {
	var m shellModel
	if object.IsNull() || object.IsUnknown() {
		return nil
	}
	diags := object.As(ctx, &m, basetypes.ObjectAsOptions{})
	if diags.HasError() {
		return diags
	}
	diags.Append(m.validate()...)
	var winrm winrmModel
	if read(ctx, m.WinRM, &winrm, &diags) {
		s := settings{at: shellPath.AtName("winrm")}
		winrm.check(&s)
		diags.Append(s.diags...)
	}
	var ssh sshModel
	if read(ctx, m.SSH, &ssh, &diags) {
		s := settings{at: shellPath.AtName("ssh")}
		ssh.check(&s)
		diags.Append(s.diags...)
	}
	return diags
}

// validate refuses all but one transport.
func (m shellModel) validate() (diags diag.Diagnostics) {
	var has []string
	unknown := false
	for _, t := range []struct {
		name  string
		value types.Object
	}{{"winrm", m.WinRM}, {"ssh", m.SSH}, {"local", m.Local}} {
		unknown = unknown || t.value.IsUnknown()
		if !t.value.IsNull() && !t.value.IsUnknown() {
			has = append(has, t.name)
		}
	}
	switch {
	case len(has) > 1:
		diags.AddAttributeError(shellPath, "More than one transport",
			"management_shell reaches the management shell in one way, and has "+strings.Join(has, " and ")+". Keep one of them.")
	case len(has) == 0 && !unknown:
		diags.AddAttributeError(shellPath, "No transport",
			"management_shell does not say how to reach the management shell. Give it one of winrm, ssh and local.")
	}
	return diags
}

// read reads a transport, or returns false where there is none, or none yet.
func read(ctx context.Context, object types.Object, m any, diags *diag.Diagnostics) bool {
	if object.IsNull() || object.IsUnknown() {
		return false
	}
	problems := object.As(ctx, m, basetypes.ObjectAsOptions{})
	diags.Append(problems...)
	return !problems.HasError()
}

// openShell makes the transport that the settings and the environment describe, without connecting it. known is false
// while another resource still has to make a part of the settings.
func openShell(ctx context.Context, object types.Object) (p place, known bool, diags diag.Diagnostics) {
	if at, unknown := firstUnknown(ctx, object); unknown {
		return place{}, false, notKnownYet(at)
	}
	var m shellModel
	diags.Append(object.As(ctx, &m, basetypes.ObjectAsOptions{})...)
	p.options = shell.Options{
		Directory: m.BackupDirectory.ValueString(), DomainController: m.DomainController.ValueString(), GlobalCatalog: m.GlobalCatalog.ValueString(),
	}
	var (
		winrm winrmModel
		ssh   sshModel
		local localModel
	)
	switch {
	case read(ctx, m.WinRM, &winrm, &diags):
		s := settings{at: shellPath.AtName("winrm"), complete: true}
		p.transport = winrm.transport(&s)
		diags.Append(s.diags...)
	case read(ctx, m.SSH, &ssh, &diags):
		s := settings{at: shellPath.AtName("ssh"), complete: true}
		p.transport = ssh.transport(&s)
		diags.Append(s.diags...)
	case read(ctx, m.Local, &local, &diags):
		p.transport = &powershell.Local{Executable: local.Executable.ValueString()}
	}
	return p, true, diags
}

// firstUnknown finds a part of the settings that is not known yet.
func firstUnknown(ctx context.Context, object types.Object) (path.Path, bool) {
	if object.IsUnknown() {
		return shellPath, true
	}
	value, err := object.ToTerraformValue(ctx)
	if err != nil || value.IsFullyKnown() {
		return path.Empty(), false // the type of a configuration always converts
	}
	var at *tftypes.AttributePath
	_ = tftypes.Walk(value, func(p *tftypes.AttributePath, v tftypes.Value) (bool, error) {
		if at == nil && !v.IsKnown() {
			at = p
		}
		return at == nil, nil
	})
	found := shellPath
	for _, step := range at.Steps() {
		if name, ok := step.(tftypes.AttributeName); ok {
			found = found.AtName(string(name))
		}
	}
	return found, true
}

// transport takes what is missing from the environment, checks, and makes the transport; nil with an error.
func (m *winrmModel) transport(s *settings) powershell.Transport {
	m.complete(s)
	m.check(s)
	if s.diags.HasError() {
		return nil
	}
	if m.PlainHTTP.ValueBool() {
		s.diags.AddAttributeWarning(s.at.AtName("plain_http"), "WinRM over plain HTTP",
			"Without TLS nothing shows that the host that answers is the right one; NTLM encrypts the messages, with the password as its only secret. "+
				"Give the host an HTTPS listener and remove plain_http.")
	}
	return connector(s, m.CredSSP, m.credentials, func() (powershell.Transport, error) { return powershell.NewWinRM(m.config()) })
}

// complete takes from the environment what has a use and is not configured.
func (m *winrmModel) complete(s *settings) {
	fill(&m.Host, envHost)
	s.fillNumber("port", &m.Port, envPort, mostPort)
	s.fillDuration("connect_timeout", &m.ConnectTimeout, envConnectTimeout, 0)
	s.fillDuration("operation_timeout", &m.OperationTimeout, envOperationTimeout, mostOperation)
	s.fillNumber("max_concurrent_shells", &m.MaxConcurrentShells, envMaxConcurrentShells, mostShells)
	auth := m.auth()
	if m.CredSSP.ValueBool() || auth != powershell.WinRMCertificate && m.KerberosCache.IsNull() {
		fill(&m.User, envUsername)
		fill(&m.Password, envPassword)
	}
	if auth == powershell.WinRMCertificate {
		fill(&m.ClientCertificate, envClientCertificate)
		fill(&m.ClientKey, envClientKey)
	}
	if !m.PlainHTTP.ValueBool() {
		fill(&m.CAFile, envCAFile)
	}
}

func (m *winrmModel) auth() powershell.WinRMAuth {
	if m.Auth.IsNull() {
		return powershell.WinRMNTLM
	}
	return powershell.WinRMAuth(m.Auth.ValueString())
}

func (m *winrmModel) config() powershell.WinRMConfig {
	return powershell.WinRMConfig{
		Host: m.Host.ValueString(), Port: int(m.Port.ValueInt64()), User: m.User.ValueString(), Password: m.Password.ValueString(),
		Auth: m.auth(), Executable: m.Executable.ValueString(), PlainHTTP: m.PlainHTTP.ValueBool(),
		CAFile: m.CAFile.ValueString(), TLSServerName: m.TLSServerName.ValueString(),
		ClientCertificate: m.ClientCertificate.ValueString(), ClientKey: m.ClientKey.ValueString(),
		KerberosConfig: m.KerberosConfig.ValueString(), KerberosCache: m.KerberosCache.ValueString(),
		KerberosRealm: m.KerberosRealm.ValueString(), KerberosSPN: m.KerberosSPN.ValueString(),
		ConnectTimeout: duration(m.ConnectTimeout), OperationTimeout: duration(m.OperationTimeout), MaxShells: int(m.MaxConcurrentShells.ValueInt64()),
	}
}

// credentials are those that the host logs in to itself with. There a user of Kerberos has to tell its realm.
func (m *winrmModel) credentials() (user, password string) {
	user = m.User.ValueString()
	if realm := m.KerberosRealm.ValueString(); realm != "" {
		user += "@" + realm
	}
	return user, m.Password.ValueString()
}

// transport takes what is missing from the environment, checks, and makes the transport; nil with an error.
func (m *sshModel) transport(s *settings) powershell.Transport {
	m.complete(s)
	m.check(s)
	if s.diags.HasError() {
		return nil
	}
	credentials := func() (user, password string) { return m.User.ValueString(), m.Password.ValueString() }
	return connector(s, m.CredSSP, credentials, func() (powershell.Transport, error) { return powershell.NewSSH(m.config()) })
}

// complete takes from the environment what has a use and is not configured.
func (m *sshModel) complete(s *settings) {
	fill(&m.Host, envHost)
	s.fillNumber("port", &m.Port, envPort, mostPort)
	s.fillDuration("connect_timeout", &m.ConnectTimeout, envConnectTimeout, 0)
	s.fillNumber("max_concurrent_shells", &m.MaxConcurrentShells, envMaxConcurrentShells, mostShells)
	fill(&m.User, envUsername)
	fill(&m.Password, envPassword)
	fill(&m.PrivateKey, envPrivateKey)
	if !m.PrivateKey.IsNull() {
		fill(&m.PrivateKeyPassphrase, envPrivateKeyPassphrase)
	}
	if m.KnownHostsFile.IsNull() {
		fill(&m.HostKey, envHostKey)
	}
}

func (m *sshModel) config() powershell.SSHConfig {
	c := powershell.SSHConfig{
		Host: m.Host.ValueString(), Port: int(m.Port.ValueInt64()), User: m.User.ValueString(), Password: m.Password.ValueString(),
		PrivateKey: m.PrivateKey.ValueString(), PrivateKeyPassphrase: m.PrivateKeyPassphrase.ValueString(), Agent: m.Agent.ValueBool(),
		Executable: m.Executable.ValueString(), HostKey: m.HostKey.ValueString(),
		ConnectTimeout: duration(m.ConnectTimeout), MaxSessions: int(m.MaxConcurrentShells.ValueInt64()),
	}
	if !m.KnownHostsFile.IsNull() {
		c.KnownHosts = []string{m.KnownHostsFile.ValueString()}
	}
	return c
}

// connector makes a transport, and lets the host log in to itself where that is wanted.
func connector(s *settings, again types.Bool, credentials func() (user, password string), create func() (powershell.Transport, error)) powershell.Transport {
	t, err := create()
	if err != nil {
		s.diags.AddAttributeError(s.at, "Unusable setting", capitalise(err.Error()))
		return nil
	}
	if again.ValueBool() {
		user, password := credentials()
		t = powershell.CredSSP(t, user, password)
	}
	return t
}

// fill takes a text from the environment if the configuration has none.
func fill(value *types.String, env string) {
	if text := os.Getenv(env); value.IsNull() && text != "" {
		*value = types.StringValue(text)
	}
}

func duration(value types.String) (d time.Duration) {
	if !value.IsNull() {
		d, _ = time.ParseDuration(value.ValueString()) // its validator has let it through
	}
	return d
}
