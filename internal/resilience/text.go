package resilience

import (
	"fmt"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// listed writes names as a person would: "a", "a and b", "a, b and c".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// fqdns returns the names of pools.
func fqdns(pools ...*topology.Pool) []string {
	names := make([]string, 0, len(pools))
	for _, p := range pools {
		names = append(names, p.FQDN)
	}
	return names
}

// Spelled writes a duration in Go's shortest form: "5m", "1h30m", "2m5s".
func Spelled(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// servers writes a number of Front End Servers.
func servers(n int) string {
	if n == 1 {
		return "one Front End Server"
	}
	return fmt.Sprintf("%d Front End Servers", n)
}

// siteName returns the name of a site, or its number where it has none.
func siteName(s *topology.Site) string {
	if s.Name != "" {
		return s.Name
	}
	return s.ID
}

// sqlInstance writes a SQL Server instance as server\instance.
func sqlInstance(t *topology.Topology, id topology.SQLInstanceID) string {
	host := "cluster " + id.Cluster.String()
	if p := t.Cluster(id.Cluster); p != nil {
		host = p.FQDN
	}
	if id.Name == "" {
		return host + " (default instance)"
	}
	return host + `\` + id.Name
}

// hostOf returns the name of the pool a service is installed on, or the service's identity where that does not resolve.
func hostOf(t *topology.Topology, s *topology.Service) string {
	if p := t.Cluster(s.Cluster); p != nil {
		return p.FQDN
	}
	return s.ID.String()
}

// linkFacts says in words what ties two pools together.
func linkFacts(a, b string, links topology.Links) []string {
	var facts []string
	if links.BackupA {
		facts = append(facts, fmt.Sprintf("%s names %s as its backup registrar", a, b))
	}
	if links.BackupB {
		facts = append(facts, fmt.Sprintf("%s names %s as its backup registrar", b, a))
	}
	if links.ServiceA {
		facts = append(facts, fmt.Sprintf("a backup service on %s depends on one on %s", a, b))
	}
	if links.ServiceB {
		facts = append(facts, fmt.Sprintf("a backup service on %s depends on one on %s", b, a))
	}
	return facts
}

// ImportBlock returns the block that brings a pair under management.
func ImportBlock(a, b string) string {
	return fmt.Sprintf("import {\n  to = lync_pool_pair.NAME\n  id = %q\n}", min(a, b)+","+max(a, b))
}
