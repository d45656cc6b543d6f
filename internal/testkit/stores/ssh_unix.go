//go:build unix

package stores

import (
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/sshd"
)

func (d *Deployment) startSSH() {
	d.t.Helper()
	server := sshd.Start(d.t, nil)
	d.Cut = server.Cut
	d.Secrets = []string{server.PrivateKey}
	d.Settings = map[string]any{
		"host": server.Host, "port": server.Port, "user": server.User, "private_key": server.PrivateKey,
		"host_key": strings.TrimSpace(server.HostKey()), "executable": d.double.Executable(),
	}
}
