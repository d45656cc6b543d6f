package shelld

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
)

// backups has the backup services of the deployment.
type backups struct {
	modules map[string][]resilience.BackupModule // by pool
	queried []string
	synced  []string
}

// SetBackupModules adds a backup service with these modules to a pool. Pools have no backup service by default.
func (s *Shell) SetBackupModules(pool string, modules ...resilience.BackupModule) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.backups.modules == nil {
		s.backups.modules = map[string][]resilience.BackupModule{}
	}
	s.backups.modules[pool] = slices.Clone(modules)
}

// BackupServices returns the pools for which Get-CsBackupServiceStatus ran, and the pools for which
// Invoke-CsBackupServiceSync succeeded, both in the order of the calls.
func (s *Shell) BackupServices() (queried, synced []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.backups.queried), slices.Clone(s.backups.synced)
}

// backupService runs the scripts for the backup service.
func (r *run) backupService(cmdlet string) {
	var data shell.BackupServiceData
	if err := json.Unmarshal(r.request.Data, &data); err != nil {
		r.t.Errorf("the data of %s: %v", r.request.Script, err)
	}
	r.at(Backup)

	r.mu.Lock()
	defer r.mu.Unlock()

	modules := r.backups.modules[data.Pool]
	sync := cmdlet == "Invoke-CsBackupServiceSync"
	failed := r.has(func(f Fault) bool { return f.BackupFails })

	r.answer = map[string]any{"errors": 0}
	if failed || r.has(func(f Fault) bool { return f.BackupReportsError }) || len(modules) == 0 {
		// The text of the real error is not known.
		class := strings.ReplaceAll(cmdlet, "-Cs", "") + "Cmdlet"
		r.add(powershelltest.Fault{
			Message: r.text("The backup service of the pool cannot be reached."), Cmdlet: cmdlet,
			Category:  "InvalidOperation",
			ID:        "BackupService,Microsoft.Rtc.Management.Hadr." + class,
			Exception: "System.ServiceModel.Security.SecurityAccessDeniedException",
		})
		r.answer["errors"] = 1
	}
	switch {
	case sync && !failed && len(modules) > 0:
		r.backups.synced = append(r.backups.synced, data.Pool)
	case !sync:
		r.backups.queried = append(r.backups.queried, data.Pool)

		if failed {
			modules = nil
		}
		r.answer["modules"] = append([]resilience.BackupModule{}, modules...)
	}
}
