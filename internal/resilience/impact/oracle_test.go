package impact_test

import (
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/impact"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The oracle is a second implementation of [impact.Of], written from the documentation and the format of the document.
// It reads the XML itself, without package topology, and searches all combinations instead of using an index.

type oracleID struct {
	Site     string `xml:"SiteId,attr"`
	Role     string `xml:"RoleName,attr"`
	Instance string `xml:"Instance,attr"`
}

type oracleCluster struct {
	Site   string `xml:"SiteId,attr"`
	Number string `xml:"Number,attr"`
}

type oracleService struct {
	Version   int      `xml:"ServiceVersion,attr"`
	ID        oracleID `xml:"ServiceId"`
	DependsOn []struct {
		Usage string   `xml:"Usage,attr"`
		ID    oracleID `xml:"ServiceId"`
	} `xml:"DependsOn>Dependency"`
	On    *oracleCluster `xml:"InstalledOn>ClusterId"`
	OnSQL *oracleCluster `xml:"InstalledOn>SqlInstanceId>ClusterId"`
	Backs []struct {
		Automatic string   `xml:"EnableAutomaticFailover,attr"`
		Failure   string   `xml:"FailureDetectionInterval,attr"`
		ID        oracleID `xml:"ServiceId"`
	} `xml:"Backup"`
	Registrar struct {
		IsDirector string `xml:",attr"`
	} `xml:"RegistrarService"`
	Central struct {
		IsActive string `xml:",attr"`
	} `xml:"CentralMgmtService"`
}

type oracle struct {
	Clusters []struct {
		Fqdn     string        `xml:",attr"`
		ID       oracleCluster `xml:"ClusterId"`
		Machines []struct{}    `xml:"Machine"`
	} `xml:"Clusters>Cluster"`
	Services []oracleService `xml:"Services>Service"`

	failed map[string]bool
	users  map[string]int64
}

// clusterName returns the FQDN of a cluster.
func (o *oracle) clusterName(c oracleCluster) string {
	for _, cluster := range o.Clusters {
		if cluster.ID == c {
			return cluster.Fqdn
		}
	}
	return ""
}

// servicesOn returns the services of a role on a pool.
func (o *oracle) servicesOn(pool, role string) []oracleService {
	var found []oracleService
	for _, s := range o.Services {
		if s.ID.Role == role && s.On != nil && o.clusterName(*s.On) == pool {
			found = append(found, s)
		}
	}
	return found
}

// poolOf returns the pool of a service.
func (o *oracle) poolOf(id oracleID) string {
	for _, s := range o.Services {
		if s.ID == id && s.On != nil {
			return o.clusterName(*s.On)
		}
	}
	return ""
}

func (o *oracle) isFrontEnd(pool string) bool {
	return o.isRegistrarPool(pool) && len(o.servicesOn(pool, "UserServices")) > 0
}

func (o *oracle) isAppliance(pool string) bool {
	return o.isRegistrarPool(pool) && len(o.servicesOn(pool, "UserServices")) == 0
}

// isRegistrarPool reports whether a pool has one Registrar and is not a Director.
func (o *oracle) isRegistrarPool(pool string) bool {
	registrars := o.servicesOn(pool, "Registrar")
	return len(registrars) == 1 && registrars[0].Registrar.IsDirector != "true"
}

func (o *oracle) version(pool string) int { return o.servicesOn(pool, "Registrar")[0].Version }

// backupsOf returns the pools that the Registrar of a pool names as its backup.
func (o *oracle) backupsOf(pool string) []string {
	var found []string
	for _, b := range o.servicesOn(pool, "Registrar")[0].Backs {
		found = append(found, o.poolOf(b.ID))
	}
	return found
}

// hasServiceLink reports whether a backup service on a depends on one on b.
func (o *oracle) hasServiceLink(a, b string) bool {
	for _, s := range o.servicesOn(a, "BackupService") {
		for _, d := range s.DependsOn {
			if d.ID.Role == "BackupService" && o.poolOf(d.ID) == b {
				return true
			}
		}
	}
	return false
}

// serviceOf returns the pool that serves the users of a failed pool, and the service before and after a failover.
func (o *oracle) serviceOf(p string) (by, before, after string) {
	backups := o.backupsOf(p)
	if len(backups) != 1 { // PP-ONE, LC-NOBACKUP
		return "", "none", "none"
	}
	q := backups[0]
	if !o.isFrontEnd(q) || q == p || o.failed[q] {
		return "", "none", "none"
	}
	before, after = "none", "none"
	if o.servicesOn(p, "Registrar")[0].Backs[0].Automatic == "true" { // VF-ON
		before, after = "resiliency", "resiliency"
	}
	symmetric := slices.Contains(o.backupsOf(q), p) // PP-RECIP
	isPair := symmetric && o.hasServiceLink(p, q) && o.hasServiceLink(q, p)
	if isPair && o.version(p) == o.version(q) && o.version(p) >= 6 && !o.lacksCentral() {
		after = "full"
	}
	if after == "none" {
		return "", before, after
	}
	return q, before, after
}

// homes returns the pools of the user services on which the Registrar of an appliance depends with usage Default.
func (o *oracle) homes(appliance string) []string {
	var found []string
	for _, d := range o.servicesOn(appliance, "Registrar")[0].DependsOn {
		if d.ID.Role == "UserServices" && d.Usage == "Default" {
			found = append(found, o.poolOf(d.ID))
		}
	}
	return found
}

// counted returns the number of users of pools and of the appliances associated with any of them (PP-CAP). An appliance
// belongs to the pool of its user services or, without one, to its backup. The number is not known if the users of a
// pool are not. missing are the appliances whose users are not known.
func (o *oracle) counted(pools ...string) (total int64, known bool, missing []string) {
	known = true
	for _, p := range pools {
		n, isKnown := o.users[p]
		total, known = total+n, known && isKnown
	}
	for _, c := range o.Clusters {
		if !o.isAppliance(c.Fqdn) {
			continue
		}
		associated := slices.DeleteFunc(o.homes(c.Fqdn), func(p string) bool { return !o.isFrontEnd(p) })
		if len(associated) == 0 {
			associated = o.backupsOf(c.Fqdn)
		}
		if !slices.ContainsFunc(associated, func(p string) bool { return slices.Contains(pools, p) }) {
			continue
		}
		if n, isKnown := o.users[c.Fqdn]; isKnown {
			total += n
		} else {
			missing = append(missing, c.Fqdn)
		}
	}
	slices.Sort(missing)
	return total, known, missing
}

// total returns the result of counted as text.
func (o *oracle) total(pools ...string) string {
	if n, known, _ := o.counted(pools...); known {
		return fmt.Sprint(n)
	}
	return "?"
}

// capacity returns the number of users that a pool can serve alone (PP-CAPNUM).
func (o *oracle) capacity(pool string) string {
	var machines int64
	var cluster oracleCluster
	for _, c := range o.Clusters {
		if c.Fqdn == pool {
			machines, cluster = int64(len(c.Machines)), c.ID
		}
	}
	standard := false
	for _, d := range o.servicesOn(pool, "UserServices")[0].DependsOn {
		for _, s := range o.Services {
			standard = standard || s.ID == d.ID && s.ID.Role == "UserStore" && *s.OnSQL == cluster
		}
	}
	switch v := o.version(pool); {
	case v < 6:
		return "?"
	case standard:
		return "5000"
	case v >= 8:
		return fmt.Sprint(min(106000, 6660*machines))
	default:
		return fmt.Sprint(min(80000, 6660*machines))
	}
}

// answers returns all results as lines.
func (o *oracle) answers() []string {
	var lines []string
	serves := map[string][]string{}
	for p := range o.failed {
		by, before, after := o.serviceOf(p)
		users := "?"
		if n, isKnown := o.users[p]; isKnown {
			users = fmt.Sprint(n)
		}
		lines = append(lines, fmt.Sprintf("pool %s by %q: %s, %s; %s users", p, by, before, after, users))
		if by != "" {
			serves[by] = append(serves[by], p)
		}
	}
	for by, pools := range serves {
		slices.Sort(pools)
		total, known, missing := o.counted(append([]string{by}, pools...)...)
		capacity, sufficient := o.capacity(by), "?"
		if known && capacity != "?" {
			var most int64
			_, _ = fmt.Sscan(capacity, &most)
			sufficient = fmt.Sprint(total <= most)
		}
		lines = append(lines, fmt.Sprintf("%s serves %v: %s and %s, %s users of %s, sufficient %s, without %v",
			by, pools, o.total(by), o.total(pools...), o.total(append([]string{by}, pools...)...), capacity, sufficient,
			missing))
	}
	for _, c := range o.Clusters {
		switch a := c.Fqdn; {
		case o.isAppliance(a):
			hit, service, left := false, "full", ""
			for _, p := range o.homes(a) {
				if o.failed[p] {
					hit, service = true, "resiliency" // BR-NODR: before and after
				}
			}
			backups := o.backupsOf(a)
			for _, p := range backups {
				hit = hit || o.failed[p]
			}
			if len(backups) == 1 && o.isFrontEnd(backups[0]) && !o.failed[backups[0]] {
				left = backups[0]
			}
			if hit {
				lines = append(lines, fmt.Sprintf("appliance %s: %s, %s; left %q", a, service, service, left))
			}
		case len(o.servicesOn(a, "EdgeServer")) > 0:
			var lost, left []string
			for _, d := range o.servicesOn(a, "EdgeServer")[0].DependsOn {
				if d.ID.Role != "Registrar" {
					continue
				}
				if hop := o.poolOf(d.ID); o.failed[hop] {
					lost = append(lost, hop)
				} else {
					left = append(left, hop)
				}
			}
			if len(lost) > 0 {
				lines = append(lines, fmt.Sprintf("edge %s: lost %v, left %v", a, lost, left))
			}
		}
	}
	active, _ := o.central()
	for _, p := range active {
		if o.failed[p] {
			lines = append(lines, fmt.Sprintf("central management of %s to %q", p, o.standbyOf(p)))
		}
	}
	slices.Sort(lines)
	return lines
}

// lacksCentral reports whether Central Management has failed and has no standby, so that no pool can be failed over
// (CM-ORDER).
func (o *oracle) lacksCentral() bool {
	active, _ := o.central()
	for _, p := range active {
		if o.failed[p] && o.standbyOf(p) == "" {
			return true
		}
	}
	return false
}

// standbyOf returns the pool to which the active Central Management of a failed pool is failed over: the only standby,
// on the partner of that pool (CM-ONE, CM-PAIR, CM-TARGET). Pairs begin with Lync Server 2013 (PP-10-13).
func (o *oracle) standbyOf(p string) string {
	active, standby := o.central()
	running := slices.DeleteFunc(slices.Clone(standby), func(q string) bool { return q == p || o.failed[q] })
	if len(active) != 1 || len(running) != 1 {
		return ""
	}
	q := running[0]
	mutual := slices.Contains(o.backupsOf(p), q) && slices.Contains(o.backupsOf(q), p)
	if o.version(p) < 6 || o.version(q) < 6 || !mutual && !o.hasServiceLink(p, q) && !o.hasServiceLink(q, p) {
		return ""
	}
	return q
}

// central returns the pools with active Central Management, and those with inactive Central Management.
func (o *oracle) central() (active, standby []string) {
	for _, s := range o.Services {
		if s.ID.Role == "CentralMgmt" {
			if s.Central.IsActive == "true" {
				active = append(active, o.clusterName(*s.On))
			} else {
				standby = append(standby, o.clusterName(*s.On))
			}
		}
	}
	return active, standby
}

// lines returns a result in the form of the oracle.
func lines(result impact.Result) []string {
	number := func(n *int64) string {
		if n == nil {
			return "?"
		}
		return fmt.Sprint(*n)
	}
	var all []string
	for _, p := range result.Pools {
		all = append(all, fmt.Sprintf("pool %s by %q: %s, %s; %s users", p.FQDN, p.TakenOverBy, p.Before, p.After,
			number(p.Users)))
	}
	for _, t := range result.Takeovers {
		sufficient := "?"
		if t.Fits != nil {
			sufficient = fmt.Sprint(*t.Fits)
		}
		all = append(all, fmt.Sprintf("%s serves %v: %s and %s, %s users of %s, sufficient %s, without %v",
			t.FQDN, t.FailedPools, number(t.OwnUsers), number(t.TakenUsers), number(t.Users), number(t.Capacity),
			sufficient, t.Uncounted))
	}
	for _, a := range result.Appliances {
		all = append(all, fmt.Sprintf("appliance %s: %s, %s; left %q", a.FQDN, a.Before, a.After, a.BackupLeft))
	}
	for _, e := range result.Edges {
		all = append(all, fmt.Sprintf("edge %s: lost %v, left %v", e.FQDN, e.Failed, e.Running))
	}
	for _, c := range result.Central {
		all = append(all, fmt.Sprintf("central management of %s to %q", c.Pool, c.MoveTo))
	}
	slices.Sort(all)
	return all
}

// Of and the oracle have the same results for hundreds of random topologies.
func TestOfAgreesWithTheOracle(t *testing.T) {
	t.Parallel()
	const parts = 8
	rounds := uint64(400)
	if testing.Short() {
		rounds = 100
	}
	var (
		mu  sync.Mutex
		met = map[string]int{}
	)
	t.Run("seeds", func(t *testing.T) {
		for part := range uint64(parts) {
			t.Run(fmt.Sprint(part), func(t *testing.T) {
				t.Parallel()
				for seed := part; seed < rounds; seed += parts {
					kinds := assertAgree(t, seed)
					mu.Lock()
					for _, kind := range kinds {
						met[kind]++
					}
					mu.Unlock()
				}
			})
		}
	})
	for _, what := range []string{"appliance", "edge", "after full", "after resiliency", "after none", "move true",
		"move false", "no central management"} {
		if met[what] < int(rounds)/50 {
			t.Errorf("%s occurred only %d times", what, met[what])
		}
	}
}

// assertAgree compares both results for a random topology, and returns the kinds of the results.
func assertAgree(t *testing.T, seed uint64) (met []string) {
	t.Helper()
	r := rand.New(rand.NewPCG(5, seed)) //nolint:gosec // a fixed seed: a failure repeats itself
	estate, inventory, names := randomFailure(r)
	raw := estate.Document()
	doc, err := topology.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	model := doc.Topology()
	o := &oracle{failed: map[string]bool{}, users: map[string]int64{}}
	if err := xml.Unmarshal([]byte(testkit.Decode(raw)), o); err != nil {
		t.Fatal(err)
	}
	var failed []*topology.Pool
	for _, name := range names {
		failed = append(failed, model.Pool(topology.MustParseFQDN(name)))
		o.failed[name] = true
	}
	for name, entry := range inventory {
		o.users[name.String()] = *entry.Users
	}
	result := impact.Of(model, failed, inventory)
	got, want := lines(result), o.answers()
	if !slices.Equal(got, want) {
		t.Fatalf("seed %d, %v fail:\ngot\n%s\nwant\n%s", seed, names, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range got {
		met = append(met, strings.Fields(line)[0])
	}
	for _, p := range result.Pools {
		met = append(met, "after "+string(p.After))
		if strings.Contains(p.Reason, "(CM-ORDER)") {
			met = append(met, "no central management")
		}
		if (p.Reason == "") != (p.After == impact.FullService) || strings.Contains(p.Reason, "%!") {
			t.Errorf("seed %d: %s has %s service, and the reason is %q", seed, p.FQDN, p.After, p.Reason)
		}
		if p.TakenOverBy != "" && p.FailureDetection != topology.IntervalOf(5*time.Minute) {
			t.Errorf("seed %d: %s: failure detection %v", seed, p.FQDN, p.FailureDetection)
		}
	}
	for _, c := range result.Central {
		if (c.MoveTo == "") != (c.Problem != "") {
			t.Errorf("seed %d: %+v", seed, c)
		}
		met = append(met, "move "+fmt.Sprint(c.MoveTo != ""))
	}
	return met
}
