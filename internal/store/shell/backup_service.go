package shell

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// backupAdvice is the advice for an error of Get-CsBackupServiceStatus or Invoke-CsBackupServiceSync.
const backupAdvice = "The account must be a member of RTCUniversalServerAdmins, or of a group in " +
	"AuthorizedUniversalGroups of Get-CsBackupServiceConfiguration, and LYNCBACKUP must run on the Front End Servers " +
	"of both pools"

// BackupServiceStatus runs Get-CsBackupServiceStatus and returns the modules of the backup service of a pool, at least
// one. Errors of the cmdlet are warnings if it returned modules as well.
func (s *Store) BackupServiceStatus(
	ctx context.Context, pool string,
) (modules []resilience.BackupModule, warnings []string, err error) {
	facts, result, err := s.backupService(ctx, BackupServiceStatus, pool)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the state of the backup service of %s: %w", pool, err)
	}
	host, faults := s.transport.Host(), cmdletFaults(facts, result)
	if len(facts.Modules) == 0 {
		//nolint:staticcheck // the text begins with the name of a cmdlet
		return nil, nil,
			fmt.Errorf("Get-CsBackupServiceStatus on %s returned no module of the backup service of %s%s\n%s",
				host, pool, faults, backupAdvice)
	}
	for _, module := range facts.Modules {
		if module.Identity == "" {
			return nil, nil,
				fmt.Errorf("cannot interpret the output of Get-CsBackupServiceStatus on %s for %s: a module has no "+
					"Identity. Run (Get-CsBackupServiceStatus -PoolFqdn %s).BackupModules on that host and check its "+
					"output", host, pool, argument.PowerShell(pool))
		}
	}
	warnings = result.Warnings
	if faults != "" {
		warnings = append(warnings, fmt.Sprintf("Get-CsBackupServiceStatus on %s reported errors in addition to the "+
			"state of %s%s", host, pool, faults))
	}
	return facts.Modules, warnings, nil
}

// SyncBackupService runs Invoke-CsBackupServiceSync. Any error of the cmdlet means that it did only a part of its work.
func (s *Store) SyncBackupService(ctx context.Context, pool string) ([]string, error) {
	facts, result, err := s.backupService(ctx, BackupServiceSync, pool)
	if err != nil {
		advice := ""
		if failed := new(powershell.Error); errors.As(err, &failed) && failed.OutcomeUnknown() {
			advice = "\nWhether the synchronization has started is unknown. You can safely start it again"
		}
		return nil, fmt.Errorf("cannot synchronize the backup service of %s: %w%s", pool, err, advice)
	}
	if facts.Errors > 0 {
		//nolint:staticcheck // the text begins with the name of a cmdlet
		return result.Warnings, fmt.Errorf("Invoke-CsBackupServiceSync on %s failed for %s%s\n%s",
			s.transport.Host(), pool, cmdletFaults(facts, result), backupAdvice)
	}
	return result.Warnings, nil
}

// backupService runs one of the scripts about the backup service.
func (s *Store) backupService(
	ctx context.Context, script *powershell.Script, pool string,
) (facts BackupServiceFacts, result powershell.Result, err error) {
	result, err = powershell.Run(ctx, s.transport, script, powershell.Input{Data: BackupServiceData{Pool: pool}})
	if err != nil {
		return facts, result, err //nolint:wrapcheck // it names the script and the host
	}
	err = s.decode(script, result, &facts)
	return facts, result, err
}

// cmdletFaults returns the errors of the cmdlet for a message. Each starts a line. The faults before them are those of
// loading a module.
func cmdletFaults(facts BackupServiceFacts, result powershell.Result) string {
	var text strings.Builder
	for _, fault := range result.Faults[max(0, len(result.Faults)-max(0, facts.Errors)):] {
		text.WriteString("\n" + fault.String())
	}
	return text.String()
}
