package stores

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// The account of the WinRM service. The password has special characters of shells, URLs, JSON, XML and HCL.
const (
	winrmUser     = `CONTOSO\svc-terraform`
	winrmPassword = "ge'h\"e`i$(m)%PATH% ${x} %{y} &<ü日本😀> \\ Geheimnis4711DesTests" //nolint:gosec // for tests only
)

// authority is shared by all tests, because the generation of keys takes time.
var authority = struct {
	sync.Mutex
	*winrmd.Authority
}{}

func (d *Deployment) startWinRM() {
	d.t.Helper()
	authority.Lock()
	defer authority.Unlock()
	if authority.Authority == nil {
		authority.Authority = winrmd.NewAuthority(d.t)
	}
	ca := filepath.Join(d.t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, authority.PEM, 0o600); err != nil {
		d.t.Fatal(err)
	}
	line, err := powershell.CommandText("powershell.exe")
	if err != nil {
		d.t.Fatal(err)
	}
	var cut atomic.Int64
	d.Server = winrmd.Start(d.t, winrmd.Options{
		User: winrmUser, Password: winrmPassword, TLS: authority.Server(d.t), MaxWait: 100 * time.Millisecond,
		Process: func(ctx context.Context, command string, stdin io.Reader, stdout, stderr io.Writer) int {
			if command != line {
				d.t.Errorf("the command line is %s, want %s", command, line)
			}
			return d.double.Serve(ctx, stdin, stdout, stderr)
		},
		Before: func(winrmd.Action, int) winrmd.Trouble {
			return winrmd.Trouble{Reset: cut.Add(-1) >= 0}
		},
	})
	d.Cut = func() { cut.Store(1) }
	d.Secrets = []string{winrmPassword}
	d.Settings = map[string]any{
		"host": d.Server.Host, "port": d.Server.Port, "user": winrmUser, "password": winrmPassword,
		"ca_file": filepath.ToSlash(ca),
	}
}

// AssertShellsClosed verifies that the provider has closed all its shells on the host.
func (d *Deployment) AssertShellsClosed(t *testing.T) {
	t.Helper()
	d.double.WaitForProcesses()
	if d.Server == nil {
		return
	}
	if n := d.Server.Count(); d.Server.Open() != 0 || n.Opened == 0 || n.Opened != n.Closed || n.Refused != 0 {
		t.Errorf("%d shells are open: %+v", d.Server.Open(), n)
	}
}
