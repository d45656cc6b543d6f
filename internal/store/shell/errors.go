package shell

import (
	"fmt"
	"time"
)

// Kind is the cause of an error after which another attempt of the caller can succeed.
type Kind int

// The kinds of errors.
const (
	Busy       Kind = iota // another run of the provider publishes on the host
	Late                   // the time limit passed before the publish began
	FailedOver             // the change ends the pairing of a pool that is failed over
	NoEffect               // the cmdlet reported no error, and the topology is unchanged
)

// Error is a publish that was not made for a reason of its own Kind. The text describes the state of the deployment. It
// has no advice about another attempt, because the caller decides how one is made.
type Error struct {
	Kind Kind
	Text string
}

func (e *Error) Error() string { return e.Text }

// mutex is the name of the lock on the host in the namespace Global. scripts/publishing.ps1 has it, too.
const mutex = "terraform-provider-lync"

// busyError returns the error of a run that has waited for the lock on the host in vain.
func busyError(host string, data PublishData) *Error {
	return &Error{Kind: Busy, Text: fmt.Sprintf("another run of the provider on %s, or another program there, "+
		"holds the lock for publishing, the mutex Global\\%s. It was not free within %s", host, mutex,
		time.Duration(data.LockSeconds)*time.Second)}
}
