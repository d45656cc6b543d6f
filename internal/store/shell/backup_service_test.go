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
		fault   shelld.Fault
		modules []resilience.BackupModule
		says    []string // in both errors; empty: both go well
		syncs   []string // in the error of a synchronisation, where asking goes well
		warns   string
	}{
		"nothing":   {modules: modules},
		"garbage":   {fault: shelld.Fault{Garbage: true}, modules: modules},
		"CLIXML":    {fault: shelld.Fault{CLIXML: true}, modules: modules},
		"no rights": {fault: shelld.Fault{BackupFails: true}, modules: modules, says: []string{"cannot be reached", "Hadr.BackupService", "RTCUniversalServerAdmins", "fe1.contoso.com", backedUp}},
		"in another language": {
			fault: shelld.Fault{BackupFails: true, Localized: true}, modules: modules, says: []string{"fehlgeschlagen", "RTCUniversalServerAdmins"},
		},
		"an error beside": {
			fault: shelld.Fault{BackupReportsError: true}, modules: modules, syncs: []string{"Invoke-CsBackupServiceSync on fe1.contoso.com failed for " + backedUp, "cannot be reached"},
			warns: "reported errors in addition to the state of " + backedUp + "\nGet-CsBackupServiceStatus: The backup service of the pool cannot be reached.",
		},
		"no backup service": {says: []string{"LYNCBACKUP must run", backedUp}},
		"a module without a name": {
			modules: []resilience.BackupModule{{Export: "SteadyState", Import: "NormalState"}}, says: []string{"cannot interpret the output", "BackupModules on that host"},
			syncs: []string{},
		},
		"no module": {fault: shelld.Fault{NoModule: true}, modules: modules, says: []string{"administrative tools"}},
		"no host":   {fault: shelld.Fault{NotStarted: true}, modules: modules, says: []string{"no such host", backedUp}},
		"lost": {fault: shelld.Fault{At: shelld.Backup, Lost: true}, modules: modules, says: []string{"connection reset", backedUp},
			syncs: []string{"connection reset", "is not known. You can start it again safely"}},
		"cut off":    {fault: shelld.Fault{Cut: true}, modules: modules, says: []string{"cut off"}},
		"PowerShell": {fault: shelld.Fault{Exit: true}, modules: modules, says: []string{"exit code 1", "Zugriff verweigert"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			double := shelld.New(t, paired())
			double.SetBackupModules(backedUp, tc.modules...)

			tc.fault.Times = -1
			double.Inject(tc.fault)

			s := shell.New(double, shell.Options{})
			status, err := s.BackupServiceStatus(t.Context(), backedUp)
			fails(t, err, tc.says)

			if err == nil && !slices.Equal(status.Modules, []resilience.BackupModule{
				{Identity: "UserServices.PresenceFocus", Export: "SteadyState", Import: "NormalState"}, {Identity: "ConfServices.DataConf", Export: "NonSteadyState"},
			}) {
				t.Errorf("modules %+v", status.Modules)
			}

			if warnings := strings.Join(status.Warnings, "\n"); !strings.Contains(warnings, tc.warns) || tc.warns == "" && warnings != "" {
				t.Errorf("warnings %q", warnings)
			}

			want := tc.says
			if tc.syncs != nil {
				want = tc.syncs
			}

			_, err = s.SyncBackupService(t.Context(), backedUp)
			fails(t, err, want)

			if _, synced := double.BackupServices(); err == nil && !slices.Equal(synced, []string{backedUp}) {
				t.Errorf("synchronised %q", synced)
			}

			if counts := double.Counts(); counts.Publishes+counts.Enables > 0 || string(double.Document()) != string(paired()) {
				t.Errorf("the topology was touched: %+v", counts)
			}
		})
	}
}

// fails checks that there is an error with these words, or none without words.
func fails(t *testing.T, err error, words []string) {
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

// The pool is data, whatever it is called, and nothing else is.
func TestBackupServiceSendsThePoolAsData(t *testing.T) {
	t.Parallel()

	const odd = "a'; $x = `b` \"c\n\u00e8\u6771"

	double := shelld.New(t, paired())
	double.SetBackupModules(odd, resilience.BackupModule{Identity: "x", Export: "y", Import: "z"})

	s := shell.New(double, shell.Options{})
	if _, err := s.BackupServiceStatus(t.Context(), odd); err != nil {
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
