// Package phrase writes names and facts of a topology as parts of English sentences.
package phrase

import (
	"fmt"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// List returns the words as an enumeration: "a", "a and b", "a, b and c".
func List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// maxListed is the number of words that FirstOf lists before it counts the rest.
const maxListed = 10

// FirstOf is List for a number of words that may be large. It lists the first and counts the rest: "a, b and 3 more".
func FirstOf(words []string) string {
	if len(words) <= maxListed {
		return List(words)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:maxListed], ", "), len(words)-maxListed)
}

// Names returns the FQDNs of pools, in the given order.
func Names(pools ...*topology.Pool) []string {
	names := make([]string, 0, len(pools))
	for _, p := range pools {
		names = append(names, p.FQDN.String())
	}
	return names
}

// FQDNs returns names as an enumeration; see List.
func FQDNs(names []topology.FQDN) string {
	words := make([]string, 0, len(names))
	for _, name := range names {
		words = append(words, name.String())
	}
	return List(words)
}

// Duration returns a duration in Go's syntax without trailing zero units: "5m", "1h30m", "2m5s".
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// FrontEndServers returns a number of Front End Servers.
func FrontEndServers(n int) string {
	if n == 1 {
		return "one Front End Server"
	}
	return fmt.Sprintf("%d Front End Servers", n)
}

// Site returns the name of a site, or its number if it has no name. It is empty for a nil site.
func Site(s *topology.Site) string {
	switch {
	case s == nil:
		return ""
	case s.Name == "":
		return s.ID
	default:
		return s.Name
	}
}

// SQLInstance returns the name of a SQL Server instance as server\instance.
func SQLInstance(t *topology.Topology, id topology.SQLInstanceID) string {
	host := "cluster " + id.Cluster.String()
	if p := t.Cluster(id.Cluster); p != nil {
		host = p.FQDN.String()
	}
	if id.Name == "" {
		return host + " (default instance)"
	}
	return host + `\` + id.Name
}

// SQLArguments returns the arguments that name the SQL Server instance of a database to a cmdlet, with a space before
// them. An instance without a name is the default instance. Placeholders stand for one that is not known, and for one
// that may have the active Central Management store: the command would delete or overwrite that store.
func SQLArguments(t *topology.Topology, database *topology.Service) string {
	if database == nil || database.SQLInstance == nil || t.MayShareCentralInstance(database) {
		return " -SqlServerFqdn <server> -SqlInstanceName <instance>"
	}
	// A host without a name may be that of the active store, so this one has a name.
	arguments := " -SqlServerFqdn " + argument.PowerShell(t.Cluster(database.Cluster).FQDN.String())
	if name := database.SQLInstance.Name; name != "" {
		arguments += " -SqlInstanceName " + argument.PowerShell(name)
	}
	return arguments
}

// Host returns the FQDN of the pool on which a service is installed, or the identity of the service if that pool does
// not resolve.
func Host(t *topology.Topology, s *topology.Service) string {
	if p := t.Cluster(s.Cluster); p != nil {
		return p.FQDN.String()
	}
	return s.ID.String()
}

// BackupRegistrars returns the names of the pools that p names as its backup registrar, and the identities of those
// that do not resolve.
func BackupRegistrars(t *topology.Topology, p *topology.Pool) []string {
	var names []string
	if p.Registrar == nil {
		return nil
	}
	for _, b := range p.Registrar.Backups {
		if pool := t.PoolOf(b.Target); b.Named && pool != nil {
			names = append(names, pool.FQDN.String())
		} else if b.Named {
			names = append(names, b.Target.String())
		}
	}
	return names
}

// UserServicePools returns the names of the pools with the user services of an appliance, and the identities of those
// that do not resolve.
func UserServicePools(t *topology.Topology, appliance *topology.Pool) []string {
	var names []string
	for _, id := range t.Association(appliance).UserServices {
		if pool := t.PoolOf(id); pool != nil {
			names = append(names, pool.FQDN.String())
		} else {
			names = append(names, id.String())
		}
	}
	return names
}

// Clusters returns an enumeration of clusters by site and number, with what they are: "1:2 (site Paris, a Front End
// pool)".
func Clusters(pools ...*topology.Pool) string {
	words := make([]string, 0, min(len(pools), maxListed))
	for _, p := range pools {
		if len(words) == maxListed {
			return fmt.Sprintf("%s and %d more", strings.Join(words, ", "), len(pools)-maxListed)
		}
		is := p.Description
		if site := Site(p.Site); site != "" {
			is = "site " + site + ", " + is
		}
		words = append(words, fmt.Sprintf("%s (%s)", p.ID, is))
	}
	return List(words)
}

// Links returns one clause for each link between the pools a and b.
func Links(a, b topology.FQDN, links topology.Links) []string {
	var clauses []string
	if links.BackupA {
		clauses = append(clauses, fmt.Sprintf("%s names %s as its backup registrar", a, b))
	}
	if links.BackupB {
		clauses = append(clauses, fmt.Sprintf("%s names %s as its backup registrar", b, a))
	}
	if links.ServiceA {
		clauses = append(clauses, fmt.Sprintf("a backup service on %s depends on one on %s", a, b))
	}
	if links.ServiceB {
		clauses = append(clauses, fmt.Sprintf("a backup service on %s depends on one on %s", b, a))
	}
	return clauses
}

// BackupTarget returns the verb phrase after "a Backup that": which service the Backup names.
func BackupTarget(t *topology.Topology, b topology.Backup) string {
	if !b.Named {
		return "names no service"
	}
	if p := t.PoolOf(b.Target); p != nil {
		return fmt.Sprintf("names %s on %s, which is %s", b.Target, p.FQDN, p.Description)
	}
	return fmt.Sprintf("names %s, %s", b.Target, Unresolved(t, b.Target))
}

// BackupServicePartners returns the verb phrase after "a backup service, which": on which others it depends.
func BackupServicePartners(t *topology.Topology, s *topology.Service) string {
	ids := s.Dependencies(topology.RoleBackupService)
	if len(ids) == 0 {
		return "depends on no other"
	}
	var partners []string
	for _, id := range ids {
		if p := t.PoolOf(id); p != nil {
			partners = append(partners, fmt.Sprintf("%s on %s", id, p.FQDN))
		} else {
			partners = append(partners, fmt.Sprintf("%s, %s", id, Unresolved(t, id)))
		}
	}
	return "depends on " + strings.Join(partners, " and on ")
}

// Unresolved returns the relative clause that gives the reason why an identity does not resolve to a pool.
func Unresolved(t *topology.Topology, id topology.ServiceID) string {
	switch n := t.CountOf(id); n {
	case 0:
		return "which the topology does not have"
	case 1:
		return "which is installed on no cluster of the topology"
	default:
		return fmt.Sprintf("which the topology has %d times", n)
	}
}
