package connection

import (
	"encoding/pem"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/ssh"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
)

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

// transport completes the settings from the environment, checks them, and makes the transport. It returns nil after an
// error.
func (m *sshModel) transport(c *checker) powershell.Transport {
	m.complete(c)
	m.check(c)
	if c.diags.HasError() {
		return nil
	}
	return c.newTransport(m.CredSSP, m.User.ValueString(), m.Password.ValueString(),
		func() (powershell.Transport, error) { return ssh.New(m.config()) })
}

// complete sets unset attributes from the environment, if the configuration has a use for them.
func (m *sshModel) complete(c *checker) {
	fillText(&m.Host, environment.Host)
	c.fillNumber("port", &m.Port, environment.Port, maxPort)
	c.fillTimeout("connect_timeout", &m.ConnectTimeout, environment.ConnectTimeout, timeout{})
	c.fillNumber("max_concurrent_shells", &m.MaxConcurrentShells, environment.MaxConcurrentShells, maxShells)
	fillText(&m.User, environment.Username)
	fillText(&m.Password, environment.Password)
	fillText(&m.PrivateKey, environment.PrivateKey)
	if !m.PrivateKey.IsNull() {
		fillText(&m.PrivateKeyPassphrase, environment.PrivateKeyPassphrase)
	}
	if m.KnownHostsFile.IsNull() {
		fillText(&m.HostKey, environment.HostKey)
	}
}

func (m *sshModel) config() ssh.Config {
	config := ssh.Config{
		Host:                 m.Host.ValueString(),
		Port:                 int(m.Port.ValueInt64()),
		User:                 m.User.ValueString(),
		Password:             m.Password.ValueString(),
		PrivateKey:           m.PrivateKey.ValueString(),
		PrivateKeyPassphrase: m.PrivateKeyPassphrase.ValueString(),
		Agent:                m.Agent.ValueBool(),
		Executable:           m.Executable.ValueString(),
		HostKey:              m.HostKey.ValueString(),
		ConnectTimeout:       duration(m.ConnectTimeout),
		MaxSessions:          int(m.MaxConcurrentShells.ValueInt64()),
	}
	if !m.KnownHostsFile.IsNull() {
		config.KnownHosts = []string{m.KnownHostsFile.ValueString()}
	}
	return config
}

func (m *sshModel) check(c *checker) {
	c.checkHost(m.Host)
	c.require("user", m.User, environment.Username, "the account that runs the management shell")
	switch {
	case !c.complete:
	case m.Password.IsNull() && m.PrivateKey.IsNull() && !m.Agent.ValueBool():
		c.diags.AddAttributeError(c.at, "Missing setting", fmt.Sprintf(
			"%s has no credentials. Set password (or %s), private_key (or %s) or agent.",
			c.at, environment.Password, environment.PrivateKey))
	case m.CredSSP.ValueBool():
		c.require("password", m.Password, environment.Password, "the password of the user, because with credssp the "+
			"host logs in to itself with the password")
	}
	if c.complete && m.PrivateKey.IsNull() {
		c.exclude("without private_key", setting{"private_key_passphrase", m.PrivateKeyPassphrase})
	}
	c.checkExecutable(m.Executable, func(executable string) error {
		return trySSH(func(config *ssh.Config) { config.Executable = executable })
	})
	if isKnown(m.HostKey) {
		c.exclude("with host_key", setting{"known_hosts_file", m.KnownHostsFile})
		c.addUnusable("host_key", trySSH(func(config *ssh.Config) {
			config.HostKey = m.HostKey.ValueString()
		}))
	}
	if c.complete && m.Agent.ValueBool() {
		c.addUnusable("agent", trySSH(func(config *ssh.Config) { config.Agent = true }))
	}
	m.checkPrivateKey(c)
}

func (m *sshModel) checkPrivateKey(c *checker) {
	if !isKnown(m.PrivateKey) {
		return
	}
	// An encrypted key can be read only with its passphrase, which the environment can supply.
	block, _ := pem.Decode([]byte(m.PrivateKey.ValueString()))
	if block == nil || c.complete || isKnown(m.PrivateKeyPassphrase) {
		c.addUnusable("private_key", trySSH(func(config *ssh.Config) {
			config.PrivateKey = m.PrivateKey.ValueString()
			config.PrivateKeyPassphrase = m.PrivateKeyPassphrase.ValueString()
		}))
	}
}

// trySSH changes a valid configuration and returns the error with which the transport refuses the change.
func trySSH(change func(*ssh.Config)) error {
	const fingerprint = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" // of no key
	config := ssh.Config{Host: "host", User: "user", Password: "password", HostKey: fingerprint}
	change(&config)
	_, err := ssh.New(config)
	return err
}
