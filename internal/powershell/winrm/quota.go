package winrm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// wsmanFault is a fault with which the service answers a request.
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

// Fault codes of wsmerror.h and winerror.h.
const (
	faultTimedOut   = 2150858793 // no output within OperationTimeout
	faultNoShell    = 2150858843
	faultDenied     = 5
	faultNoStorage  = 2147942408 // ERROR_NOT_ENOUGH_MEMORY
	faultNoMemory   = 2147942414
	faultNoQuota    = 2147944216 // ERROR_NOT_ENOUGH_QUOTA: the job object is full
	faultCommitment = 2147943855 // ERROR_COMMITMENT_LIMIT: the paging file is too small
	faultShells     = 2150859173
	faultOperations = 2150859174
	faultShellUsers = 2150859179
	faultEnvelope   = 2150858825
	faultShells2    = 2150859236 // the same limits, set for the plugin
	faultUsers2     = 2150859237
	faultShells3    = 2150859238
	faultOps2       = 2150859239
	faultOps3       = 2150859240
	faultCommands   = 2150859241
)

// quota is the name of a limit of the service.
type quota string

const (
	quotaShells     quota = "MaxShellsPerUser"
	quotaUsers      quota = "MaxConcurrentUsers"
	quotaOperations quota = "MaxConcurrentOperationsPerUser"
	quotaProcesses  quota = "MaxProcessesPerShell"
	quotaMemory     quota = "MaxMemoryPerShellMB"
	quotaEnvelope   quota = "MaxEnvelopeSizekb"
)

// quotaOf returns the limit that a fault is about, or "". It uses the code of the fault. If the code is a general one,
// it uses the text, which it recognizes only in English.
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
		part  string
		quota quota
	}{
		{"concurrent shells", quotaShells},
		{"number of users", quotaUsers},
		{"concurrent operations", quotaOperations},
		{"commands per shell", quotaOperations},
		{"processes per shell", quotaProcesses},
	} {
		if strings.Contains(f.text, q.part) {
			return q.quota
		}
	}
	if f.subcode == "EncodingLimit" {
		return quotaEnvelope
	}
	return ""
}

// advice returns how to raise the limit.
func (q quota) advice() string {
	set := func(where, value string) string {
		return fmt.Sprintf("raise it in an elevated prompt on the host: winrm set %s @{%s=\"%s\"}", where, q, value)
	}

	const shell = "winrm/config/winrs"

	switch q {
	case quotaShells:
		return "The account has as many open remote shells as the host allows per user (MaxShellsPerUser, 5 on old " +
			"hosts). Close unused shells (Restart-Service WinRM closes all), or " +
			set(shell, "30") + "."
	case quotaUsers:
		return "More accounts have open remote shells than the host allows (MaxConcurrentUsers, 5 on old hosts). " +
			"Wait, or " + set(shell, "10") + "."
	case quotaOperations:
		return "The account has as many commands as the host allows (MaxConcurrentOperationsPerUser, 15 on old " +
			"hosts), which counts the commands of a remote shell until the shell ends. Wait, or " +
			set("winrm/config/service", "1500") + "."
	case quotaProcesses:
		return "The remote shell has as many processes as the host allows (MaxProcessesPerShell, 15 on old hosts): " +
			set(shell, "25") + "."
	case quotaMemory:
		return "The host allows a remote shell too little memory (MaxMemoryPerShellMB, 150 on old hosts): " +
			set(shell, "1024") + ", then Restart-Service WinRM. Windows Management Framework 3.0 ignores the setting " +
			"without hotfix KB2842230."
	case quotaEnvelope:
		return "The host accepts only smaller messages (MaxEnvelopeSizekb): raise it in an elevated prompt on the " +
			"host: winrm set winrm/config @{MaxEnvelopeSizekb=\"500\"}."
	}
	return ""
}

// outOfMemory returns an error if the output of a failed script shows that it ran out of memory. Such a script may have
// done a part of its work, and its output is not a result.
func (w *Transport) outOfMemory(out powershell.Output) error {
	if out.ExitCode == 0 {
		return nil
	}
	status := uint32(out.ExitCode) //nolint:gosec // an NTSTATUS
	found := slices.Contains([]uint32{0xC0000017, 0xC000012D, 0xC0000142}, status)

	for _, text := range []string{"OutOfMemoryException", "The paging file is too small", "Thread failed to start"} {
		found = found || strings.Contains(string(out.Stderr), text) || strings.Contains(string(out.Stdout), text)
	}
	if !found {
		return nil
	}
	return &stepError{
		tried: w.tried("run the script on"),
		err:   fmt.Errorf("%s ran out of memory: %s", w.config.Executable, firstLine(out)),
		next:  quotaMemory.advice(),
	}
}
