package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// impactEstate returns the pair of paris and lyon with Central Management, appliances on both, an Edge pool behind
// paris, the incomplete pair of nice and metz, and the unpaired pool old.
func impactEstate() testkit.Estate {
	e := fourPools(alsoPair(testkit.Pair{A: "nice", B: "metz", NoService: []string{"nice", "metz"}}))
	e.Sites = append(e.Sites, testkit.Site{ID: 5, Name: "Nantes", Branch: true, Parent: 1},
		testkit.Site{ID: 6, Name: "Grenoble", Branch: true, Parent: 2})
	e.Pools = append(e.Pools, testkit.Pool{FQDN: "old", Version: 5},
		testkit.Pool{FQDN: "edge", Kind: testkit.Edge, NextHop: "paris"},
		testkit.Pool{FQDN: "director", Kind: testkit.Director, NextHop: "paris"})
	e.Appliances = []testkit.Appliance{{FQDN: "sba", Site: 5, Pool: "paris"}, {FQDN: "other", Site: 6, Pool: "lyon"}}
	return e
}

// impactOf returns a data source in which pools fail; arguments are more of its lines.
func impactOf(name string, pools []string, arguments ...string) string {
	return fmt.Sprintf("data \"lync_failover_impact\" %q {\n  failed_pools = [\"%s\"]\n  %s\n}\n",
		name, strings.Join(pools, `", "`), strings.Join(arguments, "\n  "))
}

const (
	impactIt   = "data.lync_failover_impact.it"
	impactMore = "data.lync_failover_impact.more"
)

// assertDataOf returns a step that reads several data sources and checks the values of each, by its address.
func assertDataOf(
	config string, values map[string]map[string]knownvalue.Check, more ...statecheck.StateCheck,
) resource.TestStep {
	step := resource.TestStep{Config: config, ConfigStateChecks: more}
	for address, want := range values {
		step.ConfigStateChecks = append(step.ConfigStateChecks, assertData("", address, want).ConfigStateChecks...)
	}
	return step
}

// assertFindingsOf checks the findings of the resource at an address.
type assertFindingsOf struct {
	address string
	want    assertFindings
}

func (f assertFindingsOf) CheckState(
	ctx context.Context, req statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse,
) {
	values, root := *req.State.Values, *req.State.Values.RootModule
	root.Resources = slices.DeleteFunc(slices.Clone(root.Resources),
		func(r *tfjson.StateResource) bool { return r.Address != f.address })
	values.RootModule = &root
	state := *req.State
	state.Values = &values
	f.want.CheckState(ctx, statecheck.CheckStateRequest{State: &state}, resp)
	if resp.Error != nil {
		resp.Error = fmt.Errorf("%s: %w", f.address, resp.Error)
	}
}

