package resilience

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestBackupServiceProblems(t *testing.T) {
	t.Parallel()
	const presence, conf = "UserServices.PresenceFocus", "ConfServices.DataConf"
	tests := map[string]struct {
		modules string // "module export import" each, with ? for a state that was not reported
		central topology.CentralRole
		want    []string // how the problems begin
	}{
		"final": {modules: presence + " FinalState NormalState, " + conf +
			" FinalState NormalState"},
		"steady": {modules: presence + " SteadyState NormalState, " + conf +
			" FinalState NormalState"},
		"as Microsoft shows it": {modules: presence + " FinalState NormalState, " + conf +
			" FinalState NormalState, " + centralModule + " NotInitialized NormalState"},
		"standby of Central Management": {modules: centralModule + " NotInitialized NormalState",
			central: topology.CentralStandby},
		"standby that sends": {modules: centralModule + " SteadyState NormalState",
			central: topology.CentralStandby},
		"active Central Management": {modules: centralModule + " SteadyState NormalState",
			central: topology.CentralActive},
		"Response Groups": {modules: "ApplicationServer.RGSDataStore FinalState NormalState"},
		"no module":       {want: []string{"The backup service reports no module"}},
		"backlog": {modules: presence + " NonSteadyState NormalState",
			want: []string{presence + ": the export is in NonSteadyState: changes arrive faster"}},
		"export fails": {modules: presence + " ErrorState NormalState",
			want: []string{presence + ": the export is in ErrorState: it fails to send"}},
		"import fails": {modules: presence + " FinalState ErrorState",
			want: []string{presence + ": the import is in ErrorState: it fails to receive"}},
		"both fail": {modules: presence + " ErrorState ErrorState",
			want: []string{presence + ": the export is", presence + ": the import is"}},
		"nothing sent yet": {modules: presence + " NotInitialized NormalState",
			want: []string{presence + ": the export is in NotInitialized: it has not sent"}},
		"active one that sends nothing": {modules: centralModule + " NotInitialized NormalState",
			central: topology.CentralActive, want: []string{centralModule + ": the export is in NotInitialized"}},
		"standby that fails to send": {modules: centralModule + " ErrorState NormalState",
			central: topology.CentralStandby, want: []string{centralModule + ": the export is in ErrorState"}},
		"standby that fails to take in": {modules: centralModule + " NotInitialized ErrorState",
			central: topology.CentralStandby, want: []string{centralModule + ": the import is in ErrorState"}},
		"import that is not initialized": {modules: centralModule + " NotInitialized NotInitialized",
			want: []string{centralModule + ": the import is in the state NotInitialized, whose meaning is not " +
				"documented"}},
		"export state that is not known": {modules: presence + " Paused NormalState",
			want: []string{presence + ": the export is in the state Paused, whose meaning"}},
		"states of import are not export's": {modules: presence + " NormalState SteadyState",
			want: []string{presence + ": the export is in the state NormalState", presence +
				": the import is in the state SteadyState"}},
		"states that were not reported": {modules: presence + " ? ?",
			want: []string{presence + ": the state of the export was not reported", presence +
				": the state of the import was not reported"}},
		"sorted": {modules: presence + " ErrorState NormalState, " + conf + " ErrorState NormalState",
			want: []string{conf + ": ", presence + ": "}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var modules []BackupModule
			for _, text := range strings.Split(test.modules, ", ") {
				if words := strings.Fields(strings.ReplaceAll(text, "?", "\"\"")); len(words) == 3 {
					modules = append(modules, BackupModule{words[0], strings.Trim(words[1], `"`),
						strings.Trim(words[2], `"`)})
				}
			}
			got := BackupServiceProblems(modules, test.central)
			if !slices.EqualFunc(got, test.want, strings.HasPrefix) {
				t.Errorf("problems %q, want %q", got, test.want)
			}
		})
	}
}
