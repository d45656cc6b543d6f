package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// The topology has three clusters with a name of another cluster or without one. The data source shows all others, and
// what names an ambiguous pool is refused with a list of the clusters.
func TestAmbiguousNames(t *testing.T) {
	t.Parallel()
	text := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Nantes", Branch: true}},
		Pools: []testkit.Pool{
			{FQDN: "paris", Site: 1}, {FQDN: "twin", Site: 2}, {FQDN: "unnamed", Site: 1}, {FQDN: "lyon", Site: 2},
		},
		Pairs: []testkit.Pair{{A: "paris", B: "unnamed"}},
	}.Text()
	text = strings.ReplaceAll(text, `"twin.contoso.com"`, `"PARIS.contoso.com"`)
	text = strings.ReplaceAll(text, `Fqdn="unnamed.contoso.com"`, `Fqdn=""`)
	d := newDocument(t, []byte(text))
	clusters := []string{"2 clusters of the topology", "the name paris.contoso.com", "1:1 (site Paris",
		"2:1 (site Lyon", "its own name in Topology Builder"}
	findings := "output \"names\" {\n  value = [for f in data.lync_topology.all.findings : f.objects if f.rule " +
		"== " +
		"\"TD-NAME\"]\n}\n"
	survey := assertData(d.config(everything, findings), "data.lync_topology.all", map[string]knownvalue.Check{
		"pools": knownvalue.MapExact(map[string]knownvalue.Check{
			paris: knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"site": knownvalue.StringExact("Paris"), "backup_registrar": knownvalue.Null(),
				"pair": knownvalue.Null(),
			}),
			lyon: knownvalue.NotNull(),
		}),
		"pairs": knownvalue.MapExact(map[string]knownvalue.Check{}),
	})
	survey.ConfigStateChecks = append(survey.ConfigStateChecks, statecheck.ExpectKnownOutputValue("names",
		knownvalue.ListExact([]knownvalue.Check{exactSet("cluster 1:2"), exactSet(paris)})))
	unitTest(t,
		survey,
		assertRefused(d.config(pairOf(paris, lyon)), clusters...),
		assertRefused(d.config(`data "lync_pool" "this" { fqdn = "Paris.contoso.com" }`), clusters...),
		assertRefused(d.config(pairOf(paris, lyon), importBlockFor(paris)), clusters...),
	)
	d.assertContent([]byte(text))
}
