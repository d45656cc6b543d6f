//go:build !unix

package stores

func (d *Live) startSSH() { d.t.Skip("no sshd") }
