package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

const everything = `data "lync_topology" "all" {}` + "\n"

// assertData returns a step that reads data sources and checks the values of one of them.
func assertData(config, address string, values map[string]knownvalue.Check) resource.TestStep {
	step := resource.TestStep{Config: config}
	for attribute, check := range values {
		step.ConfigStateChecks = append(step.ConfigStateChecks,
			statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check))
	}
	return step
}

func exactSet(values ...string) knownvalue.Check {
	var checks []knownvalue.Check
	for _, v := range values {
		checks = append(checks, knownvalue.StringExact(v))
	}
	return knownvalue.SetExact(checks)
}

func TestTopologyDataSource(t *testing.T) {
	t.Parallel()
	e := branchEstate(withoutBackup)
	e.Pools[0].Central, e.Pools[1].Central = testkit.Active, testkit.Standby
	e.Pools = append(e.Pools, testkit.Pool{FQDN: "big", Site: 1, Enterprise: true, FrontEnds: 4})
	e.Pairs = []testkit.Pair{{A: "paris", B: "lyon", CMSMaster: true}}
	d := newDocument(t, e.Document())
	text := knownvalue.StringExact
	unitTest(t, assertData(d.config(everything), "data.lync_topology.all", map[string]knownvalue.Check{
		"signature": knownvalue.NotNull(),
		"sites": knownvalue.ListExact([]knownvalue.Check{
			knownvalue.ObjectExact(map[string]knownvalue.Check{"id": text("1"), "name": text("Paris"),
				"kind": text("central"), "parent": knownvalue.Null()}),
			knownvalue.ObjectExact(map[string]knownvalue.Check{"id": text("2"), "name": text("Lyon"),
				"kind": text("central"), "parent": knownvalue.Null()}),
			knownvalue.ObjectExact(map[string]knownvalue.Check{"id": text("3"), "name": text("Nantes"),
				"kind": text("branch"), "parent": text("Paris")}),
		}),
		"pools": knownvalue.MapPartial(map[string]knownvalue.Check{
			paris: knownvalue.ObjectExact(map[string]knownvalue.Check{
				"site": text("Paris"), "kind": text("front_end"), "edition": text("standard"),
				"version":         text("Lync Server 2013"),
				"service_version": knownvalue.Int64Exact(6), "front_ends": knownvalue.Int64Exact(1),
				"sql_server":         text(paris),
				"central_management": text("active"), "backup_registrar": text(lyon), "backup_service": text(lyon),
				"pair": text(lyon + "," + paris), "branch_appliances": exactSet(),
			}),
			lyon: knownvalue.ObjectPartial(map[string]knownvalue.Check{"central_management": text("standby"),
				"branch_appliances": exactSet("other.contoso.com")}),
			"big.contoso.com": knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"edition": text("enterprise"), "front_ends": knownvalue.Int64Exact(4),
				"sql_server": text("sql-big.contoso.com"), "pair": knownvalue.Null(),
			}),
			"edge.contoso.com": knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"kind": text("edge"), "version": knownvalue.Null(), "service_version": knownvalue.Null(),
				"front_ends": knownvalue.Null(),
			}),
			"director.contoso.com": knownvalue.ObjectPartial(map[string]knownvalue.Check{"kind": text("director"),
				"edition": knownvalue.Null()}),
		}),
		"branch_appliances": knownvalue.MapExact(map[string]knownvalue.Check{
			sba: knownvalue.ObjectExact(map[string]knownvalue.Check{
				"branch_site": text("Nantes"), "central_site": text("Paris"), "version": text("Lync Server 2013"),
				"backup_pool": knownvalue.Null(), "user_services_pool": text(paris),
				"automatic_failover":         knownvalue.Null(),
				"failure_detection_interval": knownvalue.Null(), "failback_detection_interval": knownvalue.Null(),
			}),
			"other.contoso.com": knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"backup_pool": text(lyon), "automatic_failover": knownvalue.Bool(true),
				"failure_detection_interval": text("2m"), "failback_detection_interval": text("4m"),
			}),
		}),
		"pairs": knownvalue.MapExact(map[string]knownvalue.Check{
			lyon + "," + paris: knownvalue.ObjectExact(map[string]knownvalue.Check{
				"pools": exactSet(lyon, paris), "complete": knownvalue.Bool(true),
				"registrars": knownvalue.MapPartial(map[string]knownvalue.Check{
					paris: knownvalue.ObjectPartial(map[string]knownvalue.Check{"backup_registrar": text(lyon),
						"failure_detection_interval": text("5m")}),
				}),
			}),
		}),
	}))
}

