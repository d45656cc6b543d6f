package resilience

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Settings are the automatic failover settings of one direction, as a configuration wants them.
type Settings struct {
	AutomaticFailover bool
	FailureDetection  time.Duration
	FailbackDetection time.Duration

	// Nobody tells an optional interval, and automatic failover is off: a topology may be without it.
	FailureOptional, FailbackOptional bool
}

// Pair is a pair as a configuration wants it. What is not known yet is left out: an unknown member is the empty
// string, and a member whose settings are unknown has none.
type Pair struct {
	Members  [2]string           // as the user wrote them
	Settings map[string]Settings // by canonical FQDN, for the case that this member fails
}

// creation is a wanted pair seen with the topology it would be created in.
type creation struct {
	t       *topology.Topology
	members []member // those that are known, in canonical order
}

// member is one name of a wanted pair with the pool the topology has under it, nil for none.
type member struct {
	name string // canonical
	pool *topology.Pool
}

func newCreation(t *topology.Topology, pair Pair) creation {
	c := creation{t: t}
	for _, written := range pair.Members {
		name := topology.CanonicalFQDN(written)
		if name != "" && !slices.ContainsFunc(c.members, func(m member) bool { return m.name == name }) {
			c.members = append(c.members, member{name, t.Pool(name)})
		}
	}
	slices.SortFunc(c.members, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	return c
}

// pools returns the members that can be paired at all. What else a member may be is the matter of one rule, and the
// other rules say nothing about it.
func (c creation) pools() []*topology.Pool {
	var found []*topology.Pool
	for _, m := range c.members {
		if m.pool != nil && m.pool.IsFrontEnd2013() {
			found = append(found, m.pool)
		}
	}
	return found
}

// partner returns the other pool that can be paired, nil where it is not known or none.
func (c creation) partner(p *topology.Pool) *topology.Pool {
	for _, other := range c.pools() {
		if other != p {
			return other
		}
	}
	return nil
}

// Create checks a wanted pair against the topology as it would be with every tie of its members given up; the caller
// has removed the old pairs. Nothing it finds can be released by another resource. See Ties for those that can.
func Create(t *topology.Topology, pair Pair) []Violation {
	if self := Self(pair.Members[:]); len(self) > 0 {
		return self
	}
	c := newCreation(t, pair)
	var found []Violation
	for _, r := range catalogue {
		if r.create != nil {
			found = append(found, completed(r, r.create(c))...)
		}
		if r.settings != nil && r.settingsAreOf(topology.KindFrontEnd) {
			found = append(found, settingsOfPair(r, c, pair.Settings)...)
		}
	}
	return found
}

// Self checks that the members of a pair are two pools, by their names alone. One member is what a set makes of the
// same name twice. Unknown members, which are empty, are left out of account.
func Self(members []string) []Violation {
	rule, _ := Lookup("PP-SELF")
	same := len(members) == 1 && topology.CanonicalFQDN(members[0]) != ""
	if len(members) == 2 {
		a, b := topology.CanonicalFQDN(members[0]), topology.CanonicalFQDN(members[1])
		same = a == b && a != ""
	}
	if !same {
		return nil
	}
	name := topology.CanonicalFQDN(members[0])
	detail := fmt.Sprintf("Both members of the pair are %s.", name)
	if len(members) == 2 && members[0] != members[1] {
		detail = fmt.Sprintf("%q and %q are one pool: letter case and a trailing dot make no difference.", members[0], members[1])
	}
	return completed(rule, []Violation{{
		Detail:  detail,
		Advice:  "Name two different Front End pools.",
		Objects: []string{name},
	}})
}

// maxNamed is how many names a message lists before it only counts.
const maxNamed = 10

func membersMissing(c creation) []Violation {
	var found []Violation
	for _, m := range c.members {
		if m.pool == nil {
			found = append(found, poolMissing(c.t, m.name, topology.Version2013))
		}
	}
	return found
}

// poolMissing is the violation of a name under which the topology has no pool; version is that of the pools that could
// have been meant.
func poolMissing(t *topology.Topology, name string, version int) Violation {
	v := Violation{
		Detail:  fmt.Sprintf("The topology has no pool with the name %s.%s", name, poolNames(t, version)),
		Advice:  "Correct the name, or define the pool with Topology Builder and publish it first.",
		Objects: []string{name},
	}
	owner := t.PoolOfComputer(name)
	switch {
	case owner == nil:
		return v
	case owner.Kind == topology.KindFrontEnd:
		v.Detail = fmt.Sprintf("%s is a Front End computer of the pool %s, and not a pool itself.", name, owner.FQDN)
		v.Advice = fmt.Sprintf("Name the pool: %q.", owner.FQDN)
	default:
		v.Detail = fmt.Sprintf("%s is a computer of %s, which is %s, and not a pool.", name, owner.FQDN, owner.Description)
		v.Advice = "Name a Front End pool."
	}
	v.Objects = append(v.Objects, owner.FQDN)
	return v
}

// poolNames lists what could have been meant: the Front End pools of a version or later.
func poolNames(t *topology.Topology, version int) string {
	var names []string
	for _, p := range t.FrontEnds() {
		if p.Version >= version {
			names = append(names, p.FQDN)
		}
	}
	slices.Sort(names)
	switch {
	case len(names) == 0:
		return fmt.Sprintf(" It has no Front End pool of %s or later at all.", topology.VersionName(version))
	case len(names) > maxNamed:
		return fmt.Sprintf(" Its Front End pools are %s and %d more.", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
	default:
		return fmt.Sprintf(" Its Front End pools are %s.", phrase.List(names))
	}
}

// kind is a kind of cluster that is no Front End pool and has a rule of its own.
type kind struct {
	is     topology.Kind
	words  string
	advice string
}

var (
	kindDirector = kind{topology.KindDirector, "a Director",
		"Name the Front End pool that homes the users."}
	kindEdge = kind{topology.KindEdge, "an Edge pool",
		"Name the Front End pool behind it. Edge pools are not paired; another Edge pool in the other site takes over."}
	kindPersistentChat = kind{topology.KindPersistentChat, "a Persistent Chat pool",
		"Leave it out. A Persistent Chat pool is stretched over two sites instead of being paired."}
	kindAppliance = kind{topology.KindAppliance, "a Survivable Branch Appliance or Server",
		"Declare its backup pool with lync_branch_backup, and pair Front End pools only."}
)

// membersOfKind finds the members of a kind that can never be paired.
func membersOfKind(k kind) func(creation) []Violation {
	return func(c creation) []Violation {
		var found []Violation
		for _, m := range c.members {
			if m.pool != nil && m.pool.Kind == k.is {
				found = append(found, Violation{
					Detail:  fmt.Sprintf("%s is %s in the topology, not a Front End pool.", m.name, k.words),
					Advice:  k.advice,
					Objects: []string{m.name},
				})
			}
		}
		return found
	}
}

// membersOfNoKind finds the members that are neither Front End pools nor anything with a rule of its own.
func membersOfNoKind(c creation) []Violation {
	var found []Violation
	for _, m := range c.members {
		if m.pool != nil && m.pool.Kind == topology.KindOther {
			found = append(found, Violation{
				Detail:  fmt.Sprintf("%s is %s in the topology, and only Front End pools can be paired.", m.name, m.pool.Description),
				Advice:  "Name an Enterprise Edition Front End pool or a Standard Edition server.",
				Objects: []string{m.name},
			})
		}
	}
	return found
}

func members2010(c creation) []Violation {
	var old []string
	for _, m := range c.members {
		if m.pool != nil && m.pool.Kind == topology.KindFrontEnd && m.pool.Version == topology.Version2010 {
			old = append(old, m.name)
		}
	}
	if len(old) == 0 {
		return nil
	}
	is := "is a Lync Server 2010 pool"
	if len(old) > 1 {
		is = "are Lync Server 2010 pools"
	}
	return []Violation{{
		Detail: fmt.Sprintf("%s %s. Pairing, and the backup service that replicates the data of a pair, begin with Lync Server 2013.",
			phrase.List(old), is),
		Advice: "Pair the pools after they were migrated to a later version. A backup registrar among Lync Server 2010 pools " +
			"is set with Topology Builder; this provider reads and shows it and never changes it.",
		Objects: old,
	}}
}

func membersOfTwoServers(c creation) []Violation {
	var found []Violation
	for _, p := range c.pools() {
		if hasTwoServersIn2019(p) {
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s is an Enterprise Edition pool of %s with two Front End Servers, %s.",
					p.FQDN, topology.VersionName(p.Version), phrase.List(p.Machines)),
				Advice:  "Add a third Front End Server to the pool, or use two Standard Edition servers instead.",
				Objects: []string{p.FQDN},
			})
		}
	}
	return found
}

