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

// UnknownSettingsError means that a change was refused because settings to write are not known. A plan that Terraform
// applies has them all.
type UnknownSettingsError struct {
	Pool topology.FQDN // or the appliance
}

func (e *UnknownSettingsError) Error() string {
	return fmt.Sprintf("the settings of %s are not known", e.Pool)
}

// UnreplacedError means that the removal of a pair was refused, because the creation that needed it was refused before.
type UnreplacedError struct{ ID topology.PairID }

func (e *UnreplacedError) Error() string {
	return fmt.Sprintf("the creation that needs the end of the pair %s was refused", e.ID)
}

// ImportIDError means that a text does not identify a relationship to import.
type ImportIDError struct {
	ID      string
	Purpose Purpose // PairMember for a pair, BranchAppliance for the association of an appliance
}

func (e *ImportIDError) Error() string { return fmt.Sprintf("%q is not an import id", e.ID) }

// NotLinkedError means that the topology does not have the pair to import.
type NotLinkedError struct {
	Pool     topology.FQDN
	Other    topology.FQDN // zero if Pool has no link with any other Front End pool
	Location string
}

func (e *NotLinkedError) Error() string {
	if e.Other.IsZero() {
		return fmt.Sprintf("%s is linked with no other Front End pool in %s", e.Pool, e.Location)
	}
	return fmt.Sprintf("nothing links %s and %s in %s", e.Pool, e.Other, e.Location)
}

// SeveralLinkedError means that one pool does not identify a pair to import, because it is linked with several.
type SeveralLinkedError struct {
	Pool   topology.FQDN
	Linked []topology.FQDN
}

func (e *SeveralLinkedError) Error() string {
	return fmt.Sprintf("%s is linked with %v", e.Pool, e.Linked)
}

// NoBackupError means that the appliance whose association was to be imported has no Backup.
type NoBackupError struct {
	Appliance topology.FQDN
	Location  string
}

func (e *NoBackupError) Error() string {
	return fmt.Sprintf("the appliance %s has no backup registrar in %s", e.Appliance, e.Location)
}

// NoPairError means that a pool is in no pair.
type NoPairError struct {
	Pool             topology.FQDN
	BackupRegistrars []string // that the pool names, as [phrase.BackupRegistrars] returns them
	Location         string
}

func (e *NoPairError) Error() string {
	return fmt.Sprintf("%s is in no pair in %s", e.Pool, e.Location)
}

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
	Sync     bool             // the services were to be synchronized, not asked for their state
}

func (e *NoShellError) Error() string {
	return fmt.Sprintf("reach the backup service of %s: the topology is in %s and not behind a management shell",
		e.Pools[0], e.Location)
}

// PartialSyncError means that the synchronization of the second pool of a pair failed after that of the first one was
// started.
type PartialSyncError struct {
	Started topology.FQDN
	Err     error
}

func (e *PartialSyncError) Error() string {
	return fmt.Sprintf("%v (after the synchronization of %s)", e.Err, e.Started)
}

// Unwrap returns the cause.
func (e *PartialSyncError) Unwrap() error { return e.Err }
