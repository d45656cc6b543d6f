package diagram_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/diagram"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const head = `%%{init: {"look": "classic", "flowchart": {"wrappingWidth": 320}}}%%
flowchart LR
`

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
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: `Lyon "Est" #1`}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{
			{FQDN: "a", Central: testkit.Active}, {FQDN: "b", Site: 2, Central: testkit.Standby},
			{FQDN: "c", Enterprise: true}, {FQDN: "d", Site: 2},
			{FQDN: "half1"}, {FQDN: "half2", Site: 2},
			{FQDN: "old1", Version: 5}, {FQDN: "old2", Site: 2, Version: 5}, {FQDN: "old3", Site: 2, Version: 5},
			{FQDN: "director", Kind: testkit.Director, NextHop: "a"}, {FQDN: "edge", Kind: testkit.Edge, NextHop: "a"},
		},
		Appliances: []testkit.Appliance{{FQDN: "s1", Site: 3, Pool: "a"}, {FQDN: "s2", Site: 3, Pool: "a"}, {FQDN: "s3", Site: 3, Pool: "b"}},
		Backups:    []testkit.Backup{{From: "d", To: "c"}, {From: "old1", To: "old2"}, {From: "old3", To: "old2"}, {From: "old2", To: "old3"}},
		Pairs:      []testkit.Pair{{A: "a", B: "b"}, {A: "half1", B: "half2", NoService: []string{"half1", "half2"}}},
	}
	want := head + `  subgraph s1["Paris"]
    p1["a.contoso.com<br/>Lync Server 2013, standard<br/>Central Management: active<br/>2 branch appliances"]
    p3["c.contoso.com<br/>Lync Server 2013, enterprise"]
    p5["half1.contoso.com<br/>Lync Server 2013, standard"]
    p7["old1.contoso.com<br/>Lync Server 2010, standard"]
  end
  subgraph s2["Lyon #quot;Est#quot; #35;1"]
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
  linkStyle 1,2 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
`
	if got := mermaid(t, e, diagram.Options{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMermaidOfNothing(t *testing.T) {
	if got := mermaid(t, testkit.Estate{}, diagram.Options{}); got != head {
		t.Errorf("got %q", got)
	}
}

// Appliances are drawn in their sites; one that has not exactly one pool shows what it has.
func TestMermaidWithAppliances(t *testing.T) {
	e := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1}, {ID: 4, Name: "Brest", Branch: true, Parent: 1}},
		Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "director", Kind: testkit.Director, NextHop: "a"}},
		Appliances: []testkit.Appliance{
			{FQDN: "fine", Site: 3, Pool: "a"}, {FQDN: "apart", Site: 3, Pool: "a", UserServices: "b"},
			{FQDN: "none", Site: 4, Pool: "b", NoBackup: true}, {FQDN: "twice", Site: 4, Pool: "a"},
		},
		Backups: []testkit.Backup{{From: "twice", To: "b"}},
	}
	want := head + `  subgraph s1["Paris"]
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
  linkStyle 0,1,3,4,5,6 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
  style a1 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
  style a3 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
  style a4 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
`
	if got := mermaid(t, e, diagram.Options{DrawAppliances: true}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Where they are counted, those that are not on one pool are drawn all the same.
	want = head + `  subgraph s1["Paris"]
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
  linkStyle 0,1,2,3,4,5 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
  style a1 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
  style a2 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
  style a3 stroke:#c00,stroke-width:2px,stroke-dasharray:6 4,color:#c00
`
	if got := mermaid(t, e, diagram.Options{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The number of lines grows with the pools, never with the appliances.
func TestMermaidOfManyAppliances(t *testing.T) {
	e := testkit.Estate{Sites: []testkit.Site{{ID: 1}, {ID: 2, Branch: true}}, Pools: []testkit.Pool{{FQDN: "a"}}}
	for i := range 300 {
		e.Appliances = append(e.Appliances, testkit.Appliance{FQDN: fmt.Sprintf("s%d", i), Site: 2, Pool: "a"})
	}
	got := mermaid(t, e, diagram.Options{})
	if !strings.Contains(got, "300 branch appliances") || strings.Count(got, "\n") != 5 {
		t.Errorf("got\n%s", got)
	}
	for i := range e.Appliances {
		e.Appliances[i].NoBackup = i < 31
	}
	got = mermaid(t, e, diagram.Options{})
	if !strings.Contains(got, "269 branch appliances") || !strings.Contains(got, "  faulty([\"31 branch appliances have not exactly one pool\"])\n") || strings.Count(got, "\n") != 7 {
		t.Errorf("got\n%s", got)
	}
}
