//go:build unix

package local

import (
	"errors"
	"os/exec"
	"syscall"
)

// DefaultExecutable returns the name of PowerShell if the configuration names none: PowerShell 7.
func DefaultExecutable() string { return "pwsh" }

// processGroup is a process and its children.
type processGroup struct{ cmd *exec.Cmd }

// newProcessGroup prepares cmd, which has not started.
func newProcessGroup(cmd *exec.Cmd) *processGroup {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return &processGroup{cmd}
}

// add does nothing: the process starts in its group.
func (*processGroup) add() error { return nil }

// end ends the process and its children.
func (g *processGroup) end() error {
	err := syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return nil
	}
	return err
}

// close ends what still runs and releases the group.
func (g *processGroup) close() {
	if g.cmd.Process != nil {
		_ = g.end()
	}
}
