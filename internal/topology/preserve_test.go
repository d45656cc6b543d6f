package topology_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// centralPools returns two pools without a pair, the first with Central Management. CreatePair writes every kind of
// element for them.
func centralPools() testkit.Estate {
	return testkit.Estate{Pools: []testkit.Pool{{FQDN: "a", Central: testkit.Active}, {FQDN: "b", Site: 2}}}
}

// rewritten returns the text of centralPools with replacements that do not change its meaning for this package.
func rewritten(change ...string) string {
	return strings.NewReplacer(change...).Replace(centralPools().Text())
}

// prefixed returns the text with prefixes instead of default namespaces.
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

func TestEditsKeepTheSpelling(t *testing.T) {
	t.Parallel()
	plain := centralPools().Text()
	minified := centralPools()
	minified.Minified = true
	for _, c := range []struct {
		name, text string
		written    []string // texts that CreatePair writes in this document
	}{
		{"plain", plain, nil},
		{"minified", minified.Text(), []string{
			`</InstalledOn><Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S"><ServiceId `,
			`</Service><Service RoleVersion="1" ServiceVersion="6" Type="Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService"><ServiceId `,
		}},
		{
			"tight empty elements", rewritten(" />", "/>"), []string{
				`RoleName="BackupService" Instance="1"/>`, `Ports xmlns="` + namespaceRoles + `"/>`,
			},
		},
		{
			"tabs", rewritten("  ", "\t"), []string{
				"\r\n\t\t<Service RoleVersion=\"1\" ServiceVersion=\"6\">\r\n\t\t\t<ServiceId", "\r\n\t\t\t<Backup ",
			},
		},
		{"single quotes", rewritten(`"`, `'`), nil},
		{"blank lines between services", rewritten("    <Service ", "\r\n    <Service "), []string{
			"    </Service>\r\n\r\n    <Service RoleVersion=\"1\" ServiceVersion=\"6\" " +
				"Type=\"Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService\">\r\n      <ServiceId",
			"      </BackupService>\r\n    </Service>\r\n\r\n    <Service ",
		}},
		{"blank lines in services", rewritten("\r\n      <ServiceId ", "\r\n\r\n      <ServiceId "), []string{
			"ServiceRoles.BackupService\">\r\n      <ServiceId SiteId=\"1\" RoleName=\"BackupService\" " +
				"Instance=\"1\" />\r\n      <DependsOn>",
		}},
		{
			"comments and instructions",
			rewritten("<Service ", "<!-- before --><Service ", "</Service>", "<?behind?></Service><!-- x -->",
				"<InstalledOn>", "<!--i--><InstalledOn><!-- > -->"), nil,
		},
		{"comments on lines of their own", rewritten("    <Service ", "    <!-- a\r\n    b -->\r\n    <Service "), nil},
		{
			"CDATA and text", rewritten("<Service ", "<![CDATA[<Service>]]> text &amp; <Service ", "<DependsOn>",
				"<DependsOn>&#32;"), nil,
		},
		{"unknown elements", rewritten("  </Services>",
			"    <Extension xmlns=\"urn:example:extension\"><Service/></Extension>\r\n  </Services>\r\n  <Services "+
				"xmlns=\"urn:example:extension\"><Service/></Services>",
			"<InstalledOn>", "<x:New xmlns:x=\"urn:example:extension\"><x:Backup/></x:New>\r\n      <InstalledOn>"),
			[]string{
				// New services follow the last Service, not the last element.
				"    </Service>\r\n    <Extension xmlns=\"urn:example:extension\"><Service/></Extension>\r\n  " +
					"</Services>",
			}},
		{"unknown attributes, other order",
			rewritten(`RoleName="Registrar" Instance="1"`, `a:b="c" Instance="1"  RoleName="Registrar" New=""`,
				`Signature=`, `xmlns:a="urn:example:extension" Signature=`), nil},
		{
			"unknown roles, versions and sites",
			rewritten(`RoleName="MediationServer"`, `RoleName="Quantum"`, `RoleVersion="1"`, `RoleVersion="9"`,
				"CentralSite", "OrbitalSite"), nil,
		},
		{"namespace on each service", rewritten("<Service ", `<Service xmlns="`+namespace+`" `), nil},
		{
			"prefix on each service",
			rewritten("<Service ", `<p:Service xmlns:p="`+namespace+`" `, "</Service>", "</p:Service>"), []string{
				"\r\n    <Service RoleVersion",
			},
		},
		{
			"prefix on InstalledOn", rewritten("<InstalledOn>", `<q:InstalledOn xmlns:q="`+namespace+`">`,
				"</InstalledOn>", "</q:InstalledOn>"), []string{
				"\r\n      <Backup Enable",
			},
		},
		{"prefixes", prefixed(plain, true), []string{
			"</t:InstalledOn>\r\n      <t:Backup ", "<t:Dependency Usage",
			"<r:Ports>\r\n        <r:Port Owner=\"urn:component:BackupService\"",
			`<r:Module RoleName="CentralMgmt"`, "<r:Ports />", `<r:CentralMgmtService IsActive="false" />`,
		}},
		{
			"prefix of the topology alone", prefixed(plain, false), []string{
				"<t:Service RoleVersion", `<Ports xmlns="` + namespaceRoles + `">`, "<Module ",
			},
		},
		{
			"roles' namespace as the default",
			strings.Replace(prefixed(plain, false), "<t:Topology ", `<t:Topology xmlns="`+namespaceRoles+`" `, 1),
			nil,
		},
		{
			"a prefix that means something else inside",
			strings.Replace(prefixed(plain, true), "<t:Services>", `<t:Services xmlns:r="urn:example:extension">`,
				1), nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw := []byte(c.text)
			if c.name == "a prefix that means something else inside" {
				// The prefix r no longer stands for the namespace of service roles, so the payloads need another one.
				raw = []byte(strings.NewReplacer("<r:", "<u:", "</r:", "</u:", "xmlns:t=",
					`xmlns:u="`+namespaceRoles+`" xmlns:t=`).Replace(c.text))
			}
			doc := parse(t, raw)
			assertSameBytes(t, "as read", doc.Bytes(), raw)
			if n := len(doc.Topology().FrontEnds()); n != 2 {
				t.Fatalf("%d Front End pools", n)
			}
			got := createPair(t, raw, pairOf("a", "b"))
			assertNamespaces(t, got)
			topo := parse(t, got).Topology()
			a, b := topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))
			if !topo.Links(a, b).All() || a.Central != topology.CentralActive || b.Central != topology.CentralStandby {
				t.Errorf("links %+v, Central Management %q and %q", topo.Links(a, b), a.Central, b.Central)
			}
			for _, want := range c.written {
				if !strings.Contains(string(got), want) {
					t.Errorf("not written: %s\n%s", want, changedLines(raw, got))
				}
			}
			if c.name == "minified" && strings.ContainsAny(string(got), "\r\n") {
				t.Error("white space in a minified document")
			}
			assertSameBytes(t, "created and deleted", deletePair(t, got, "b", "a"), raw)

			desired, manual := pairOf("a", "b"), defaults
			manual.AutomaticFailover = false
			desired.Settings[fqdn("b")] = manual
			off := updatePair(t, got, desired)
			if n := strings.Count(string(off), `EnableAutomaticFailover="false"`); n != 1 || len(off) != len(got)+1 {
				t.Errorf("a changed setting:\n%s", changedLines(got, off))
			}
		})
	}
}

