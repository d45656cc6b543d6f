package csmodule

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// replace runs PowerShell with the same arguments and ends this process with its exit code. It returns only if that
// fails. PowerShell is in the job in which the transport local puts this process, so that both end with the test.
func replace(powershell string, stdin []byte) error {
	cmd := exec.CommandContext(context.Background(), powershell, os.Args[1:]...) // #nosec G204 -- of the test
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), os.Stdout, os.Stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err == nil || errors.As(err, &exit) {
		os.Exit(cmd.ProcessState.ExitCode())
	}
	return err
}

// mainSession does nothing: a host opens sessions to itself on Unix only.
func mainSession() {}

// modulePath returns the value of PSModulePath with which PowerShell finds the modules in a folder and its own ones.
// PowerShell 7 adds the folders of its own ones, and Windows PowerShell adds none to an existing value.
func modulePath(powershell, folder string) string {
	if !strings.EqualFold(filepath.Base(powershell), "powershell.exe") {
		return folder
	}
	return folder + string(filepath.ListSeparator) + filepath.Join(filepath.Dir(powershell), "Modules")
}
