package shell

import (
	"embed"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

//go:embed scripts/*.ps1
var scriptFiles embed.FS

// Scripts that read and write the topology.
var (
	// GetTopology reads the topology from the Central Management store. The document of the result is the topology. The
	// value names the module that provides Get-CsTopology, and its version.
	GetTopology = newScript("get-topology")
	// PublishTopology publishes the document if the store still has the base. The data is a [PublishData], the value a
	// [PublishFacts]. The document of the result is that of the store after the publish or, after a conflict, the
	// current one.
	PublishTopology = newScript("publish-topology", "windows", "publishing")
	// EnableTopology enables the published topology. The data is a [PublishData], the value a [PublishFacts].
	EnableTopology = newScript("enable-topology", "windows", "publishing")
	// ReadBackTopology waits until no publish of this provider runs on the host, prevents a later publish by the run of
	// the data, and reads the topology. The data is a [PublishData], the value a [ReadBackFacts], the document of the
	// result the topology.
	ReadBackTopology = newScript("read-back-topology", "windows", "publishing")
)

// Scripts about the backup service of a pool. They do not change the topology. The data of both is a
// [BackupServiceData].
var (
	// BackupServiceStatus runs Get-CsBackupServiceStatus. The value is a [BackupServiceFacts] with modules.
	BackupServiceStatus = newScript("backup-service-status")
	// BackupServiceSync runs Invoke-CsBackupServiceSync. The value is a [BackupServiceFacts] without modules.
	BackupServiceSync = newScript("backup-service-sync")
)

// publishingMark is the name of the mark that [PublishTopology] writes immediately before it publishes.
const publishingMark = "publishing"

// newScript returns the script with this name. The functions of management-shell.ps1 and of the shared files precede
// it.
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
	invariant.Check(err, "the script "+name+" is embedded")
	return string(text)
}

// Reasons why the management shell does not load.
const (
	// Bitness is a 32-bit PowerShell on 64-bit Windows. The modules exist for 64 bits only.
	Bitness powershell.Kind = "this is a 32-bit PowerShell"
	// Edition is PowerShell 6 or later without native cmdlets of the management shell.
	Edition powershell.Kind = "this PowerShell cannot load the management shell"
	// NoModule is a host without the management shell.
	NoModule powershell.Kind = "the management shell is not installed"
	// ModuleLoad is an installed management shell that does not load.
	ModuleLoad powershell.Kind = "the management shell does not load"
	// GroupPolicy is an execution policy that Group Policy sets and that keeps the modules from loading.
	GroupPolicy powershell.Kind = "the execution policy, set by Group Policy, forbids it"
	// BackupFolder is a folder of backups that another account could have changed, or could change.
	BackupFolder powershell.Kind = "another account can change the backups"
	// ForeignLock is an object with the name of the lock that the account may not use.
	ForeignLock powershell.Kind = "the lock for publishing belongs to another program"
	// Encoding is a document with a character that its encoding does not have.
	Encoding powershell.Kind = "the encoding of the document lacks a character"
	// Policy is an execution policy that is set in another way and keeps the modules from loading.
	Policy powershell.Kind = "the execution policy forbids it"
)

// refusals are the errors by which the shared functions of the scripts end a script.
var refusals = map[string]powershell.Refusal{
	"LyncEdition": {
		Kind:   Edition,
		Advice: "The modules of the management shell require Windows PowerShell. Use powershell.exe as the executable.",
	},
	"LyncBitness": {
		Kind: Bitness,
		Advice: `Use the 64-bit PowerShell as the executable: ` +
			`%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe. For a 32-bit ` +
			`program, that is %SystemRoot%\Sysnative\WindowsPowerShell\v1.0\powershell.exe.`,
	},
	"LyncModule": {
		Kind: NoModule,
		Advice: "Install the administrative tools of Lync Server or Skype for Business Server on the host, or " +
			"configure a host that has these tools. The script searched for the modules SkypeForBusiness and Lync in " +
			"PSModulePath and below the Common Files of both products.",
	},
	"LyncModuleLoad": {
		Kind:   ModuleLoad,
		Advice: "Start the management shell on the host with this account and read its error message.",
	},
	"LyncGroupPolicy": {
		Kind: GroupPolicy,
		Advice: `Allow signed scripts on the host: the Group Policy "Turn on Script Execution" must be "Allow local ` +
			`scripts and remote signed scripts" or less strict. The command line of PowerShell cannot override it.`,
	},
	"LyncFolder": {
		Kind: BackupFolder,
		Advice: "A backup restores the topology, so only SYSTEM, Administrators and the account that runs the " +
			"scripts may own its folder and write to it. Check the files in the folder, then move it away: the next " +
			"publish creates it again. Each account that publishes needs its own folder.",
	},
	"LyncParent": {
		Kind: BackupFolder,
		Advice: "An account that can replace a folder above the folder of backups can exchange the backups, which " +
			"restore the topology. Only SYSTEM, Administrators, TrustedInstaller and the account that runs the " +
			"scripts may own such a folder, or have the rights to delete it, to delete its subfolders, or to change " +
			"its permissions or its owner. Remove these rights from other accounts, and replace a link with its " +
			"target.",
	},
	"LyncLock": {
		Kind: ForeignLock,
		Advice: "This object prevents two runs of the provider on that host at the same time, but any user of the " +
			"host can create it. Find the program that has it with handle.exe -a " + mutex + " of Sysinternals and " +
			"end it.",
	},
	"LyncEncoding": {
		Kind: Encoding,
		Advice: "Nothing was published. The XML declaration of the document names an encoding that does not have a " +
			"character of the document. Use a name without that character, or publish the topology once with " +
			"Topology Builder, which writes Unicode.",
	},
	"LyncPolicy": {
		Kind:   Policy,
		Advice: "Run Set-ExecutionPolicy RemoteSigned on the host, so that the modules load.",
	},
}
