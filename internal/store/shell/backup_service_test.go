package shell_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

const backedUp = "paris.contoso.com"

func TestBackupService(t *testing.T) {
	t.Parallel()
	modules := []resilience.BackupModule{
		{Identity: "UserServices.PresenceFocus", Export: "SteadyState", Import: "NormalState"},
		{Identity: "ConfServices.DataConf", Export: "NonSteadyState"},
	}
	for name, tc := range map[string]struct {
		fault          shelld.Fault
		modules        []resilience.BackupModule
		wantErrors     []string // texts in both errors, nil for no error
		wantSyncErrors []string // texts in the error of the synchronization, nil for wantErrors
		wantWarnings   string   // text in the warnings of the status, empty for no warnings
	}{
		"no fault": {modules: modules},
		"garbage":  {fault: shelld.Fault{Garbage: true}, modules: modules},
		"CLIXML":   {fault: shelld.Fault{CLIXML: true}, modules: modules},
		"no rights": {
			fault: shelld.Fault{BackupFails: true}, modules: modules,
			wantErrors: []string{
				"cannot be reached", "Rtc.Management.Hadr.", "RTCUniversalServerAdmins", "fe1.contoso.com", backedUp,
			},
		},
		"in another language": {
			fault: shelld.Fault{BackupFails: true, Localized: true}, modules: modules,
			wantErrors: []string{"fehlgeschlagen", "RTCUniversalServerAdmins"},
		},
		"an error in addition to the modules": {
			fault: shelld.Fault{BackupReportsError: true}, modules: modules,
			wantSyncErrors: []string{
				"Invoke-CsBackupServiceSync on fe1.contoso.com failed for " + backedUp, "cannot be reached",
			},
			wantWarnings: "reported errors in addition to the state of " + backedUp +
				"\nGet-CsBackupServiceStatus: The backup service of the pool cannot be reached.",
		},
		"no backup service": {wantErrors: []string{"LYNCBACKUP must run", backedUp}},
		"a module without a name": {
			modules:        []resilience.BackupModule{{Export: "SteadyState", Import: "NormalState"}},
			wantErrors:     []string{"cannot interpret the output", "BackupModules on that host"},
			wantSyncErrors: []string{},
		},
		"no module": {
			fault: shelld.Fault{NoModule: true}, modules: modules, wantErrors: []string{"administrative tools"},
		},
		"no host": {
			fault: shelld.Fault{NotStarted: true}, modules: modules, wantErrors: []string{"no such host", backedUp},
		},
		"lost": {
			fault: shelld.Fault{At: shelld.Backup, Lost: true}, modules: modules,
			wantErrors:     []string{"connection reset", backedUp},
			wantSyncErrors: []string{"connection reset", "is unknown. You can safely start it again"},
		},
		"cut off": {fault: shelld.Fault{Cut: true}, modules: modules, wantErrors: []string{"cut off"}},
		"PowerShell": {
			fault: shelld.Fault{Exit: true}, modules: modules,
			wantErrors: []string{"exit code 1", "Zugriff verweigert"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			double := shelld.New(t, paired())
			double.SetBackupModules(backedUp, tc.modules...)

			tc.fault.Times = -1
			double.Inject(tc.fault)

			s := shell.New(double, shell.Options{})
			modules, got, err := s.BackupServiceStatus(t.Context(), backedUp)
			assertError(t, err, tc.wantErrors)
			if err == nil && !slices.Equal(modules, []resilience.BackupModule{
				{Identity: "UserServices.PresenceFocus", Export: "SteadyState", Import: "NormalState"},
				{Identity: "ConfServices.DataConf", Export: "NonSteadyState"},
			}) {
				t.Errorf("modules %+v", modules)
			}
			if warnings := strings.Join(got, "\n"); !strings.Contains(warnings, tc.wantWarnings) ||
				tc.wantWarnings == "" && warnings != "" {
				t.Errorf("warnings %q", warnings)
			}
			want := tc.wantErrors
			if tc.wantSyncErrors != nil {
				want = tc.wantSyncErrors
			}
			_, err = s.SyncBackupService(t.Context(), backedUp)
			assertError(t, err, want)
			if _, synced := double.BackupServices(); err == nil && !slices.Equal(synced, []string{backedUp}) {
				t.Errorf("synchronized %q", synced)
			}
			if counts := double.Counts(); counts.Publishes+counts.Enables > 0 ||
				string(double.Document()) != string(paired()) {
				t.Errorf("the topology was changed: %+v", counts)
			}
		})
	}
}

// assertError checks that the error contains all words, or that there is no error if there are no words.
func assertError(t *testing.T, err error, words []string) {
	t.Helper()
	if err == nil {
		if len(words) > 0 {
			t.Errorf("no error, want %q", words)
		}
		return
	}
	if len(words) == 0 {
		t.Errorf("failed: %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("no %q in %v", word, err)
		}
	}
}

// The name of the pool is in the data and not in the text of the script.
func TestBackupServiceSendsThePoolAsData(t *testing.T) {
	t.Parallel()
	const odd = "a'; $x = `b` \"c\n\u00e8\u6771"

	double := shelld.New(t, paired())
	double.SetBackupModules(odd, resilience.BackupModule{Identity: "x", Export: "y", Import: "z"})

	s := shell.New(double, shell.Options{})
	if _, _, err := s.BackupServiceStatus(t.Context(), odd); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SyncBackupService(t.Context(), odd); err != nil {
		t.Fatal(err)
	}
	for _, request := range double.Requests() {
		if strings.Contains(request.Text, "$x") || request.Document != "" {
			t.Errorf("%s: the pool is in the text of the script, or there is a document", request.Script)
		}
	}
}
