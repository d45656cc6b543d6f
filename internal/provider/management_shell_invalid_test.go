package provider_test

import (
	"crypto/ed25519"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"
	"golang.org/x/crypto/ssh"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// secretWord is in every secret value of the tables below, and in values that can be misplaced secrets.
const secretWord = "geheim"

// shellRow is a configuration of the provider and the texts of its one error. It has no texts if the configuration is
// valid.
type shellRow struct {
	config string
	want   []string
}

func winrmRow(settings string, want ...string) shellRow { return transportRow("winrm", settings, want) }

func sshRow(settings string, want ...string) shellRow { return transportRow("ssh", settings, want) }

// transportRow returns a row whose first text names a setting of the transport.
func transportRow(transport, settings string, want []string) shellRow {
	if len(want) > 0 {
		want[0] = "management_shell." + transport + "." + want[0]
	}
	return shellRow{fmt.Sprintf("management_shell = {\n    %s = {\n      %s\n    }\n  }",
		transport, strings.ReplaceAll(settings, "; ", "\n      ")), want}
}

// quoted returns a text as an HCL literal.
func quoted(text string) string { return strings.ReplaceAll(fmt.Sprintf("%q", text), "${", "$${") }

// privateKey returns a private key in OpenSSH format, encrypted unless the passphrase is empty.
func privateKey(t *testing.T, passphrase string) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, secretWord)
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(key, secretWord, []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}

