// Package store defines the interface to the place that keeps a topology document. A document is loaded as a whole and
// published as a whole.
//
// The interface carries the bytes of a document. Package topology parses them, and package client decides which changes
// are allowed. Package file keeps the document in a file, package shell in a Central Management store.
//
// Publish is the only way to change a document. It compares the stored document with the one that the change was
// computed from, and replaces it only if both are equal. After ErrConflict the caller loads the document again and
// computes the change again. A store never merges two changes.
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

	// Publish replaces the document by next if the stored one equals base. A nil error means that next was published.
	// An error means that the publish failed or could not be confirmed: ErrConflict, *RefusedError, *NotPublishedError,
	// *UnconfirmedError or, for a store that can fail in only one way, any other error, after which nothing was
	// published. The Result describes the steps that the publish reached, also with an error. The store keeps neither
	// base nor next after it returns, because the caller uses their buffers again.
	Publish(ctx context.Context, base, next []byte) (Result, error)

	// Location returns a text for messages that names the place of the document: "the file /x/topology.xml".
	Location() string

	// Quiet returns how long a writer waits for further changes before it publishes. It is short where a publish is
	// cheap.
	Quiet() time.Duration
}

// Versioned is a store that can compare its document with an earlier one without reading it, in microseconds. A writer
// that keeps a document in memory asks it for each use. A store without versions is read once and after each publish.
type Versioned interface {
	Store

	// Version identifies the state of the stored document. If two calls return the same version, the document has not
	// changed between them. A new version can have the same document.
	Version() (string, error)
}

// Comparing is a store that can compare its document with a known one while it reads it. That saves a copy in memory.
type Comparing interface {
	Store

	// LoadKnown is Load. It returns known itself if the stored document equals it.
	LoadKnown(ctx context.Context, known []byte) ([]byte, error)
}

// Checked is a store that can find out before a publish that none would succeed, without a write and in microseconds. A
// plan that changes the document asks it.
type Checked interface {
	Store

	// CheckPublish returns the error that every Publish of a change would return.
	CheckPublish(ctx context.Context) error
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
	Reason string // a sentence for the user that names the program and the refused document
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
	return "whether the topology was published is unknown: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *UnconfirmedError) Unwrap() error { return e.Err }
