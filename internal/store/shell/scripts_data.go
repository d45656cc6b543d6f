package shell

import (
	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// PublishData is the data of the scripts that publish.
type PublishData struct {
	// Run is the id of one publish: 32 hexadecimal digits.
	Run string `json:"run,omitempty"`
	// BaseSHA256 is the hash of the document that the change is based on.
	BaseSHA256 string `json:"base_sha256,omitempty"`
	// Unpaired are the pools that lose their partner. None of them may be failed over.
	Unpaired []string `json:"unpaired,omitempty"`
	// Seconds is the time limit until the script publishes. 0 is no limit.
	Seconds int `json:"seconds"`
	// LockSeconds is how long the script waits for the lock, which another run of the provider on the host can hold.
	LockSeconds int `json:"lock_seconds"`
	// Directory is the folder of backups and reports, to which no other account may write. The default is a folder
	// below ProgramData. Keep is the number of backups that remain.
	Directory        string `json:"directory"`
	Keep             int    `json:"keep"`
	DomainController string `json:"domain_controller"`
	GlobalCatalog    string `json:"global_catalog"`
}

// Outcomes of scripts that publish.
const (
	OutcomeNone       = "none"        // an error ended the script before it called a cmdlet that writes
	OutcomeBusy       = "busy"        // another run held the lock for too long
	OutcomeConflict   = "conflict"    // the document of the store differs from the base
	OutcomeFailedOver = "failed_over" // a pool that loses its partner is failed over
	OutcomeRevoked    = "revoked"     // ReadBackTopology revoked the run before
	OutcomeLate       = "late"        // the time limit passed before the publish
	OutcomeCalled     = "called"      // the cmdlet that writes was called
)

// PublishFacts is the value of [PublishTopology] and [EnableTopology]. The field of a step that was not reached is nil.
// Wanted is the document to publish.
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

// PoolState is a pool that is failed over, failing over or failing back.
type PoolState struct {
	Pool  string `json:"pool"`
	State string `json:"state"`
}

// SavedFile is a document on the host. For the backup, Same is true if its content is that of the base, and otherwise
// Text is its text, or empty if that is too long. If another account could write the backup, Untrusted has the reason
// and Path is empty. If the backup cannot be read, Unreadable is the error.
type SavedFile struct {
	Path       string           `json:"path"`
	Same       bool             `json:"same"`
	Text       powershell.Block `json:"text"`
	Untrusted  string           `json:"untrusted"`
	Unreadable string           `json:"unreadable"`
}

// ReportFacts describes the result of one cmdlet: the number of errors, and the report, which is empty if there is
// none.
type ReportFacts struct {
	Errors int              `json:"errors"`
	Path   string           `json:"path"`
	Text   powershell.Block `json:"text"`
}

// ReadBackFacts is the value of [ReadBackTopology].
type ReadBackFacts struct {
	// Settled is false if a publish was still running at the end of the wait.
	Settled bool `json:"settled"`
}

// BackupServiceData is the data of [BackupServiceStatus] and [BackupServiceSync].
type BackupServiceData struct {
	// Pool is the FQDN of one pool.
	Pool string `json:"pool"`
}

// BackupServiceFacts is the value of [BackupServiceStatus] and [BackupServiceSync]. The latter returns no modules.
type BackupServiceFacts struct {
	// Errors is the number of errors of the cmdlet. They are the last faults of the result.
	Errors  int                       `json:"errors"`
	Modules []resilience.BackupModule `json:"modules"`
}
