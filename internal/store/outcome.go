package store

import (
	"context"
	"fmt"
	"strings"
)

// Live is a store in front of a running deployment. Its publishes have more to tell than that they worked, and a
// document that is published still has to be made effective.
type Live interface {
	Store

	// PublishReport is Publish with all there is to tell. The report is filled as far as things got, beside an error too.
	PublishReport(ctx context.Context, base, next []byte) (Report, error)

	// Enable makes effective what is published, when an earlier publish could not.
	Enable(ctx context.Context) (Report, error)
}

// Report is what there is to tell of a publish beside its outcome.
type Report struct {
	// Document is what the store held afterwards, nil if that was not read. It saves the next Load.
	Document []byte
	// Warnings are those of the deployment, and ours: each is one to show.
	Warnings []string
	// Files are where backups and reports are.
	Files []File
}

// File is a file on the host of the store.
type File struct {
	What string // "the backup of what was there before"
	Path string
}

// String lists the files for a message, each on a line of its own; empty for none.
func (r Report) String() string {
	lines := make([]string, 0, len(r.Files))
	for _, file := range r.Files {
		lines = append(lines, "  "+file.What+": "+file.Path)
	}

	return strings.Join(lines, "\n")
}

// ConflictError is ErrConflict with the document that the store holds instead.
type ConflictError struct{ Document []byte }

// Error is that of ErrConflict.
func (*ConflictError) Error() string { return ErrConflict.Error() }

// Is makes it an ErrConflict.
func (*ConflictError) Is(target error) bool { return target == ErrConflict } //nolint:errorlint // this is what errors.Is asks

// NotPublishedError says that nothing was published, for certain: the store was never asked to, or was read again.
type NotPublishedError struct{ Err error }

func (e *NotPublishedError) Error() string { return e.Err.Error() + "\nNothing was published." }

// Unwrap returns what came back.
func (e *NotPublishedError) Unwrap() error { return e.Err }

// NotEnabledError says that the document was published as wanted, and is not effective yet. Enable can heal it.
type NotEnabledError struct{ Err error }

func (e *NotEnabledError) Error() string {
	return "the topology was published, but it is not in effect yet: " + e.Err.Error()
}

// Unwrap returns what came back.
func (e *NotEnabledError) Unwrap() error { return e.Err }

// UnknownOutcomeError says that a publish may have been made, and that nobody could find out.
type UnknownOutcomeError struct{ Err error }

func (e *UnknownOutcomeError) Error() string {
	return "whether the topology was published is not known: " + e.Err.Error()
}

// Unwrap returns what came back.
func (e *UnknownOutcomeError) Unwrap() error { return e.Err }

// DifferentError says that a document was published, ours or another, and that what is there differs from what was wanted
// in what the publish was to change. The report has the document.
type DifferentError struct {
	Difference string // the parts, for a message
	Enabled    bool
	Err        error // what came back, nil for nothing
}

func (e *DifferentError) Error() string {
	text := "after the publish the topology differs from what was published, in " + e.Difference +
		". Somebody else may have published at the same time: run terraform plan to see what is there"
	if e.Err != nil {
		text += "\n" + e.Err.Error()
	}

	return text
}

// Unwrap returns what came back.
func (e *DifferentError) Unwrap() error { return e.Err }

// OverwroteError says that the publish was made over one of another administrator, made in the same moment.
type OverwroteError struct {
	Theirs  string // the file with what was overwritten
	Ours    string // the file with what was published
	Host    string
	Restore string // the command that publishes theirs again
	Changed string // what they had changed, for a message
	Enabled bool
}

func (e *OverwroteError) Error() string {
	return fmt.Sprintf("the topology was published, and it overwrote a change that another administrator published in the same moment, in %s. "+
		"On %s their topology is in the file %s, and the one published now in %s. Compare the two. To restore theirs, which undoes the "+
		"change made now, run there:\n  %s\nThen run terraform plan. To keep what was published now, run Enable-CsTopology there if it is not in effect yet",
		e.Changed, e.Host, e.Theirs, e.Ours, e.Restore)
}

// SimpleURLsError says that the simple URLs are not as they were before the publish.
type SimpleURLsError struct {
	Before, After []string
	Enabled       bool
}

func (e *SimpleURLsError) Error() string {
	list := func(urls []string) string {
		if len(urls) == 0 {
			return "\n  none"
		}

		return "\n  " + strings.Join(urls, "\n  ")
	}

	return "the topology was published, and the simple URLs changed with it. They were:" + list(e.Before) + "\nThey are now:" + list(e.After) +
		"\nSet them as they were with Set-CsSimpleUrlConfiguration, then run Enable-CsTopology"
}
