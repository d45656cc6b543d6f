package connection

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
)

// maxOperationTimeout limits how long the host keeps a request waiting.
const maxOperationTimeout = time.Minute

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

// transport completes the settings from the environment, checks them, and makes the transport. It returns nil after an
// error.
func (m *winrmModel) transport(c *checker) powershell.Transport {
	m.complete(c)
	m.check(c)
	if c.diags.HasError() {
		return nil
	}
	if m.PlainHTTP.ValueBool() {
		c.diags.AddAttributeWarning(c.at.AtName("plain_http"), "WinRM over plain HTTP",
			"Without TLS, no certificate identifies the host. NTLM encrypts the messages, and a host that does not "+
				"know the password cannot read or forge them. However, an attacker who records the login can try any "+
				"number of passwords on the recording, and the right password decrypts the messages. Configure an "+
				"HTTPS listener on the host and remove plain_http.")
	}
	user, password := m.credentials()
	return c.newTransport(m.CredSSP, user, password,
		func() (powershell.Transport, error) { return winrm.New(m.config()) })
}

// complete sets unset attributes from the environment, if the configuration has a use for them.
func (m *winrmModel) complete(c *checker) {
	fillText(&m.Host, environment.Host)
	c.fillNumber("port", &m.Port, environment.Port, maxPort)
	c.fillTimeout("connect_timeout", &m.ConnectTimeout, environment.ConnectTimeout, timeout{})
	c.fillTimeout("operation_timeout", &m.OperationTimeout, environment.OperationTimeout, timeout{maxOperationTimeout})
	c.fillNumber("max_concurrent_shells", &m.MaxConcurrentShells, environment.MaxConcurrentShells, maxShells)
	auth := m.auth()
	if m.CredSSP.ValueBool() || auth != winrm.Certificate && m.KerberosCache.IsNull() {
		fillText(&m.User, environment.Username)
		fillText(&m.Password, environment.Password)
	}
	if auth == winrm.Certificate {
		fillText(&m.ClientCertificate, environment.ClientCertificate)
		fillText(&m.ClientKey, environment.ClientKey)
	}
	if !m.PlainHTTP.ValueBool() {
		c.fillPath("ca_file", &m.CAFile, environment.CAFile)
	}
}

func (m *winrmModel) auth() winrm.Auth {
	if m.Auth.IsNull() {
		return winrm.NTLM
	}
	return winrm.Auth(m.Auth.ValueString())
}

func (m *winrmModel) config() winrm.Config {
	return winrm.Config{
		Host:              m.Host.ValueString(),
		Port:              int(m.Port.ValueInt64()),
		User:              m.User.ValueString(),
		Password:          m.Password.ValueString(),
		Auth:              m.auth(),
		Executable:        m.Executable.ValueString(),
		PlainHTTP:         m.PlainHTTP.ValueBool(),
		CAFile:            m.CAFile.ValueString(),
		TLSServerName:     m.TLSServerName.ValueString(),
		ClientCertificate: m.ClientCertificate.ValueString(),
		ClientKey:         m.ClientKey.ValueString(),
		KerberosConfig:    m.KerberosConfig.ValueString(),
		KerberosCache:     m.KerberosCache.ValueString(),
		KerberosRealm:     m.KerberosRealm.ValueString(),
		KerberosSPN:       m.KerberosSPN.ValueString(),
		ConnectTimeout:    duration(m.ConnectTimeout),
		OperationTimeout:  duration(m.OperationTimeout),
		MaxShells:         int(m.MaxConcurrentShells.ValueInt64()),
	}
}

// credentials returns the credentials with which the host logs in to itself. This login needs the realm of a Kerberos
// user.
func (m *winrmModel) credentials() (user, password string) {
	user = m.User.ValueString()
	if realm := m.KerberosRealm.ValueString(); realm != "" {
		user += "@" + realm
	}
	return user, m.Password.ValueString()
}
