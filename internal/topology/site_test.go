package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// siteList returns the sites of a model, each as "id kind name parent".
func siteList(topo *topology.Topology) string {
	var all []string
	for _, s := range topo.Sites {
		parent := "-"
		if s.Parent != nil {
			parent = s.Parent.ID
		}
		all = append(all, fmt.Sprintf("%s %s %q %s", s.ID, s.Kind, s.Name, parent))
	}
	return strings.Join(all, "; ")
}

func TestSites(t *testing.T) {
	t.Parallel()
	const paris = `<CentralSite SiteId="1"><Name>Paris</Name></CentralSite>`
	for name, c := range map[string]struct{ sites, want string }{
		"none": {``, ``},
		"central": {
			paris +
				`<CentralSite SiteId="2"><Name>Lyon &amp; <!-- x --><![CDATA[<Rhône>]]> </Name><Location City="x" /></CentralSite>`, `1 central "Paris" -; 2 central "Lyon & <Rhône>" -`,
		},
		"without a name": {`<CentralSite SiteId="1" />`, `1 central "" -`},
		"branch by attribute": {
			paris + `<RemoteSite SiteId="2" CentralSiteId="1"><Name>Nantes</Name></RemoteSite>`,
			`1 central "Paris" -; 2 branch "Nantes" 1`,
		},
		"by another attribute": {
			paris + `<BranchSite SiteId="2" ParentSiteId="01" />`, `1 central "Paris" -; 2 branch "" 1`,
		},
		"parent comes later": {
			`<RemoteSite ParentCentralSite="1" SiteId="2" />` + paris, `2 branch "" 1; 1 central "Paris" -`,
		},
		"parent unknown": {paris + `<RemoteSite SiteId="2" />`, `1 central "Paris" -; 2 branch "" -`},
		"parent does not exist": {
			paris + `<RemoteSite SiteId="2" CentralSiteId="7" />`, `1 central "Paris" -; 2 branch "" -`,
		},
		"parent is a branch": {
			`<RemoteSite SiteId="2" /><RemoteSite SiteId="3" CentralSiteId="2" />`, `2 branch "" -; 3 branch "" -`,
		},
		"another attribute": {
			paris + `<RemoteSite SiteId="2" CentralSiteName="1" SiteCentralId="1" />`,
			`1 central "Paris" -; 2 branch "" -`,
		},
		"nested": {
			`<CentralSite SiteId="1"><Name>Paris</Name><RemoteSites><RemoteSite SiteId="2"><Name>Nantes</Name></RemoteSite></RemoteSites></CentralSite>`, `1 central "Paris" -; 2 branch "Nantes" 1`,
		},
		"nested wins over attribute": {
			paris + `<CentralSite SiteId="3"><RemoteSite SiteId="2" CentralSiteId="1" /></CentralSite>`,
			`1 central "Paris" -; 3 central "" -; 2 branch "" 3`,
		},
		"nested in a branch": {
			`<CentralSite SiteId="1"><RemoteSite SiteId="2"><RemoteSite SiteId="3" /></RemoteSite></CentralSite>`,
			`1 central "" -; 2 branch "" 1; 3 branch "" 1`,
		},
		"legacy": {
			paris + `<BackCompatSite SiteId="9"><Name>BackCompatSite</Name><RemoteSite SiteId="2" /></BackCompatSite>`,
			`1 central "Paris" -; 9 legacy "BackCompatSite" -; 2 branch "" -`,
		},
		"of another kind": {`<OrbitalSite SiteId="4"><Name>ISS</Name></OrbitalSite>`, `4 branch "ISS" -`},
		"reference in a branch": {
			paris + `<RemoteSite SiteId="2"><Name>Nantes</Name><ParentSite SiteId="1" /></RemoteSite>`,
			`1 central "Paris" -; 2 branch "Nantes" -`,
		},
		"reference comes first": {
			`<RemoteSite SiteId="2"><CentralSite SiteId="1" /></RemoteSite>` + paris,
			`2 branch "" -; 1 central "Paris" -`,
		},
		"reference by other name": {
			`<RemoteSite SiteId="2"><SiteRef SiteId="1" /></RemoteSite>` + paris, `2 branch "" -; 1 central "Paris" -`,
		},
		"reference with a name": {
			`<RemoteSite SiteId="2"><SiteRef SiteId="1"><Name>X</Name></SiteRef></RemoteSite><CentralSite SiteId="1" />`, `2 branch "" -; 1 central "" -`,
		},
		"reference to a branch": {
			`<CentralSite SiteId="1"><Branch SiteId="2" /></CentralSite><RemoteSite SiteId="2" CentralSiteId="1"><Name>Nantes</Name></RemoteSite>`, `1 central "" -; 2 branch "Nantes" 1`,
		},
		"twice": {
			paris + `<CentralSite SiteId="01"><Name>Nice</Name></CentralSite>`, `1 central "Paris" -`,
		},
		"number spelled otherwise": {`<CentralSite SiteId=" +01 " />`, `1 central "" -`},
		"no number": {
			`<CentralSite SiteId="x1" /><CentralSite SiteId="" /><CentralSite />`, `x1 central "" -`,
		},
		"name in other namespace": {
			`<CentralSite SiteId="1"><Name xmlns="urn:x">X</Name></CentralSite>`, `1 central "" -`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := siteList(parse(t, []byte(document("<Sites>"+c.sites+"</Sites>"))).Topology()); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestSiteOfAPool(t *testing.T) {
	t.Parallel()
	raw := document(`<Sites><CentralSite SiteId="1"><Name>Paris</Name></CentralSite></Sites><Clusters>` +
		`<Cluster Fqdn="a"><ClusterId SiteId="01" Number="1"/></Cluster><Cluster Fqdn="b"><ClusterId SiteId="2" Number="1"/></Cluster><Cluster Fqdn="c"/></Clusters>`)
	topo := parse(t, []byte(raw)).Topology()
	if s := topo.Pool(topology.MustParseFQDN("a")).Site; s == nil || s.Name != "Paris" {
		t.Errorf("a: %v", s)
	}
	if topo.Pool(topology.MustParseFQDN("b")).Site != nil || topo.Pool(topology.MustParseFQDN("c")).Site != nil {
		t.Error("a site that does not exist")
	}
}
