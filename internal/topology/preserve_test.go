package topology_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// centralPools are two pools, Central Management on the first, nothing paired: a creation writes all that there is to
// write.
func centralPools() testkit.Estate {
	return testkit.Estate{Pools: []testkit.Pool{{FQDN: "a", Central: testkit.Active}, {FQDN: "b", Site: 2}}}
}

// rewritten gives the estate's text through changes that mean nothing to a reader of XML, or nothing to this package.
func rewritten(change ...string) string {
	return strings.NewReplacer(change...).Replace(centralPools().Text())
}

// prefixed writes the document with prefixes in place of default namespaces.
func prefixed(text string, declareRoles bool) string {
	roles := ` xmlns="` + namespaceRoles + `"`
	var out strings.Builder
	inRole := ""
	for line := range strings.SplitAfterSeq(text, "\n") {
		name, _, _ := strings.Cut(strings.TrimLeft(strings.TrimSpace(line), "</"), " ")
		name = strings.TrimRight(name, "/>\r\n")
		begins := strings.Contains(line, roles) && !strings.Contains(line, "/>")
		switch {
		case !declareRoles && (inRole != "" || strings.Contains(line, roles)):
			// Payloads keep their default namespace.
		case inRole != "" || strings.Contains(line, roles):
			line = strings.NewReplacer("</", "</r:", "<", "<r:").Replace(strings.Replace(line, roles, "", 1))
		case strings.Contains(line, "<"):
			line = strings.NewReplacer("</", "</t:", "<", "<t:").Replace(line)
		}
		switch {
		case begins && inRole == "" && !strings.Contains(line, "</"):
			inRole = name
		case strings.Contains(line, "</") && name == inRole:
			inRole = ""
		}
		out.WriteString(line)
	}
	declared := ` xmlns:t="` + namespace + `"`
	if declareRoles {
		declared += ` xmlns:r='` + namespaceRoles + `'`
	}
	return strings.Replace(out.String(), ` xmlns="`+namespace+`"`, declared, 1)
}

func TestWhateverIsWrittenIsKept(t *testing.T) {
	t.Parallel()
	plain := centralPools().Text()
	minified := centralPools()
	minified.Minified = true
	for _, c := range []struct {
		name, text string
		written    []string // what the creation writes in this document
	}{
		{"plain", plain, nil},
		{"minified", minified.Text(), []string{
			`</InstalledOn><Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S"><ServiceId `,
			`</Service><Service RoleVersion="1" ServiceVersion="6" Type="Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService"><ServiceId `,
		}},
		{"tight empty elements", rewritten(" />", "/>"), []string{`RoleName="BackupService" Instance="1"/>`, `Ports xmlns="` + namespaceRoles + `"/>`}},
		{"tabs", rewritten("  ", "\t"), []string{"\r\n\t\t<Service RoleVersion=\"1\" ServiceVersion=\"6\">\r\n\t\t\t<ServiceId", "\r\n\t\t\t<Backup "}},
		{"single quotes", rewritten(`"`, `'`), nil},
		{"blank lines between services", rewritten("    <Service ", "\r\n    <Service "), []string{
			"    </Service>\r\n\r\n    <Service RoleVersion=\"1\" ServiceVersion=\"6\" Type=\"Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService\">\r\n      <ServiceId",
			"      </BackupService>\r\n    </Service>\r\n\r\n    <Service ",
		}},
		{"blank lines in services", rewritten("\r\n      <ServiceId ", "\r\n\r\n      <ServiceId "), []string{
			"ServiceRoles.BackupService\">\r\n      <ServiceId SiteId=\"1\" RoleName=\"BackupService\" Instance=\"1\" />\r\n      <DependsOn>",
		}},
		{"comments and instructions", rewritten("<Service ", "<!-- before --><Service ", "</Service>", "<?behind?></Service><!-- x -->", "<InstalledOn>", "<!--i--><InstalledOn><!-- > -->"), nil},
		{"comments on lines of their own", rewritten("    <Service ", "    <!-- a\r\n    b -->\r\n    <Service "), nil},
		{"CDATA and text", rewritten("<Service ", "<![CDATA[<Service>]]> text &amp; <Service ", "<DependsOn>", "<DependsOn>&#32;"), nil},
		{"unknown elements", rewritten("  </Services>", "    <Extension xmlns=\"urn:example:extension\"><Service/></Extension>\r\n  </Services>\r\n  <Services xmlns=\"urn:example:extension\"><Service/></Services>",
			"<InstalledOn>", "<x:New xmlns:x=\"urn:example:extension\"><x:Backup/></x:New>\r\n      <InstalledOn>"), []string{
			// The last Service is what new ones follow, whatever comes behind it.
			"    </Service>\r\n    <Extension xmlns=\"urn:example:extension\"><Service/></Extension>\r\n  </Services>",
		}},
		{"unknown attributes, other order", rewritten(`RoleName="Registrar" Instance="1"`, `a:b="c" Instance="1"  RoleName="Registrar" New=""`,
			`Signature=`, `xmlns:a="urn:example:extension" Signature=`), nil},
		{"unknown roles, versions and sites", rewritten(`RoleName="MediationServer"`, `RoleName="Quantum"`, `RoleVersion="1"`, `RoleVersion="9"`, "CentralSite", "OrbitalSite"), nil},
		{"namespace on each service", rewritten("<Service ", `<Service xmlns="`+namespace+`" `), nil},
		{"prefix on each service", rewritten("<Service ", `<p:Service xmlns:p="`+namespace+`" `, "</Service>", "</p:Service>"), []string{"\r\n    <Service RoleVersion"}},
		{"prefix on InstalledOn", rewritten("<InstalledOn>", `<q:InstalledOn xmlns:q="`+namespace+`">`, "</InstalledOn>", "</q:InstalledOn>"), []string{"\r\n      <Backup Enable"}},
		{"prefixes", prefixed(plain, true), []string{
			"</t:InstalledOn>\r\n      <t:Backup ", "<t:Dependency Usage", "<r:Ports>\r\n        <r:Port Owner=\"urn:component:BackupService\"",
			`<r:Module RoleName="CentralMgmt"`, "<r:Ports />", `<r:CentralMgmtService IsActive="false" />`,
		}},
		{"prefix of the topology alone", prefixed(plain, false), []string{"<t:Service RoleVersion", `<Ports xmlns="` + namespaceRoles + `">`, "<Module "}},
		{"roles' namespace as the default", strings.Replace(prefixed(plain, false), "<t:Topology ", `<t:Topology xmlns="`+namespaceRoles+`" `, 1), nil},
		{"a prefix that means something else inside", strings.Replace(prefixed(plain, true), "<t:Services>", `<t:Services xmlns:r="urn:example:extension">`, 1), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := []byte(c.text)
			if c.name == "a prefix that means something else inside" {
				// The payloads there are no role payloads any more, so Central Management is not active.
				raw = []byte(strings.NewReplacer("<r:", "<u:", "</r:", "</u:", "xmlns:t=", `xmlns:u="`+namespaceRoles+`" xmlns:t=`).Replace(c.text))
			}
			doc := parse(t, raw)
			same(t, "as read", doc.Bytes(), raw)
			if n := len(doc.Topology().FrontEnds()); n != 2 {
				t.Fatalf("%d Front End pools", n)
			}
			got := create(t, raw, pairOf("a", "b"))
			wellNamed(t, got)
			topo := parse(t, got).Topology()
			a, b := topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))
			if !topo.Links(a, b).All() || a.Central != topology.CentralActive || b.Central != topology.CentralStandby {
				t.Errorf("links %+v, Central Management %q and %q", topo.Links(a, b), a.Central, b.Central)
			}
			for _, want := range c.written {
				if !strings.Contains(string(got), want) {
					t.Errorf("not written: %s\n%s", want, change(raw, got))
				}
			}
			if c.name == "minified" && strings.ContainsAny(string(got), "\r\n") {
				t.Error("white space in a minified document")
			}
			same(t, "created and destroyed", remove(t, got, "b", "a"), raw)

			spec := pairOf("a", "b")
			spec[1].Settings.AutomaticFailover = false
			off := update(t, got, spec)
			if n := strings.Count(string(off), `EnableAutomaticFailover="false"`); n != 1 || len(off) != len(got)+1 {
				t.Errorf("a changed setting:\n%s", change(got, off))
			}
		})
	}
}