// A copied service can use prefixes that are not declared in its new place.
func TestACopyDeclaresItsPrefixes(t *testing.T) {
	t.Parallel()
	estate := testkit.Estate{
		Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "x"}, {FQDN: "y"}},
		Pairs: []testkit.Pair{{A: "x", B: "y"}},
	}
	raw := estate.Document()
	begin := `<Service RoleVersion="1" ServiceVersion="6" Type="Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService">`
	raw = replaceInService(t, raw, "1-BackupService-1", begin,
		strings.Replace(begin, ">",
			` xmlns:r="`+namespaceRoles+`" xmlns:e="urn:example:extension" xmlns:unused="urn:x">`, 1))
	raw = replaceInService(t, raw, "1-BackupService-1", `<Ports xmlns="`+namespaceRoles+`">`,
		`<r:Ports xmlns="`+namespaceRoles+`">`)
	raw = replaceInService(t, raw, "1-BackupService-1", `</Ports>`, `</r:Ports>`)
	raw = replaceInService(t, raw, "1-BackupService-1", `<Modules>`,
		`<Modules e:more="&lt;&quot;" xml:space="preserve">`)
	// A declaration inside the payload is part of the copy.
	raw = replaceInService(t, raw, "1-BackupService-1", `</Modules>`,
		`</Modules><z:New xmlns:z="urn:example:extension" z:x="" />`)
	got := createPair(t, raw, pairOf("a", "b"))
	_, added, _ := strings.Cut(testkit.Decode(got), idLine("1-BackupService-3"))
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
	assertSameBytes(t, "created and deleted", deletePair(t, got, "a", "b"), raw)

	if strings.Contains(added, `xmlns:z=""`) {
		t.Error("a prefix is declared without a namespace")
	}
	// A prefix that is declared in the new place is not declared again.
	text := prefixed(estate.Text(), true)
	again := createPair(t, []byte(text), pairOf("a", "b"))
	assertNamespaces(t, again)
	if n := strings.Count(string(again), "xmlns"); n != strings.Count(text, "xmlns") {
		t.Errorf("%d declarations, were %d", n, strings.Count(text, "xmlns"))
	}
}
