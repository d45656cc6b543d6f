package winrm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// wsmanFault is an answer of the service that refuses a request.
type wsmanFault struct {
	code    uint32
	subcode string
	text    string
}

func (f *wsmanFault) Error() string {
	text := strings.TrimSuffix(f.text, ".")
	if text == "" {
		text = "the service refused without a reason"
	}

	return fmt.Sprintf("%s (WSManFault %d)", text, f.code)
}

// The codes of wsmerror.h and winerror.h.
const (
	faultTimedOut   = 2150858793 // nothing to answer within OperationTimeout
	faultNoShell    = 2150858843
	faultDenied     = 5
	faultNoStorage  = 2147942408 // of Windows: not enough storage is available to process this command
	faultNoMemory   = 2147942414
	faultNoQuota    = 2147944216 // of Windows: not enough quota, which a job that is full answers
	faultCommitment = 2147943855 // of Windows: the paging file is too small
	faultShells     = 2150859173
	faultOperations = 2150859174
	faultShellUsers = 2150859179
	faultEnvelope   = 2150858825
	faultShells2    = 2150859236 // the same limits, where the host sets them for the plugin
	faultUsers2     = 2150859237
	faultShells3    = 2150859238
	faultOps2       = 2150859239
	faultOps3       = 2150859240
	faultCommands   = 2150859241
)

// quota is a limit of the service.
type quota string

const (
	quotaShells     quota = "MaxShellsPerUser"
	quotaUsers      quota = "MaxConcurrentUsers"
	quotaOperations quota = "MaxConcurrentOperationsPerUser"
	quotaProcesses  quota = "MaxProcessesPerShell"
	quotaMemory     quota = "MaxMemoryPerShellMB"
	quotaEnvelope   quota = "MaxEnvelopeSizekb"
)

// quotaOf names the limit that a fault is about. The code decides; a text only where the host sends the general code, and
// only what is English there is found.
func quotaOf(f *wsmanFault) quota {
	switch f.code {
	case faultShells, faultShells2, faultShells3:
		return quotaShells
	case faultShellUsers, faultUsers2:
		return quotaUsers
	case faultOperations, faultOps2, faultOps3, faultCommands:
		return quotaOperations
	case faultNoQuota:
		return quotaProcesses
	case faultNoStorage, faultNoMemory, faultCommitment:
		return quotaMemory
	case faultEnvelope:
		return quotaEnvelope
	}

	for _, q := range []struct {
		part string
		is   quota
	}{
		{"concurrent shells", quotaShells},
		{"number of users", quotaUsers},
		{"concurrent operations", quotaOperations},
		{"commands per shell", quotaOperations},
		{"processes per shell", quotaProcesses},
	} {
		if strings.Contains(f.text, q.part) {
			return q.is
		}
	}

	if f.subcode == "EncodingLimit" {
		return quotaEnvelope
	}

	return ""
}

func (q quota) advice() string {
	set := func(where, value string) string {
		return fmt.Sprintf("raise it in an elevated prompt there: winrm set %s @{%s=\"%s\"}", where, q, value)
	}

	const shell = "winrm/config/winrs"

	switch q {
	case quotaShells:
		return "The account has as many remote shells open as the host allows one user (MaxShellsPerUser, on old hosts 5). Lower " +
			"max_concurrent_shells, close the shells that others left open (Restart-Service WinRM closes all), or " + set(shell, "30") + "."
	case quotaUsers:
		return "More accounts have remote shells open than the host allows (MaxConcurrentUsers, on old hosts 5). Wait, or " +
			set(shell, "10") + "."
	case quotaOperations:
		return "The host allows the account no more commands (MaxConcurrentOperationsPerUser, on old hosts 15); it counts those " +
			"of a remote shell until the shell ends. Wait, or " + set("winrm/config/service", "1500") + "."
	case quotaProcesses:
		return "The host allows a remote shell no more processes (MaxProcessesPerShell, on old hosts 15): " + set(shell, "25") + "."
	case quotaMemory:
		return "The host allows a remote shell too little memory for the management shell (MaxMemoryPerShellMB, on old hosts 150): " +
			set(shell, "1024") + ", then Restart-Service WinRM. Windows Management Framework 3.0 ignores the setting without hotfix KB2842230."
	case quotaEnvelope:
		return "The host takes only smaller messages (MaxEnvelopeSizekb): raise it in an elevated prompt there: winrm set " +
			"winrm/config @{MaxEnvelopeSizekb=\"500\"}."
	}

	return ""
}

// starved makes an error of output that tells of too little memory. A script that was starved may have done its work up to
// there, and what it wrote is no result.
func (w *Transport) starved(out powershell.Output) error {
	if out.ExitCode == 0 {
		return nil
	}

	found := slices.Contains([]uint32{0xC0000017, 0xC000012D, 0xC0000142}, uint32(out.ExitCode)) //nolint:gosec // an NTSTATUS

	for _, text := range []string{"OutOfMemoryException", "The paging file is too small", "Thread failed to start"} {
		found = found || strings.Contains(string(out.Stderr), text) || strings.Contains(string(out.Stdout), text)
	}

	if !found {
		return nil
	}

	return &stepError{
		tried: w.tried("run the script on"), err: fmt.Errorf("%s ran out of memory: %s", w.config.Executable, brief(out)),
		next: quotaMemory.advice(),
	}
}
