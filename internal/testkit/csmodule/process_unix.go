//go:build unix

package csmodule

import (
	"errors"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// replace replaces this process by PowerShell with the same arguments. It returns only if that fails.
func replace(powershell string, stdin []byte) error {
	file, err := os.CreateTemp("", "stdin")
	if err != nil {
		return err
	}
	_, err = file.Write(stdin)
	if _, seek := file.Seek(0, io.SeekStart); err != nil || seek != nil {
		return errors.Join(err, seek)
	}
	if err := errors.Join(os.Remove(file.Name()), unix.Dup2(int(file.Fd()), 0)); err != nil { //nolint:gosec // small
		return err
	}
	// #nosec G204 -- the PowerShell of the test
	return syscall.Exec(powershell, append([]string{powershell}, os.Args[1:]...), os.Environ())
}

// modulePath returns the value of PSModulePath with which PowerShell finds the modules in a folder and its own ones.
// PowerShell 7 adds the folders of its own ones.
func modulePath(_, folder string) string { return folder }
