package diagram_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/lync-iac/terraform-provider-lync/internal/diagram"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const head = `%%{init: {"look": "classic", "layout": "dagre", "flowchart": {"wrappingWidth": 320}}}%%
flowchart TB
`

// The definitions of the styles.
const (
	redLine   = "stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00"
	faultDef  = "  classDef fault fill:#fff," + redLine + "\n"
	noteDef   = "  classDef note fill:none,stroke:none\n  class sites,arrows note\n"
	sitesNote = "  classDef note fill:none,stroke:none\n  class sites note\n"
	def2010   = "  classDef v2010 fill:#e4e4e4,stroke:#666,color:#000\n"
	def2013   = "  classDef v2013 fill:#cde5f9,stroke:#1f6fb2,color:#000\n"
)

func mermaid(t *testing.T, e testkit.Estate, options diagram.Options) string {
	t.Helper()
	doc, err := topology.Parse(e.Document())
	if err != nil {
		t.Fatal(err)
	}
	return diagram.Mermaid(doc.Topology(), options)
}

func TestMermaid(t *testing.T) {
	e := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: `Lyon "Est" #1`},
			{ID: 3, Name: "Nantes", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{
			{FQDN: "a", Central: testkit.Active}, {FQDN: "b", Site: 2, Central: testkit.Standby},
			{FQDN: "c", Enterprise: true}, {FQDN: "d", Site: 2},
			{FQDN: "half1"}, {FQDN: "half2", Site: 2},
			{FQDN: "old1", Version: 5}, {FQDN: "old2", Site: 2, Version: 5}, {FQDN: "old3", Site: 2, Version: 5},
			{FQDN: "director", Kind: testkit.Director, NextHop: "a"}, {FQDN: "edge", Kind: testkit.Edge, NextHop: "a"},
		},
		Appliances: []testkit.Appliance{{FQDN: "s1", Site: 3, Pool: "a"}, {FQDN: "s2", Site: 3, Pool: "a"},
			{FQDN: "s3", Site: 3, Pool: "b"}},
		Backups: []testkit.Backup{{From: "d", To: "c"}, {From: "old1", To: "old2"}, {From: "old3", To: "old2"},
			{From: "old2", To: "old3"}},
		Pairs: []testkit.Pair{{A: "a", B: "b"}, {A: "half1", B: "half2", NoService: []string{"half1", "half2"}}},
	}
	want := head + `  subgraph sites[" "]
    direction LR
    subgraph s1["Paris"]
      p1["a.contoso.com<br/>Lync Server 2013, standard<br/>Central Management: active<br/>2 branch appliances"]
      p3["c.contoso.com<br/>Lync Server 2013, enterprise"]
      p5["half1.contoso.com<br/>Lync Server 2013, standard"]
      p7["old1.contoso.com<br/>Lync Server 2010, standard"]
    end
    subgraph s2["Lyon #34;Est#34; #35;1"]
      p2["b.contoso.com<br/>Lync Server 2013, standard<br/>Central Management: standby<br/>1 branch appliance"]
      p4["d.contoso.com<br/>Lync Server 2013, standard"]
      p6["half2.contoso.com<br/>Lync Server 2013, standard"]
      p8["old2.contoso.com<br/>Lync Server 2010, standard"]
      p9["old3.contoso.com<br/>Lync Server 2010, standard"]
    end
    p1 <==> p2
    p4 -. one way .-> p3
    p5 <-. incomplete .-> p6
    p7 --> p8
    p8 <--> p9
  end
  subgraph legend["Legend"]
    direction LR
    v5["Lync Server 2010"] ~~~ v6["Lync Server 2013"] ~~~ red(["Fault"])
    arrows["Thick arrow: pair<br/>Thin arrow: backup registrar"] ~~~ v6
  end
  sites ~~~ legend
` + faultDef + "  class red fault\n" + noteDef + def2010 + "  class p7,p8,p9,v5 v2010\n" +
		def2013 + "  class p1,p2,p3,p4,p5,p6,v6 v2013\n  linkStyle 1,2 " + redLine + "\n"
	if got := mermaid(t, e, diagram.Options{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMermaidOfNothing(t *testing.T) {
	if got := mermaid(t, testkit.Estate{}, diagram.Options{}); got != head {
		t.Errorf("got %q", got)
	}
}

// Appliances are drawn in their sites. One without exactly one pool has a line to each pool that it names.
func TestMermaidWithAppliances(t *testing.T) {
	e := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1},
			{ID: 4, Name: "Brest", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "director", Kind: testkit.Director, NextHop: "a"}},
		Appliances: []testkit.Appliance{
			{FQDN: "fine", Site: 3, Pool: "a"}, {FQDN: "apart", Site: 3, Pool: "a", UserServices: "b"},
			{FQDN: "none", Site: 4, Pool: "b", NoBackup: true}, {FQDN: "twice", Site: 4, Pool: "a"},
		},
		Backups: []testkit.Backup{{From: "twice", To: "b"}},
	}
	want := head + `  subgraph sites[" "]
    direction LR
    subgraph s1["Paris"]
      p1["a.contoso.com<br/>Lync Server 2013, standard"]
      p2["b.contoso.com<br/>Lync Server 2013, standard"]
    end
    subgraph s2["Nantes (branch site)"]
      a1(["apart.contoso.com"])
      a2(["fine.contoso.com"])
    end
    subgraph s3["Brest (branch site)"]
      a3(["none.contoso.com"])
      a4(["twice.contoso.com"])
    end
    a1 -. backup .-> p1
    a1 -. users .-> p2
    a2 --> p1
    a3 -. users .-> p2
    a4 -. backup .-> p1
    a4 -. backup .-> p2
    a4 -. users .-> p1
  end
  subgraph legend["Legend"]
    direction LR
    v6["Lync Server 2013"] ~~~ red(["Fault"]) ~~~ arrows["Thin arrow: backup registrar"]
  end
  sites ~~~ legend
` + faultDef + "  class a1,a3,a4,red fault\n" + noteDef + def2013 + "  class p1,p2,a2,v6 v2013\n" +
		"  linkStyle 0,1,3,4,5,6 " + redLine + "\n"
	if got := mermaid(t, e, diagram.Options{DrawAppliances: true}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Without DrawAppliances, the appliances that are not on one pool are still drawn.
	want = head + `  subgraph sites[" "]
    direction LR
    subgraph s1["Paris"]
      p1["a.contoso.com<br/>Lync Server 2013, standard<br/>1 branch appliance"]
      p2["b.contoso.com<br/>Lync Server 2013, standard"]
    end
    subgraph s2["Nantes (branch site)"]
      a1(["apart.contoso.com"])
    end
    subgraph s3["Brest (branch site)"]
      a2(["none.contoso.com"])
      a3(["twice.contoso.com"])
    end
    a1 -. backup .-> p1
    a1 -. users .-> p2
    a2 -. users .-> p2
    a3 -. backup .-> p1
    a3 -. backup .-> p2
    a3 -. users .-> p1
  end
  subgraph legend["Legend"]
    direction LR
    v6["Lync Server 2013"] ~~~ red(["Fault"])
  end
  sites ~~~ legend
` + faultDef + "  class a1,a2,a3,red fault\n" + sitesNote + def2013 + "  class p1,p2,v6 v2013\n" +
		"  linkStyle 0,1,2,3,4,5 " + redLine + "\n"
	if got := mermaid(t, e, diagram.Options{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// If appliances are counted, faulty ones are drawn, and not counted on a pool: an appliance with two pools or without a
// backup, with a pool that is not a Front End pool, and one without user services, which is not an appliance at all.
func TestMermaidOfAppliancesAtFault(t *testing.T) {
	e := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1},
			{ID: 4, Name: "Brest", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "director", Kind: testkit.Director, NextHop: "a"}},
		Appliances: []testkit.Appliance{
			{FQDN: "fine1", Site: 3, Pool: "a"}, {FQDN: "fine2", Site: 4, Pool: "a"},
			{FQDN: "apart", Site: 3, Pool: "a", UserServices: "b"},
			{FQDN: "homeless", Site: 3, Pool: "b"}, {FQDN: "none", Site: 4, Pool: "b", NoBackup: true},
			{FQDN: "nowhere", Site: 4, Pool: "director", UserServices: "a"},
		},
	}
	text := e.Text()
	// The Registrar of an appliance depends on the user services of its pool alone.
	at := strings.Index(text, `<ServiceId SiteId="3" RoleName="Registrar" Instance="3"`)
	usage := at + strings.Index(text[at:], `Usage="Default"`)
	doc, err := topology.Parse([]byte(text[:usage] + `Usage="Other"` + text[usage+len(`Usage="Default"`):]))
	if err != nil {
		t.Fatal(err)
	}
	want := head + `  subgraph sites[" "]
    direction LR
    subgraph s1["Paris"]
      p1["a.contoso.com<br/>Lync Server 2013, standard<br/>2 branch appliances"]
      p2["b.contoso.com<br/>Lync Server 2013, standard"]
    end
    subgraph s2["Nantes (branch site)"]
      a1(["apart.contoso.com"])
      a2(["homeless.contoso.com"])
    end
    subgraph s3["Brest (branch site)"]
      a3(["none.contoso.com"])
      a4(["nowhere.contoso.com"])
    end
    a1 -. backup .-> p1
    a1 -. users .-> p2
    a2 -. backup .-> p2
    a3 -. users .-> p2
    a4 -. users .-> p1
  end
  subgraph legend["Legend"]
    direction LR
    v6["Lync Server 2013"] ~~~ red(["Fault"])
  end
  sites ~~~ legend
` + faultDef + "  class a1,a2,a3,a4,red fault\n" + sitesNote + def2013 + "  class p1,p2,v6 v2013\n" +
		"  linkStyle 0,1,2,3,4 " + redLine + "\n"
	if got := diagram.Mermaid(doc.Topology(), diagram.Options{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// FuzzNames checks that a site may have any name: the label is one line without characters that have a meaning in
// Mermaid, and decodes to the name.
func FuzzNames(f *testing.F) {
	for _, site := range oddNames().Sites {
		f.Add(site.Name)
	}
	f.Add("")
	f.Add("direction \x00TB")
	f.Add("\u2060$\u2060$$ \u2060\\n :fa-x")
	f.Add("\u202emoc.osotnoc\u009b31m\nb\u2028c")
	label := regexp.MustCompile(`^    subgraph s1\["((?:[\pL\p{Nd} .,()'-]|#[0-9]+;)*)"\]$`)
	meaning := regexp.MustCompile(`(?i)direction\s|^[0-9]*[-.)]`)
	entity := regexp.MustCompile(`#[0-9]+;`)
	box := regexp.MustCompile(`\n    p1\["a\.contoso\.com<br/>((?:[\pL\p{Nd} .,()'-]|#[0-9]+;)*), 2013 standard"\] ~~~ p2`)
	boxMeaning := regexp.MustCompile(`\\n|\$\$|:fa-`)
	const groupedLines = 19
	f.Fuzz(func(t *testing.T, name string) {
		e := testkit.Estate{Sites: []testkit.Site{{ID: 1, Name: name}}, Pools: []testkit.Pool{{FQDN: "a"}}}
		doc, err := topology.Parse(e.Document())
		if name == "" || err != nil {
			t.Skip("the estate gives the site a name, or no document can have this one")
		}
		name = doc.Topology().Sites[0].Name // the document normalizes line ends, and what is not UTF-8
		text := diagram.Mermaid(doc.Topology(), diagram.Options{})
		line, rest, _ := strings.Cut(strings.TrimPrefix(text, head+"  subgraph sites[\" \"]\n    direction LR\n"), "\n")
		match := label.FindStringSubmatch(line)
		if match == nil || meaning.MatchString(match[1]) || strings.Count(rest, "\n") != 12 {
			t.Fatalf("%q is drawn as\n%s", name, text)
		}
		read := func(label string) string {
			return entity.ReplaceAllStringFunc(label, func(s string) string {
				code, _ := strconv.Atoi(s[1 : len(s)-1])
				return string(rune(code))
			})
		}
		want := strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				return -1
			}
			return r
		}, strings.Join(strings.FieldsFunc(name, unicode.IsSpace), " "))
		if want == "" {
			want = "1"
		}
		if got := read(match[1]); got != want {
			t.Errorf("%q is read as %q", name, got)
		}
		for n := range 12 { // with more pools, the name is in the label of a box
			e.Pools = append(e.Pools, testkit.Pool{FQDN: fmt.Sprintf("b%d", n)})
		}
		text = mermaid(t, e, diagram.Options{})
		if match = box.FindStringSubmatch(text); match == nil || strings.Count(text, "\n") != groupedLines {
			t.Fatalf("%q is drawn as\n%s", name, text)
		}
		got, withoutJoiner := read(match[1]), strings.NewReplacer("\u2060", "")
		if boxMeaning.MatchString(got) || withoutJoiner.Replace(got) != withoutJoiner.Replace(want) {
			t.Errorf("%q in a box is read as %q", name, got)
		}
	})
}

// The number of lines grows with the pools, never with the appliances.
func TestMermaidOfManyAppliances(t *testing.T) {
	e := testkit.Estate{Sites: []testkit.Site{{ID: 1}, {ID: 2, Branch: true}}, Pools: []testkit.Pool{{FQDN: "a"}}}
	for i := range 300 {
		e.Appliances = append(e.Appliances, testkit.Appliance{FQDN: fmt.Sprintf("s%d", i), Site: 2, Pool: "a"})
	}
	got := mermaid(t, e, diagram.Options{})
	if !strings.Contains(got, "300 branch appliances") || strings.Count(got, "\n") != 17 {
		t.Errorf("got\n%s", got)
	}
	for i := range e.Appliances {
		e.Appliances[i].NoBackup = i < 31
	}
	got = mermaid(t, e, diagram.Options{})
	if !strings.Contains(got, "269 branch appliances") || !strings.Contains(got, "    faulty([\"31 branch appliances "+
		"have not exactly one pool\"])\n") || strings.Count(got, "\n") != 20 {
		t.Errorf("got\n%s", got)
	}
}
