package topology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// document is a topology with nothing but that inside.
func document(inside string) string {
	return `<Topology xmlns="` + namespace + `" Signature="x">` + inside + `</Topology>`
}

func TestParseGivesTheBytesBack(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]byte{
		"published":  testkit.Published(t),
		"shipped":    testkit.Fixture(t),
		"empty":      []byte(document("")),
		"root alone": []byte(`<Topology xmlns="` + namespace + `"/>`),
		"odd white space": []byte("\r\n \t<?pi  x?><!-- <Topology> -->\r<Topology\n  Signature = 'a\tb'\r\n\txmlns\n=\n'" + namespace + "' >\r \r\n" +
			"text <![CDATA[ <Services> ]]> &amp; &#x41; &lt;&gt; <a  b='\"' c=\"'\"></a ><b  /></Topology \n>\n<!-- end -->\n<?pi?>\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			doc := parse(t, raw)
			same(t, "as read", doc.Bytes(), raw)
			doc.Topology()
			same(t, "with a model", doc.Bytes(), raw)
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
		"empty":                  {"", []string{"empty"}},
		"white space":            {" \r\n\t", []string{"empty"}},
		"byte order mark alone":  {"\uFEFF", []string{"empty"}},
		"not XML":                {"pools:\n  - paris\n", []string{"text outside"}},
		"JSON":                   {`{"Topology": {}}`, []string{"text outside"}},
		"HTML":                   {"<html><body><br></body></html>", []string{"</body>"}},
		"another root":           {"<Settings/>", []string{"Settings", "Topology"}},
		".tbxml":                 {tbxml, []string{"Topology Builder project", ".tbxml"}},
		"no namespace":           {"<Topology/>", []string{`""`, namespace}},
		"another namespace":      {`<Topology xmlns="urn:other"/>`, []string{"urn:other", namespace}},
		"undeclared prefix":      {`<t:Topology/>`, []string{namespace}},
		"document type":          {`<!DOCTYPE Topology SYSTEM "http://example.com/x.dtd">` + document(""), []string{"document type declaration"}},
		"entity declaration":     {`<!DOCTYPE Topology [<!ENTITY e "x">]>` + document("&e;"), []string{"document type declaration", "entities"}},
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
		"attribute not quoted":   {document("<a b=c/>"), []string{"unquoted"}},
		"attribute not closed":   {`<Topology xmlns="` + namespace, []string{"XML"}},
		"control character":      {document("\x01"), []string{"U+0001"}},
		"nested without end":     {document(strings.Repeat("<a>", 1_000_000)), []string{"1000 deep"}},
		"nested too deep":        {document(strings.Repeat("<a>", 1_000_000) + strings.Repeat("</a>", 1_000_000)), []string{"1000 deep"}},
		"too large":              {document(strings.Repeat(" ", topology.MaxSize)), []string{"64 MiB"}},
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
					t.Errorf("the error does not say %q: %v", word, err)
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
	same(t, "as read", parse(t, raw).Bytes(), raw)
}

func TestCutOffAnywhere(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string][]byte{"published": testkit.Published(t), "UTF-8": []byte(testkit.Decode(testkit.Fixture(t)))} {
		whole = []byte(strings.TrimRight(string(whole), "\r\n\x00")) // what is behind the end tag may go
		if name == "published" {
			whole = append(whole, 0)
		}
		parse(t, whole)
		for i := range 50 {
			for _, length := range []int{i * len(whole) / 50, i*len(whole)/50 + 1, i*len(whole)/50 | 1} {
				if _, err := topology.Parse(whole[:length]); err == nil {
					t.Errorf("%s: accepted when cut at %d of %d", name, length, len(whole))
				} else if !strings.Contains(err.Error(), "export") && !strings.Contains(err.Error(), "save it") {
					t.Errorf("%s: cut at %d: %v", name, length, err)
				}
			}
		}
		if _, err := topology.Parse(whole[:len(whole)-2]); err == nil {
			t.Errorf("%s: accepted without its last byte", name)
		}
	}
}

