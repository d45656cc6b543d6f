package topology_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// document returns the text of a topology with this content.
func document(inside string) string {
	return `<Topology xmlns="` + namespace + `" Signature="x">` + inside + `</Topology>`
}

func TestParseKeepsEveryByte(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{
		"published":  testkit.Published(t),
		"shipped":    testkit.Fixture(t),
		"empty":      []byte(document("")),
		"root alone": []byte(`<Topology xmlns="` + namespace + `"/>`),
		"odd white space": []byte("\r\n \t<?pi  x?><!-- <Topology> -->\r<Topology\n  Signature = " +
			"'a\tb'\r\n\txmlns\n=\n'" + namespace + "' >\r \r\n" +
			"text <![CDATA[ <Services> ]]> &amp; &#x41; &lt;&gt; <a  b='\"' c=\"'\"></a ><b  /></Topology \n>\n<!-- " +
			"end -->\n<?pi?>\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			doc := parse(t, raw)
			assertSameBytes(t, "as read", doc.Bytes(), raw)
			doc.Topology()
			assertSameBytes(t, "with a model", doc.Bytes(), raw)
		})
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	tbxml := `<TopologyBuilder IsFreeFromChanges="true" xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.TopologyBuilder.2008"><NewTopology/></TopologyBuilder>`
	for name, c := range map[string]struct {
		text  string
		words []string
	}{
		"empty":                 {"", []string{"empty"}},
		"white space":           {" \r\n\t", []string{"empty"}},
		"byte order mark alone": {"\uFEFF", []string{"empty"}},
		"not XML":               {"pools:\n  - paris\n", []string{"text outside"}},
		"JSON":                  {`{"Topology": {}}`, []string{"text outside"}},
		"HTML":                  {"<html><body><br></body></html>", []string{"</body>"}},
		"another root":          {"<Settings/>", []string{"Settings", "Topology"}},
		".tbxml":                {tbxml, []string{"Topology Builder project", ".tbxml"}},
		"no namespace":          {"<Topology/>", []string{`""`, namespace}},
		"another namespace":     {`<Topology xmlns="urn:other"/>`, []string{"urn:other", namespace}},
		"undeclared prefix":     {`<t:Topology/>`, []string{"line 1, column 2", "prefix t"}},
		"zip file": {
			"PK\x03\x04\x14\x00\xff", []string{"zip file", "Export-CsConfiguration", topology.ExportCommand},
		},
		"empty zip file": {"PK\x05\x06\x00\x00", []string{"zip file"}},
		"document type": {
			`<!DOCTYPE Topology SYSTEM "http://example.com/x.dtd">` + document(""), []string{
				"document type declaration",
			},
		},
		"entity declaration": {
			`<!DOCTYPE Topology [<!ENTITY e "x">]>` + document("&e;"), []string{
				"document type declaration", "entities",
			},
		},
		"document type inside":   {document("<!DOCTYPE x>"), []string{"document type declaration"}},
		"undefined entity":       {document("&nbsp;"), []string{"nbsp"}},
		"entity in an attribute": {document(`<a b="&e;"/>`), []string{"&e;"}},
		"second root":            {document("") + document(""), []string{"second root", "Topology"}},
		"text before the root":   {"x" + document(""), []string{"text outside"}},
		"text behind the root":   {document("") + "\nx", []string{"text outside"}},
		"CDATA behind the root":  {document("") + "<![CDATA[x]]>", []string{"text outside"}},
		"no-break space behind":  {document("") + "\u00A0", []string{"text outside"}},
		"only a comment":         {"<!-- x -->", []string{"no root element"}},
		"attribute twice":        {document(`<Cluster Fqdn="a" Fqdn="b"/>`), []string{"Cluster", "Fqdn twice"}},
		"namespace twice":        {`<Topology xmlns="` + namespace + `" xmlns="urn:other"/>`, []string{"xmlns twice"}},
		"wrong end tag":          {document("<a></b>"), []string{"</b>"}},
		"wrong prefix at end":    {document("<a></p:a>"), []string{"</p:a>"}},
		"end tag too many":       {document("</a>"), []string{"</a>"}},
		"end tag behind":         {document("") + "</Topology>", []string{"</Topology>"}},
		"cut off":                {`<Topology xmlns="` + namespace + `"><Services>`, []string{"cut off", "Services"}},
		"attribute not quoted":   {document("<a b=c/>"), []string{"in quotes"}},
		"attribute not closed":   {`<Topology xmlns="` + namespace, []string{"XML"}},
		"control character":      {document("\x01"), []string{"U+0001"}},
		"nested without end":     {document(strings.Repeat("<a>", 1_000_000)), []string{"1000 deep"}},
		"nested too deep": {
			document(strings.Repeat("<a>", 1_000_000) + strings.Repeat("</a>", 1_000_000)), []string{"1000 deep"},
		},
		"too large": {document(strings.Repeat(" ", topology.MaxSize)), []string{"64 MiB"}},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := topology.Parse([]byte(c.text))
			if err == nil || doc != nil {
				t.Fatalf("accepted: %v, %v", doc, err)
			}
			for _, word := range append(c.words, "export") {
				if name == "too large" && word == "export" {
					continue
				}
				if !strings.Contains(err.Error(), word) {
					t.Errorf("the error does not contain %q: %v", word, err)
				}
			}
		})
	}
	if _, err := topology.Parse([]byte(tbxml)); !strings.Contains(err.Error(), topology.ExportCommand) {
		t.Errorf("without the command: %v", err)
	}
}

