package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestRealPairIsRecreatedByteForByte imports a pair that the management shell wrote, destroys it, and creates it again.
func TestRealPairIsRecreatedByteForByte(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		doc  func(testing.TB) []byte
		a, b string
	}{
		"published": {testkit.Published, "fe1.example.com", "fe2.example.com"},
		"shipped":   {testkit.Fixture, paris, lyon},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := test.doc(t)
			d := newDocument(t, first)
			config := d.config(pairOf(test.a, test.b))
			unitTest(t,
				resource.TestStep{
					Config:            config + importBlockFor(test.a+","+test.b),
					ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionNoop)),
					ConfigStateChecks: assertPaired(test.a, test.b),
				},
				resource.TestStep{
					PreConfig:        func() { d.assertContent(first) },
					Config:           config,
					Destroy:          true,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy)),
				},
				resource.TestStep{
					Config: config,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate),
						assertPlanned(registrar(test.a, "backup_registrar"), knownvalue.StringExact(test.b)),
						plancheck.ExpectUnknownValue(this, registrar(test.a, "central_management"))),
					ConfigStateChecks: append(assertPaired(test.a, test.b),
						assertState(registrar(test.a, "edition"), knownvalue.StringExact("standard")),
						assertState(registrar(test.a, "version"), knownvalue.StringExact("Lync Server 2013")),
						assertState(registrar(test.a, "service_version"), knownvalue.Int64Exact(6))),
					PostApplyFunc: func() { d.assertContent(first) },
				},
			)
		})
	}
}

// TestCreateThenDestroyRestoresTheBytes creates and destroys a pair in documents of every encoding and layout.
func TestCreateThenDestroyRestoresTheBytes(t *testing.T) {
	t.Parallel()
	standard := testkit.Estate{Pools: []testkit.Pool{
		{FQDN: "paris", Site: 1, Central: testkit.Active}, {FQDN: "lyon", Site: 2}, {FQDN: "nice", Site: 2},
		{FQDN: "metz", Site: 1},
	}}
	enterprise := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"},
			{ID: 3, Name: "Nantes", Branch: true, Parent: 1, Nested: true}},
		Pools: []testkit.Pool{
			{FQDN: "edge", Site: 1, Kind: testkit.Edge, NextHop: "paris"},
			{FQDN: "paris", Site: 1, Enterprise: true, SQLInstance: testkit.DefaultInstance, Edge: "edge"},
			{FQDN: "lyon", Site: 2, Enterprise: true, Central: testkit.Active, FileHost: "files", FileShare: "lync$"},
			{FQDN: "nice", Site: 1}, {FQDN: "metz", Site: 2},
			{FQDN: "old1", Site: 1, Version: 5}, {FQDN: "old2", Site: 2, Version: 5},
		},
		Appliances: []testkit.Appliance{{FQDN: "sba1", Site: 3, Pool: "paris"}, {FQDN: "sba2", Site: 3, Pool: "lyon"}},
		Pairs:      []testkit.Pair{{A: "nice", B: "metz"}},
		Backups:    []testkit.Backup{{From: "old1", To: "old2"}},
	}
	for name, test := range map[string]struct {
		estate   testkit.Estate
		encoding testkit.Encoding
		lf       bool
		minified bool
	}{
		"standard UTF-16LE":          {estate: standard},
		"standard UTF-8":             {estate: standard, encoding: testkit.UTF8, lf: true},
		"standard UTF-16BE minified": {estate: standard, encoding: testkit.UTF16BE, minified: true},
		"enterprise UTF-16LE":        {estate: enterprise, lf: true},
		"enterprise UTF-8 with BOM":  {estate: enterprise, encoding: testkit.UTF8BOM},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.estate.Encoding, test.estate.LF, test.estate.Minified = test.encoding, test.lf, test.minified
			first := test.estate.Document()
			d := newDocument(t, first)
			config := d.config(pairOf(paris, lyon))
			unitTest(t,
				resource.TestStep{
					Config: config,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionCreate),
						assertPlanned(registrar(lyon, "backup_service"), knownvalue.StringExact(paris))),
					ConfigStateChecks: assertPaired(paris, lyon),
					PostApplyFunc: func() {
						assertOnlyInserts(t, d.diff(first))
					},
				},
				resource.TestStep{
					Config:           config,
					Destroy:          true,
					ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionDestroy)),
				},
			)
			d.assertContent(first)
		})
	}
}

