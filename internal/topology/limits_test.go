package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// services returns a document with a Cluster 1:1, 1:2 and so on for each of the pools, and with n services. The text of
// a service has its number in place of each "@".
func services(pools, n int, service string) []byte {
	var b strings.Builder
	b.WriteString(`<Sites><CentralSite SiteId="1" /></Sites><Clusters>`)
	for i := range pools {
		fmt.Fprintf(&b, `<Cluster Fqdn="p%d.contoso.com"><ClusterId SiteId="1" Number="%d" /></Cluster>`, i+1, i+1)
	}
	b.WriteString("</Clusters><Services>")
	for i := range n {
		b.WriteString(strings.ReplaceAll(service, "@", fmt.Sprint(i+1)))
	}
	return []byte(document(b.String() + "</Services>"))
}

// onFirst returns a service on Cluster 1:1. Its instance can be "@".
func onFirst(role, instance string) string {
	return fmt.Sprintf(`<Service ServiceVersion="6"><ServiceId SiteId="1" RoleName="%s" Instance="%s" />`+
		`<InstalledOn><ClusterId SiteId="1" Number="1" /></InstalledOn></Service>`, role, instance)
}

func TestServicesOfOneIdentity(t *testing.T) {
	t.Parallel()
	for service, want := range map[string]string{
		onFirst("Registrar", "7"): `more than 100 services with the identity "1-Registrar-7"`,
		"<Service />":             "more than 100 services without an identity",
		"<Service><ServiceId SiteId='&#x9b;" + strings.Repeat("x", 1000) + "' /></Service>": `with the identity "\u009bxxx`,
	} {
		doc := parse(t, services(1, 100, service)).Topology()
		if len(doc.Services) != 100 {
			t.Errorf("%d services", len(doc.Services))
		}
		_, err := topology.Parse(services(1, 101, service))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "not supported") ||
			!strings.Contains(err.Error(), topology.ExportCommand) || len(err.Error()) > 400 {
			t.Errorf("%v, want %s", err, want)
		}
	}
	parse(t, services(1, 1000, onFirst("Registrar", "@")))
}

// A cluster with many roles has a short description.
func TestManyRoles(t *testing.T) {
	t.Parallel()
	pool := parse(t, services(1, 20_000, onFirst("Role@", "1"))).Topology().Pools[0]
	const roles = "Role1, Role2, Role3, Role4, Role5, Role6, Role7, Role8, Role9, Role10"
	if want := "a host with the services " + roles + " and 19990 others"; pool.Description != want {
		t.Errorf("%q, want %q", pool.Description, want)
	}
	several := parse(t, services(1, 30, strings.ReplaceAll(onFirst("Role@", "1"), "Role@", "Same"))).Topology()
	if got := several.Pools[0].Description; got != "a host with the services Same" {
		t.Error(got)
	}
	all := parse(t, services(1, 20_000, onFirst("Same", "@"))).Topology().Pools[0]
	if n := len(all.Role("Same")); n != 20_000 {
		t.Errorf("%d services of the role", n)
	}
}

// TestMemoryOfLargeDocuments checks that four times the document takes at most about four times the memory, whatever is
// repeated. It is not parallel, because it counts the allocations of the process.
func TestMemoryOfLargeDocuments(t *testing.T) {
	model := func(raw []byte) func() {
		return func() { parse(t, raw).Topology().Pairs() }
	}
	if pairs := parse(t, services(9, 9, partner)).Topology().Pairs(); len(pairs) != 8 {
		t.Fatalf("%d pairs", len(pairs))
	}
	for name, operation := range map[string]func(n int) func(){
		"children of the root": func(n int) func() {
			doc := parse(t, []byte(document(strings.Repeat("<Other />", n))))
			return func() { topology.Equivalent(doc, doc) }
		},
		"services of a type": func(n int) func() {
			doc := parse(t, []byte(document("<Services>"+strings.Repeat("<Other />", n)+"</Services>")))
			return func() { topology.Equivalent(doc, doc) }
		},
		"nested elements": func(n int) func() {
			doc := parse(t, []byte(document(strings.Repeat("<DependsOn>", n/8)+strings.Repeat("</DependsOn>", n/8))))
			return func() { topology.Equivalent(doc, doc) }
		},
		"roles":              func(n int) func() { return model(services(1, n, onFirst("Role@", "1"))) },
		"services":           func(n int) func() { return model(services(1, n, onFirst("Registrar", "@"))) },
		"partners of a pool": func(n int) func() { return model(services(n, n, partner)) },
	} {
		count := func(n int) (count, size uint64) { return testkit.Allocations(operation(n)) }
		fewCount, fewSize := count(500)
		manyCount, manySize := count(2000)
		if manyCount > 5*fewCount || manySize > 6*fewSize {
			t.Errorf("%s: %d allocations of %d bytes, and %d of %d bytes for four times as many",
				name, fewCount, fewSize, manyCount, manySize)
		}
	}
}

// partner is the Front End pool on Cluster 1:@ with a BackupService, and a BackupService of Cluster 1:1 for the pair.
var partner = strings.ReplaceAll(onFirst("Registrar", "@")+onFirst("UserServices", "@")+
	onFirst("BackupService", "1000@"), `Number="1"`, `Number="@"`) +
	strings.Replace(onFirst("BackupService", "@"), "<InstalledOn>", `<DependsOn><Dependency Usage="Default">`+
		`<ServiceId SiteId="1" RoleName="BackupService" Instance="1000@" /></Dependency></DependsOn><InstalledOn>`, 1)
