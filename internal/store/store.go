// Package store says what keeps a topology document: something that hands it out whole and takes it back whole.
//
// A store moves opaque bytes. It never parses them, so it cannot be wrong about them; what they mean is the business
// of package topology, and what may be changed that of package client. Where the document lives is the one thing a
// store knows: package file keeps it in a file.
//
// There is one way to change a document: Publish, a compare and swap on the bytes that a change was computed from.
// Whoever loses the race is told so by ErrConflict and starts again from a fresh Load; nothing is ever merged here.
package store

import (
	"context"
	"errors"
	"time"
)

// Store keeps one topology document. Its methods may be called from several goroutines at once.
type Store interface {
	// Load returns the document as it stands, byte for byte.
	Load(ctx context.Context) ([]byte, error)

	// Publish replaces the document by next if it still equals base. An error that is ErrConflict says that it does
	// not, and that nothing was written.
	Publish(ctx context.Context, base, next []byte) error

	// Location says where the document is, for messages: "the file /x/topology.xml".
	Location() string

	// Quiet is how long a writer waits for further changes before it publishes: short where a publish is cheap, longer
	// where it is not.
	Quiet() time.Duration
}

// ErrConflict says that the document is no longer the one that a change was computed from. Nothing was written.
var ErrConflict = errors.New("the topology document was changed by somebody else since it was read")

// RefusedError says that a store was asked to publish, did not, has read the document again and found it unchanged,
// and that what came back speaks of the document itself: not of rights, a database, the directory, the connection or
// time. A writer that had put several changes into that document may then try each by itself, to find the culprit.
// After any other failure it must not, because trying again would only repeat it or make it worse.
type RefusedError struct {
	// Reason is what to tell the user: what was refused, by whom.
	Reason string
	// Err is what came back, if it says more than Reason.
	Err error
}

// Error tells the reason and what came back.
func (e *RefusedError) Error() string {
	switch {
	case e.Err == nil:
		return e.Reason
	case e.Reason == "":
		return e.Err.Error()
	default:
		return e.Reason + ": " + e.Err.Error()
	}
}

// Unwrap returns what came back.
func (e *RefusedError) Unwrap() error { return e.Err }