// A copied service may use prefixes that are not in force where the copy comes to stand.
func TestACopyDeclaresItsPrefixes(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "x"}, {FQDN: "y"}},
		Pairs: []testkit.Pair{{A: "x", B: "y"}},
	}
	raw := estate.Document()
	begin := `<Service RoleVersion="1" ServiceVersion="6" Type="Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService">`
	raw = inService(t, raw, "1-BackupService-1", begin, strings.Replace(begin, ">", ` xmlns:r="`+namespaceRoles+`" xmlns:e="urn:example:extension" xmlns:unused="urn:x">`, 1))
	raw = inService(t, raw, "1-BackupService-1", `<Ports xmlns="`+namespaceRoles+`">`, `<r:Ports xmlns="`+namespaceRoles+`">`)
	raw = inService(t, raw, "1-BackupService-1", `</Ports>`, `</r:Ports>`)
	raw = inService(t, raw, "1-BackupService-1", `<Modules>`, `<Modules e:more="&lt;&quot;" xml:space="preserve">`)
	// A prefix that only stands inside is declared there, so the copy has it too.
	raw = inService(t, raw, "1-BackupService-1", `</Modules>`, `</Modules><z:New xmlns:z="urn:example:extension" z:x="" />`)
	got := create(t, raw, pairOf("a", "b"))
	_, added, _ := strings.Cut(testkit.Decode(got), declared("1-BackupService-3"))
	for _, want := range []string{
		`<r:Ports xmlns:r="` + namespaceRoles + `" xmlns="` + namespaceRoles + `">`,
		`<BackupService xmlns:e="urn:example:extension" xmlns="` + namespaceRoles + `">`,
		`<Modules e:more="&lt;&quot;" xml:space="preserve">`,
		`<z:New xmlns:z="urn:example:extension" z:x="" />`,
	} {
		if strings.Count(added, want) != 2 {
			t.Errorf("not twice in the new services: %s", want)
		}
	}
	same(t, "created and destroyed", remove(t, got, "a", "b"), raw)

	if strings.Contains(added, `xmlns:z=""`) {
		t.Error("a prefix is declared that means nothing")
	}
	// What is in force already is not declared once more.
	text := prefixed(estate.Text(), true)
	again := create(t, []byte(text), pairOf("a", "b"))
	wellNamed(t, again)
	if n := strings.Count(string(again), "xmlns"); n != strings.Count(text, "xmlns") {
		t.Errorf("%d declarations, were %d", n, strings.Count(text, "xmlns"))
	}
}