func TestPoolDataSource(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	read := func(name string) string {
		return d.config(fmt.Sprintf("data \"lync_pool\" \"it\" {\n  fqdn = %q\n}\n", name))
	}
	failingStep := func(name, want string) resource.TestStep {
		return resource.TestStep{Config: read(name), ExpectError: inOrder(want)}
	}
	unitTest(t,
		assertData(read("PARIS.contoso.com."), "data.lync_pool.it", map[string]knownvalue.Check{
			"fqdn": knownvalue.StringExact("PARIS.contoso.com."), "site": knownvalue.StringExact("Paris"),
			"pair": knownvalue.StringExact(lyon + "," + paris),
		}),
	)
	unitTest(t,
		failingStep("a b", "must be the fully qualified domain name"),
		failingStep("missing.contoso.com", "has no pool missing.contoso.com"),
	)
	d.replaceWith(allKindsEstate().Document())()
	unitTest(t,
		failingStep(testkit.Machine("big.contoso.com", 1),
			"is a computer of big.contoso.com, which is a Front End pool"),
		failingStep("sba.contoso.com", "is a Survivable Branch Appliance or Server, and not a pool"),
		failingStep("gateway.contoso.com", "is a PSTN gateway, and not a pool"),
	)
}

func TestPoolPairDataSource(t *testing.T) {
	t.Parallel()
	half := fourPools(noService("lyon"), backup(testkit.Backup{From: "nice", To: "metz"}))
	d := newDocument(t, half.Document())
	read := func(name string) string {
		return d.config(fmt.Sprintf("data \"lync_pool_pair\" \"it\" {\n  pool = %q\n}\n", name))
	}
	want := map[string]knownvalue.Check{
		"id": knownvalue.StringExact(lyon + "," + paris), "pools": exactSet(lyon, paris),
		"complete": knownvalue.Bool(false),
		"registrars": knownvalue.MapPartial(map[string]knownvalue.Check{
			lyon: knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"backup_registrar": knownvalue.StringExact(paris), "backup_service": knownvalue.Null(),
			}),
		}),
	}
	unitTest(t,
		assertData(read(paris), "data.lync_pool_pair.it", want),
		assertData(read("Lyon.contoso.com."), "data.lync_pool_pair.it", want),
		resource.TestStep{Config: read("nice.contoso.com"),
			ExpectError: inOrder("nice.contoso.com is in no pair",
				"names metz.contoso.com as its backup registrar, and nothing else")},
		resource.TestStep{Config: read("missing.contoso.com"), ExpectError: inOrder("has no pool missing.contoso.com")},
	)
}

// TestTopologyWithANameTwice reads a document with two appliances of one name.
func TestTopologyWithANameTwice(t *testing.T) {
	t.Parallel()
	e := branchEstate()
	e.Appliances[1].Pool = "paris"
	text := strings.ReplaceAll(testkit.Decode(e.Document()), "other.contoso.com", "SBA.contoso.com")
	d := newDocument(t, testkit.Encode(text, e.Document()))
	unitTest(t, assertData(d.config(everything), "data.lync_topology.all", map[string]knownvalue.Check{
		"pools": knownvalue.MapPartial(map[string]knownvalue.Check{
			paris: knownvalue.ObjectPartial(map[string]knownvalue.Check{"branch_appliances": exactSet(sba)}),
		}),
	}))
}

// TestDataSourcesBeforeTheDocument reads a data source while the document is unknown. The error shows how to proceed.
func TestDataSourcesBeforeTheDocument(t *testing.T) {
	t.Parallel()
	unitTest(t, resource.TestStep{
		Config: `resource "terraform_data" "path" { input = "topology.xml" }
provider "lync" {
  topology_file = terraform_data.path.output
}
` + everything,
		ExpectError: inOrder("Topology not yet known", "-target"),
	})
}

