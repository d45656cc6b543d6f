//go:build !unix

package stores

func (d *Deployment) startPowerShell([]byte) {
	d.t.Skip("the stand-in of the management shell runs on Unix only")
}
