package shell

import (
	"embed"
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

//go:embed scripts/*.ps1
var scriptFiles embed.FS

// The scripts that read and write the topology.
var (
	// GetTopology reads the topology from the Central Management store. The document of the result is the topology, the
	// value names the module that provides Get-CsTopology and its version.
	GetTopology = newScript("get-topology")
	// PublishTopology publishes the document if the store still holds the base: the data is a [PublishData], the value
	// a [PublishFacts], the document what the store holds afterwards, or now if it is a conflict.
	PublishTopology = newScript("publish-topology", "publishing")
	// EnableTopology makes effective what is published: the data is a [PublishData], the value a [PublishFacts].
	EnableTopology = newScript("enable-topology", "publishing")
	// SettleTopology waits until no publish of this provider is under way on the host, keeps the run that the data
	// names from publishing later, and reads the topology like [GetTopology]: the data is a [PublishData], the value a
	// [SettleFacts].
	SettleTopology = newScript("read-back-topology", "publishing")
)

// The scripts about the backup service of a pool. The data of both is a [BackupServiceData], and both change nothing in
// the topology.
var (
	// BackupServiceStatus runs Get-CsBackupServiceStatus. The value is a [BackupServiceFacts] with modules.
	BackupServiceStatus = newScript("backup-service-status")
	// BackupServiceSync runs Invoke-CsBackupServiceSync. The value is a [BackupServiceFacts] without modules.
	BackupServiceSync = newScript("backup-service-sync")
)

// publishingMark is the name of the mark that [PublishTopology] writes immediately before it publishes.
const publishingMark = "publishing"

// newScript returns the script of this name. It starts with the functions for the management shell and those of shared.
func newScript(name string, shared ...string) *powershell.Script {
	parts := []string{scriptText("management-shell")}
	for _, part := range append(shared, name) {
		parts = append(parts, scriptText(part))
	}

	return powershell.NewScript(name, refusals, parts...)
}

// scriptText returns the text of a file in the folder of scripts.
func scriptText(name string) string {
	text, err := scriptFiles.ReadFile("scripts/" + name + ".ps1")
	if err != nil {
		panic(fmt.Sprintf("shell: no embedded script %q: %v", name, err))
	}

	return string(text)
}

// Reasons why the management shell does not load.
const (
	// Bitness is a 32-bit PowerShell on a 64-bit Windows. The modules exist for 64 bits only.
	Bitness powershell.Kind = "this is a 32-bit PowerShell"
	// Edition is PowerShell 6 or later without native cmdlets of the management shell.
	Edition powershell.Kind = "this PowerShell cannot load the management shell"
	// NoModule is a host without the management shell.
	NoModule powershell.Kind = "the management shell is not installed"
	// ModuleLoad is an installed management shell that does not load.
	ModuleLoad powershell.Kind = "the management shell does not load"
	// GroupPolicy is an execution policy that Group Policy sets and that keeps the modules from loading.
	GroupPolicy powershell.Kind = "the execution policy, set by Group Policy, forbids it"
	// Policy is an execution policy that is set in another way and keeps the modules from loading.
	Policy powershell.Kind = "the execution policy forbids it"
)

// refusals are the errors with which Import-LyncModule in management-shell.ps1 ends a script.
var refusals = map[string]powershell.Refusal{
	"LyncEdition": {
		Kind: Edition,
		Advice: "The modules of the management shell are made for Windows PowerShell. Set executable to " +
			"powershell.exe.",
	},
	"LyncBitness": {
		Kind: Bitness,
		Advice: `Set executable to the 64-bit PowerShell: ` +
			`%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe, which a ` +
			`32-bit program reaches as %SystemRoot%\Sysnative\WindowsPowerShell\v1.0\powershell.exe.`,
	},
	"LyncModule": {
		Kind: NoModule,
		Advice: "Install the administrative tools of Lync Server or Skype for Business Server on the host, or name a " +
			"host that has them. Looked for were the modules SkypeForBusiness and Lync in PSModulePath and below the " +
			"Common Files of both products.",
	},
	"LyncModuleLoad": {
		Kind:   ModuleLoad,
		Advice: "Start the management shell on the host with this account and see what it says.",
	},
	"LyncGroupPolicy": {
		Kind: GroupPolicy,
		Advice: `Allow signed scripts on the host: the Group Policy "Turn on Script Execution" must be "Allow local ` +
			`scripts and remote signed scripts" or less strict; the command line of PowerShell cannot overrule it.`,
	},
	"LyncPolicy": {
		Kind:   Policy,
		Advice: "Set-ExecutionPolicy RemoteSigned on the host lets the modules load.",
	},
}
