//go:build unix

package shell_test

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/ssh"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/sshd"
)

func init() {
	storeTransports["ssh"] = storeTransport{
		"tr_TR.UTF-8", func(t *testing.T, host *csmodule.Host) powershell.Transport {
			t.Helper()
			server := sshd.Start(t, nil)
			s, err := ssh.New(ssh.Config{
				Host: server.Host, Port: server.Port, User: server.User, PrivateKey: server.PrivateKey,
				HostKey: server.HostKey(), Executable: host.Executable(),
			})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	}
}