func TestFailoverImpactDataSource(t *testing.T) {
	t.Parallel()
	text, null, number := knownvalue.StringExact, knownvalue.Null(), knownvalue.Int64Exact
	object, maps := knownvalue.ObjectExact, knownvalue.MapExact
	type values = map[string]knownvalue.Check
	none := knownvalue.SetExact([]knownvalue.Check{})
	d := newDocument(t, impactEstate().Document())
	inventory := `inventory = {
    "Paris.contoso.com." = { users = 2000, os = "W2012R2", region = "EMEA", physical = true }
    "lyon.contoso.com"   = { users = 2400 }
    "sba.contoso.com"    = { users = 500 }
    "nice.contoso.com"   = null
  }`
	unitTest(t,
		assertDataOf(d.config(
			impactOf("it", []string{"PARIS.contoso.com."}, inventory),
			impactOf("more", []string{paris, lyon, "nice.contoso.com", "old.contoso.com"}),
		), map[string]values{impactIt: {
			"pools": maps(values{paris: object(values{
				"site": text("Paris"), "users": number(2000), "taken_over_by": text(lyon),
				"automatic_failover":         knownvalue.Bool(true),
				"failure_detection_interval": text("5m"), "service_before_failover": text("resiliency"),
				"service_after_failover": text("full"), "reason": null,
			})}),
			"takeover_pools": maps(values{lyon: object(values{
				"failed_pools": exactSet(paris), "own_users": number(2400), "users_taken_over": number(2500),
				"users": number(4900), "capacity": number(5000),
				"capacity_sufficient": knownvalue.Bool(true), "appliances_not_counted": exactSet("other.contoso.com"),
			})}),
			"branch_appliances": maps(values{sba: object(values{
				"branch_site": text("Nantes"), "users": number(500), "backup_pool": text(paris),
				"user_services_pool":      text(paris),
				"service_before_failover": text("resiliency"), "service_after_failover": text("resiliency"),
				"backup_left": null,
			})}),
			"edge_pools": maps(values{"edge.contoso.com": object(values{
				"site": text("Paris"), "failed_next_hops": exactSet(paris), "next_hops_left": none,
			})}),
			"central_management": maps(values{
				paris: object(values{"move_to": text(lyon), "problem": null}),
			}),
			"pools_without_service":         none,
			"appliances_in_resiliency_mode": exactSet(sba),
			"appliances_without_backup":     exactSet(sba),
		}, impactMore: {
			"pools": knownvalue.MapPartial(values{
				paris: object(values{
					"site": text("Paris"), "users": null, "taken_over_by": null, "automatic_failover": null,
					"failure_detection_interval": null,
					"service_before_failover":    text("none"), "service_after_failover": text("none"),
					"reason": text("lyon.contoso.com, the backup registrar of paris.contoso.com, has failed as well."),
				}),
				"nice.contoso.com": knownvalue.ObjectPartial(values{"taken_over_by": text("metz.contoso.com"),
					"service_after_failover": text("resiliency")}),
			}),
			"takeover_pools": knownvalue.MapPartial(values{"metz.contoso.com": knownvalue.ObjectPartial(values{
				"users": null, "capacity": number(5000), "capacity_sufficient": null,
			})}),
			"central_management": maps(values{paris: object(values{
				"move_to": null, "problem": knownvalue.StringRegexp(inOrder("lyon.contoso.com with the standby has "+
					"failed as well", "do not rely on the failover")),
			})}),
			"pools_without_service":         exactSet(lyon, "old.contoso.com", paris),
			"appliances_in_resiliency_mode": exactSet("other.contoso.com", sba),
			"inventory":                     null,
		}}, assertFindingsOf{impactIt, assertFindings{"PP-EDGEHOP info edge paris"}}),
	)
	// Terraform sorts errors by their position in the configuration.
	unitTest(t,
		resource.TestStep{
			Config: d.config(`data "lync_failover_impact" "it" { failed_pools = [] }`+"\n",
				impactOf("more", []string{"a b"})),
			ExpectError: inOrder("failed_pools", "at least 1", "must be the fully qualified domain name"),
		},
		resource.TestStep{
			Config: d.config(impactOf("a", []string{paris, "missing.contoso.com"}),
				impactOf("b", []string{"director.contoso.com"}),
				impactOf("c", []string{"edge.contoso.com"}), impactOf("d", []string{sba})),
			ExpectError: inOrder("failed_pools", "has no pool missing.contoso.com",
				"director.contoso.com is a Director, which homes no users. Name a Front End pool",
				"edge.contoso.com is an Edge pool, which homes no users",
				"sba.contoso.com is a Survivable Branch Appliance or Server. Name the Front End pool"),
		},
		resource.TestStep{
			PreConfig:   d.replaceWith(allKindsEstate().Document()),
			Config:      d.config(impactOf("it", []string{testkit.Machine("big.contoso.com", 1)})),
			ExpectError: inOrder("is a computer of big.contoso.com, which is a Front End pool. Name the pool"),
		},
	)
}

