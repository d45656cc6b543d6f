package provider

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

const liveProvider = "provider \"lync\" {\n  topology_file = \"live\"\n}\n"

func openDouble(double *shelld.Shell) func(location) store.Store {
	return func(location) store.Store { return shell.New(double, shell.Options{Pause: oneAttempt}) }
}

// oneAttempt is a [shell.Options] Pause for tests in which a second attempt would fail like the first.
func oneAttempt(context.Context, time.Duration) bool { return false }

// backupServiceDouble returns a deployment with the pair of paris, which has the active Central Management, and lyon.
func backupServiceDouble(t *testing.T, change ...func(*testkit.Estate)) *shelld.Shell {
	t.Helper()
	e := fourPools(change...)
	e.Pools[0].Central, e.Pools[1].Central, e.Pairs[0].CMSMaster = testkit.Active, testkit.Standby, true
	double := shelld.New(t, e.Document())
	double.SetBackupModules(paris, modules("SteadyState", "FinalState", "SteadyState")...)
	double.SetBackupModules(lyon, modules("FinalState", "SteadyState", "NotInitialized")...)
	return double
}

// modules returns the modules of a pool with their export states.
func modules(presence, conf, cms string) []resilience.BackupModule {
	return []resilience.BackupModule{
		{Identity: "UserServices.PresenceFocus", Export: presence, Import: "NormalState"},
		{Identity: "ConfServices.DataConf", Export: conf, Import: "NormalState"},
		{Identity: "CentralMgmt.CMSMaster", Export: cms, Import: "NormalState"},
	}
}

func statusOf(pool string) string {
	return liveProvider + "data \"lync_backup_service_status\" \"it\" {\n  pool = \"" + pool + "\"\n}\n"
}

func TestBackupServiceStatusDataSource(t *testing.T) {
	t.Parallel()
	double := backupServiceDouble(t)
	text := knownvalue.StringExact
	module := func(identity, export, imports knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{"identity": identity, "export_state": export,
			"import_state": imports})
	}
	status := func(healthy bool, problems knownvalue.Check, modules ...knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"healthy": knownvalue.Bool(healthy), "problems": problems, "modules": knownvalue.ListExact(modules),
		})
	}
	none := knownvalue.ListExact([]knownvalue.Check{})
	unhealthy := assertData(statusOf(lyon), "data.lync_backup_service_status.it", map[string]knownvalue.Check{
		"healthy": knownvalue.Bool(false),
		"pools": knownvalue.MapPartial(map[string]knownvalue.Check{
			lyon: knownvalue.ObjectPartial(map[string]knownvalue.Check{"healthy": knownvalue.Bool(true)}),
			paris: status(false, knownvalue.ListExact([]knownvalue.Check{
				text("CentralMgmt.CMSMaster: the export is in NotInitialized: it has not sent any change yet " +
					"(BS-HEALTHY)."),
				text("UserServices.PresenceFocus: the state of the import was not reported (BS-HEALTHY)."),
			}),
				module(text("CentralMgmt.CMSMaster"), text("NotInitialized"), text("NormalState")),
				module(text("UserServices.PresenceFocus"), text("SteadyState"), knownvalue.Null())),
		}),
	})
	unhealthy.PreConfig = func() {
		double.SetBackupModules(paris,
			resilience.BackupModule{Identity: "UserServices.PresenceFocus", Export: "SteadyState"},
			resilience.BackupModule{Identity: "CentralMgmt.CMSMaster", Export: "NotInitialized",
				Import: "NormalState"})
	}
	first := assertData(statusOf(lyon), "data.lync_backup_service_status.it", map[string]knownvalue.Check{
		"healthy": knownvalue.Bool(false),
		"pools": knownvalue.MapPartial(map[string]knownvalue.Check{
			lyon:  knownvalue.ObjectPartial(map[string]knownvalue.Check{"healthy": knownvalue.Bool(false)}),
			paris: knownvalue.ObjectPartial(map[string]knownvalue.Check{"healthy": knownvalue.Bool(true)}),
		}),
	})
	first.PreConfig = func() {
		double.SetBackupModules(paris, modules("SteadyState", "FinalState", "SteadyState")...)
		double.SetBackupModules(lyon, modules("NonSteadyState", "SteadyState", "NotInitialized")...)
	}
	liveTest(t, double,
		assertData(statusOf("LYON.contoso.com."), "data.lync_backup_service_status.it", map[string]knownvalue.Check{
			"pool": text("LYON.contoso.com."), "healthy": knownvalue.Bool(true),
			"pools": knownvalue.MapExact(map[string]knownvalue.Check{
				lyon: status(true, none,
					module(text("CentralMgmt.CMSMaster"), text("NotInitialized"), text("NormalState")),
					module(text("ConfServices.DataConf"), text("SteadyState"), text("NormalState")),
					module(text("UserServices.PresenceFocus"), text("FinalState"), text("NormalState"))),
				paris: knownvalue.ObjectPartial(map[string]knownvalue.Check{"healthy": knownvalue.Bool(true)}),
			}),
		}),
		unhealthy,
		first,
	)
	asked, synced := double.BackupServices()
	if !slices.Contains(asked, paris) || !slices.Contains(asked, lyon) || len(synced) > 0 {
		t.Errorf("asked for %q, synchronized %q", asked, synced)
	}
	assertUntouched(t, double)
}

