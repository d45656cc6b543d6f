package main

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// perSite is the number of appliances that a pool serves.
const perSite = 20

// estateOf returns an estate whose document has at least the given size, and its document. It has appliances without a
// backup registrar, and so many Front End pools without a pair as the size needs.
func estateOf(appliances, size int, encoding testkit.Encoding) (testkit.Estate, []byte) {
	pools := max(2, appliances/perSite)
	for {
		e := estateWith(pools, appliances, encoding)
		doc := e.Document()
		if len(doc) >= size {
			return e, doc
		}
		rest := estateWith(pools+1, appliances, encoding).Document()
		pools += max(1, (size-len(doc))/(len(rest)-len(doc)))
	}
}

func estateWith(pools, appliances int, encoding testkit.Encoding) testkit.Estate {
	e := testkit.Estate{Encoding: encoding}
	for i := range pools {
		e.Sites = append(e.Sites, testkit.Site{ID: i + 1})
		e.Pools = append(e.Pools, testkit.Pool{FQDN: poolName(i), Site: i + 1})
	}
	for i := range appliances {
		home := i / perSite % pools
		site := pools + i + 1
		e.Sites = append(e.Sites, testkit.Site{ID: site, Branch: true, Parent: home + 1})
		e.Appliances = append(e.Appliances,
			testkit.Appliance{FQDN: applianceName(i), Site: site, Pool: poolName(home), NoBackup: true})
	}
	return e
}

func poolName(i int) string { return fmt.Sprintf("pool%04d.contoso.com", i) }

func applianceName(i int) string { return fmt.Sprintf("sba%04d.contoso.com", i) }

// branchBackups returns the configuration of the backup registrars of the first appliances of an estate. The run time
// of Terraform grows with the square of the instances of one resource, so there are many resources.
func branchBackups(e testkit.Estate, n int) string {
	const block = 50
	var b strings.Builder
	for from := 0; from < n; from += block {
		fmt.Fprintf(&b, "resource \"lync_branch_backup\" \"b%d\" {\n  for_each = {\n", from/block)
		for _, a := range e.Appliances[from:min(from+block, n)] {
			fmt.Fprintf(&b, "    %q = %q\n", a.FQDN, a.Pool)
		}
		b.WriteString("  }\n  appliance   = each.key\n  backup_pool = each.value\n}\n")
	}
	return b.String()
}
