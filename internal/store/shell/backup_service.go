package shell

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

var _ store.BackupServices = (*Store)(nil)

// BackupServiceStatus asks Get-CsBackupServiceStatus. Errors beside modules are warnings; without modules they are why.
func (s *Store) BackupServiceStatus(ctx context.Context, pool string) (store.BackupServiceStatus, error) {
	facts, result, err := s.backupService(ctx, BackupServiceStatus, pool)
	if err != nil {
		return store.BackupServiceStatus{}, fmt.Errorf("cannot learn the state of the backup service of %s: %w", pool, err)
	}

	faults := told(facts, result)
	if len(facts.Modules) == 0 {
		return store.BackupServiceStatus{}, fmt.Errorf("Get-CsBackupServiceStatus on %s tells of no module of the backup service of %s%s\n%s", //nolint:staticcheck // the name of a cmdlet
			s.transport.Host(), pool, faults, backupAdvice)
	}

	status := store.BackupServiceStatus{Warnings: result.Warnings}

	for _, module := range facts.Modules {
		if module.Identity == "" {
			return store.BackupServiceStatus{}, fmt.Errorf("what Get-CsBackupServiceStatus on %s tells of %s cannot be understood: a module has no Identity. "+
				"Run (Get-CsBackupServiceStatus -PoolFqdn %s).BackupModules there and see what it says", s.transport.Host(), pool, pool)
		}

		status.Modules = append(status.Modules, module)
	}

	if faults != "" {
		status.Warnings = append(status.Warnings, fmt.Sprintf("Get-CsBackupServiceStatus on %s told of errors beside the state of %s%s", s.transport.Host(), pool, faults))
	}

	return status, nil
}

// SyncBackupService runs Invoke-CsBackupServiceSync. Any error of it means that it did not do all its work.
func (s *Store) SyncBackupService(ctx context.Context, pool string) ([]string, error) {
	facts, result, err := s.backupService(ctx, BackupServiceSync, pool)
	if err != nil {
		text := ""
		if failed := new(powershell.Error); errors.As(err, &failed) && failed.OutcomeUnknown() {
			text = "\nWhether the synchronisation was started is not known. To start it once more does no harm"
		}

		return nil, fmt.Errorf("cannot synchronise the backup service of %s: %w%s", pool, err, text)
	}

	if facts.Errors > 0 {
		return result.Warnings, fmt.Errorf("Invoke-CsBackupServiceSync on %s failed for %s%s\n%s", //nolint:staticcheck // the name of a cmdlet
			s.transport.Host(), pool, told(facts, result), backupAdvice)
	}

	return result.Warnings, nil
}

// backupAdvice is what to do about an error of either cmdlet.
const backupAdvice = "The account must be a member of RTCUniversalServerAdmins, or of a group in AuthorizedUniversalGroups of Get-CsBackupServiceConfiguration, " +
	"and LYNCBACKUP must run on the Front End Servers of both pools"

// backupService runs one of the two scripts.
func (s *Store) backupService(ctx context.Context, script *powershell.Script, pool string) (facts BackupServiceFacts, result powershell.Result, err error) {
	result, err = powershell.Run(ctx, s.transport, script, powershell.Input{Data: BackupServiceData{Pool: pool}})
	if err != nil {
		return facts, result, err //nolint:wrapcheck // the callers do, and it names script and host
	}

	if err := json.Unmarshal(result.Value, &facts); err != nil {
		return facts, result, fmt.Errorf("the answer of %s on %s cannot be understood: %w", script, s.transport.Host(), err)
	}

	return facts, result, nil
}

// told are the errors of the cmdlet, each on a line of its own. Those before them are of loading a module.
func told(facts BackupServiceFacts, result powershell.Result) string {
	var text strings.Builder

	for _, fault := range result.Faults[max(0, len(result.Faults)-facts.Errors):] {
		text.WriteString("\n" + fault.String())
	}

	return text.String()
}
