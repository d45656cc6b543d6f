package resilience

import (
	"errors"
	"fmt"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// creation is a desired pair together with the topology in which it is created.
type creation struct {
	t       *topology.Topology
	members []member // the known ones, sorted by name
}

// member is a member of a desired pair.
type member struct {
	name topology.FQDN
	pool *topology.Pool // nil if the name identifies no pool
}

func newCreation(t *topology.Topology, desired topology.DesiredPair) creation {
	c := creation{t: t}
	id := desired.ID()
	for _, name := range []topology.FQDN{id.First, id.Second} {
		if !name.IsZero() && !slices.ContainsFunc(c.members, func(m member) bool { return m.name == name }) {
			c.members = append(c.members, member{name, t.Pool(name)})
		}
	}
	return c
}

// pools returns the members that can be paired at all. Each other kind of object has one rule that refuses it, and is
// no concern of the other rules.
func (c creation) pools() []*topology.Pool {
	var found []*topology.Pool
	for _, m := range c.members {
		if m.pool != nil && m.pool.IsFrontEnd2013() {
			found = append(found, m.pool)
		}
	}
	return found
}

// partner returns the other member that can be paired, nil for none.
func (c creation) partner(p *topology.Pool) *topology.Pool {
	for _, other := range c.pools() {
		if other != p {
			return other
		}
	}
	return nil
}

// Create checks a desired pair against the topology without the conflicts of its members, which the caller has removed
// from it. No other declaration can resolve the violations. For those that can be resolved see [Conflicts].
func Create(t *topology.Topology, desired topology.DesiredPair) []Violation {
	if name := desired.Members[0]; !name.IsZero() && name == desired.Members[1] {
		return Self(name, name.String())
	}
	c := newCreation(t, desired)
	var found []Violation
	for _, r := range catalogue {
		if r.create != nil {
			found = append(found, completed(r, r.create(c))...)
		}
		if r.settings != nil && r.appliesToSettingsOf(topology.KindFrontEnd) {
			found = append(found, settingsOfPair(r, c, desired.Settings)...)
		}
	}
	return found
}

// Self returns the violation of a pair whose members are one pool. The spellings are those of the members in the
// configuration, or one for both.
func Self(pool topology.FQDN, spellings ...string) []Violation {
	detail := fmt.Sprintf("Both members of the pair are %s. A pool cannot be its own partner.", pool)
	if len(spellings) == 2 && spellings[0] != spellings[1] {
		detail = fmt.Sprintf("%q and %q are one pool: letter case and a trailing dot make no difference.",
			spellings[0], spellings[1])
	}
	return completed(mustLookup("PP-SELF"), []Violation{{
		Detail:  detail,
		Advice:  "Name two different Front End pools.",
		Objects: []string{pool.String()},
	}})
}

func membersMissing(c creation) []Violation {
	var found []Violation
	for _, m := range c.members {
		if m.pool == nil && !c.t.IsAmbiguous(m.name) {
			found = append(found, poolMissing(c.t, m.name, topology.Version2013))
		}
	}
	return found
}

// poolMissing returns the violation of a name that no pool of the topology has. The message suggests the Front End
// pools of the version or later.
func poolMissing(t *topology.Topology, name topology.FQDN, version int) Violation {
	v := Violation{
		Detail:  fmt.Sprintf("The topology has no pool with the name %s.%s", name, poolNames(t, version)),
		Advice:  "Correct the name, or define the pool with Topology Builder and publish it first.",
		Objects: []string{name.String()},
	}
	owner := t.PoolOfComputer(name)
	switch {
	case owner == nil:
		return v
	case !owner.HasName:
		v.Detail = fmt.Sprintf("%s is a computer of the cluster %s, which has no usable name (TD-NAME).",
			name,
			phrase.Clusters(owner))
		v.Advice = oneNameEach
	case owner.Kind == topology.KindFrontEnd:
		v.Detail = fmt.Sprintf("%s is a Front End computer of the pool %s, not a pool itself.", name, owner.FQDN)
		v.Advice = fmt.Sprintf("Name the pool: %q.", owner.FQDN)
	default:
		v.Detail = fmt.Sprintf("%s is a computer of %s, which is %s. It is not a pool.", name, owner.FQDN,
			owner.Description)
		v.Advice = "Name a Front End pool."
	}
	v.Objects = append(v.Objects, owner.FQDN.String())
	return v
}

// poolNames returns a sentence that lists the Front End pools of a version or later.
func poolNames(t *topology.Topology, version int) string {
	var names []string
	for _, p := range t.FrontEnds() {
		if p.Version >= version && t.Identifies(p) {
			names = append(names, p.FQDN.String())
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return fmt.Sprintf(" It has no Front End pool of %s or later.", topology.VersionName(version))
	}
	return fmt.Sprintf(" Its Front End pools are %s.", phrase.FirstOf(names))
}

// unpairable is a kind of pool that cannot be a member of a pair, and has a rule of its own.
type unpairable struct {
	kind   topology.Kind
	words  string
	advice string
	action Action // of the remedy; zero for none
}

var (
	director = unpairable{
		kind: topology.KindDirector, words: "a Director",
		advice: "Name the Front End pool that homes the users.",
	}
	edgePool = unpairable{
		kind: topology.KindEdge, words: "an Edge pool",
		advice: "Name the Front End pool that the Edge pool uses. Edge pools cannot be paired. Another Edge pool in " +
			"the other site takes over.",
	}
	persistentChat = unpairable{
		kind: topology.KindPersistentChat, words: "a Persistent Chat pool",
		advice: "Name a Front End pool. A Persistent Chat pool cannot be paired. For disaster recovery, stretch it " +
			"over two sites.",
	}
	appliance = unpairable{
		kind: topology.KindAppliance, words: "a Survivable Branch Appliance or Server",
		advice: "Name a Front End pool. Appliances cannot be paired.", action: DeclareAsBranch,
	}
)

// membersOfKind finds the members of a kind that cannot be paired.
func membersOfKind(u unpairable) func(creation) []Violation {
	return func(c creation) []Violation {
		var found []Violation
		for _, m := range c.members {
			if m.pool == nil || m.pool.Kind != u.kind {
				continue
			}
			v := Violation{
				Detail:  fmt.Sprintf("%s is %s in the topology, not a Front End pool.", m.name, u.words),
				Advice:  u.advice,
				Objects: []string{m.name.String()},
			}
			if u.action != 0 {
				v.Remedies = []Remedy{{Action: u.action, Pool: m.name}}
			}
			found = append(found, v)
		}
		return found
	}
}

// membersOfNoKind finds the members that are neither Front End pools nor of a kind with a rule of its own.
func membersOfNoKind(c creation) []Violation {
	var found []Violation
	for _, m := range c.members {
		if m.pool != nil && m.pool.Kind == topology.KindOther {
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s is %s in the topology, and only Front End pools can be paired.", m.name,
					m.pool.Description),
				Advice:  "Name an Enterprise Edition Front End pool or a Standard Edition server.",
				Objects: []string{m.name.String()},
			})
		}
	}
	return found
}