// assertOnlyInserts checks that the diff of a document has insertions and no removals.
func assertOnlyInserts(t *testing.T, diff string) {
	t.Helper()
	if diff == "" {
		t.Error("nothing was written")
	}
	for line := range strings.Lines(diff) {
		if strings.HasPrefix(line, "-") {
			t.Errorf("a line is missing: %s", line)
		}
	}
}

// TestSettingsChangeAltersOnlyTheirAttributes checks the lines that differ after a change of settings.
func TestSettingsChangeAltersOnlyTheirAttributes(t *testing.T) {
	t.Parallel()
	const (
		before = `      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" ` +
			`FailureDetectionInterval="P0Y0M0DT0H5M0S">`
		failback = `      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT1H30M5S" ` +
			`FailureDetectionInterval="P0Y0M0DT0H5M0S">`
		override = `      <Backup EnableAutomaticFailover="false" FailbackDetectionInterval="P0Y0M0DT1H30M5S" ` +
			`FailureDetectionInterval="P0Y0M0DT0H2M0S">`
	)
	first := fourPools().Document()
	d := newDocument(t, first)
	differs := func(want string) func() {
		return func() {
			if got := d.diff(first); got != want {
				t.Errorf("the document differs by\n%s\nand should by\n%s", got, want)
			}
		}
	}
	unitTest(t,
		importStep(d.config(pairOf(paris, lyon))),
		resource.TestStep{
			Config: d.config(pairOf(paris, lyon, `failback_detection_interval = "5405s"`)),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate), assertChanges{
				"failback_detection_interval":                  "10m -> 5405s",
				"registrars.lyon.failback_detection_interval":  "10m -> 1h30m5s",
				"registrars.paris.failback_detection_interval": "10m -> 1h30m5s",
			}),
			ConfigStateChecks: []statecheck.StateCheck{
				assertState(tfjsonpath.New("failback_detection_interval"), knownvalue.StringExact("5405s")),
				assertState(registrar(lyon, "failback_detection_interval"), knownvalue.StringExact("1h30m5s")),
			},
			PostApplyFunc: differs("-" + before + "\n+" + failback + "\n-" + before + "\n+" + failback + "\n"),
		},
		resource.TestStep{
			Config: d.config(pairOf(paris, lyon, `failback_detection_interval = "5405s"`,
				perPool("LYON.contoso.com", "\n      automatic_failover = false\n      "+
					"failure_detection_interval = \"2m\""))),
			ConfigPlanChecks: preApply(assertAction(plancheck.ResourceActionUpdate),
				assertPlanned(registrar(lyon, "automatic_failover"), knownvalue.Bool(false)),
				assertPlanned(registrar(paris, "automatic_failover"), knownvalue.Bool(true))),
			ConfigStateChecks: []statecheck.StateCheck{
				assertState(registrar(lyon, "automatic_failover"), knownvalue.Bool(false)),
				assertState(registrar(lyon, "failure_detection_interval"), knownvalue.StringExact("2m")),
				assertState(registrar(paris, "failure_detection_interval"), knownvalue.StringExact("5m")),
			},
			PostApplyFunc: differs("-" + before + "\n+" + failback + "\n-" + before + "\n+" + override + "\n"),
		},
		resource.TestStep{
			Config:            d.config(pairOf(paris, lyon)),
			ConfigPlanChecks:  preApply(assertAction(plancheck.ResourceActionUpdate)),
			ConfigStateChecks: assertPaired(paris, lyon),
			PostApplyFunc:     func() { d.assertContent(first) },
		},
	)
}