func hasTwoServersIn2019(p *topology.Pool) bool {
	return p.Version >= topology.Version2019 && p.Edition == topology.EditionEnterprise && len(p.Machines) == 2
}

// shapeUnknown finds members of a version for which there is nothing to follow: only the shape of a Lync Server 2013
// pair was seen in a published document.
func shapeUnknown(c creation) []Violation {
	pools := c.pools()
	if len(pools) == 2 && pools[0].Version != pools[1].Version {
		return nil // PP-VERSION refuses the pair anyway
	}
	if len(pools) == 0 || pools[0].Version == topology.Version2013 {
		return nil
	}
	version := pools[0].Version
	for _, pair := range c.t.Pairs() {
		if pair.Links.All() && pair.First.Version == version && pair.Second.Version == version {
			return nil
		}
	}
	name := topology.VersionName(version)
	return []Violation{{
		Detail: fmt.Sprintf("What Topology Builder writes for a pair of %s is not known to this provider, and the topology has no whole pair of that version to go by. "+
			"The pair with %s would be written as Lync Server 2013 has it.", name, phrase.List(phrase.Names(pools...))),
		Advice:  fmt.Sprintf("Make the first pair of %s with Topology Builder and import it. Later pairs then follow its shape.", name),
		Objects: phrase.Names(pools...),
	}}
}
