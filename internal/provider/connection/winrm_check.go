package connection

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
)

func (m *winrmModel) check(c *checker) {
	c.checkHost(m.Host)
	if m.PlainHTTP.ValueBool() {
		c.exclude("with plain_http", setting{"ca_file", m.CAFile}, setting{"tls_server_name", m.TLSServerName})
		if m.CredSSP.ValueBool() {
			c.addError("credssp", "Conflicting settings", "sends the password itself to the host, and "+
				"plain_http leaves it without the protection of TLS. Remove one of the two.")
		}
	}
	c.checkExecutable(m.Executable, func(executable string) error {
		return tryWinRM(func(config *winrm.Config) { config.Executable = executable })
	})
	if c.complete && isKnown(m.CAFile) {
		c.addUnusable("ca_file", tryWinRM(func(config *winrm.Config) {
			config.CAFile = m.CAFile.ValueString()
		}))
	}
	if !m.Auth.IsUnknown() {
		m.checkAuth(c)
	}
}

// checkAuth checks the settings whose validity depends on the authentication method.
func (m *winrmModel) checkAuth(c *checker) {
	auth := m.auth()
	if m.PlainHTTP.ValueBool() && auth != winrm.NTLM {
		c.addError("plain_http", "Conflicting settings", "cannot be used with auth = %q, which requires HTTPS. Over "+
			"plain HTTP, the password or the messages would be readable on the network. Remove plain_http, or use "+
			"ntlm, which encrypts the messages itself.", auth)
	}
	if auth != winrm.Kerberos {
		c.exclude(fmt.Sprintf("with auth = %q", auth),
			setting{"kerberos_config", m.KerberosConfig}, setting{"kerberos_cache", m.KerberosCache},
			setting{"kerberos_realm", m.KerberosRealm}, setting{"kerberos_spn", m.KerberosSPN})
	}
	if auth != winrm.Certificate {
		c.exclude(fmt.Sprintf("with auth = %q", auth),
			setting{"client_certificate", m.ClientCertificate}, setting{"client_key", m.ClientKey})
	}
	switch auth {
	case winrm.NTLM, winrm.Basic:
		m.requireLogin(c)
	case winrm.Kerberos:
		m.checkKerberos(c)
	case winrm.Certificate:
		m.checkCertificate(c)
	}
}

func (m *winrmModel) requireLogin(c *checker) {
	c.require("user", m.User, environment.Username, "the account that runs the management shell")
	c.require("password", m.Password, environment.Password, "its password")
}

func (m *winrmModel) checkKerberos(c *checker) {
	c.require("kerberos_config", m.KerberosConfig, "", "the path of krb5.conf")
	switch {
	case m.KerberosCache.IsUnknown():
	case m.KerberosCache.IsNull():
		if strings.ContainsAny(m.User.ValueString(), `\@`) {
			c.addError("user", "Conflicting settings",
				"has a domain. With Kerberos, set the user without a domain, and the domain in kerberos_realm.")
		}
		c.require("kerberos_realm", m.KerberosRealm, "", "the realm of the user, such as CONTOSO.COM, or set "+
			"kerberos_cache instead of user, password and realm")
		m.requireLogin(c)
	default:
		c.exclude("with kerberos_cache, which replaces it",
			setting{"user", m.User}, setting{"password", m.Password}, setting{"kerberos_realm", m.KerberosRealm})
		if m.CredSSP.ValueBool() {
			c.addError("credssp", "Conflicting settings",
				"needs the password of the user, but kerberos_cache replaces the password. Remove one of the two.")
		}
	}
	if c.complete && !c.diags.HasError() {
		m.checkKerberosFiles(c)
	}
}

// checkKerberosFiles reads the Kerberos configuration and the credential cache.
func (m *winrmModel) checkKerberosFiles(c *checker) {
	const realm = "REALM"
	setConfig := func(config *winrm.Config) {
		config.Auth, config.KerberosRealm = winrm.Kerberos, realm
		config.KerberosConfig = m.KerberosConfig.ValueString()
	}
	c.addUnusable("kerberos_config", tryWinRM(setConfig))
	if !m.KerberosCache.IsNull() && !c.diags.HasError() {
		c.addUnusable("kerberos_cache", tryWinRM(func(config *winrm.Config) {
			setConfig(config)
			config.KerberosCache = m.KerberosCache.ValueString()
		}))
	}
}

func (m *winrmModel) checkCertificate(c *checker) {
	c.require("client_certificate", m.ClientCertificate, environment.ClientCertificate,
		"the text of the client certificate")
	c.require("client_key", m.ClientKey, environment.ClientKey, "the text of its private key")
	switch {
	case m.CredSSP.IsUnknown():
	case m.CredSSP.ValueBool():
		m.requireLogin(c) // the host cannot log in to itself with a certificate
	default:
		c.exclude("with auth = \"certificate\"", setting{"user", m.User}, setting{"password", m.Password})
	}
	isCertificate := c.checkPEM("client_certificate", m.ClientCertificate)
	isKey := c.checkPEM("client_key", m.ClientKey)
	if isCertificate && isKey {
		c.addUnusable("client_key", tryWinRM(func(config *winrm.Config) {
			config.Auth = winrm.Certificate
			config.ClientCertificate, config.ClientKey = m.ClientCertificate.ValueString(), m.ClientKey.ValueString()
		}))
	}
}

// tryWinRM changes a valid configuration and returns the error with which the transport refuses the change.
func tryWinRM(change func(*winrm.Config)) error {
	config := winrm.Config{Host: "host", User: "user", Password: "password"}
	change(&config)
	_, err := winrm.New(config)
	return err
}
