package connection

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/ssh"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

// advice has the sentences for the kinds of errors that a transport or a script returns. They follow the text of the
// error, which can end with advice about the host.
var advice = []struct {
	kind error
	text string
}{
	{ssh.NoCredentials, "Set one of password, private_key and agent."},
	{ssh.BadPrivateKey, "private_key is the text of the key, for example file(\"~/.ssh/id_ed25519\"), in PEM or " +
		"OpenSSH format."},
	{ssh.BadPassphrase, "Set private_key_passphrase."},
	{ssh.BadAgent, "Or use private_key or password instead of agent."},
	{ssh.BadHostKey, "host_key is a public key (\"ssh-ed25519 AAAA...\") or its fingerprint (\"SHA256:...\"), as " +
		"ssh-keygen -lf shows it on the host; one per line."},
	{ssh.PinnedKeyChanged, "The pinned key is host_key (or " + environment.HostKey + ")."},
	{ssh.BadKnownHosts, "Set host_key to pin the key of the host, or known_hosts_file to a file in the format of " +
		"OpenSSH's known_hosts that can be read."},
	{ssh.TooManySessions, "Or lower max_concurrent_shells."},
	{winrm.NoCredentials, "Set user and password (" + environment.Username + ", " + environment.Password + ") to the " +
		"account that runs the management shell."},
	{winrm.BadClientCertificate,
		"Set client_certificate and client_key to the texts of a certificate and its private " +
			"key in PEM."},
	{winrm.Untrusted,
		"Set ca_file to a file with the certificate of the authority that signed the certificate of the " +
			"host, in PEM. A self-signed certificate is its own authority."},
	{winrm.OtherName, "Or set tls_server_name to one of them."},
	{winrm.TooManyShells, "Or lower max_concurrent_shells."},
	{shell.BackupFolder, "Or set backup_directory to another folder."},
	{winrm.TimeOver, "If the host is slow, raise the timeouts of the resource."},
}

// Advice returns which settings of management_shell remedy an error of a transport, as sentences, or "".
func Advice(err error) string {
	var texts []string
	for _, entry := range advice {
		if errors.Is(err, entry.kind) {
			texts = append(texts, entry.text)
		}
	}
	var unknown *ssh.UnknownHostKeyError
	if errors.As(err, &unknown) {
		texts = append(texts, fmt.Sprintf("Only if they are equal, set host_key = %q or add this line to the "+
			"known_hosts_file: %s", unknown.Fingerprint, unknown.Line))
	}
	return strings.Join(texts, " ")
}

// withAdvice returns the text of an error of a transport, followed by the advice.
func withAdvice(err error) string {
	return sentence.Then(sentence.WithoutStop(err.Error()), Advice(err))
}
