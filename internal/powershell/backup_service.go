package powershell

// The scripts about the backup service of a pool. Both get a [BackupServiceData] and change nothing in the topology.
const (
	// BackupServiceStatus asks Get-CsBackupServiceStatus: the value is a [BackupServiceFacts] with modules.
	BackupServiceStatus Script = "backup-service-status"
	// BackupServiceSync runs Invoke-CsBackupServiceSync: the value is a [BackupServiceFacts] without.
	BackupServiceSync Script = "backup-service-sync"
)

// BackupServiceData is the data of both scripts.
type BackupServiceData struct {
	// Pool is the FQDN of one pool.
	Pool string `json:"pool"`
}

// BackupServiceFacts is the value of both scripts.
type BackupServiceFacts struct {
	// Errors is how many errors the cmdlet told of: the last ones of the result.
	Errors  int                  `json:"errors"`
	Modules []BackupServiceState `json:"modules"`
}

// BackupServiceState is a module of the backup service, in the words of the cmdlet; empty where it gave none.
type BackupServiceState struct {
	// Identity is a name such as UserServices.PresenceFocus.
	Identity string `json:"identity"`
	// Export is a word such as SteadyState, Import one such as NormalState.
	Export string `json:"export_state"`
	Import string `json:"import_state"`
}
