//go:build unix

package local

import (
	"errors"
	"os/exec"
	"syscall"
)

// DefaultExecutable is PowerShell where the configuration names none. There is no Windows PowerShell here.
func DefaultExecutable() string { return "pwsh" }

// family is a process and all that it starts: a process group.
type family struct{ cmd *exec.Cmd }

func newFamily(cmd *exec.Cmd) *family {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}

	return &family{cmd}
}

// adopt does nothing: the group is there from the first moment.
func (*family) adopt() error { return nil }

// end ends all of it.
func (f *family) end() error {
	err := syscall.Kill(-f.cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}

	return err
}

func (f *family) close() {
	if f.cmd.Process != nil {
		_ = f.end()
	}
}