func TestBackupServiceStatusRefused(t *testing.T) {
	t.Parallel()
	failingStep := func(pool string, words ...string) resource.TestStep {
		return resource.TestStep{Config: statusOf(pool), ExpectError: inOrder(words...)}
	}
	double := backupServiceDouble(t, noService("lyon"))
	liveTest(t, double,
		failingStep("a b", "must be the fully qualified domain name"),
		failingStep("missing.contoso.com", "has no pool missing.contoso.com"),
		failingStep("nice.contoso.com", "nice.contoso.com is in no pair"),
		failingStep(paris, "is incomplete", "lyon.contoso.com has no backup service for the other"),
	)
	if asked, _ := double.BackupServices(); len(asked) > 0 {
		t.Errorf("asked for %q", asked)
	}
	double = backupServiceDouble(t)
	double.Inject(shelld.Fault{BackupFails: true, Times: -1})
	liveTest(t, double, failingStep(paris, "reading the backup service status of paris.contoso.com",
		"returned no module of the backup service of lyon.contoso.com", "cannot be reached",
		"RTCUniversalServerAdmins"))

	d := newDocument(t, fourPools().Document())
	unitTest(t, resource.TestStep{
		Config: d.config(strings.TrimPrefix(statusOf(paris), liveProvider)),
		ExpectError: inOrder("works on the file", "only a management shell can get the state",
			"(Get-CsBackupServiceStatus -PoolFqdn lyon.contoso.com).BackupModules",
			"and the same for paris.contoso.com", "configure management_shell"),
	})
}

// TestBackupServiceStatusWarns reads a status to which a pool adds an error. The error becomes a warning.
func TestBackupServiceStatusWarns(t *testing.T) {
	t.Parallel()
	double := backupServiceDouble(t)
	double.Inject(shelld.Fault{BackupReportsError: true, Times: -1})
	server, config := onDouble(t, double, "lync_backup_service_status", true)
	resp, err := server.ReadDataSource(t.Context(),
		&tfprotov6.ReadDataSourceRequest{TypeName: "lync_backup_service_status", Config: config(paris)})
	if err != nil || len(errorsOf(resp.Diagnostics)) > 0 {
		t.Fatal(err, errorsOf(resp.Diagnostics))
	}
	if warned := summaries(resp.Diagnostics, tfprotov6.DiagnosticSeverityWarning); !slices.Equal(warned,
		[]string{"Backup service of " + lyon, "Backup service of " + paris}) {
		t.Errorf("warnings %q", warned)
	}
}

// assertUntouched checks that nothing was published or enabled.
func assertUntouched(t *testing.T, double *shelld.Shell) {
	t.Helper()
	if counts := double.Counts(); counts.Publishes+counts.Enables > 0 {
		t.Errorf("the topology was changed: %+v", counts)
	}
}