func members2010(c creation) []Violation {
	var old []string
	for _, m := range c.members {
		if m.pool != nil && m.pool.Kind == topology.KindFrontEnd && m.pool.Version == topology.Version2010 {
			old = append(old, m.name.String())
		}
	}
	if len(old) == 0 {
		return nil
	}
	predicate := "is a Lync Server 2010 pool"
	if len(old) > 1 {
		predicate = "are Lync Server 2010 pools"
	}
	return []Violation{{
		Detail: fmt.Sprintf("%s %s. Pairing requires Lync Server 2013 or later.",
			phrase.List(old), predicate),
		Advice: "Migrate the pools to a later version before you pair them. Set a backup registrar among Lync Server " +
			"2010 pools with Topology Builder. This provider shows such a backup registrar and never changes it.",
		Objects: old,
	}}
}

func membersOfTwoServers(c creation) []Violation { return ofTwoServers(c.pools()) }

func poolsOfTwoServers(s survey) []Violation { return ofTwoServers(s.pairable) }

func ofTwoServers(pools []*topology.Pool) []Violation {
	var found []Violation
	for _, p := range pools {
		if hasTwoServersIn2019(p) {
			found = append(found, Violation{
				Detail: fmt.Sprintf("%s is an Enterprise Edition pool of %s with two Front End Servers, %s. A "+
					"topology with such a pool cannot be published.",
					p.FQDN, topology.VersionName(p.Version), phrase.FQDNs(p.Machines)),
				Advice:  "Add a third Front End Server to the pool, or use two Standard Edition servers instead.",
				Objects: []string{p.FQDN.String()},
			})
		}
	}
	return found
}

func membersWithoutStore(c creation) []Violation { return withoutStore(c.t, c.pools()) }

func poolsWithoutStore(s survey) []Violation { return withoutStore(s.t, s.pairable) }

func withoutStore(t *topology.Topology, pools []*topology.Pool) []Violation {
	var found []Violation
	for _, p := range pools {
		var refusal *topology.Refusal
		if _, err := t.FileStoreOf(p); errors.As(err, &refusal) {
			found = append(found, refusalFacts(refusal))
		}
	}
	return found
}

func hasTwoServersIn2019(p *topology.Pool) bool {
	return p.Version >= topology.Version2019 && p.Edition == topology.EditionEnterprise && len(p.Machines) == 2
}
