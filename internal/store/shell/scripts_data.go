package shell

import "github.com/lync-iac/terraform-provider-lync/internal/powershell"

// PublishData is the data of the scripts that publish.
type PublishData struct {
	// Run names one publish, 32 hexadecimal digits.
	Run        string `json:"run,omitempty"`
	BaseSHA256 string `json:"base_sha256,omitempty"`
	// Unpaired are the pools that lose their partner; none of them may be failed over.
	Unpaired []string `json:"unpaired,omitempty"`
	// Seconds is how long the script may take until it publishes, 0 for as long as it likes.
	Seconds int `json:"seconds"`
	// LockSeconds is how long it waits for another run of the provider on the host.
	LockSeconds int `json:"lock_seconds"`
	// Directory is where backups and reports go, a folder of its own below ProgramData if empty; Keep how many backups stay.
	Directory        string `json:"directory"`
	Keep             int    `json:"keep"`
	DomainController string `json:"domain_controller"`
	GlobalCatalog    string `json:"global_catalog"`
}

// Outcomes of scripts that publish.
const (
	OutcomeNone       = "none"        // an error ended it before it called anything that writes
	OutcomeBusy       = "busy"        // another run held the lock for too long
	OutcomeConflict   = "conflict"    // the store holds another document than the base
	OutcomeFailedOver = "failed_over" // a pool that loses its partner is failed over
	OutcomeRevoked    = "revoked"     // SettleTopology was faster
	OutcomeLate       = "late"        // the time was over before it published
	OutcomeCalled     = "called"      // the cmdlet that writes was called
)

// PublishFacts is the value of [PublishTopology] and [EnableTopology]. What the script did not get to is nil.
type PublishFacts struct {
	Outcome    string       `json:"outcome"`
	FailedOver []PoolState  `json:"failed_over"`
	Wanted     *SavedFile   `json:"wanted"`
	Backup     *SavedFile   `json:"backup"`
	Publish    *ReportFacts `json:"publish"`
	Enable     *ReportFacts `json:"enable"`
	URLsBefore []string     `json:"urls_before"`
	URLsAfter  []string     `json:"urls_after"`
}

// PoolState is a pool that is failed over, or on its way there or back.
type PoolState struct {
	Pool  string `json:"pool"`
	State string `json:"state"`
}

// SavedFile is a document on the host. Same and Text are set for the backup: whether it is plainly the base, else its text.
type SavedFile struct {
	Path string           `json:"path"`
	Same bool             `json:"same"`
	Text powershell.Block `json:"text"`
}

// ReportFacts tells of one cmdlet: how many errors there were, and its report, empty if it wrote none.
type ReportFacts struct {
	Errors int              `json:"errors"`
	Path   string           `json:"path"`
	Text   powershell.Block `json:"text"`
}

// SettleFacts is the value of [SettleTopology].
type SettleFacts struct {
	// Settled is false if a publish was still under way when the wait was over.
	Settled bool `json:"settled"`
}

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
