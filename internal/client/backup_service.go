package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// BackupServiceStatus is the state of the backup service of one pool of a pair.
type BackupServiceStatus struct {
	Pool     string
	Modules  []resilience.BackupModule // sorted by their identity
	Problems []string                  // nil: it is healthy
	Warnings []string                  // of the deployment, each one to show
}

// BackupServiceStatus returns the state of the backup services of a pair, which either of its pools identifies. The pools
// are in the order of the pair's id.
func (c *Client) BackupServiceStatus(ctx context.Context, pool string) ([2]BackupServiceStatus, error) {
	var both [2]BackupServiceStatus
	pair, services, err := c.backupServices(ctx, pool, func(names [2]string) string {
		return fmt.Sprintf("only a management shell can tell the state of backup services. On a server of the "+
			"deployment run\n\n"+
			"  (Get-CsBackupServiceStatus -PoolFqdn %s).BackupModules\n\nand the same for %s", names[0], names[1])
	})
	if err != nil {
		return both, err
	}
	t, err := c.Topology(ctx)
	if err != nil {
		return both, err
	}
	for i, registrar := range pair.Registrars {
		answer, err := services.BackupServiceStatus(ctx, registrar.Pool.String())
		if err != nil {
			return both, err //nolint:wrapcheck // it names the pool and the host
		}
		status := BackupServiceStatus{
			Pool: registrar.Pool, Modules: slices.Clone(told.Modules), Warnings: told.Warnings,
		}
		slices.SortStableFunc(status.Modules,
			func(a, b resilience.BackupModule) int { return cmp.Compare(a.Identity, b.Identity) })
		status.Problems = resilience.BackupServiceProblems(status.Modules, t.Pool(registrar.Pool).Central)
		both[i] = status
	}
	return both, nil
}

// CanSyncBackupServices says why SyncBackupServices cannot work for a pool, as far as that is known before anything of
// a plan is applied: the pool may be in no pair yet.
func (c *Client) CanSyncBackupServices(ctx context.Context, pool string) error {
	t, err := c.Topology(ctx)
	if err != nil {
		return err
	}
	p, err := c.namedPool(t, pool)
	if err != nil {
		return err
	}
	if _, ok := c.store.(store.BackupServices); !ok {
		return &NoShellError{Location: c.store.Location(), Pools: [2]topology.FQDN{p.FQDN}, Sync: true}
	}
	return nil
}

// SyncBackupServices starts a synchronisation for both pools of a pair, found by either, one after the other, and tells
// before each what it does. The warnings are those of the deployment.
func (c *Client) SyncBackupServices(
	ctx context.Context, pool string, progress func(string),
) (warnings []string, err error) {
	if c.options.ReadOnly {
		return nil, ErrReadOnly
	}
	pair, services, err := c.backupServices(ctx, pool, true)
	if err != nil {
		return nil, err
	}
	done := ""
	for _, registrar := range pair.Registrars {
		progress(fmt.Sprintf("%s: synchronising with %s (Invoke-CsBackupServiceSync)", registrar.Pool,
			registrar.BackupService))
		more, err := services.SyncBackupService(ctx, registrar.Pool)
		warnings = append(warnings, more...)
		if err != nil {
			return warnings, fmt.Errorf("%w%s", err, done)
		}
		done = fmt.Sprintf("\nThe synchronisation of %s was started before", registrar.Pool)
	}
	return warnings, nil
}

// backupServices returns the pair of a pool and the store that can be asked about its backup services. What the
// document tells comes first; byHand says what to run where there is no management shell.
func (c *Client) backupServices(
	ctx context.Context, pool string, byHand func([2]string) string,
) (*Pair, store.BackupServices, error) {
	pair, err := c.PairOf(ctx, pool)
	if err != nil {
		return nil, nil, err
	}
	for i, registrar := range pair.Registrars {
		if partner := pair.Registrars[1-i].Pool; registrar.BackupService != partner {
			return nil, nil,
				fmt.Errorf("the pair of %s and %s is half-made in %s: %s has no backup service for the other. "+
					"Declare the pair as a lync_pool_pair, whose next apply makes it whole", pair.ID.First,
					pair.ID.Second,
					c.store.Location(), registrar.Pool)
		}
	}
	services, ok := c.store.(store.BackupServices)
	if !ok {
		return nil, nil, &NoShellError{
			Location: c.store.Location(), Pools: [2]topology.FQDN{pair.ID.First, pair.ID.Second}, Sync: sync,
		}
	}
	return pair, services, nil
}
