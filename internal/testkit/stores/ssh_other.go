//go:build !unix

package stores

func (d *Deployment) startSSH() { d.t.Skip("sshd runs on Unix only") }
