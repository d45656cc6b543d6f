package client

import (
	"errors"
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ErrReadOnly is the error of every change if the client is read-only.
var ErrReadOnly = errors.New("the provider is read-only")

// ErrUnknownLocation is the error of every call that needs the document while its location is unknown.
var ErrUnknownLocation = errors.New("the location of the topology document is not known yet")

// RuleError is the refusal of a change by rules of the catalogue.
type RuleError struct {
	Violations []resilience.Violation
}

// Error lists the violations.
func (e *RuleError) Error() string {
	text := ""
	for _, v := range e.Violations {
		text += fmt.Sprintf("%s: %s\n", v.Summary(), v.Detail)
	}
	return text
}

// NothingToImportError means that the topology does not have the relationship to import.
type NothingToImportError struct{ Err error }

func (e *NothingToImportError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *NothingToImportError) Unwrap() error { return e.Err }

// IncompletePairError means that a pool of a pair has no backup service for its partner.
type IncompletePairError struct {
	ID       topology.PairID
	Pool     topology.FQDN // the pool without the backup service
	Location string
}

func (e *IncompletePairError) Error() string {
	return fmt.Sprintf("the pair of %s and %s is incomplete in %s: %s has no backup service for the other",
		e.ID.First, e.ID.Second, e.Location, e.Pool)
}

// NoShellError means that only a management shell can reach backup services, and that the document is elsewhere.
type NoShellError struct {
	Location string
	Pools    [2]topology.FQDN // Second is zero if the partner is not known
	Sync     bool             // the services were to be synchronised, not asked for their state
}

func (e *NoShellError) Error() string {
	return fmt.Sprintf("reach the backup service of %s: the topology is in %s and not behind a management shell",
		e.Pools[0], e.Location)
}
