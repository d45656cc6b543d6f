package provider

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

func managementShellAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The live deployment, through the management shell on one of its servers; exclusive with `topology_file`. " +
			"Takes exactly one of `winrm`, `ssh` and `local`. `LYNC_TOPOLOGY_FILE` is ignored when this is set.",
		Attributes: map[string]schema.Attribute{
			"winrm": winrmAttribute(),
			"ssh":   sshAttribute(),
			"local": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "PowerShell on the host on which Terraform runs. `{}` will do.",
				Attributes: map[string]schema.Attribute{
					"executable": settingAttribute("Name or path of PowerShell. Default `powershell.exe`, or `pwsh` where Terraform does not run on Windows."),
				},
			},
			"backup_directory": settingAttribute("Folder on that server for the backups and reports of every publish. " +
				"Default `%ProgramData%\\terraform-provider-lync`. The newest 20 are kept."),
			"domain_controller": settingAttribute("Domain controller that `Publish-CsTopology` and `Enable-CsTopology` are told to use."),
			"global_catalog":    settingAttribute("Global catalog server that `Publish-CsTopology` and `Enable-CsTopology` are told to use."),
		},
	}
}

func winrmAttribute() schema.SingleNestedAttribute {
	attributes := remoteAttributes("Default 5986, or 5985 with `plain_http`.", 2)
	maps.Copy(attributes, map[string]schema.Attribute{
		"password": secretAttribute("Password of `user`.", envPassword),
		"auth": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "How to log in: `ntlm` (default), `basic`, `kerberos` or `certificate`. " +
				"All but `ntlm` need HTTPS.",
			Validators: []validator.String{stringvalidator.OneOf(string(powershell.WinRMNTLM), string(powershell.WinRMBasic),
				string(powershell.WinRMKerberos), string(powershell.WinRMCertificate))},
		},
		"plain_http": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether to do without TLS, which gets a warning. Only `ntlm` can: it encrypts its messages itself, " +
				"but does not show that the host is the right one. Default `false`.",
		},
		"ca_file": fileAttribute("File with the certificates of the authorities to trust, in PEM, instead of those of the system. " +
			orEnvironment(envCAFile)),
		"tls_server_name":    settingAttribute("Name that the host's certificate has to be for. Default `host`."),
		"client_certificate": settingAttribute("Text of the certificate to log in with, in PEM, for `auth = \"certificate\"`. " + orEnvironment(envClientCertificate)),
		"client_key":         secretAttribute("Text of its private key, in PEM.", envClientKey),
		"kerberos_config":    fileAttribute("Path of `krb5.conf`. Needed with `auth = \"kerberos\"`."),
		"kerberos_realm":     settingAttribute("Realm of `user`, which is given without domain. Needed with `auth = \"kerberos\"` and a password."),
		"kerberos_cache":     fileAttribute("Path of a credential cache, as `kinit` writes it, to use instead of user and password."),
		"kerberos_spn":       settingAttribute("Service principal of the host. Default `HTTP/` and `host`."),
		"operation_timeout": durationAttribute("How long the host keeps one request for output waiting, at most `1m`. Default `20s`. "+
			"It does not limit how long a script runs. "+orEnvironment(envOperationTimeout), mostOperation),
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
		"password":               secretAttribute("Password of `user`. At least one of `password`, `private_key` and `agent` is needed.", envPassword),
		"private_key":            secretAttribute("Text of the private key to log in with, in PEM or OpenSSH format.", envPrivateKey),
		"private_key_passphrase": secretAttribute("Passphrase of `private_key`.", envPrivateKeyPassphrase),
		"agent": schema.BoolAttribute{
			Optional:            true,
			MarkdownDescription: "Whether to log in with the keys of the SSH agent at `SSH_AUTH_SOCK`. Default `false`.",
		},
		"host_key": settingAttribute("Public key of the host (`ssh-ed25519 AAAA...`) or its fingerprint (`SHA256:...`); several, one in a line. " +
			orEnvironment(envHostKey)),
		"known_hosts_file": fileAttribute("File in the format of OpenSSH's `known_hosts` in which to find the key of the host. " +
			"Default `~/.ssh/known_hosts`, if there is no `host_key`."),
	})
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "SSH. The key of the host is always checked.",
		Attributes:          attributes,
	}
}

