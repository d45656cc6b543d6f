package provider

import (
	"encoding/pem"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// settings collects what is wrong with the settings of one transport, each on its attribute. The checks run twice: at
// validation, when values can be unknown and the environment may be another one, and in Configure, when the settings
// are complete and nothing can come any more.
type settings struct {
	at       path.Path
	complete bool
	diags    diag.Diagnostics
}

// wrong adds an error whose text begins with the attribute, because Terraform shows no more of the place than the first
// line of the provider's block.
func (s *settings) wrong(attribute, summary, format string, args ...any) {
	at := s.at.AtName(attribute)
	s.diags.AddAttributeError(at, summary, at.String()+" "+fmt.Sprintf(format, args...))
}

// needs refuses a setting that is missing. One that the environment can supply is missing only when that was asked.
func (s *settings) needs(attribute string, value attr.Value, env, what string) {
	switch {
	case !value.IsNull():
	case env == "":
		s.wrong(attribute, "Missing setting", "is not set. Set it to %s.", what)
	case s.complete:
		s.wrong(attribute, "Missing setting", "is neither in the configuration nor in the environment. Set it, or the environment variable %s, to %s.",
			env, what)
	}
}

// pointless refuses settings that have no meaning, as pairs of name and value. One that is not known may yet be null.
func (s *settings) pointless(why string, settings ...any) {
	for i := 0; i+1 < len(settings); i += 2 {
		name, _ := settings[i].(string)
		if value, ok := settings[i+1].(attr.Value); ok && !value.IsNull() && !value.IsUnknown() {
			s.wrong(name, "Settings do not fit together", "has no meaning %s. Remove one of the two.", why)
		}
	}
}

// usable lets the transport itself judge settings one at a time, so that what it says is on the attribute it is about.
func (s *settings) usable(attribute string, err error) {
	if err != nil {
		at := s.at.AtName(attribute)
		s.diags.AddAttributeError(at, "Unusable setting", at.String()+": "+sentence(err.Error()))
	}
}

// hostPattern keeps a URL or an address of a user from being taken for a host. Such a one can have a password in it, so
// that no message has the text. An empty one is refused elsewhere.
var hostPattern = regexp.MustCompile(`^[^@/\s]*$`)

func (s *settings) checkHost(host types.String) {
	s.needs("host", host, envHost, "the name of the server with the management shell")
	if given(host) && !hostPattern.MatchString(host.ValueString()) {
		s.wrong("host", "Unusable setting", "is not the name or address of a host alone. Give it without scheme, user, port and path, such as lync01.contoso.com.")
	}
}

// fillNumber takes a number from the environment if the configuration has none.
func (s *settings) fillNumber(attribute string, value *types.Int64, env string, most int64) {
	text := os.Getenv(env)
	if !value.IsNull() || text == "" {
		return
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > most {
		s.wrong(attribute, "Invalid environment variable", "is taken from the environment, where %s is no such number. Set it to a number from 1 to %d.", env, most)
		return
	}
	*value = types.Int64Value(n)
}

// fillDuration takes a time to wait from the environment if the configuration has none.
func (s *settings) fillDuration(attribute string, value *types.String, env string, most time.Duration) {
	text := os.Getenv(env)
	if !value.IsNull() || text == "" {
		return
	}
	d, err := time.ParseDuration(text)
	if limit := (waiting{most}); err != nil || !limit.allows(d) {
		s.wrong(attribute, "Invalid environment variable", "is taken from the environment, where %s is no such duration. Set it to one such as 30s, %s.",
			env, limit.text())
		return
	}
	*value = types.StringValue(text)
}

func (m *winrmModel) check(s *settings) {
	s.checkHost(m.Host)
	if m.PlainHTTP.ValueBool() {
		s.pointless("with plain_http", "ca_file", m.CAFile, "tls_server_name", m.TLSServerName)
	}
	if given(m.Executable) {
		s.usable("executable", winrmTakes(func(c *powershell.WinRMConfig) { c.Executable = m.Executable.ValueString() }))
	}
	if s.complete && given(m.CAFile) {
		s.usable("ca_file", winrmTakes(func(c *powershell.WinRMConfig) { c.CAFile = m.CAFile.ValueString() }))
	}
	if !m.Auth.IsUnknown() {
		m.checkAuth(s)
	}
}

// checkAuth checks what depends on the way to log in.
func (m *winrmModel) checkAuth(s *settings) {
	auth := m.auth()
	if m.PlainHTTP.ValueBool() && auth != powershell.WinRMNTLM {
		s.wrong("plain_http", "Settings do not fit together",
			"does not go with auth = %q, which needs HTTPS: over plain HTTP it would show the password or the messages to the network. "+
				"Remove plain_http, or use ntlm, which encrypts its messages itself.", auth)
	}
	if auth != powershell.WinRMKerberos {
		s.pointless(fmt.Sprintf("with auth = %q", auth), "kerberos_config", m.KerberosConfig, "kerberos_cache", m.KerberosCache,
			"kerberos_realm", m.KerberosRealm, "kerberos_spn", m.KerberosSPN)
	}
	if auth != powershell.WinRMCertificate {
		s.pointless(fmt.Sprintf("with auth = %q", auth), "client_certificate", m.ClientCertificate, "client_key", m.ClientKey)
	}
	switch auth {
	case powershell.WinRMNTLM, powershell.WinRMBasic:
		m.needsLogin(s)
	case powershell.WinRMKerberos:
		m.checkKerberos(s)
	case powershell.WinRMCertificate:
		m.checkCertificate(s)
	}
}

func (m *winrmModel) needsLogin(s *settings) {
	s.needs("user", m.User, envUsername, "the account that runs the management shell")
	s.needs("password", m.Password, envPassword, "its password")
}

func (m *winrmModel) checkKerberos(s *settings) {
	s.needs("kerberos_config", m.KerberosConfig, "", "the path of krb5.conf")
	switch {
	case m.KerberosCache.IsUnknown():
	case m.KerberosCache.IsNull():
		if strings.ContainsAny(m.User.ValueString(), `\@`) {
			s.wrong("user", "Settings do not fit together", "has a domain, and with Kerberos the user is given without: the domain is in kerberos_realm.")
		}
		s.needs("kerberos_realm", m.KerberosRealm, "", "the realm of the user, such as CONTOSO.COM, or give a kerberos_cache in place of user, password and realm")
		m.needsLogin(s)
	default:
		s.pointless("with kerberos_cache, which is used in place of it", "user", m.User, "password", m.Password, "kerberos_realm", m.KerberosRealm)
		if m.CredSSP.ValueBool() {
			s.wrong("credssp", "Settings do not fit together", "needs the password of the user, and kerberos_cache is used in place of it. Remove one of the two.")
		}
	}
	if !s.complete || s.diags.HasError() {
		return
	}
	const realm = "REALM"
	kerberos := func(c *powershell.WinRMConfig) {
		c.Auth, c.KerberosRealm, c.KerberosConfig = powershell.WinRMKerberos, realm, m.KerberosConfig.ValueString()
	}
	s.usable("kerberos_config", winrmTakes(kerberos))
	if !m.KerberosCache.IsNull() && !s.diags.HasError() {
		s.usable("kerberos_cache", winrmTakes(func(c *powershell.WinRMConfig) {
			kerberos(c)
			c.KerberosCache = m.KerberosCache.ValueString()
		}))
	}
}

func (m *winrmModel) checkCertificate(s *settings) {
	s.needs("client_certificate", m.ClientCertificate, envClientCertificate, "the text of the certificate to log in with")
	s.needs("client_key", m.ClientKey, envClientKey, "the text of its private key")
	switch {
	case m.CredSSP.IsUnknown():
	case m.CredSSP.ValueBool():
		m.needsLogin(s) // there is no other way to log in from the host to itself
	default:
		s.pointless("with auth = \"certificate\"", "user", m.User, "password", m.Password)
	}
	isCertificate, isKey := s.checkPEM("client_certificate", m.ClientCertificate), s.checkPEM("client_key", m.ClientKey)
	if isCertificate && isKey {
		s.usable("client_key", winrmTakes(func(c *powershell.WinRMConfig) {
			c.Auth, c.ClientCertificate, c.ClientKey = powershell.WinRMCertificate, m.ClientCertificate.ValueString(), m.ClientKey.ValueString()
		}))
	}
}

// checkPEM says whether a text is there and in PEM, and refuses another one without showing it.
func (s *settings) checkPEM(attribute string, text types.String) bool {
	if !given(text) {
		return false
	}
	block, _ := pem.Decode([]byte(text.ValueString()))
	if block == nil {
		s.wrong(attribute, "Unusable setting", "is not a whole text in PEM, from -----BEGIN to -----END. Give the text, for example with file(\"...\"), and not a path.")
	}
	return block != nil
}

// winrmTakes makes settings that are good, changes them, and says what is wrong with them then.
func winrmTakes(change func(*powershell.WinRMConfig)) error {
	c := powershell.WinRMConfig{Host: "host", User: "user", Password: "password"}
	change(&c)
	_, err := powershell.NewWinRM(c)
	return err
}

func (m *sshModel) check(s *settings) {
	s.checkHost(m.Host)
	s.needs("user", m.User, envUsername, "the account that runs the management shell")
	switch {
	case !s.complete:
	case m.Password.IsNull() && m.PrivateKey.IsNull() && !m.Agent.ValueBool():
		s.diags.AddAttributeError(s.at, "Missing setting", fmt.Sprintf("%s has nothing to log in with: set password (or %s), private_key (or %s) or agent.",
			s.at, envPassword, envPrivateKey))
	case m.CredSSP.ValueBool():
		s.needs("password", m.Password, envPassword, "the password of the user: with credssp the host logs in to itself, which takes a password and not a key")
	}
	if s.complete && m.PrivateKey.IsNull() {
		s.pointless("without private_key", "private_key_passphrase", m.PrivateKeyPassphrase)
	}
	if given(m.Executable) {
		s.usable("executable", sshTakes(func(c *powershell.SSHConfig) { c.Executable = m.Executable.ValueString() }))
	}
	if given(m.HostKey) {
		s.pointless("with host_key", "known_hosts_file", m.KnownHostsFile)
		s.usable("host_key", sshTakes(func(c *powershell.SSHConfig) { c.HostKey = m.HostKey.ValueString() }))
	}
	if s.complete && m.Agent.ValueBool() {
		s.usable("agent", sshTakes(func(c *powershell.SSHConfig) { c.Agent = true }))
	}
	// An encrypted key can be read with its passphrase alone, which the environment may have.
	block, _ := pem.Decode([]byte(m.PrivateKey.ValueString()))
	if given(m.PrivateKey) && (block == nil || s.complete || given(m.PrivateKeyPassphrase)) {
		s.usable("private_key", sshTakes(func(c *powershell.SSHConfig) {
			c.PrivateKey, c.PrivateKeyPassphrase = m.PrivateKey.ValueString(), m.PrivateKeyPassphrase.ValueString()
		}))
	}
}

// sshTakes makes settings that are good, changes them, and says what is wrong with them then.
func sshTakes(change func(*powershell.SSHConfig)) error {
	const fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" // of no key
	c := powershell.SSHConfig{Host: "host", User: "user", Password: "password", HostKey: fingerprint}
	change(&c)
	_, err := powershell.NewSSH(c)
	return err
}

// given says that a setting has a text, and that it is known.
func given(value types.String) bool { return !value.IsNull() && !value.IsUnknown() }