// TestManagementShellInvalid has the errors that validate reports without the environment.
func TestManagementShellInvalid(t *testing.T) {
	t.Parallel()
	const login = `host = "lync01"; user = "svc"; password = "geheim"; `
	const kerberos = `host = "lync01"; auth = "kerberos"; kerberos_config = "krb5.conf"; `
	const certificate = `host = "lync01"; auth = "certificate"; `
	ca := winrmd.NewAuthority(t)
	goodCert, goodKey := winrmd.PEM(t, ca.Certificate(t, nil, nil))
	_, otherKey := winrmd.PEM(t, ca.Certificate(t, nil, nil))
	brokenKey := strings.Replace(string(goodKey), "\nMI", "\ngeheimMI", 1)
	brokenSSHKey := strings.Replace(privateKey(t, ""), "\nb3BlbnNzaC1rZXktdjEA", "\ngeheimzaC1rZXktdjEA", 1)

	rows := map[string]shellRow{
		"file and live": {"topology_file = \"topology.xml\"\n  management_shell = { local = {} }",
			[]string{"topology_file is a topology in a file, and management_shell is the topology of the live " +
				"deployment. Remove one of the two"}},
		"no transport": {"management_shell = {}",
			[]string{"management_shell has no transport", "Set one of winrm, ssh and local"}},
		"two transports": {"management_shell = {\n    ssh = { host = \"lync01\" }\n    local = {}\n  }",
			[]string{"more than one transport: ssh and local. Keep one of them"}},
		"empty folder": {"management_shell = {\n    local = {}\n    backup_directory = \"\"\n  }",
			[]string{"management_shell.backup_directory is empty. Set a value, or remove the argument"}},

		"plain basic": winrmRow(login+`auth = "basic"; plain_http = true`,
			`plain_http cannot be used with auth = "basic", which requires HTTPS`, "Remove plain_http, or use ntlm"),
		"plain kerberos": winrmRow(kerberos+`kerberos_cache = "cache"; plain_http = true`,
			`plain_http cannot be used with auth = "kerberos"`, "Remove plain_http"),
		"plain certificate": winrmRow(certificate+`plain_http = true`,
			`plain_http cannot be used with auth = "certificate"`, "Remove plain_http"),
		"plain with authority": winrmRow(login+`plain_http = true; ca_file = "ca.pem"`,
			"ca_file has no effect with plain_http. Remove one"),
		"plain with CredSSP": winrmRow(login+`plain_http = true; credssp = true`,
			"credssp sends the password itself to the host", "Remove one"),
		"plain with TLS name": winrmRow(login+`plain_http = true; tls_server_name = "lync01"`,
			"tls_server_name has no effect with plain_http. Remove one"),

		"kerberos without configuration": winrmRow(`host = "lync01"; user = "svc"; auth = "kerberos"; `+
			`kerberos_realm = "CONTOSO.COM"`, "kerberos_config is not set. Set it to the path of krb5.conf"),
		"kerberos without realm or cache": winrmRow(kerberos+`user = "svc"; password = "geheim"`,
			"kerberos_realm is not set. Set it to the realm of the user", "or set kerberos_cache"),
		"kerberos with NetBIOS domain": winrmRow(kerberos+`kerberos_realm = "CONTOSO.COM"; user = "CONTOSO\\svc"`,
			"user has a domain", "the domain in kerberos_realm"),
		"kerberos with domain": winrmRow(kerberos+`kerberos_realm = "CONTOSO.COM"; user = "svc@contoso.com"`,
			"user has a domain", "the domain in kerberos_realm"),
		"kerberos realm and cache": winrmRow(kerberos+`kerberos_realm = "CONTOSO.COM"; kerberos_cache = "cache"`,
			"kerberos_realm has no effect with kerberos_cache", "Remove one"),
		"kerberos user and cache": winrmRow(kerberos+`user = "svc"; kerberos_cache = "cache"`,
			"user has no effect with kerberos_cache", "Remove one"),
		"kerberos CredSSP and cache": winrmRow(kerberos+`credssp = true; kerberos_cache = "cache"`,
			"credssp needs the password of the user", "Remove one"),
		"kerberos settings with NTLM": winrmRow(login+`kerberos_spn = "HTTP/lync01"`,
			`kerberos_spn has no effect with auth = "ntlm". Remove one`),
		"kerberos cache as text": winrmRow(kerberos+`kerberos_cache = "geheim\ngeheim"`,
			"kerberos_cache looks like the content of a file. Set the path of the file"),

		"certificate is a path": winrmRow(certificate+`client_key = `+quoted(string(goodKey))+
			`; client_certificate = "client.pem"`, "client_certificate is not a complete text in PEM", "Set the text"),
		"certificate is broken": winrmRow(certificate+`client_key = `+quoted(string(goodKey))+
			`; client_certificate = "-----BEGIN CERTIFICATE-----\ngeheim\n"`,
			"client_certificate is not a complete text in PEM"),
		"key is none": winrmRow(certificate+`client_certificate = `+quoted(string(goodCert))+
			`; client_key = "geheim"`, "client_key is not a complete text in PEM", "Set the text"),
		"key is broken": winrmRow(certificate+`client_certificate = `+quoted(string(goodCert))+
			`; client_key = `+quoted(brokenKey), "client_key is not a complete text in PEM"),
		"key of another certificate": winrmRow(certificate+`client_certificate = `+quoted(string(goodCert))+
			`; client_key = `+quoted(string(otherKey)), "client_key: ", "does not match",
			"Set client_certificate and client_key"),
		"certificate and key are swapped": winrmRow(certificate+`client_certificate = `+quoted(string(goodKey))+
			`; client_key = `+quoted(string(goodCert)), "client_key: ", "switched",
			"Set client_certificate and client_key"),
		"password with certificate": winrmRow(certificate+`password = "geheim"`,
			`password has no effect with auth = "certificate". Remove one`),
		"certificate without saying so": winrmRow(login+`client_key = `+quoted(string(goodKey)),
			`client_key has no effect with auth = "ntlm". Remove one`),

		"auth of no kind": winrmRow(login+`auth = "digest"`, "auth value must be one of", "certificate"),
		"port 0":          winrmRow(login+`port = 0`, "port value must be between 1 and 65535"),
		"port too high":   sshRow(login+`port = 65536`, "port value must be between 1 and 65535"),
		"duration without unit": winrmRow(login+`connect_timeout = "30"`,
			`connect_timeout is "30", but must be a duration of at least 1s, such as 30s. Remove the argument`),
		"duration too short": sshRow(login+`connect_timeout = "10ms"`,
			`connect_timeout is "10ms", but must be a duration of at least 1s`),
		"duration below zero": sshRow(login+`connect_timeout = "-30s"`,
			`connect_timeout is "-30s", but must be a duration of at least 1s`),
		"wait too long": winrmRow(login+`operation_timeout = "61s"`,
			`operation_timeout is "61s", but must be a duration from 1s to 60s`, "Remove the argument to use the default"),
		"no shells": winrmRow(login+`max_concurrent_shells = 0`,
			"max_concurrent_shells value must be between 1 and 100"),
		"no sessions": sshRow(login+`max_concurrent_shells = 0`,
			"max_concurrent_shells value must be between 1 and 100"),
		"host with user": winrmRow(`host = "svc:geheim@lync01"`,
			"host is not just the name or address of a host. Omit the scheme"),
		"host is a URL": sshRow(`host = "https://svc:geheim@lync01/wsman"`,
			"host is not just the name or address of a host. Omit the scheme"),
		"empty host":     winrmRow(`host = ""`, "host is empty. Set a value, or remove the argument"),
		"empty password": winrmRow(`host = "lync01"; password = ""`, "password is empty. Set a value"),
		"empty key":      sshRow(`host = "lync01"; private_key = ""`, "private_key is empty. Set a value"),
		"escapes in a path": winrmRow(login+`ca_file = "C:\\lab\tls\new.pem"`,
			"ca_file has a tab", `In quotation marks, \t is a tab`, "Write each backslash", "slash (/)"),
		"line break in a path": winrmRow(login+`ca_file = "C:\new.pem"`,
			"ca_file has a line break", `In quotation marks, \n is a line break`, "Write each backslash"),
		"line break in a relative path": winrmRow(login+`ca_file = "lab\new.pem"`,
			"ca_file has a line break", `If \n was written in quotation marks`, "write each backslash"),
		"tab in an executable": sshRow(login+`executable = "C:\tools\\pwsh.exe"`,
			"executable has a tab", "Write each backslash"),
		"certificate as ca_file": winrmRow(login+`ca_file = `+quoted(string(ca.PEM)),
			"ca_file looks like the content of a file. Set the path"),
		"executable that expands": winrmRow(login+`executable = "%windir%\\powershell.exe"`,
			"executable: ", "Use such a path"),
		"executable with a space": sshRow(login+`executable = "C:\\Program Files\\pwsh.exe"`, "executable: ",
			"use the name of a program on PATH"),

		"host key of no kind": sshRow(login+`host_key = "geheim"`, "host_key: ",
			"neither a public key nor a SHA256 fingerprint", "host_key is a public key"),
		"host key cut off": sshRow(login+`host_key = "SHA256:geheim"`, "host_key: ",
			"not the fingerprint of a key"),
		"private key as host key": sshRow(login+`host_key = `+quoted(privateKey(t, "")), "host_key: ",
			"neither a public key nor"),
		"host key and known hosts": sshRow(login+`host_key = "SHA256:`+strings.Repeat("A", 43)+
			`"; known_hosts_file = "known_hosts"`, "known_hosts_file has no effect with host_key. Remove one"),
		"known hosts as text": sshRow(login+`known_hosts_file = "lync01 ssh-ed25519 AAAA\n"`,
			"known_hosts_file looks like the content of a file. Set the path"),
		"private key is a path": sshRow(`host = "lync01"; private_key = "~/.ssh/geheim"`, "private_key: ",
			"not the text of a private key", "for example file("),
		"private key is broken": sshRow(`host = "lync01"; private_key = `+quoted(brokenSSHKey), "private_key: ",
			"private_key is the text of the key"),
		"private key of PuTTY": sshRow(`host = "lync01"; private_key = "PuTTY-User-Key-File-3: geheim"`,
			"private_key: ", "Convert it to the OpenSSH format with PuTTYgen"),
		"private key, wrong passphase": sshRow(`host = "lync01"; private_key = `+quoted(privateKey(t, "other"))+
			`; private_key_passphrase = "geheim"`, "private_key: ", "the passphrase is wrong",
			"Set private_key_passphrase"),

		// Valid as far as it can be checked without the environment.
		"good winrm": winrmRow(login +
			`port = 5986; auth = "basic"; connect_timeout = "1m30s"; operation_timeout = "1m"; ` +
			`max_concurrent_shells = 5; executable = ` +
			`"C:\\Windows\\Sysnative\\WindowsPowerShell\\v1.0\\powershell.exe"`),
		"good plain": winrmRow(login + `plain_http = true`),
		"good kerberos": winrmRow(kerberos +
			`user = "svc"; kerberos_realm = "CONTOSO.COM"; kerberos_spn = "HTTP/lync01.contoso.com"; credssp = true`),
		"good cache": winrmRow(kerberos + `kerberos_cache = "cache"`),
		"good certificate": winrmRow(certificate + `client_certificate = ` + quoted(string(goodCert)) +
			`; client_key = ` + quoted(string(goodKey))),
		"second login":     winrmRow(certificate + `user = "svc"; password = "geheim"; credssp = true`),
		"from outside":     winrmRow(""),
		"key from outside": sshRow(`private_key_passphrase = "geheim"; credssp = true`),
		// the environment can supply its passphrase
		"encrypted key": sshRow(`private_key = ` + quoted(privateKey(t, "other"))),
		"good ssh": sshRow(login + `port = 22; agent = true; known_hosts_file = "known_hosts"; private_key = ` +
			quoted(privateKey(t, secretWord)) + `; private_key_passphrase = "geheim"`),
		"address": sshRow(`host = "fe80::1"; user = "CONTOSO\\svc"; host_key = "SHA256:` + strings.Repeat("A", 43) +
			`"`),
		"good local": {"management_shell = {\n    local = { executable = \"pwsh\" }\n    domain_controller = " +
			"\"dc1\"\n    global_catalog = \"dc1\"\n  }", nil},
	}
	assertDiagnostics(t, validateWorkspace(t), rows, "", "validate", "-json")
}