// remoteAttributes are those that every way to another host has.
func remoteAttributes(defaultPort string, shells int) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"host": settingAttribute("Name or address of the server with the management shell. " + orEnvironment(envHost)),
		"port": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: "Port. " + defaultPort + " " + orEnvironment(envPort),
			Validators:          []validator.Int64{int64validator.Between(1, mostPort)},
		},
		"user": settingAttribute("Account that runs the management shell: `CONTOSO\\svc-terraform` or `svc-terraform@contoso.com`. " +
			orEnvironment(envUsername)),
		"executable": settingAttribute("Name or path of PowerShell on the host. Default `powershell.exe`."),
		"credssp": schema.BoolAttribute{
			Optional: true,
			MarkdownDescription: "Whether the host logs in to itself with `user` and `password` by CredSSP, for the second hop to SQL Server, Active Directory " +
				"and the file share. CredSSP must be enabled there. Default `false`.",
		},
		"connect_timeout": durationAttribute("How long connecting may take. Default `30s`. "+orEnvironment(envConnectTimeout), 0),
		"max_concurrent_shells": schema.Int64Attribute{
			Optional:            true,
			MarkdownDescription: fmt.Sprintf("How many scripts run on the host at a time; others wait. Default %d. ", shells) + orEnvironment(envMaxConcurrentShells),
			Validators:          []validator.Int64{int64validator.Between(1, mostShells)},
		},
	}
}

func orEnvironment(name string) string { return "May be given in `" + name + "` instead." }

// settingAttribute is an optional text.
func settingAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: []validator.String{filled{}}}
}

// fileAttribute is the path of a file.
func fileAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: []validator.String{filled{path: true}}}
}

func secretAttribute(description, env string) schema.StringAttribute {
	attribute := settingAttribute(description + " " + orEnvironment(env))
	attribute.Sensitive = true
	return attribute
}

func durationAttribute(description string, most time.Duration) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: []validator.String{waiting{most}}}
}

// filled refuses an empty text, which is a variable that nobody set, and the text of a file in place of its path. Neither
// message has the text, which may be a secret in a wrong place.
type filled struct{ path bool }

func (v filled) Description(context.Context) string {
	if v.path {
		return "the path of a file"
	}
	return "not empty"
}

func (v filled) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v filled) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	switch text := req.ConfigValue.ValueString(); {
	case !given(req.ConfigValue):
	case text == "":
		resp.Diagnostics.AddAttributeError(req.Path, "Empty setting", req.Path.String()+" is empty. Give it a value, or leave it out (null).")
	case v.path && strings.ContainsAny(text, "\r\n"):
		resp.Diagnostics.AddAttributeError(req.Path, "Unusable setting", req.Path.String()+" is a text of several lines. Give the path of the file, and not what is in it.")
	}
}

// waiting lets through how long to wait for a host: a second or more, and no more than most unless that is 0.
type waiting struct{ most time.Duration }

func (v waiting) allows(d time.Duration) bool {
	return d >= time.Second && (v.most == 0 || d <= v.most)
}

func (v waiting) Description(context.Context) string { return v.text() }

func (v waiting) text() string {
	if v.most == 0 {
		return "a duration of at least 1s"
	}
	return fmt.Sprintf("a duration from 1s to %.0fs", v.most.Seconds())
}

func (v waiting) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v waiting) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !given(req.ConfigValue) {
		return
	}
	if d, err := time.ParseDuration(req.ConfigValue.ValueString()); err != nil || !v.allows(d) {
		resp.Diagnostics.AddAttributeError(req.Path, "Unusable duration",
			fmt.Sprintf("%s takes %s, such as 30s, and is %q. Leave it out for the default.", req.Path, v.Description(ctx), req.ConfigValue.ValueString()))
	}
}