// TestFailoverWithoutCentralManagement checks that no pool gets full service while Central Management does not run,
// because then no pool can be failed over.
func TestFailoverWithoutCentralManagement(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools(alsoPair(testkit.Pair{A: "nice", B: "metz"})).Document())
	type values = map[string]knownvalue.Check
	after := func(service string, reason knownvalue.Check, moveTo knownvalue.Check) values {
		return values{
			"pools": knownvalue.MapPartial(values{
				"nice.contoso.com": knownvalue.ObjectPartial(values{
					"service_after_failover": knownvalue.StringExact(service), "reason": reason,
				}),
			}),
			"central_management": knownvalue.MapPartial(values{
				paris: knownvalue.ObjectPartial(values{"move_to": moveTo}),
			}),
		}
	}
	unitTest(t,
		assertDataOf(d.config(impactOf("it", []string{paris, "nice.contoso.com"}),
			impactOf("more", []string{paris, lyon, "nice.contoso.com"})), map[string]values{
			impactIt: after("full", knownvalue.Null(), knownvalue.StringExact(lyon)),
			impactMore: after("resiliency", knownvalue.StringExact(
				"The active Central Management is on paris.contoso.com, which has failed. "+
					"lyon.contoso.com with the standby has failed as well. "+
					"Until Central Management runs again, do not rely on the failover of a pool (CM-ORDER)."),
				knownvalue.Null()),
		}),
	)
}

// TestUsersOfAnApplianceWithoutABackup counts the users of an appliance without a backup registrar for the pool of its
// user services.
func TestUsersOfAnApplianceWithoutABackup(t *testing.T) {
	t.Parallel()
	e := impactEstate()
	e.Appliances[1].NoBackup = true
	d := newDocument(t, e.Document())
	type values = map[string]knownvalue.Check
	declare := func(name, entry string) string {
		inventory := "inventory = {\n    \"paris.contoso.com\" = { users = 10 }\n    \"lyon.contoso.com\" = { users " +
			"= 20 }\n    \"sba.contoso.com\" = { users = 1 }\n    " + entry + "\n  }"
		return impactOf(name, []string{paris}, inventory)
	}
	takeover := func(users int64, notCounted ...string) values {
		return values{"takeover_pools": knownvalue.MapExact(values{lyon: knownvalue.ObjectPartial(values{
			"users": knownvalue.Int64Exact(users), "appliances_not_counted": exactSet(notCounted...),
			"capacity_sufficient": knownvalue.Bool(users <= 5000),
		})})}
	}
	unitTest(t, assertDataOf(d.config(declare("it", `"other.contoso.com" = { users = 50000 }`), declare("more", "")),
		map[string]values{impactIt: takeover(50031), impactMore: takeover(31, "other.contoso.com")},
		assertFindingsOf{impactIt, assertFindings{
			"PP-CAP discouraged lyon paris", "PP-CAP discouraged lyon paris", "PP-CAPNUM discouraged lyon",
			"PP-EDGEHOP info edge paris", "BR-ONE error lyon other",
		}},
		assertFindingsOf{impactMore, assertFindings{"PP-EDGEHOP info edge paris", "BR-ONE error lyon other"}},
	))
}