// TestManagementShellIncomplete has the settings that are missing in Configure, because the environment does not supply
// them.
func TestManagementShellIncomplete(t *testing.T) {
	t.Parallel()
	w := testkit.CLI(t)
	w.Setenv("SSH_AUTH_SOCK", "")
	w.Write("not.pem", secretWord)
	w.Write("krb5.conf", "[libdefaults]\n  default_realm = CONTOSO.COM\n")
	w.Write("cache", secretWord)
	const login = `host = "lync01"; user = "svc"; password = "geheim"; `
	const kerberos = `host = "lync01"; auth = "kerberos"; `
	rows := map[string]shellRow{
		"winrm without host": winrmRow(`user = "svc"; password = "geheim"`,
			"host is neither in the configuration nor in the environment. Set it, or the environment variable "+
				"LYNC_HOST"),
		"winrm without user": winrmRow(`host = "lync01"; password = "geheim"`, "user is neither",
			"Set it, or the environment variable LYNC_USERNAME"),
		"winrm without password": winrmRow(`host = "lync01"; user = "svc"`, "password is neither",
			"Set it, or the environment variable LYNC_PASSWORD"),
		"kerberos without password": winrmRow(kerberos+
			`user = "svc"; kerberos_realm = "CONTOSO.COM"; kerberos_config = "krb5.conf"`, "password is neither",
			"LYNC_PASSWORD"),
		"no kerberos configuration": winrmRow(kerberos+
			`user = "svc"; password = "geheim"; kerberos_realm = "CONTOSO.COM"; kerberos_config = "none.conf"`,
			"kerberos_config: ", "load none.conf", "Check that krb5.conf"),
		"no kerberos cache": winrmRow(kerberos+`kerberos_cache = "none"; kerberos_config = "krb5.conf"`,
			"kerberos_cache: ", "read credential cache", "Check that"),
		"broken kerberos cache": winrmRow(kerberos+`kerberos_cache = "cache"; kerberos_config = "krb5.conf"`,
			"kerberos_cache: ", "use credential cache", "Check that"),
		"certificate without key": winrmRow(`host = "lync01"; auth = "certificate"; `+
			`client_certificate = "-----BEGIN A-----\n-----END A-----\n"`, "client_key is neither",
			"LYNC_CLIENT_KEY, to the text of its private key"),
		"key without certificate": winrmRow(`host = "lync01"; auth = "certificate"; `+
			`client_key = "-----BEGIN A-----\n-----END A-----\n"`, "client_certificate is neither",
			"LYNC_CLIENT_CERTIFICATE"),
		"no file of authorities":   winrmRow(login+`ca_file = "none.pem"`, "ca_file: ", "none.pem", "Set ca_file"),
		"file without authorities": winrmRow(login+`ca_file = "not.pem"`, "ca_file: ", "not.pem", "Set ca_file"),
		"ssh without host":         sshRow(`user = "svc"; password = "geheim"`, "host is neither", "LYNC_HOST"),
		"ssh without user": sshRow(`host = "lync01"; password = "geheim"`, "user is neither",
			"LYNC_USERNAME"),
		"ssh with nothing to log in": {"management_shell = { ssh = { host = \"lync01\", user = \"svc\" } }",
			[]string{
				"management_shell.ssh has no credentials. Set password (or LYNC_PASSWORD), private_key (or " +
					"LYNC_PRIVATE_KEY) or agent",
			}},
		"passphrase alone": sshRow(login+`private_key_passphrase = "geheim"`,
			"private_key_passphrase has no effect without private_key. Remove"),
		"encrypted without passphrase": sshRow(`host = "lync01"; user = "svc"; private_key = `+
			quoted(privateKey(t, "other")), "private_key: ",
			"it is encrypted, and no passphrase is set. Set private_key_passphrase"),
		"CredSSP without password": sshRow(`host = "lync01"; user = "svc"; credssp = true; private_key = `+
			quoted(privateKey(t, "")), "password is neither", "LYNC_PASSWORD", "logs in to itself with the password"),
		"no agent": sshRow(`host = "lync01"; user = "svc"; agent = true`, "agent: ", "SSH_AUTH_SOCK is not set",
			"Start an agent"),
	}
	assertDiagnostics(t, w, rows, "", "plan", "-json")
}

