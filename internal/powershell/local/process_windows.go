package local

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// DefaultExecutable returns the name or path of PowerShell if the configuration names none: 64-bit Windows PowerShell.
// In a 32-bit process on 64-bit Windows the name alone means the 32-bit one, and Sysnative is the path of the 64-bit
// one.
func DefaultExecutable() string {
	if runtime.GOARCH == "386" || runtime.GOARCH == "arm" {
		native := filepath.Join(os.Getenv("SystemRoot"), "Sysnative", "WindowsPowerShell", "v1.0", "powershell.exe")
		// This path exists only for a 32-bit process on 64-bit Windows.
		if _, err := os.Stat(native); err == nil { //nolint:gosec // Windows sets the variable
			return native
		}
	}
	return "powershell.exe"
}

// processGroup is a process and its children, in a job object. Windows ends the job when its last handle is closed,
// also if this process dies.
type processGroup struct {
	cmd *exec.Cmd
	err error

	mu  sync.Mutex
	job windows.Handle
}

// newProcessGroup prepares cmd, which has not started.
func newProcessGroup(cmd *exec.Cmd) *processGroup {
	// PowerShell has a console of its own, without a window. In the console of Terraform, a Ctrl+C would end PowerShell
	// in the middle of a publish.
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NO_WINDOW}

	g := &processGroup{cmd: cmd}

	g.job, g.err = windows.CreateJobObject(nil, nil)
	if g.err != nil {
		return g
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
			LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
		},
	}
	_, g.err = windows.SetInformationJobObject(g.job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))) //nolint:gosec // required by the Windows API
	return g
}

// add puts the process into the job. It is called immediately after the start, before a script can start a child.
func (g *processGroup) add() error {
	if g.err != nil {
		return g.err
	}

	//nolint:gosec // a process id is never negative
	id := uint32(g.cmd.Process.Pid)

	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, id)
	if err != nil {
		if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
			return nil // the process has ended
		}
		return err
	}
	defer func() { _ = windows.CloseHandle(process) }()

	g.mu.Lock()
	defer g.mu.Unlock()

	if g.job == 0 {
		return nil
	}
	return windows.AssignProcessToJobObject(g.job, process)
}

// end ends the process and its children.
func (g *processGroup) end() error {
	g.close()

	err := g.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) || errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil // the end of the job has ended it
	}
	return err
}

// close ends what still runs and releases the group.
func (g *processGroup) close() {
	g.mu.Lock()
	defer g.mu.Unlock()

	if g.job != 0 {
		_ = windows.CloseHandle(g.job)
		g.job = 0
	}
}