// TestInventory checks the findings of an inventory, and that its errors are on the entry that they concern.
func TestInventory(t *testing.T) {
	t.Parallel()
	e := testkit.Paired()
	d := newDocument(t, e.Document())
	declare := func(name string, entries ...string) string {
		return fmt.Sprintf("data \"lync_topology\" %q {\n  inventory = {\n    %s\n  }\n}\n",
			name, strings.Join(entries, "\n    "))
	}
	finds := func(name string, findings ...string) statecheck.StateCheck {
		return assertFindingsOf{"data.lync_topology." + name, findings}
	}
	all := []string{
		`"PARIS.contoso.com" = { users = 2501, physical = true, os = "Windows Server 2012 R2", region = "EMEA" }`,
		`"lyon.contoso.com." = { users = 2500, physical = false, os = "Windows Server 2016", region = "APAC" }`,
	}
	unitTest(t,
		resource.TestStep{
			Config: d.config(declare("one", all[0]), declare("all", all...),
				declare("nothing", `"paris.contoso.com" = { os = "x" }`, `"lyon.contoso.com" = {}`),
				// as from empty cells of a table
				declare("empty", `"paris.contoso.com" = { os = "x", region = "EMEA" }`,
					`"lyon.contoso.com" = { os = "", region = " " }`),
				declare("text", `"paris.contoso.com" = { users = "2501", os = " x" }`,
					`"lyon.contoso.com" = { os = "X " }`),
			),
			ConfigStateChecks: []statecheck.StateCheck{
				finds("one", "PP-CAPNUM discouraged paris"),
				finds("all", "PP-VIRT unsupported lyon paris", "PP-OS unsupported lyon paris",
					"PP-CAP discouraged lyon paris", "PP-CAP discouraged lyon paris",
					"PP-CAPNUM discouraged paris", "PP-DIST discouraged lyon paris"),
				finds("nothing"), finds("empty"), finds("text", "PP-CAPNUM discouraged paris"),
			},
		},
		resource.TestStep{
			Config: d.configWith(`ignored_rules = ["PP-VIRT", "PP-OS", "PP-CAP", "PP-CAPNUM", "PP-DIST"]`,
				declare("all", all...)),
			ConfigStateChecks: []statecheck.StateCheck{finds("all")},
		},
	)
	// Terraform sorts errors by their position in the configuration.
	unitTest(t,
		resource.TestStep{
			Config: d.config(declare("a", `"a b" = {}`), declare("b", `"paris.contoso.com" = { users = -1 }`),
				declare("c", `"paris.contoso.com" = { users = 1.5 }`),
				declare("d", `"paris.contoso.com" = { users = 1000000001 }`),
				declare("e", `"paris.contoso.com" = { users = 1e30 }`)),
			ExpectError: inOrder("must be the fully qualified domain name",
				`inventory["paris.contoso.com"].users`, "must be a whole number from 0 to 1000000000, got: -1",
				"must be a whole number from 0 to 1000000000, got: 1.5",
				"must be a whole number from 0 to 1000000000, got: 1000000001",
				"must be a whole number from 0 to 1000000000, got: 1e+30"),
		},
		resource.TestStep{
			Config:      d.config(declare("twice", `"paris.contoso.com" = {}`, `"Paris.contoso.com." = {}`)),
			ExpectError: inOrder("Pool listed twice in the inventory", "are the same name"),
		},
	)
}

func TestDiagramAppliances(t *testing.T) {
	t.Parallel()
	d := newDocument(t, impactEstate().Document())
	declare := func(name, arguments string) string {
		return fmt.Sprintf("data \"lync_topology\" %q {\n  %s\n}\n", name, arguments)
	}
	diagram := func(texts ...string) map[string]knownvalue.Check {
		return map[string]knownvalue.Check{"diagram": knownvalue.StringRegexp(inOrder(texts...))}
	}
	unitTest(t,
		resource.TestStep{Config: d.config(declare("all", `diagram_appliances = "all"`)),
			ExpectError: inOrder("diagram_appliances", `"count" "draw"`)},
		assertDataOf(d.config(declare("unset", ""), declare("count", `diagram_appliances = "count"`),
			declare("draw", `diagram_appliances = "draw"`)), map[string]map[string]knownvalue.Check{
			"data.lync_topology.unset": diagram("1 branch appliance", "p1 <==> p5"),
			"data.lync_topology.count": diagram("1 branch appliance", "p1 <==> p5"),
			"data.lync_topology.draw":  diagram("a2([\"sba.contoso.com\"])", "a1 --> p1", "a2 --> p5"),
		}),
	)
}
