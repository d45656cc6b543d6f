package diagram_test

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/diagram"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func ExampleMermaid() {
	estate := testkit.Estate{
		Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}},
		Pools: []testkit.Pool{{FQDN: "pool-paris"}, {FQDN: "pool-lyon", Site: 2}},
		Pairs: []testkit.Pair{{A: "pool-paris", B: "pool-lyon"}},
	}
	document, err := topology.Parse(estate.Document())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(diagram.Mermaid(document.Topology(), diagram.Options{}))
	// Output:
	// %%{init: {"look": "classic", "layout": "dagre", "flowchart": {"wrappingWidth": 320}}}%%
	// flowchart TB
	//   subgraph sites[" "]
	//     direction LR
	//     subgraph s1["Paris"]
	//       p2["pool-paris.contoso.com<br/>Lync Server 2013, standard"]
	//     end
	//     subgraph s2["Lyon"]
	//       p1["pool-lyon.contoso.com<br/>Lync Server 2013, standard"]
	//     end
	//     p1 <==> p2
	//   end
	//   subgraph legend["Legend"]
	//     direction LR
	//     v6["Lync Server 2013"] ~~~ arrows["Thick arrow: pair"]
	//   end
	//   sites ~~~ legend
	//   classDef note fill:none,stroke:none
	//   class sites,arrows note
	//   classDef v2013 fill:#cde5f9,stroke:#1f6fb2,color:#000
	//   class p1,p2,v6 v2013
}
