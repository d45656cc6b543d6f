package stores

import "github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"

func (d *Deployment) startPowerShell(document []byte) {
	d.t.Helper()
	host := csmodule.Start(d.t, document)
	d.Host, d.Transport = host, Local
	d.Settings = map[string]any{"executable": host.Executable()}
}
