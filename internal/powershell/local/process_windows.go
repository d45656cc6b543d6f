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

// DefaultExecutable is PowerShell where the configuration names none: Windows PowerShell, since the management shell's
// modules are .NET Framework. A 32-bit provider on a 64-bit Windows would get the 32-bit one, which has no such modules,
// by its name: Sysnative is the way round it.
func DefaultExecutable() string {
	if runtime.GOARCH == "386" || runtime.GOARCH == "arm" {
		native := filepath.Join(os.Getenv("SystemRoot"), "Sysnative", "WindowsPowerShell", "v1.0", "powershell.exe")
		// Only a 32-bit process on a 64-bit Windows sees it.
		if _, err := os.Stat(native); err == nil { //nolint:gosec // Windows itself says where it is
			return native
		}
	}

	return "powershell.exe"
}

// family is a process and all that it starts: a job, which Windows ends with its last handle, also when this process dies.
type family struct {
	cmd *exec.Cmd
	err error

	mu  sync.Mutex
	job windows.Handle
}

func newFamily(cmd *exec.Cmd) *family {
	// A provider has no console; without this PowerShell would open a window for its own.
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true}

	f := &family{cmd: cmd}

	f.job, f.err = windows.CreateJobObject(nil, nil)
	if f.err != nil {
		return f
	}

	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, f.err = windows.SetInformationJobObject(f.job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits))) //nolint:gosec // the interface of Windows

	return f
}

// adopt puts the process into the job. It has only just begun, long before a script could start anything.
func (f *family) adopt() error {
	if f.err != nil {
		return f.err
	}

	//nolint:gosec // a process id is never negative
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(f.cmd.Process.Pid))
	if err != nil {
		if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
			return nil // It has ended already.
		}

		return err
	}

	defer func() { _ = windows.CloseHandle(process) }()

	f.mu.Lock()
	defer f.mu.Unlock()

	if f.job == 0 {
		return nil
	}

	return windows.AssignProcessToJobObject(f.job, process)
}

// end ends all of it.
func (f *family) end() error {
	f.close()

	err := f.cmd.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) || errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil // The job's end was its end.
	}

	return err
}

func (f *family) close() {
	f.mu.Lock()
	defer f.mu.Unlock()

	if f.job != 0 {
		_ = windows.CloseHandle(f.job)
		f.job = 0
	}
}