// TestManagementShellNumbersOfTheEnvironment checks numbers and durations from the environment, which the configuration
// replaces.
func TestManagementShellNumbersOfTheEnvironment(t *testing.T) {
	t.Parallel()
	type setting struct{ attribute, configured, takes string }
	const inRange = " in the allowed range. Set the variable to a "
	settings := map[string]setting{
		"LYNC_PORT": {"port", "5986", "number" + inRange + "number from 1 to 65535"},
		"LYNC_MAX_CONCURRENT_SHELLS": {"max_concurrent_shells", "3",
			"number" + inRange + "number from 1 to 100"},
		"LYNC_CONNECT_TIMEOUT": {"connect_timeout", `"20s"`,
			"duration" + inRange + "duration such as 30s, a duration of at least 1s"},
	}
	for name, environment := range map[string]map[string]string{
		"no values": {"LYNC_PORT": "geheim", "LYNC_MAX_CONCURRENT_SHELLS": "0",
			"LYNC_CONNECT_TIMEOUT": "geheim"},
		"0 and too short":   {"LYNC_PORT": "0", "LYNC_CONNECT_TIMEOUT": "10ms"},
		"port too high":     {"LYNC_PORT": "65536"},
		"number below zero": {"LYNC_PORT": "-1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := testkit.CLI(t)
			const login = `host = "lync01"; user = "svc"; password = "geheim"`
			rows, all := map[string]shellRow{}, login+`; ca_file = "none.pem"`
			for variable, value := range environment {
				w.Setenv(variable, value)
				all += "; " + settings[variable].attribute + " = " + settings[variable].configured
				others := login
				for other := range environment {
					if other != variable {
						others += "; " + settings[other].attribute + " = " + settings[other].configured
					}
				}
				refused := settings[variable].attribute + " comes from the environment variable " + variable +
					", which is not a " + settings[variable].takes
				rows[variable+" over WinRM"], rows[variable+" over SSH"] = winrmRow(others, refused),
					sshRow(others, refused)
			}
			rows["configured"] = winrmRow(all, "ca_file: ") // the only error
			assertDiagnostics(t, w, rows, "", "plan", "-json")
		})
	}
}