func TestLargestDocument(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("64 MiB")
	}
	head, tail := document("")[:len(document(""))-len("</Topology>")], "</Topology>"
	raw := []byte(head + strings.Repeat(" ", topology.MaxSize-len(head)-len(tail)) + tail)
	if len(raw) != topology.MaxSize {
		t.Fatal(len(raw))
	}
	assertSameBytes(t, "as read", parse(t, raw).Bytes(), raw)
}

func TestParseRefusesTruncatedDocuments(t *testing.T) {
	t.Parallel()
	for name, complete := range map[string][]byte{"published": testkit.Published(t),
		"UTF-8": []byte(testkit.Decode(testkit.Fixture(t)))} {
		complete = []byte(strings.TrimRight(string(complete), "\r\n\x00")) // text after the end tag is optional
		if name == "published" {
			complete = append(complete, 0)
		}
		parse(t, complete)
		for i := range 50 {
			for _, length := range []int{i * len(complete) / 50, i*len(complete)/50 + 1, i*len(complete)/50 | 1} {
				if _, err := topology.Parse(complete[:length]); err == nil {
					t.Errorf("%s: accepted when cut at %d of %d", name, length, len(complete))
				} else if !strings.Contains(err.Error(), "export") && !strings.Contains(err.Error(), "save it") {
					t.Errorf("%s: cut at %d: %v", name, length, err)
				}
			}
		}
		if _, err := topology.Parse(complete[:len(complete)-2]); err == nil {
			t.Errorf("%s: accepted without its last byte", name)
		}
	}
}

