package store

import "context"

// BackupServices is what a store can be asked that stands in front of a running deployment: how far the backup services
// of its pools are. None of it is in the document, and none of it changes the document.
type BackupServices interface {
	// BackupServiceStatus returns the modules of the backup service of one pool.
	BackupServiceStatus(ctx context.Context, pool string) (BackupServiceStatus, error)

	// SyncBackupService starts a synchronisation of one pool with its partner. Once more does no harm. The warnings are
	// those of the deployment, each one to show.
	SyncBackupService(ctx context.Context, pool string) (warnings []string, err error)
}

// BackupServiceStatus is what the deployment tells of the backup service of a pool.
type BackupServiceStatus struct {
	Modules  []BackupModule // at least one
	Warnings []string       // each one to show
}

// BackupModule is one module of a backup service, in the words of the management shell.
type BackupModule struct {
	Identity string // such as UserServices.PresenceFocus
	Export   string // such as SteadyState; empty where it was not told
	Import   string // such as NormalState; likewise
}