// TestTopologyMapsAreForEach uses the maps in for_each of import blocks and resources. The plan has no other changes.
func TestTopologyMapsAreForEach(t *testing.T) {
	t.Parallel()
	e := branchEstate()
	e.Pairs = []testkit.Pair{{A: "paris", B: "lyon"}}
	first := e.Document()
	d := newDocument(t, first)
	config := d.config(everything, `
import {
  for_each = data.lync_topology.all.pairs
  to       = lync_pool_pair.all[each.key]
  id       = each.key
}
resource "lync_pool_pair" "all" {
  for_each = data.lync_topology.all.pairs
  pools    = each.value.pools
}
resource "lync_branch_backup" "all" {
  for_each    = data.lync_topology.all.branch_appliances
  appliance   = each.key
  backup_pool = each.value.backup_pool
}
`)
	w := testkit.CLI(t)
	w.Write("main.tf", testkit.RequiredProviders+config)
	plan := w.PlanJSON()
	got := plan.Actions()
	want := map[string]string{`lync_branch_backup.all["other.contoso.com"]`: "create",
		`lync_branch_backup.all["sba.contoso.com"]`: "create"}
	if len(got) != len(want) || got[`lync_branch_backup.all["sba.contoso.com"]`] != "create" ||
		plan.ResourceChange(`lync_pool_pair.all["lyon.contoso.com,paris.contoso.com"]`).Change.Importing == nil {
		t.Fatalf("the plan has %v", got)
	}
	w.MustRun("apply", plan.File)
	d.assertContent(first)
	if r := w.Run("plan", "-detailed-exitcode"); r.ExitCode != 0 {
		t.Fatalf("the next plan is not empty:\n%s", r.Output)
	}
}

// assertFindings checks the findings as lines "rule severity objects". Names are shortened by contoso.com.
type assertFindings []string

