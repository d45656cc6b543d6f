package client

import (
	"cmp"
	"context"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// backupServices is a store that can reach the backup services of the pools of a running deployment. Their state is not
// in the document, and neither method changes the document. The warnings are those of the deployment, each one for the
// user.
type backupServices interface {
	// BackupServiceStatus returns the modules of the backup service of one pool, at least one.
	BackupServiceStatus(ctx context.Context, pool string) (
		modules []resilience.BackupModule, warnings []string, err error)

	// SyncBackupService starts a synchronization of one pool with its partner. It can be started again safely.
	SyncBackupService(ctx context.Context, pool string) (warnings []string, err error)
}

// BackupServiceStatus is the state of the backup service of one pool of a pair.
type BackupServiceStatus struct {
	Pool     string
	Modules  []resilience.BackupModule // sorted by their identity
	Problems []string                  // nil: it is healthy
	Warnings []string                  // of the deployment, each one to show
}

// BackupServiceStatus returns the state of the backup services of a pair, which either of its pools identifies. The
// pools are in the order of the pair's id.
func (c *Client) BackupServiceStatus(ctx context.Context, pool string) ([2]BackupServiceStatus, error) {
	var both [2]BackupServiceStatus
	pair, services, err := c.backupServices(ctx, pool, false)
	if err != nil {
		return both, err
	}
	for i, registrar := range pair.Registrars {
		modules, warnings, err := services.BackupServiceStatus(ctx, registrar.Pool.String())
		if err != nil {
			return both, err //nolint:wrapcheck // it names the pool and the host
		}
		status := BackupServiceStatus{
			Pool: registrar.Pool.String(), Modules: slices.Clone(modules), Warnings: warnings,
		}
		slices.SortStableFunc(status.Modules,
			func(a, b resilience.BackupModule) int { return cmp.Compare(a.Identity, b.Identity) })
		status.Problems = resilience.BackupServiceProblems(status.Modules,
			topology.CentralRole(registrar.CentralManagement))
		both[i] = status
	}
	return both, nil
}

// CanSyncBackupServices returns the error that SyncBackupServices would return for a pool, as far as a plan can know
// it. The pool may be in no pair yet.
func (c *Client) CanSyncBackupServices(ctx context.Context, pool string) error {
	t, err := c.Topology(ctx)
	if err != nil {
		return err
	}
	p, err := c.namedPool(t, pool, AnyPool)
	if err != nil {
		return err
	}
	if _, ok := c.store.(backupServices); !ok {
		return &NoShellError{Location: c.store.Location(), Pools: [2]topology.FQDN{p.FQDN}, Sync: true}
	}
	return nil
}

// SyncStart is the start of the synchronization of one pool with its partner.
type SyncStart struct{ Pool, Partner topology.FQDN }

// SyncBackupServices starts a synchronization of one pool of a pair after the other. Either pool identifies the pair.
// It reports each start to progress, before the start. The warnings are those of the deployment. A *[PartialSyncError]
// means that only the second start failed.
func (c *Client) SyncBackupServices(
	ctx context.Context, pool string, progress func(SyncStart),
) (warnings []string, err error) {
	if c.options.ReadOnly {
		return nil, ErrReadOnly
	}
	pair, services, err := c.backupServices(ctx, pool, true)
	if err != nil {
		return nil, err
	}
	for i, registrar := range pair.Registrars {
		progress(SyncStart{Pool: registrar.Pool, Partner: pair.ID.Other(registrar.Pool)})
		more, err := services.SyncBackupService(ctx, registrar.Pool.String())
		warnings = append(warnings, more...)
		switch {
		case err != nil && i > 0:
			return warnings, &PartialSyncError{Started: pair.Registrars[0].Pool, Err: err}
		case err != nil:
			return warnings, err //nolint:wrapcheck // it names the pool and the host
		}
	}
	return warnings, nil
}

// backupServices returns the pair of a pool and the store that reaches its backup services. A fault of the pair takes
// precedence over a missing management shell.
func (c *Client) backupServices(
	ctx context.Context, pool string, sync bool,
) (*ObservedPair, backupServices, error) {
	pair, err := c.PairOf(ctx, pool)
	if err != nil {
		return nil, nil, err
	}
	for _, registrar := range pair.Registrars {
		if !registrar.links.ServiceA {
			return nil, nil, &IncompletePairError{ID: pair.ID, Pool: registrar.Pool, Location: c.store.Location()}
		}
	}
	services, ok := c.store.(backupServices)
	if !ok {
		return nil, nil, &NoShellError{
			Location: c.store.Location(), Pools: [2]topology.FQDN{pair.ID.First, pair.ID.Second}, Sync: sync,
		}
	}
	return pair, services, nil
}
