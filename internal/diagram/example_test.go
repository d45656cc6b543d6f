package diagram_test

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/diagram"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// A pair is a thick arrow. Appliances are counted on their pool, or drawn.
func ExampleMermaid() {
	estate := testkit.Estate{
		Sites: []testkit.Site{
			{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}, {ID: 3, Name: "Nantes", Branch: true, Parent: 1},
		},
		Pools:      []testkit.Pool{{FQDN: "pool1.contoso.com", Site: 1}, {FQDN: "pool2.contoso.com", Site: 2}},
		Pairs:      []testkit.Pair{{A: "pool1.contoso.com", B: "pool2.contoso.com"}},
		Appliances: []testkit.Appliance{{FQDN: "sba1.contoso.com", Site: 3, Pool: "pool1.contoso.com"}},
	}
	doc, err := topology.Parse(estate.Document())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(diagram.Mermaid(doc.Topology(), diagram.Options{}))
	// Output:
	// %%{init: {"look": "classic", "flowchart": {"wrappingWidth": 320}}}%%
	// flowchart LR
	//   subgraph s1["Paris"]
	//     p1["pool1.contoso.com<br/>Lync Server 2013, standard<br/>1 branch appliance"]
	//   end
	//   subgraph s2["Lyon"]
	//     p2["pool2.contoso.com<br/>Lync Server 2013, standard"]
	//   end
	//   p1 <==> p2
}