// Documents with duplicate services or references that do not resolve can be loaded and modeled. The rules report
// them.
func TestFaultyDocumentsLoad(t *testing.T) {
	t.Parallel()
	paired := threePools(func(e *testkit.Estate) {
		e.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4, Branch: true, Parent: 1}}
		e.Appliances = []testkit.Appliance{{FQDN: "sba", Pool: "a", Site: 4}}
	}).Document()
	for name, raw := range map[string][]byte{
		"dangling Backup": replaceInService(t, paired, "1-Registrar-1", registrarB, idElement("9-Registrar-9")),
		"dangling dependency": replaceInService(t, paired, "1-BackupService-1", serviceB,
			idElement("9-BackupService-9")),
		"user store missing": withoutService(t, paired, "1-UserStore-1"),
		"Registrar missing":  withoutService(t, paired, "2-Registrar-1"),
		"Registrar twice": replaceInService(t, paired, "3-Registrar-1", idLine("3-Registrar-1"),
			idLine("2-Registrar-1")),
		"BackupService twice": replaceInService(t, paired, "2-BackupService-1", idLine("2-BackupService-1"),
			idLine("1-BackupService-1")),
		"cluster twice": testkit.Encode(strings.Replace(testkit.Decode(paired),
			`<ClusterId SiteId="2" Number="1" />`, `<ClusterId SiteId="1" Number="1" />`, 1), paired),
		"no such cluster": replaceInService(t, paired, "2-Registrar-1", `<ClusterId SiteId="2" Number="1" />`,
			`<ClusterId SiteId="2" Number="9" />`),
		"no cluster": replaceInService(t, paired, "2-Registrar-1", `<ClusterId SiteId="2" Number="1" />`,
			``),
		"no attributes": testkit.Encode(
			strings.NewReplacer(`SiteId="`, `X="`, `Fqdn="`, `Y="`).Replace(testkit.Decode(paired)), paired),
		"no sites": testkit.Encode(strings.ReplaceAll(testkit.Decode(paired), "Sites>", "Places>"),
			paired),
		"no clusters": testkit.Encode(strings.ReplaceAll(testkit.Decode(paired), "Clusters>", "Groups>"),
			paired),
		"no services": testkit.Encode(strings.ReplaceAll(testkit.Decode(paired), "Services>", "Servants>"),
			paired),
		"empty service":     []byte(document("<Services><Service/><Service></Service></Services>")),
		"empty elements":    []byte(document("<Sites><CentralSite/></Sites><Clusters><Cluster/></Clusters><Services/>")),
		"backup to itself":  replaceInService(t, paired, "1-Registrar-1", registrarB, registrarA),
		"service of itself": replaceInService(t, paired, "1-BackupService-1", serviceB, serviceA),
		"Backup of other roles": replaceInService(t, paired, "1-Registrar-1", registrarB,
			idElement("2-UserServices-1")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertEditsAreSafe(t, raw)
		})
	}
}

// assertEditsAreSafe calls every query of the model and every edit on every two of the first pools. Nothing may panic,
// and an edit that fails must not change the document.
func assertEditsAreSafe(t *testing.T, raw []byte) {
	t.Helper()
	doc, err := topology.Parse(raw)
	if err != nil {
		return
	}
	if string(doc.Bytes()) != string(raw) {
		t.Fatal("the bytes differ")
	}
	topo := doc.Topology()
	names := []topology.FQDN{{}, topology.MustParseFQDN("unknown")}
	for p := range topo.Pools() {
		if len(names) < 6 {
			names = append(names, p.FQDN)
		}
		_ = fmt.Sprint(p.Description, p.IsFrontEnd2013(), topo.BackupRegistrars(p), topo.BackupServicePartners(p),
			topo.Linked(p))
	}
	_ = fmt.Sprint(topo.Pairs(), topo.Appliances(), topo.ActiveCentral())
	for _, x := range names {
		topo.PoolOfComputer(x)
		for _, y := range names {
			if a, b := topo.Pool(x), topo.Pool(y); a != nil && b != nil {
				topo.Links(a, b)
			}
			desired, id := desiredPair(x, y), topology.NewPairID(x, y)
			for what, change := range map[string]func(*topology.Editor) error{
				"create": func(e *topology.Editor) error { return e.CreatePair(desired) },
				"update": func(e *topology.Editor) error { return e.UpdatePair(desired) },
				"delete": func(e *topology.Editor) error { _, err := e.DeletePair(id); return err },
			} {
				e := topology.NewEditor(doc)
				err := change(e)
				result := e.Document().Bytes()
				if err != nil && string(result) != string(raw) {
					t.Fatalf("%s %s, %s: refused, but the document changed", what, x, y)
				}
				if refusal := (*topology.Refusal)(nil); errors.As(err, &refusal) && refusal.Fault == topology.Defect {
					t.Errorf("%s %s, %s: %v", what, x, y, err)
				}
				if err == nil {
					if _, err := topology.Parse(result); err != nil {
						t.Fatalf("%s %s, %s: the result does not parse: %v", what, x, y, err)
					}
					switch what {
					case "update":
						if err := e.UpdatePair(desired); err != nil || string(e.Document().Bytes()) != string(result) {
							t.Fatalf("%s, %s: a second update changes the document or fails: %v", x, y, err)
						}
					case "create":
						if _, err := e.DeletePair(id); err != nil || string(e.Document().Bytes()) != string(raw) {
							t.Fatalf("%s, %s: created and deleted, the document differs: %v", x, y, err)
						}
					}
				}
			}
		}
	}
}
