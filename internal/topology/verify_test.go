package topology

import (
	"errors"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// verifyPublish finds every change that no edit may make. Edits of this package do not make such changes, so the test
// makes the second document by replacing text.
func TestVerifyPublish(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Sites: []testkit.Site{{ID: 1}, {ID: 2, Branch: true}},
		Pools: []testkit.Pool{
			{FQDN: "a", Central: testkit.Active}, {FQDN: "b", Central: testkit.Standby}, {FQDN: "c"}, {FQDN: "d"},
			{FQDN: "e"},
		},
		Appliances: []testkit.Appliance{{FQDN: "sba", Site: 2, Pool: "a"}},
		Pairs:      []testkit.Pair{{A: "a", B: "b"}, {A: "c", B: "d"}},
		Encoding:   testkit.UTF8,
	}
	text := estate.Text()
	service := func(id ServiceID) (from, to int) {
		for at := 0; ; {
			from = at + strings.Index(text[at:], "<Service ")
			to = from + strings.Index(text[from:], "</Service>") + len("</Service>")
			if strings.Contains(text[from:to],
				"\n      "+`<ServiceId SiteId="`+id.Site+`" RoleName="`+id.Role+`" Instance="`+id.Instance+`" />`) {
				return from, to
			}
			at = to
		}
	}
	in := func(site, role, instance, old, replacement string) string {
		from, to := service(ServiceID{site, role, instance})
		if strings.Count(text[from:to], old) != 1 {
			t.Fatalf("%s-%s-%s has not %s once:\n%s", site, role, instance, old, text[from:to])
		}
		return text[:from] + strings.Replace(text[from:to], old, replacement, 1) + text[to:]
	}
	gone := func(site, role, instance string) string {
		from, to := service(ServiceID{site, role, instance})
		return strings.TrimRight(text[:from], " \r\n") + text[to:]
	}
	from, to := service(ServiceID{"1", RoleRegistrar, "3"})
	for _, c := range []struct{ name, after, want string }{
		{"nothing", text, ""},
		{
			"a member's Backup",
			in("1", RoleRegistrar, "1", `EnableAutomaticFailover="true"`, `EnableAutomaticFailover="false"`), "",
		},
		{"a member's service", in("1", RoleBackupService, "1", "DataConf", "X"), ""},
		{
			"a dangling Backup", in("1", RoleRegistrar, "1", `RoleName="Registrar" Instance="2"`,
				`RoleName="Registrar" Instance="9"`), "1-Registrar-9",
		},
		{"a service that others need", gone("1", RoleBackupService, "1"), "1-BackupService-1"},
		{"an identity twice",
			in("1", RoleCentralMgmt, "2", "\n      "+`<ServiceId SiteId="1" RoleName="CentralMgmt" Instance="2" />`,
				"\n      "+`<ServiceId SiteId="1" RoleName="CentralMgmt" Instance="1" />`), "1-CentralMgmt-1 twice"},
		{
			"an active Central Management more", in("1", RoleCentralMgmt, "2", `IsActive="false"`, `IsActive="true"`),
			"active Central Management",
		},
		{
			"no active Central Management", in("1", RoleCentralMgmt, "1", `IsActive="true"`, `IsActive="false"`),
			"active Central Management",
		},
		{
			"another active Central Management",
			in("1", RoleCentralMgmt, "1", `ServiceVersion="6"`, `ServiceVersion="7"`), "active Central Management",
		},
		{"a site", strings.Replace(text, "<Name>Site 1", "<Name>Site X", 1), "outside the services"},
		{"the root", strings.Replace(text, "Signature=", "signature=", 1), "outside the services"},
		{
			"a comment between services", strings.Replace(text, "</Service>", "</Service><!-- x -->", 1),
			"outside the services",
		},
		{
			"a third pool's Backup", in("1", RoleRegistrar, "3", `EnableAutomaticFailover="true"`,
				`EnableAutomaticFailover="false"`), "does not belong",
		},
		{
			"an appliance's Backup", in("2", RoleRegistrar, "1", `EnableAutomaticFailover="true"`,
				`EnableAutomaticFailover="false"`), "does not belong",
		},
		{
			"another part of a member's Registrar",
			in("1", RoleRegistrar, "1", `IsDirector="false"`, `IsDirector="true"`), "does not belong",
		},
		{"a third pool's BackupService", in("1", RoleBackupService, "3", "DataConf", "X"), "does not belong"},
		{
			"a member's other service", in("1", "ConfServices", "1", `RoleVersion="1"`, `RoleVersion="2"`),
			"does not belong",
		},
		{"a service less", gone("1", "MediationServer", "5"), "does not belong"},
		{
			"a service more", strings.Replace(text, text[from:to],
				text[from:to]+strings.NewReplacer(`RoleName="Registrar" Instance="3"`,
					`RoleName="Registrar" Instance="8"`).Replace(text[from:to]), 1), "does not belong",
		},
		{
			"other order", strings.Replace(strings.Replace(text, text[from:to], "", 1), "<Services>",
				"<Services>"+text[from:to], 1), "does not belong",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, err := Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			after, err := Parse([]byte(c.after))
			if err != nil {
				t.Fatal(err)
			}
			topo := before.Topology()
			within := pairExtent(topo.Pool(MustParseFQDN("a.contoso.com")), topo.Pool(MustParseFQDN("b.contoso.com")))
			_, err = verifyPublish(before, after, []extent{within(topo, after.Topology())})
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			var refusal *Refusal
			if !errors.As(err, &refusal) || refusal.Fault != Defect || !strings.Contains(refusal.Defect, c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// An editor does not accept an edit that fails its verification or does not reach the desired state.
func TestEditVerifiesItsResult(t *testing.T) {
	t.Parallel()
	raw := testkit.Estate{
		Sites:      []testkit.Site{{ID: 1}, {ID: 2, Branch: true}},
		Pools:      []testkit.Pool{{FQDN: "paris", Central: testkit.Active}, {FQDN: "lyon", Central: testkit.Standby}},
		Appliances: []testkit.Appliance{{FQDN: "sba", Site: 2, Pool: "paris"}},
		Pairs:      []testkit.Pair{{A: "paris", B: "lyon"}},
	}.Document()
	doc, err := Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	e := NewEditor(doc)
	a := e.Topology().Pool(MustParseFQDN("paris.contoso.com"))
	b := e.Topology().Pool(MustParseFQDN("lyon.contoso.com"))
	yes := func(*Topology) bool { return true }
	no := &Refusal{Fault: PoolNotFree, Pool: a.FQDN}
	appliance := e.Topology().Appliances()[0]
	central := e.Topology().ActiveCentral()[0]
	// attr returns an edit that sets an attribute of an element of a service.
	attr := func(s *Service, path []string, name, value string) func(d *draft) error {
		return func(d *draft) error {
			el := d.service(s)
			for _, local := range path {
				el = payloadChild(el, local)
			}
			el.SetAttr(name, value)
			return nil
		}
	}
	for name, edit := range map[string]struct {
		change func(*draft) error
		isDone func(*Topology) bool
		fault  Fault
		want   string // in the error
	}{
		"not done": {
			func(*draft) error { return nil }, func(*Topology) bool { return false },
			Defect, "the pair lyon.contoso.com,paris.contoso.com would not have the desired state",
		},
		"a service that others need": {
			func(d *draft) error { d.remove(a.UserServices); return nil }, yes,
			Defect, "1-UserServices-1",
		},
		"a dangling Backup": {
			attr(a.Registrar, []string{"Backup", "ServiceId"}, "Instance", "9"), yes, Defect, "which does not exist",
		},
		"an identity twice": {
			func(d *draft) error { d.appendService(a.Role(RoleBackupService)[0].element.Clone()); return nil }, yes,
			Defect, "twice",
		},
		"another active Central Management": {
			attr(central, nil, "ServiceVersion", "7"), yes, Defect, "active Central Management",
		},
		"no active Central Management": {
			attr(central, []string{"CentralMgmtService"}, "IsActive", "false"), yes,
			Defect, "active Central Management",
		},
		"an appliance's Backup": {
			attr(appliance.Registrar, []string{"Backup"}, attrAutomaticFailover, "false"), yes,
			Defect, "does not belong",
		},
		"another part of a member's Registrar": {
			attr(a.Registrar, nil, "RoleVersion", "7"), yes, Defect, "does not belong",
		},
		"a service more": {
			func(d *draft) error {
				el := a.Role(RoleWebServices)[0].element.Clone()
				child(el, "ServiceId").SetAttr("Instance", "77")
				d.appendService(el)
				return nil
			}, yes, Defect, "does not belong",
		},
		"refused": {
			func(d *draft) error { d.remove(a.Registrar); return no }, yes,
			PoolNotFree, no.Error(),
		},
	} {
		err := e.editPair(a, b, edit.change, edit.isDone)
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Fault != edit.fault || !strings.Contains(err.Error(), edit.want) {
			t.Errorf("%s: %v", name, err)
		}
		if e.Document() != doc || string(doc.Bytes()) != string(raw) {
			t.Errorf("%s: the document changed", name)
		}
	}
}

// An edit cannot change the kind of a pool, even one that may add its services.
func TestVerifyEditKeepsKinds(t *testing.T) {
	t.Parallel()
	doc, err := Parse(testkit.Paired().Document())
	if err != nil {
		t.Fatal(err)
	}
	registrar := doc.Topology().Pool(MustParseFQDN("paris.contoso.com")).Registrar
	d := doc.newDraft()
	second := registrar.element.Clone()
	child(second, "ServiceId").SetAttr("Instance", "77")
	d.appendService(second)
	next, changes := d.finish()
	within := extent{services: map[ServiceID]bool{changes[0].is.ID: true}}
	err = verifyEdit(doc.Topology(), next.Topology(), changes, within)
	if err == nil || !strings.Contains(err.Error(), "the kind of the pool paris.contoso.com") {
		t.Errorf("a second Registrar: %v", err)
	}
}