// configure returns a configured provider, and a function that builds the configuration of an action or a data source
// for a pool. An empty name is an unknown pool.
func configure(
	t *testing.T, factory func() provider.Provider, name string, arguments map[string]tftypes.Value,
) (tfprotov6.ProviderServer, func(pool string) *tfprotov6.DynamicValue) {
	t.Helper()
	server := NewServer(factory())
	w := &walk{t: t, server: server}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	w.must(err, schemas.Diagnostics)
	kind := w.object(schemas.Provider.ValueType())
	resp, err := server.ConfigureProvider(t.Context(),
		&tfprotov6.ConfigureProviderRequest{Config: w.pack(kind, objectWith(kind, arguments))})
	w.must(err, resp.Diagnostics)
	schema := schemas.DataSourceSchemas[name]
	if schema == nil {
		schema = schemas.ActionSchemas[name].Schema
	}
	object := w.object(schema.ValueType())
	return server, func(pool string) *tfprotov6.DynamicValue {
		value := text(pool)
		if pool == "" {
			value = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
		}
		return w.pack(object, objectWith(object, map[string]tftypes.Value{"pool": value}))
	}
}

// onDouble returns a provider that works on the double.
func onDouble(
	t *testing.T, double *shelld.Shell, name string, readOnly bool,
) (tfprotov6.ProviderServer, func(pool string) *tfprotov6.DynamicValue) {
	t.Helper()
	return configure(t, newWithStore("test", openDouble(double)), name,
		map[string]tftypes.Value{"topology_file": text("live"), "read_only": tftypes.NewValue(tftypes.Bool, readOnly)})
}

const syncType = "lync_backup_service_sync"

func actionsOf(t *testing.T, server tfprotov6.ProviderServer) tfprotov6.ActionServer {
	t.Helper()
	actions, ok := server.(tfprotov6.ActionServer)
	if !ok {
		t.Fatal("the provider serves no actions")
	}
	return actions
}

// invoke plans and invokes the action for a pool, even if the plan fails. It returns the errors of the plan, and the
// errors, warnings and progress messages of the invocation.
func invoke(
	t *testing.T, server tfprotov6.ProviderServer, config *tfprotov6.DynamicValue,
) (planned, failed, warned, progress []string) {
	t.Helper()
	actions := actionsOf(t, server)
	valid, err := actions.ValidateActionConfig(t.Context(),
		&tfprotov6.ValidateActionConfigRequest{ActionType: syncType, Config: config})
	if err != nil || len(errorsOf(valid.Diagnostics)) > 0 {
		t.Fatal(err, errorsOf(valid.Diagnostics))
	}
	plan, err := actions.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: syncType, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := actions.InvokeAction(t.Context(),
		&tfprotov6.InvokeActionRequest{ActionType: syncType, Config: config})
	if err != nil {
		t.Fatal(err)
	}
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			failed = errorsOf(event.Diagnostics)
			warned = summaries(event.Diagnostics, tfprotov6.DiagnosticSeverityWarning)
		}
	}
	return errorsOf(plan.Diagnostics), failed, warned, progress
}

func TestBackupServiceSyncAction(t *testing.T) {
	t.Parallel()
	double := backupServiceDouble(t)
	server, config := onDouble(t, double, syncType, false)
	planned, failed, warned, progress := invoke(t, server, config("Paris.contoso.com"))
	if len(planned)+len(failed)+len(warned) > 0 {
		t.Errorf("planned %q, failed %q, warned %q", planned, failed, warned)
	}
	if len(progress) != 3 || !strings.HasPrefix(progress[0], lyon+": synchronizing with "+paris) ||
		!strings.HasPrefix(progress[1], paris+": synchronizing with "+lyon) ||
		!strings.Contains(progress[2], "lync_backup_service_status") {
		t.Errorf("progress %q", progress)
	}
	if _, synced := double.BackupServices(); !slices.Equal(synced, []string{lyon, paris}) {
		t.Errorf("synchronized %q", synced)
	}
	assertUntouched(t, double)
}

func TestBackupServiceSyncActionRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pool     string
		readOnly bool
		faults   []shelld.Fault
		planned  string // text in the error of the plan; empty if the plan succeeds
		failed   string // text in the error of the apply
		synced   []string
	}{
		"unknown pool": {pool: "missing.contoso.com", planned: "has no pool missing.contoso.com",
			failed: "has no pool missing.contoso.com"},
		// the same apply can pair it
		"in no pair": {pool: "nice.contoso.com", failed: "nice.contoso.com is in no pair"},
		"read-only":  {pool: paris, readOnly: true, failed: "Provider is read-only"},
		"no rights": {
			pool: paris, faults: []shelld.Fault{{Script: shell.BackupServiceSync, BackupFails: true}},
			failed: "Invoke-CsBackupServiceSync on fe1.contoso.com failed for " + lyon,
		},
		"half of it": {
			pool: paris, faults: []shelld.Fault{{Script: shell.BackupServiceSync, BackupReportsError: true}},
			synced: []string{lyon},
			failed: "Invoke-CsBackupServiceSync on fe1.contoso.com failed for " + lyon,
		},
		"no topology": {pool: paris, faults: []shelld.Fault{{ReadFails: true, Times: -1}},
			planned: "Cannot read the topology", failed: "Cannot read the topology"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			double := backupServiceDouble(t)
			double.Inject(test.faults...)
			server, config := onDouble(t, double, syncType, test.readOnly)
			planned, failed, _, _ := invoke(t, server, config(test.pool))
			for _, response := range []struct {
				name string
				got  []string
				want string
			}{{"plan", planned, test.planned}, {"apply", failed, test.failed}} {
				if all := strings.Join(response.got, "\n"); !strings.Contains(all, response.want) ||
					response.want == "" && all != "" {
					t.Errorf("%s: %q, want %q", response.name, all, response.want)
				}
			}
			if _, synced := double.BackupServices(); !slices.Equal(synced, test.synced) {
				t.Errorf("synchronized %q", synced)
			}
			assertUntouched(t, double)
		})
	}
}

// TestBackupServiceSyncActionPlanUnknown plans an action for an unknown pool, which reads nothing and has no error.
func TestBackupServiceSyncActionPlanUnknown(t *testing.T) {
	t.Parallel()
	double := backupServiceDouble(t)
	server, config := onDouble(t, double, syncType, false)
	plan, err := actionsOf(t, server).PlanAction(t.Context(),
		&tfprotov6.PlanActionRequest{ActionType: syncType, Config: config("")})
	if err != nil || len(plan.Diagnostics) > 0 || double.Counts().Runs > 0 {
		t.Error(err, errorsOf(plan.Diagnostics), double.Counts())
	}
}

// TestBackupServiceSyncActionOnFile plans an action on a topology file, which is an error.
func TestBackupServiceSyncActionOnFile(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	server, config := configure(t, New("test"), syncType, map[string]tftypes.Value{"topology_file": text(d.path)})
	planned, failed, _, _ := invoke(t, server, config(paris))
	for _, errors := range [][]string{planned, failed} {
		if all := strings.Join(errors, "\n"); !strings.Contains(all,
			"only a management shell can start a synchronization") ||
			!strings.Contains(all, "Invoke-CsBackupServiceSync -PoolFqdn") {
			t.Errorf("%q", all)
		}
	}
}

// TestBackupServiceExamples applies the examples without changes on a deployment that has their pair.
func TestBackupServiceExamples(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, config string) *shelld.Shell {
		t.Helper()
		e := testkit.Quickstart()
		e.Pairs = []testkit.Pair{{A: "pool-paris", B: "pool-lyon"}}
		double := shelld.New(t, e.Document())
		for _, pool := range []string{"pool-paris.contoso.com", "pool-lyon.contoso.com"} {
			double.SetBackupModules(pool, modules("SteadyState", "SteadyState", "NotInitialized")[:2]...)
		}
		terraformSteps(t, newWithStore("test", openDouble(double)), resource.TestStep{Config: liveProvider + config})
		return double
	}
	example := func(t *testing.T, name string) string {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "examples", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	t.Run("data source", func(t *testing.T) {
		t.Parallel()
		double := run(t, example(t, "data-sources/lync_backup_service_status/data-source.tf"))
		if asked, _ := double.BackupServices(); !slices.Contains(asked, "pool-lyon.contoso.com") {
			t.Errorf("asked for %q", asked)
		}
	})
	t.Run("action", func(t *testing.T) {
		t.Parallel()
		if !testkit.CLI(t).SupportsActions() {
			t.Skip("this command line has no actions")
		}
		double := run(t, example(t, "actions/lync_backup_service_sync/action.tf")+`
resource "terraform_data" "maintenance" {
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.lync_backup_service_sync.paris_lyon]
    }
  }
}
`)
		if _, synced := double.BackupServices(); !slices.Equal(synced,
			[]string{"pool-lyon.contoso.com", "pool-paris.contoso.com"}) {
			t.Errorf("synchronized %q", synced)
		}
		assertUntouched(t, double)
	})
}
