package connection

import (
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
)

// Limits of numbers.
const (
	maxPort   = 65535
	maxShells = 100
)

// Attribute returns the schema of management_shell.
func Attribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The live deployment, through the management shell on one of its servers. Requires " +
			"exactly one of `winrm`, `ssh` and `local`. Conflicts with `topology_file`. If this argument is set, " +
			"`LYNC_TOPOLOGY_FILE` is ignored.",
		Attributes: map[string]schema.Attribute{
			"winrm": winrmAttribute(),
			"ssh":   sshAttribute(),
			"local": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "PowerShell on the host on which Terraform runs. All arguments are optional: " +
					"`local = {}`.",
				Attributes: map[string]schema.Attribute{
					"executable": pathAttribute("Name or path of PowerShell. Default `powershell.exe` on Windows and " +
						"`pwsh` on other systems."),
				},
			},
			"backup_directory": serverPathAttribute("Folder on that server for the backups and reports of every " +
				"publish. The newest 20 are kept. Default `%ProgramData%\\terraform-provider-lync`. Only SYSTEM, " +
				"Administrators and the account that publishes may own the folder and write to it."),
			"domain_controller": textAttribute("Domain controller that `Publish-CsTopology` and " +
				"`Enable-CsTopology` use."),
			"global_catalog": textAttribute("Global catalog server that `Publish-CsTopology` and " +
				"`Enable-CsTopology` use."),
		},
	}
}

func winrmAttribute() schema.SingleNestedAttribute {
	attributes := remoteAttributes("Default 5986, or 5985 with `plain_http`.", 2)
	maps.Copy(attributes, map[string]schema.Attribute{
		"password": secretAttribute("Password of `user`.", environment.Password),
		"auth": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Authentication method: `ntlm`, `basic`, `kerberos` or `certificate`. Default " +
				"`ntlm`. All methods except `ntlm` require HTTPS.",
			Validators: []validator.String{stringvalidator.OneOf(
				string(winrm.NTLM), string(winrm.Basic),
				string(winrm.Kerberos), string(winrm.Certificate),
			)},
		},
		"plain_http": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to connect without TLS, which causes a warning. Allowed only for `ntlm` " +
				"without `credssp`: NTLM encrypts the messages itself, and the strength of the encryption depends on " +
				"the password. Default `false`.",
		},
		"ca_file": pathAttribute("File with the certificates of the authorities to trust, in PEM, instead of " +
			"those of the system. " + environment.Alternative(environment.CAFile)),
		"tls_server_name": textAttribute("Name in the host's certificate. Default `host`."),
		"client_certificate": textAttribute("Text of the client certificate in PEM, for `auth = \"certificate\"`. " +
			environment.Alternative(environment.ClientCertificate)),
		"client_key": secretAttribute("Text of the private key of `client_certificate` in "+
			"PEM.", environment.ClientKey),
		"kerberos_config": pathAttribute("Path of `krb5.conf`. Required with `auth = \"kerberos\"`."),
		"kerberos_realm": textAttribute("Realm of `user`. Required with `auth = \"kerberos\"` and a password. In " +
			"this case, `user` has no domain."),
		"kerberos_cache": pathAttribute("Path of a credential cache, as `kinit` writes it, to use instead of `user` " +
			"and `password`."),
		"kerberos_spn": textAttribute("Service principal of the host. Default `HTTP/` followed by `host`."),
		"operation_timeout": timeoutAttribute("How long the host waits for output before it answers a request, at "+
			"most `1m`. Default `20s`. This argument does not limit the duration of a script. "+
			environment.Alternative(environment.OperationTimeout), timeout{maxOperationTimeout}),
	})
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Windows Remote Management, over HTTPS.",
		Attributes:          attributes,
	}
}

func sshAttribute() schema.SingleNestedAttribute {
	attributes := remoteAttributes("Default 22.", 4)
	maps.Copy(attributes, map[string]schema.Attribute{
		"password": secretAttribute("Password of `user`. At least one of `password`, `private_key` and `agent` is "+
			"required.",
			environment.Password),
		"private_key": secretAttribute("Text of the private key for the login, in PEM or OpenSSH format.",
			environment.PrivateKey),
		"private_key_passphrase": secretAttribute("Passphrase of `private_key`.", environment.PrivateKeyPassphrase),
		"agent": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to log in with the keys of the SSH agent at `SSH_AUTH_SOCK`. " +
				"Default `false`.",
		},
		"host_key": textAttribute("Public key of the host (`ssh-ed25519 AAAA...`) or its fingerprint (`SHA256:...`). " +
			"Write one key per line. " + environment.Alternative(environment.HostKey)),
		"known_hosts_file": pathAttribute("File in the format of OpenSSH's `known_hosts` with the key of the host. " +
			"Default `~/.ssh/known_hosts` if `host_key` is unset."),
	})
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "SSH. The key of the host is always checked.",
		Attributes:          attributes,
	}
}

// remoteAttributes returns the attributes that the transports to another host share.
func remoteAttributes(defaultPort string, defaultShells int) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"host": textAttribute("Name or address of the server with the management shell. " +
			environment.Alternative(environment.Host)),
		"port": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: "Port. " + defaultPort + " " + environment.Alternative(environment.Port),
			Validators:          []validator.Int64{int64validator.Between(1, maxPort)},
		},
		"user": textAttribute("Account that runs the management shell: `CONTOSO\\svc-terraform` or " +
			"`svc-terraform@contoso.com`. " + environment.Alternative(environment.Username)),
		"executable": serverPathAttribute("Name or path of PowerShell on the host. Default `powershell.exe`."),
		"credssp": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether the host logs in to itself with `user` and `password` through CredSSP, for " +
				"the second hop to SQL Server, Active Directory and the file share. CredSSP must be enabled on the " +
				"host. Default `false`.",
		},
		"connect_timeout": timeoutAttribute("Maximum duration of the connection setup. Default `30s`. "+
			environment.Alternative(environment.ConnectTimeout), timeout{}),
		"max_concurrent_shells": schema.Int64Attribute{
			Optional: true,
			MarkdownDescription: fmt.Sprintf("How many scripts run on the host at a time; others wait. Default %d. ",
				defaultShells) +
				environment.Alternative(environment.MaxConcurrentShells),
			Validators: []validator.Int64{int64validator.Between(1, maxShells)},
		},
	}
}

func textAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: description, Validators: []validator.String{nonEmpty{}},
	}
}

// pathAttribute is a path on the host on which Terraform runs.
func pathAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: description, Validators: []validator.String{nonEmpty{}, plausiblePath{}},
	}
}

// serverPathAttribute is a path on the server with the management shell.
func serverPathAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: description,
		Validators: []validator.String{nonEmpty{}, plausiblePath{onServer: true}},
	}
}

func secretAttribute(description, variable string) schema.StringAttribute {
	attribute := textAttribute(description + " " + environment.Alternative(variable))
	attribute.Sensitive = true
	return attribute
}

func timeoutAttribute(description string, valid timeout) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: description, Validators: []validator.String{valid},
	}
}
