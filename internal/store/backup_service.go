package store

import (
	"context"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// BackupServices is a store that can reach the backup services of the pools of a running deployment. Their state is
// not in the document, and neither method changes the document.
type BackupServices interface {
	// BackupServiceStatus returns the modules of the backup service of one pool.
	BackupServiceStatus(ctx context.Context, pool string) (BackupServiceStatus, error)

	// SyncBackupService starts a synchronisation of one pool with its partner. It can be started again safely. The
	// warnings are those of the deployment, each one for the user.
	SyncBackupService(ctx context.Context, pool string) (warnings []string, err error)
}

// BackupServiceStatus is the state of the backup service of one pool.
type BackupServiceStatus struct {
	Modules  []resilience.BackupModule // at least one
	Warnings []string                  // each one for the user
}
