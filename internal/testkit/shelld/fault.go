package shelld

import (
	"errors"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// Step is a point in the run of a script at which a [Fault] can occur.
type Step string

// The steps, in the order of a publish.
const (
	Entering   Step = "entering"   // after the host received a password, before it opens a session to itself
	Connect    Step = "connect"    // before anything runs
	Read       Step = "read"       // before the topology is read
	Writing    Step = "writing"    // before the file is written and the time limit checked
	Publishing Step = "publishing" // after the output of the "publishing" line, before Publish-CsTopology
	Published  Step = "published"  // after Publish-CsTopology, before the topology is read back
	Enabling   Step = "enabling"   // before Enable-CsTopology
	Backup     Step = "backup"     // before a cmdlet of the backup service
	Answer     Step = "answer"     // after all work, before the answer
)

// ErrLost is the error of the transport if the connection is lost.
var ErrLost = errors.New("read tcp 192.0.2.1:5986: connection reset by peer")

// Fault is a fault or an event in a run of a script.
type Fault struct {
	Script *powershell.Script // the affected script; nil for any script
	Times  int                // the number of affected runs; 0 means 1, -1 means all

	// At is the step at which the following faults occur.
	At       Step
	Admin    func(document string) string // another administrator publishes the returned document
	Slow     time.Duration                // the step takes this long
	Hang     bool                         // the script waits until it is stopped
	Lost     bool                         // the connection is lost and the script is stopped
	Detached bool                         // the connection is lost and the script continues
	Ended    bool                         // the session that the host opened to itself ends, and with it the script
	Notify   func()                       // the double calls the function

	// The following faults concern the connection and the output of the whole run.
	NotStarted bool // the transport cannot start the script
	Cut        bool // the answer is truncated
	Garbage    bool // foreign output precedes and follows the answer, in another code page
	CLIXML     bool // standard error is CLIXML and the exit code is 1
	Exit       bool // PowerShell fails with CLIXML and without an answer; in a session this is Ended

	// Entry is the id of PowerShell's error if the host cannot open a session to itself. Client and Service are the
	// host's CredSSP settings in its answer.
	Entry, Client, Service string

	// The following faults concern cmdlets.
	Refuse              bool   // Publish-CsTopology refuses the document
	Denied              bool   // SQL Server allows the account to read but not to write
	Unparsed            bool   // Publish-CsTopology cannot parse the file with the document
	Silent              bool   // Publish-CsTopology does nothing and reports no error
	PublishReportsError bool   // Publish-CsTopology publishes and reports an error
	Warn                bool   // Publish-CsTopology publishes and its report has a warning
	EnableFails         bool   // Enable-CsTopology fails
	ReadFails           bool   // Get-CsTopology fails; in a publish, the second call
	LoseURLs            bool   // the publish loses the simple URLs
	UnreadURLs          bool   // Get-CsSimpleUrlConfiguration fails
	UnreadStates        bool   // Get-CsRegistrarConfiguration fails
	NoBackup            bool   // Publish-CsTopology writes no backup
	ForeignBackup       bool   // another account can write the backup
	UnreadableBackup    bool   // the backup is no XML document
	BackupFails         bool   // the cmdlets of the backup service fail
	BackupReportsError  bool   // the cmdlets of the backup service succeed and report an error
	Localized           bool   // messages are in the language of the host
	Busy                bool   // another run holds the lock beyond the time limit
	NoModule            bool   // the management shell is not installed
	Tamper              string // the store replaces text in the published document; old=new
}