func (want assertFindings) CheckState(
	_ context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	for _, r := range req.State.Values.RootModule.Resources {
		findings, ok := r.AttributeValues["findings"].([]any)
		if !ok {
			continue
		}
		var got []string
		for _, entry := range findings {
			f, _ := entry.(map[string]any)
			var objects []string
			names, _ := f["objects"].([]any)
			for _, name := range names {
				objects = append(objects, strings.ReplaceAll(fmt.Sprint(name), ".contoso.com", ""))
			}
			for _, part := range []string{"summary", "detail", "source"} {
				if text, _ := f[part].(string); text == "" {
					resp.Error = fmt.Errorf("%v has no %s", f["rule"], part)
				}
			}
			got = append(got, fmt.Sprintf("%v %v %s", f["rule"], f["severity"], strings.Join(objects, " ")))
		}
		if !slices.Equal(got, want) {
			resp.Error = fmt.Errorf("the findings are\n%s\nand should be\n%s",
				strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		return
	}
	resp.Error = fmt.Errorf("no findings in the state")
}

// TestFindings has a document with faults of most rules, and one sound pair.
func TestFindings(t *testing.T) {
	t.Parallel()
	no := false
	e := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"},
			{ID: 3, Name: "Nantes", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{
			{FQDN: "sound1"}, {FQDN: "sound2", Site: 2},
			{FQDN: "one", Site: 1}, {FQDN: "more1", Site: 2}, {FQDN: "more2", Site: 2}, // PP-ONE
			{FQDN: "v13", Site: 1}, {FQDN: "v15", Site: 2, Version: 7}, // PP-VERSION
			{FQDN: "way1", Site: 1}, {FQDN: "way2", Site: 2}, // PP-RECIP
			{FQDN: "half1", Site: 1}, {FQDN: "half2", Site: 2}, // PP-WHOLE
			{FQDN: "ee", Site: 1, Enterprise: true, FrontEnds: 2}, {FQDN: "se", Site: 2}, // PP-EDITION, PP-SYNC3
			{FQDN: "near1", Site: 1}, {FQDN: "near2", Site: 1}, // PP-SITE
			// PP-SHARED
			{FQDN: "shared1", Site: 1, Enterprise: true, SQLHost: "sql"},
			{FQDN: "shared2", Site: 2, Enterprise: true, SQLHost: "sql", SQLInstance: "two"},
			{FQDN: "small", Site: 1, Enterprise: true, FrontEnds: 1},     // PP-FE3
			{FQDN: "old", Site: 1, Version: 5}, {FQDN: "young", Site: 2}, // PP-10-13
			{FQDN: "old1", Site: 1, Version: 5}, {FQDN: "old2", Site: 2, Version: 5}, // legal between 2010 pools
			{FQDN: "short1", Site: 1}, {FQDN: "short2", Site: 2}, // VF-MIN90, VF-GAP, VF-ON
			// CM-ONE, CM-PAIR
			{FQDN: "cms1", Site: 1, Central: testkit.Active}, {FQDN: "cms2", Site: 1, Central: testkit.Active},
			{FQDN: "spare", Site: 2, Central: testkit.Standby},                 // CM-ONE
			{FQDN: "duo", Site: 2, Version: 8, Enterprise: true, FrontEnds: 2}, // PP-FE2-19
			{FQDN: "edge", Site: 1, Kind: testkit.Edge, NextHop: "sound1"},     // PP-EDGEHOP
			{FQDN: "director", Site: 2, Kind: testkit.Director, NextHop: "sound1"},
		},
		Appliances: []testkit.Appliance{
			{FQDN: "fine", Site: 3, Pool: "sound1"},
			{FQDN: "twice", Site: 3, Pool: "sound1"},                        // BR-ONE, BR-NODR
			{FQDN: "led", Site: 3, Pool: "sound1"},                          // BR-ONE, BR-KIND
			{FQDN: "apart", Site: 3, Pool: "sound1", UserServices: "near1"}, // BR-ONE
			{FQDN: "none", Site: 3, Pool: "sound1", NoBackup: true},         // BR-ONE
			{FQDN: "on10", Site: 3, Pool: "old1"},                           // BR-V13-10
			{FQDN: "far", Site: 3, Pool: "sound2"},                          // BR-CENTRAL
			{FQDN: "quick", Site: 3, Pool: "sound1", Failure: time.Minute},  // VF-MIN120
			{FQDN: "eager", Site: 3, Pool: "sound1", Failure: time.Second},  // VF-RANGE
			{FQDN: "later", Site: 3, Pool: "sound1", Version: 7},            // BR-VGT
		},
		Backups: []testkit.Backup{
			{From: "more2", To: "one"}, {From: "way1", To: "way2"}, {From: "young", To: "old"},
			{From: "old1", To: "old2"},
			{From: "short1", To: "short2", Failure: time.Minute, Failback: time.Minute},
			{From: "short2", To: "short1", Failover: &no},
		},
		Pairs: []testkit.Pair{
			{A: "sound1", B: "sound2"}, {A: "one", B: "more1"}, {A: "v13", B: "v15"}, {A: "ee", B: "se"},
			{A: "near1", B: "near2"},
			{A: "half1", B: "half2", NoService: []string{"half1", "half2"}},
			{A: "shared1", B: "shared2"}, {A: "short1", B: "short2", NoBackup: []string{"short1", "short2"}},
		},
	}
	raw := e.Document()
	// Faults that an estate cannot express: a Backup element with a missing target, a missing interval, and a second
	// Backup element.
	raw = inRegistrarOf(raw, "small", "</InstalledOn>", `</InstalledOn>
      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M">
        <ServiceId SiteId="9" RoleName="Registrar" Instance="9" />
      </Backup>`)
	raw = inRegistrarOf(raw, "twice", "</Backup>", `</Backup>
      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="PT10M" FailureDetectionInterval="PT5M">
        <ServiceId SiteId="1" RoleName="Registrar" Instance="2" />
      </Backup>`)
	raw = inRegistrarOf(raw, "led", `<ServiceId SiteId="1" RoleName="Registrar" Instance="1" />
      </Backup>`, registrarOf(raw, "director")+`
      </Backup>`)
	d := newDocument(t, raw)
	unitTest(t, resource.TestStep{
		Config: d.config(everything),
		ConfigStateChecks: []statecheck.StateCheck{assertFindings{
			"PP-10-13 error old young",
			"PP-FE2-19 error duo",
			"PP-FREE error small",
			"PP-ONE error more1 more2 one",
			"PP-VERSION unsupported v13 v15",
			"PP-RECIP error more2 one",
			"PP-RECIP error way1 way2",
			"PP-WHOLE error half1 half2",
			"PP-EDITION unsupported ee se",
			"PP-SITE discouraged near1 near2",
			"PP-SYNC3 discouraged ee",
			"PP-SHARED discouraged shared1 shared2",
			"PP-FE3 discouraged small",
			"PP-EDGEHOP info edge sound1",
			"VF-RANGE error eager",
			"VF-MIN90 discouraged short1",
			"VF-MIN120 discouraged quick",
			"VF-GAP discouraged short1",
			"VF-ON discouraged short2",
			"VF-NEEDBK error small",
			"VF-BOTH error small",
			"CM-ONE error cms1 cms2",
			"CM-ONE error cms1 cms2 spare",
			"CM-PAIR discouraged cms1",
			"CM-PAIR discouraged cms2",
			"BR-ONE error apart near1 sound1",
			"BR-ONE error director led sound1",
			"BR-ONE error none sound1",
			"BR-ONE error one sound1 twice",
			"BR-KIND error director led",
			"BR-V13-10 error old1 on10",
			"BR-NODR error one sound1 twice",
			"BR-CENTRAL unsupported far sound2",
			"BR-TWO unsupported apart eager far fine later led none on10 quick twice",
			"BR-VGT unsupported later sound1",
			"BR-NODANGLE error small",
		}},
	})
}

// TestFindingsOfTheRealDocument checks that a sound pair has no findings.
func TestFindingsOfTheRealDocument(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(testing.TB) []byte{"the fixture": testkit.Fixture,
		"as published": testkit.Published} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, read(t))
			unitTest(t, resource.TestStep{Config: d.config(everything),
				ConfigStateChecks: []statecheck.StateCheck{assertFindings(nil)}})
		})
	}
}

