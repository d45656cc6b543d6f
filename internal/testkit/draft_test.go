package testkit

import (
	"slices"
	"strings"
	"testing"
)

// A draft of sound pools has the elements of the estate that declares them.
func TestDraftHasTheElementsOfAnEstate(t *testing.T) {
	t.Parallel()
	d := NewDraft()
	d.Branch(3, "Nantes", 1)
	a, b := d.Standard("a", 1, 6), d.Standard("b", 2, 6)
	d.Enterprise("c", 1, 8, 2)
	d.Director("dir", 2, 6)
	a.AddCentral(true)
	d.Edge("edge", 1, a)
	d.Appliance("sba", 3, 6, a)
	WritePair(a, b)

	e := Estate{
		Sites: []Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1}},
		Pools: []Pool{
			{FQDN: "a", Central: Active}, {FQDN: "b", Site: 2}, {FQDN: "c", Version: 8, Enterprise: true, FrontEnds: 2},
			{FQDN: "dir", Kind: Director, Site: 2}, {FQDN: "edge", Kind: Edge, NextHop: "a"},
		},
		Appliances: []Appliance{{FQDN: "sba", Site: 3, Pool: "a"}},
		Pairs:      []Pair{{A: "a", B: "b"}},
		Minified:   true,
	}
	got, want := elements(t, d.Text()), elements(t, e.Text())
	slices.Sort(got)
	slices.Sort(want)
	// An appliance of an estate depends on the web services of its pool, too.
	want = slices.Delete(want, slices.Index(want, "Dependency"), slices.Index(want, "Dependency")+1)
	want = slices.Delete(want, slices.Index(want, "ServiceId"), slices.Index(want, "ServiceId")+1)
	if !slices.Equal(got, want) {
		t.Errorf("other elements:\n%s", strings.Join(diffLines(want, got), "\n"))
	}
}

// A draft can be bent into a document that an estate refuses.
func TestDraftCanBeFaulty(t *testing.T) {
	t.Parallel()
	d := NewDraft()
	a := d.Standard("a", 1, 6)
	a.Registrar.DependsOn = []string{"7-UserServices-7"}
	a.Registrar.Backups = []DraftBackup{{}, NewBackup("2-Registrar-9", false, "90s", "")}
	a.Registrar.Usage, a.Registrar.NoPayload = "Other", true
	d.Remove(a.WebServices)
	text := d.Text()
	for _, part := range []string{
		`<Dependency Usage="Other"><ServiceId SiteId="7" RoleName="UserServices" Instance="7" /></Dependency>`,
		`<Backup />`,
		`<Backup EnableAutomaticFailover="false" FailureDetectionInterval="PT90S"><ServiceId SiteId="2" ` +
			`RoleName="Registrar" Instance="9" /></Backup>`,
	} {
		if !strings.Contains(text, part) {
			t.Errorf("not in the document: %s", part)
		}
	}
	for _, part := range []string{"<RegistrarService", `<Service RoleVersion="1" ServiceVersion="6" Type="` +
		roleTypes + `WebService"`} {
		if strings.Contains(text, part) {
			t.Errorf("in the document: %s", part)
		}
	}
}
