package resilience

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The checks of this file compare product versions. The rules of the latest known version apply to unknown ones. Two
// versions with the same rules can still be different products, so their difference is a warning, under strict support
// too: nothing is refused only because the provider does not know a number.

// haveOneRule reports whether the rules of one product version apply to two pools.
func haveOneRule(a, b *topology.Pool) bool {
	return topology.RuleVersion(a.Version) == topology.RuleVersion(b.Version)
}

func versionsDiffer(_ *topology.Topology, a, b *topology.Pool) []Violation {
	if a.Version == b.Version {
		return nil
	}
	v := Violation{
		Detail: fmt.Sprintf("%s runs %s, and %s runs %s.",
			a.FQDN, topology.VersionName(a.Version), b.FQDN, topology.VersionName(b.Version)),
		Advice: "Pair pools of the same version. During an upgrade, do not change the pair, and upgrade the second " +
			"pool without delay. Until then, failover in disaster mode is not supported.",
		Objects: phrase.Names(a, b),
	}
	if haveOneRule(a, b) {
		v.Severity, v.staysWarning = Unsupported, true
	}
	return []Violation{v}
}

// shapeUnknown finds members of a version without a known shape of a pair. Only the shape of a Lync Server 2013 pair
// was seen in a published document. A complete pair of the version in the topology shows the shape, too.
func shapeUnknown(c creation) []Violation {
	pools := c.pools()
	if len(pools) == 2 && !haveOneRule(pools[0], pools[1]) {
		return nil // PP-VERSION refuses the pair
	}
	var found []Violation
	for _, p := range pools {
		if p.Version == topology.Version2013 || hasShape(c.t, p.Version) || (p != pools[0] &&
			p.Version == pools[0].Version) {
			continue
		}
		found = append(found, shapeOf(c.t, p.Version, pools))
	}
	return found
}

// hasShape reports whether the topology has a complete pair of a version.
func hasShape(t *topology.Topology, version int) bool {
	return slices.ContainsFunc(t.Pairs(), func(pair topology.LinkedPools) bool {
		return pair.Links.All() && pair.First.Version == version && pair.Second.Version == version
	})
}

// shapeOf returns the violation of the members of a pair with a version whose shape is not known.
func shapeOf(t *topology.Topology, version int, members []*topology.Pool) Violation {
	name, followed := topology.VersionName(version), topology.Version2013
	if rules := topology.RuleVersion(version); hasShape(t, rules) {
		followed = rules
	}
	return Violation{
		Detail: fmt.Sprintf("This provider does not know the elements that Topology Builder writes for a pair of %s, "+
			"and the topology has no complete pair of that version to follow. The pair with %s would have the "+
			"elements of %s.",
			name, phrase.List(phrase.Names(members...)), topology.VersionName(followed)),
		Advice: fmt.Sprintf("Create the first pair of %s with Topology Builder. Later pairs then have the same shape.",
			name),
		Remedies:     []Remedy{{Action: AdoptFirstPair}},
		Objects:      phrase.Names(members...),
		staysWarning: slices.ContainsFunc(members, hasUnknownVersion),
	}
}

// warningUnderOneRule returns a check whose violations remain warnings if the rules of one product version apply to the
// appliance and to its desired pool.
func warningUnderOneRule(check func(branchChange) []Violation) func(branchChange) []Violation {
	return func(c branchChange) []Violation {
		found := check(c)
		for i := range found {
			found[i].staysWarning = haveOneRule(c.appliance, c.pool)
		}
		return found
	}
}

func hasUnknownVersion(p *topology.Pool) bool { return topology.IsUnknownVersion(p.Version) }

// unknownVersions returns one violation for each unknown version, with all pools and appliances that have it.
func unknownVersions(s survey) []Violation {
	byVersion := map[int][]string{}
	for p := range s.t.Pools() {
		if hasUnknownVersion(p) {
			byVersion[p.Version] = append(byVersion[p.Version], p.FQDN.String())
		}
	}
	var found []Violation
	for _, version := range slices.Sorted(maps.Keys(byVersion)) {
		names := byVersion[version]
		slices.Sort(names)
		verb := "has"
		if len(names) > 1 {
			verb = "have"
		}
		found = append(found, Violation{
			Detail: fmt.Sprintf("%s %s the service version %d. The latest version that this provider knows is %d, %s. "+
				"This provider applies the rules of that version.",
				phrase.FirstOf(names), verb, version, topology.Version2019, topology.VersionName(topology.Version2019)),
			Advice: fmt.Sprintf("Before you change relationships of these pools and appliances, compare the "+
				"documentation of service version %d with the rules. A difference from Skype for Business Server "+
				"2019 or a later version, and the first pair of this version, are warnings (PP-VERSION, BR-VGT, "+
				"PP-SHAPE).", version),
			Objects: names,
		})
	}
	return found
}