// What does not resolve, or is there twice, is found by the rules; loading does not fail, nor does anything that looks
// at the model.
func TestFaultyDocumentsLoad(t *testing.T) {
	t.Parallel()
	whole := threePools(func(e *testkit.Estate) {
		e.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4, Branch: true, Parent: 1}}
		e.Appliances = []testkit.Appliance{{FQDN: "sba", Pool: "a", Site: 4}}
	}).Document()
	for name, raw := range map[string][]byte{
		"dangling Backup":       inService(t, whole, "1-Registrar-1", registrarB, idElement("9-Registrar-9")),
		"dangling dependency":   inService(t, whole, "1-BackupService-1", serviceB, idElement("9-BackupService-9")),
		"user store gone":       withoutService(t, whole, "1-UserStore-1"),
		"Registrar gone":        withoutService(t, whole, "2-Registrar-1"),
		"Registrar twice":       inService(t, whole, "3-Registrar-1", declared("3-Registrar-1"), declared("2-Registrar-1")),
		"BackupService twice":   inService(t, whole, "2-BackupService-1", declared("2-BackupService-1"), declared("1-BackupService-1")),
		"cluster twice":         testkit.Encode(strings.Replace(testkit.Decode(whole), `<ClusterId SiteId="2" Number="1" />`, `<ClusterId SiteId="1" Number="1" />`, 1), whole),
		"no such cluster":       inService(t, whole, "2-Registrar-1", `<ClusterId SiteId="2" Number="1" />`, `<ClusterId SiteId="2" Number="9" />`),
		"no cluster":            inService(t, whole, "2-Registrar-1", `<ClusterId SiteId="2" Number="1" />`, ``),
		"no attributes":         testkit.Encode(strings.ReplaceAll(strings.ReplaceAll(testkit.Decode(whole), `SiteId="`, `X="`), `Fqdn="`, `Y="`), whole),
		"no sites":              testkit.Encode(strings.ReplaceAll(testkit.Decode(whole), "Sites>", "Places>"), whole),
		"no clusters":           testkit.Encode(strings.ReplaceAll(testkit.Decode(whole), "Clusters>", "Groups>"), whole),
		"no services":           testkit.Encode(strings.ReplaceAll(testkit.Decode(whole), "Services>", "Servants>"), whole),
		"empty service":         []byte(document("<Services><Service/><Service></Service></Services>")),
		"empty elements":        []byte(document("<Sites><CentralSite/></Sites><Clusters><Cluster/></Clusters><Services/>")),
		"backup to itself":      inService(t, whole, "1-Registrar-1", registrarB, registrarA),
		"service of itself":     inService(t, whole, "1-BackupService-1", serviceB, serviceA),
		"Backup of other roles": inService(t, whole, "1-Registrar-1", registrarB, idElement("2-UserServices-1")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exercise(t, raw)
		})
	}
}

// exercise calls everything that can be asked of a document and tries each edit on each two pools. It must not panic,
// and an edit that fails must leave the document alone.
func exercise(t *testing.T, raw []byte) {
	t.Helper()
	doc, err := topology.Parse(raw)
	if err != nil {
		return
	}
	if string(doc.Bytes()) != string(raw) {
		t.Fatal("the bytes do not come back")
	}
	topo := doc.Topology()
	names := []string{"", "nobody"}
	for _, p := range topo.Pools[:min(4, len(topo.Pools))] {
		names = append(names, p.FQDN)
	}
	for _, p := range topo.Pools {
		_ = fmt.Sprint(p.Description, p.IsFrontEnd2013(), topo.BackupRegistrars(p), topo.BackupServicePartners(p), topo.Linked(p))
	}
	_ = fmt.Sprint(topo.Pairs(), topo.Appliances(), topo.ActiveCentral())
	for _, x := range names {
		topo.PoolOfComputer(x)
		for _, y := range names {
			if a, b := topo.Pool(x), topo.Pool(y); a != nil && b != nil {
				topo.Links(a, b)
			}
			spec := topology.PairSpec{{FQDN: x, Settings: defaults}, {FQDN: y, Settings: defaults}}
			for what, change := range map[string]func(*topology.Editor) error{
				"create": func(e *topology.Editor) error { return e.CreatePair(spec) },
				"update": func(e *topology.Editor) error { return e.UpdatePair(spec) },
				"delete": func(e *topology.Editor) error { _, err := e.DeletePair(x, y); return err },
			} {
				e := topology.NewEditor(doc)
				err := change(e)
				result := e.Document().Bytes()
				if err != nil && string(result) != string(raw) {
					t.Fatalf("%s %s, %s: refused, but the document changed", what, x, y)
				}
				if err != nil && strings.Contains(err.Error(), "report this") {
					t.Errorf("%s %s, %s: %v", what, x, y, err)
				}
				if err == nil {
					if _, err := topology.Parse(result); err != nil {
						t.Fatalf("%s %s, %s: the result does not parse: %v", what, x, y, err)
					}
					switch what {
					case "update":
						if err := e.UpdatePair(spec); err != nil || string(e.Document().Bytes()) != string(result) {
							t.Fatalf("%s, %s: a second update changes the document or fails: %v", x, y, err)
						}
					case "create":
						if _, err := e.DeletePair(x, y); err != nil || string(e.Document().Bytes()) != string(raw) {
							t.Fatalf("%s, %s: created and destroyed, the document differs: %v", x, y, err)
						}
					}
				}
			}
		}
	}
}