// TestManagementShellPathOfTheEnvironment has the path of a file in quotation marks, which the configuration replaces.
func TestManagementShellPathOfTheEnvironment(t *testing.T) {
	t.Parallel()
	w := testkit.CLI(t)
	w.Setenv("LYNC_CA_FILE", `"C:\lab\ca.pem"`)
	const login = `host = "lync01"; user = "svc"; password = "geheim"`
	assertDiagnostics(t, w, map[string]shellRow{
		"environment": winrmRow(login, "ca_file comes from the environment variable LYNC_CA_FILE, which has "+
			"quotation marks that are a part of it. Set the variable to the path without the quotation marks."),
		"configured": winrmRow(login+`; ca_file = "none.pem"`, "ca_file: ", "Set ca_file"),
	}, "", "plan", "-json")
}

// TestManagementShellUnknownAtValidate uses variables, which are unknown in validate and can be null later.
func TestManagementShellUnknownAtValidate(t *testing.T) {
	t.Parallel()
	names := map[string][]string{
		"winrm": {
			"host", "port", "user", "password", "executable", "credssp", "connect_timeout", "max_concurrent_shells",
			"auth", "plain_http", "ca_file", "tls_server_name",
			"client_certificate", "client_key", "kerberos_config", "kerberos_cache", "kerberos_realm", "kerberos_spn",
			"operation_timeout",
		},
		"ssh": {
			"host", "port", "user", "password", "executable", "credssp", "connect_timeout", "max_concurrent_shells",
			"private_key", "private_key_passphrase", "agent",
			"host_key", "known_hosts_file",
		},
	}
	rows := map[string]shellRow{
		"all of it": {"topology_file = var.any\n  management_shell = var.any", nil},
		"each":      {"management_shell = {\n    winrm = var.any\n    ssh = var.any\n    local = var.any\n  }", nil},
		"file":      {"topology_file = var.any\n  management_shell = { local = {} }", nil},
		"live":      {"topology_file = \"topology.xml\"\n  management_shell = var.any", nil},
		"cache": winrmRow(`auth = "kerberos"; kerberos_config = "krb5.conf"; kerberos_realm = "CONTOSO.COM"; ` +
			`user = "svc"; credssp = true; kerberos_cache = var.any`),
		"CredSSP": winrmRow(`auth = "certificate"; user = "svc"; password = "geheim"; credssp = var.any`),
	}
	for transport, names := range names {
		// Each known setting is combined with unknown values of the others, which must not be refused.
		known := map[string]string{
			"": "", "auth, basic": `"basic"`, "auth, kerberos": `"kerberos"`, "auth, certificate": `"certificate"`,
			"plain_http": "true", "credssp": "true", "agent": "true",
			"kerberos_config": `"krb5.conf"`, "kerberos_cache": `"cache"`, "kerberos_realm": `"CONTOSO.COM"`,
			"ca_file": `"ca.pem"`, "user": `"svc"`,
			"private_key_passphrase": `"geheim"`, "host_key": `"SHA256:` + strings.Repeat("A", 43) + `"`,
			"known_hosts_file": `"known_hosts"`, "private_key": quoted(privateKey(t, "other")),
		}
		for key, value := range known {
			setting, _, _ := strings.Cut(key, ",")
			if key != "" && !slices.Contains(names, setting) {
				continue
			}
			var lines []string
			for _, name := range names {
				if name == setting {
					lines = append(lines, name+" = "+value)
				} else {
					lines = append(lines, name+" = var.any")
				}
			}
			rows[transport+" with "+key] = transportRow(transport, strings.Join(lines, "; "), nil)
		}
	}
	assertDiagnostics(t, validateWorkspace(t), rows, "variable \"any\" {\n  type    = any\n  default = null\n}\n",
		"validate", "-json")
}

