// Package store defines what keeps a topology document: a place from which the document is loaded as a whole and to
// which it is published as a whole.
//
// A store moves bytes and does not interpret them. Package topology knows what they mean, and package client what may
// be changed. Package file keeps the document in a file, package shell in a Central Management store.
//
// Publish is the only way to change a document. It compares the stored document with the one that the change was
// computed from, and replaces it only if both are equal. The caller that gets ErrConflict loads the document again and
// computes the change anew. A store never merges two changes.
package store

import (
	"context"
	"errors"
	"time"
)

// Store keeps one topology document. Its methods may be called from several goroutines at once.
type Store interface {
	// Load returns the stored document, byte for byte.
	Load(ctx context.Context) ([]byte, error)

	// Publish replaces the document by next if the stored one equals base. A nil error means that next was published;
	// Result then describes what else happened. An error means that the publish failed or could not be confirmed:
	// ErrConflict, *RefusedError, *NotPublishedError, *UnconfirmedError or, for a store that can fail in one way only,
	// any other error, after which nothing was published. Result is filled as far as the publish got beside an error
	// too.
	Publish(ctx context.Context, base, next []byte) (Result, error)

	// Location describes where the document is, for messages: "the file /x/topology.xml".
	Location() string

	// Quiet returns how long a writer waits for further changes before it publishes. It is short where a publish is
	// cheap.
	Quiet() time.Duration
}

// Deployment is a store whose topology is that of a running deployment, where a published document takes effect only
// after it was enabled. Its Publish enables the document too.
type Deployment interface {
	Store

	// Enable enables the published topology, for a publish that could not. An error means that it is not in effect.
	Enable(ctx context.Context) (Result, error)
}

// ErrConflict means that the stored document differs from the one that a change was computed from. Nothing was
// written.
var ErrConflict = errors.New("the topology document has changed since it was read")

// RefusedError means that the store rejected the document itself, read the stored document again and found it
// unchanged. The cause is neither a missing permission nor a database, the directory, the connection or a time limit.
// A writer that combined several changes may then publish each one alone to find the one at fault. After any other
// error it must not: another attempt would repeat the error or make it worse.
type RefusedError struct {
	Reason string // what was refused, and by which program, for the user
	Err    error  // the response, if it adds something to Reason
}

// Error joins the reason and the response.
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

// Unwrap returns the response.
func (e *RefusedError) Unwrap() error { return e.Err }

// NotPublishedError means that nothing was published: the store did not begin, or it read the document again.
type NotPublishedError struct{ Err error }

func (e *NotPublishedError) Error() string { return e.Err.Error() + "\nNothing was published." }

// Unwrap returns the cause.
func (e *NotPublishedError) Unwrap() error { return e.Err }

// UnconfirmedError means that the document may have been published and that the store could not find out.
type UnconfirmedError struct{ Err error }

func (e *UnconfirmedError) Error() string {
	return "whether the topology was published is not known: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *UnconfirmedError) Unwrap() error { return e.Err }