// TestFindingsAndThePolicy checks that findings leave out ignored rules, and that strict support does not raise their
// severity.
func TestFindingsAndThePolicy(t *testing.T) {
	t.Parallel()
	e := testkit.Estate{
		Sites: []testkit.Site{{ID: 1}},
		Pools: []testkit.Pool{{FQDN: "ee", Enterprise: true}, {FQDN: "se"}},
		Pairs: []testkit.Pair{{A: "ee", B: "se"}},
	}
	d := newDocument(t, e.Document())
	unitTest(t,
		resource.TestStep{
			Config: d.configWith("strict_support = true", everything),
			ConfigStateChecks: []statecheck.StateCheck{assertFindings{"PP-EDITION unsupported ee se",
				"PP-SITE discouraged ee se"}},
		},
		resource.TestStep{
			Config:            d.configWith(`ignored_rules = ["PP-SITE"]`, everything),
			ConfigStateChecks: []statecheck.StateCheck{assertFindings{"PP-EDITION unsupported ee se"}},
		},
	)
}

// registrarOf returns the ServiceId of the Registrar on the named cluster, as the document writes it.
func registrarOf(doc []byte, name string) string {
	marked := testkit.Decode(inRegistrarOf(doc, name, "<ServiceId ", "<ServiceId\tmark "))
	from := strings.Index(marked, "<ServiceId\tmark ")
	return strings.Replace(marked[from:from+strings.Index(marked[from:], "/>")+2], "\tmark", "", 1)
}

// inRegistrarOf replaces from by to, once, in the Registrar on the named cluster.
func inRegistrarOf(doc []byte, name, from, to string) []byte {
	text, eol := testkit.Decode(doc), strings.NewReplacer("\n", "\r\n")
	at := strings.Index(text, `Fqdn="`+name+`.contoso.com"`)
	cluster := text[at+strings.Index(text[at:], "<ClusterId "):]
	cluster = cluster[:strings.Index(cluster, "/>")+2]
	for service := 0; ; {
		begin := service + strings.Index(text[service:], "<Service ")
		end := begin + strings.Index(text[begin:], "</Service>")
		if body := text[begin:end]; strings.Contains(body, `RoleName="Registrar"`) &&
			strings.Contains(body, "<RegistrarService") && strings.Contains(body, "<InstalledOn>\r\n        "+cluster) {
			return testkit.Encode(text[:begin]+strings.Replace(body, eol.Replace(from), eol.Replace(to), 1)+text[end:],
				doc)
		}
		service = end
	}
}