// diagnostic is a diagnostic in the JSON output of Terraform.
type diagnostic struct {
	Severity, Summary, Detail string
	Range                     struct{ Start struct{ Line int } }
}

// instruction matches a text that has an instruction.
var instruction = regexp.MustCompile(`\b([Ss]et|[Ww]rite each|[Gg]ive|Remove|Omit|Keep|Convert|Check that|Start|[Uu]se|must be|` +
	`in kerberos_realm|is a public key|is the text of)\b`)

// validateWorkspace returns a workspace for validate. All provider blocks use the provider of this process.
func validateWorkspace(t *testing.T) *testkit.Workspace {
	t.Helper()
	w := testkit.CLI(t)
	serve(t, w, func() terraform.Provider { return provider.ForTest(t, w.Dir()) })
	return w
}

// assertDiagnostics runs a command on one configuration that has a provider for each row, and compares the diagnostics
// of each. All rows share one process, because the start of Terraform needs most of the time of a run.
func assertDiagnostics(t *testing.T, w *testkit.Workspace, rows map[string]shellRow, more string, command ...string) {
	t.Helper()
	config := testkit.RequiredProviders + more
	begins := map[int]string{}
	for i, name := range slices.Sorted(maps.Keys(rows)) {
		begins[strings.Count(config, "\n")+1] = name
		config += fmt.Sprintf("provider \"lync\" {\n  alias = \"p%[1]d\"\n  %[2]s\n}\n\ndata \"lync_topology\" "+
			"\"p%[1]d\" {\n  provider = lync.p%[1]d\n}\n", i, rows[name].config)
	}
	w.Write("main.tf", config)
	lines := slices.Sorted(maps.Keys(begins))
	got := map[string][]diagnostic{}
	for _, d := range parseDiagnostics(t, w.Run(command...)) {
		if text := d.Summary + "\n" + d.Detail; strings.Contains(text, secretWord) {
			t.Errorf("the message has a secret:\n%s", text)
		}
		at, found := slices.BinarySearch(lines, d.Range.Start.Line)
		if !found {
			at-- // -1 if the diagnostic has no position in the configuration
		}
		if at >= 0 {
			got[begins[lines[at]]] = append(got[begins[lines[at]]], d)
		} else if d.Severity == "error" {
			t.Errorf("%s\n%s", d.Summary, d.Detail)
		}
	}
	for name, row := range rows {
		var texts []string
		for _, d := range got[name] {
			texts = append(texts, d.Severity+": "+d.Summary+"\n"+d.Detail)
		}
		all := strings.Join(texts, "\n\n")
		switch {
		case len(row.want) == 0 && len(texts) > 0:
			t.Errorf("%s: should be valid\n%s", name, all)
		case len(row.want) > 0 && (len(texts) != 1 || !inOrder(row.want...).MatchString(all)):
			t.Errorf("%s: want one error with %q\n%s", name, row.want, all)
		case len(row.want) > 0 && !instruction.MatchString(all):
			t.Errorf("%s: has no instruction\n%s", name, all)
		}
	}
}

// parseDiagnostics returns the diagnostics of a run, which are in one list or one per line.
func parseDiagnostics(t *testing.T, r testkit.Result) (all []diagnostic) {
	t.Helper()
	var list struct{ Diagnostics []diagnostic }
	if json.Unmarshal([]byte(r.Stdout), &list) == nil {
		return list.Diagnostics
	}
	for line := range strings.Lines(r.Stdout) {
		var event struct{ Diagnostic *diagnostic }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatalf("%v\n%s", err, r.Output)
		}
		if event.Diagnostic != nil {
			all = append(all, *event.Diagnostic)
		}
	}
	return all
}

// inOrder matches texts that come in this order.
func inOrder(texts ...string) *regexp.Regexp {
	var parts []string
	for _, text := range texts {
		parts = append(parts, testkit.Wrapped(text).String())
	}
	return regexp.MustCompile("(?s)" + strings.Join(parts, ".*"))
}
