package resilience

import (
	"fmt"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// oneNameEach is the advice for clusters that their names do not identify.
const oneNameEach = "Give each pool and each appliance its own name in Topology Builder and publish."

// AmbiguousName returns the refusal of a name that identifies no single pool; see [topology.Topology.IsAmbiguous].
func AmbiguousName(t *topology.Topology, name topology.FQDN) Violation {
	return completed(mustLookup("TD-NAME"), []Violation{ambiguousName(t, name)})[0]
}

func ambiguousName(t *topology.Topology, name topology.FQDN) Violation {
	clusters := t.Named(name)
	return Violation{
		Detail: fmt.Sprintf("%d clusters of the topology have the name %s: %s. The name identifies none of them.",
			len(clusters), name, phrase.Clusters(clusters...)),
		Advice:  oneNameEach,
		Objects: []string{name.String()},
	}
}

// NamelessPartner returns the refusal of the pair of a pool with a cluster that has no name.
func NamelessPartner(p, partner *topology.Pool) Violation {
	return completed(mustLookup("TD-NAME"), []Violation{{
		Title: "Cluster without a usable name",
		Detail: fmt.Sprintf("%s is linked with the cluster %s, which has no usable name. The pair has no "+
			"id.", p.FQDN, phrase.Clusters(partner)),
		Advice:  oneNameEach,
		Objects: phrase.Names(p, partner),
	}})[0]
}

func ambiguousMembers(c creation) []Violation {
	var found []Violation
	for _, m := range c.members {
		if c.t.IsAmbiguous(m.name) {
			found = append(found, ambiguousName(c.t, m.name))
		}
	}
	return found
}

func ambiguousEnds(c branchChange) []Violation {
	var found []Violation
	if c.t.IsAmbiguous(c.name) {
		v := ambiguousName(c.t, c.name)
		v.Setting = SettingAppliance
		found = append(found, v)
	}
	if c.t.IsAmbiguous(c.poolName) {
		found = append(found, ambiguousName(c.t, c.poolName))
	}
	return found
}

// unidentifiedClusters finds clusters without a name, names that several clusters have, and names of pools that cannot
// be declared.
func unidentifiedClusters(s survey) []Violation {
	var found []Violation
	for p := range s.t.Pools() {
		switch {
		case !p.HasName:
			found = append(found, nameless(p))
		case s.t.IsFirstOfName(p) && len(s.t.Named(p.FQDN)) > 1:
			found = append(found, sharedName(s.t, p))
		case !p.FQDN.IsDeclarable() && (p.Registrar != nil || p.Kind != topology.KindOther):
			found = append(found, undeclarable(p))
		}
	}
	return found
}

func nameless(p *topology.Pool) Violation {
	v := Violation{
		Title:   "Cluster without a usable name",
		Detail:  fmt.Sprintf("The cluster %s has no usable name.", phrase.Clusters(p)),
		Advice:  oneNameEach,
		Objects: []string{p.FQDN.String()},
	}
	if p.Kind == topology.KindOther && p.Registrar == nil {
		v.Severity = Info
	} else {
		v.Detail += " It is left out of the lists of pools and appliances, and cannot be declared."
	}
	return v
}

// undeclarable returns the finding of a pool whose name is in the document, but cannot be in a configuration.
func undeclarable(p *topology.Pool) Violation {
	return Violation{
		Title: "Name that cannot be declared",
		Detail: fmt.Sprintf("The cluster %s has the name %q, which is not the name of a host. It cannot be declared.",
			phrase.Clusters(p), p.FQDN),
		Advice:  "Correct the name in Topology Builder and publish.",
		Objects: []string{p.FQDN.String()},
	}
}

func sharedName(t *topology.Topology, first *topology.Pool) Violation {
	if t.IsAmbiguous(first.FQDN) {
		v := ambiguousName(t, first.FQDN)
		v.Detail += fmt.Sprintf(" Lists have only %s, and the pool cannot be declared.", first.ID)
		return v
	}
	clusters := t.Named(first.FQDN)
	v := Violation{
		Title:    "Several clusters with one name",
		Severity: Info,
		Detail: fmt.Sprintf("%d clusters of the topology have the name %s: %s.", len(clusters), first.FQDN,
			phrase.Clusters(clusters...)),
		Advice:  "No action is needed if they are one server.",
		Objects: []string{first.FQDN.String()},
	}
	if first.Kind != topology.KindOther || first.Registrar != nil {
		v.Detail += fmt.Sprintf(" In a configuration, the name means %s.", first.ID)
	}
	return v
}
