package resilience

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Inventory is what a topology does not tell of its pools, by canonical name. An appliance has an entry for its users.
type Inventory map[string]Equipment

// Equipment is what is known of one pool; nil and empty stand for what is not.
type Equipment struct {
	Users    *int64 // homed on the pool itself
	Physical *bool  // whether its Front End Servers are physical
	OS       string
	Region   string // of the world
}

// figures are the limits of a pool. Version 2013 and 2015 have one set, 2019 another. (Lync Server 2013 documentation,
// Capacity planning using the user models; Skype for Business Server 2019 documentation, User model.)
type figures struct {
	users       int64 // of an Enterprise Edition pool, its own and those it takes over
	pairedUsers int64 // its own while it is paired
	servers     int   // Front End Servers
}

// The figures that hold for every version: users for one Front End Server of an Enterprise Edition pool with
// hyper-threading on, and for a Standard Edition server alone and with the users of its partner.
const (
	usersPerServer   int64 = 6_660
	standardUsers    int64 = 2_500
	standardFailover int64 = 5_000
)

// figuresOf returns the limits of a pool; false for a version or an edition that they are not documented for.
func figuresOf(p *topology.Pool) (figures, bool) {
	if p.Edition == "" {
		return figures{}, false
	}
	switch p.Version {
	case topology.Version2013, topology.Version2015:
		return figures{users: 80_000, pairedUsers: 40_000, servers: 12}, true
	case topology.Version2019:
		return figures{users: 106_000, pairedUsers: 53_000, servers: 16}, true
	default:
		return figures{}, false
	}
}

// CapacityAfterFailover returns the number of users that a pool can serve when it also serves those of failed pools. It
// is nil if no figure is documented for the version or the edition.
func CapacityAfterFailover(p *topology.Pool) *int64 {
	limit, known := figuresOf(p)
	if !known {
		return nil
	}
	most := min(limit.users, usersPerServer*int64(len(p.Machines)))
	if p.Edition == topology.EditionStandard {
		most = standardFailover
	}
	return &most
}

// hardwareDiffers finds pairs of a physical and a virtual pool.
func hardwareDiffers(s survey) []Violation {
	return ofInventory(s, func(a, b *topology.Pool, onA, onB Equipment) []Violation {
		if onA.Physical == nil || onB.Physical == nil || *onA.Physical == *onB.Physical {
			return nil
		}
		physical, virtual := a, b
		if !*onA.Physical {
			physical, virtual = b, a
		}
		return []Violation{{
			Detail:  fmt.Sprintf("By the inventory the Front End Servers of %s are physical and those of %s virtual.", physical.FQDN, virtual.FQDN),
			Advice:  "Pair a physical pool with a physical one and a virtual pool with a virtual one. Topology Builder does not look at it.",
			Objects: phrase.Names(a, b),
		}}
	})
}

// systemsDiffer finds pairs on two operating systems. The names are compared as they are given.
func systemsDiffer(s survey) []Violation {
	return ofInventory(s, func(a, b *topology.Pool, onA, onB Equipment) []Violation {
		if onA.OS == "" || onB.OS == "" || sameWords(onA.OS, onB.OS) {
			return nil
		}
		return []Violation{{
			Detail: fmt.Sprintf("By the inventory %s runs on %s and %s on %s.", a.FQDN, onA.OS, b.FQDN, onB.OS),
			Advice: "Bring both pools to one operating system. How alike it has to be, in release or service level, is not documented: " +
				"where the two count as one for you, name them alike in the inventory.",
			Objects: phrase.Names(a, b),
		}}
	})
}

// regionsDiffer finds pairs across regions of the world.
func regionsDiffer(s survey) []Violation {
	return ofInventory(s, func(a, b *topology.Pool, onA, onB Equipment) []Violation {
		if onA.Region == "" || onB.Region == "" || sameWords(onA.Region, onB.Region) {
			return nil
		}
		return []Violation{{
			Detail:  fmt.Sprintf("By the inventory %s is in the region %s and %s in %s.", a.FQDN, onA.Region, b.FQDN, onB.Region),
			Advice:  "Choose partners in one region of the world, joined by fast links: across regions more data is lost in a disaster.",
			Objects: phrase.Names(a, b),
		}}
	})
}

// ofInventory runs a check on every pair of the topology with what the inventory has of its members.
func ofInventory(s survey, check func(a, b *topology.Pool, onA, onB Equipment) []Violation) []Violation {
	var found []Violation
	for _, pair := range s.pairs {
		found = append(found, check(pair.First, pair.Second, s.inventory[pair.First.FQDN], s.inventory[pair.Second.FQDN])...)
	}
	return found
}

// membersTooSmall finds members of pairs that cannot carry the users of both.
func membersTooSmall(s survey) []Violation {
	var found []Violation
	for _, pair := range s.pairs {
		both, uncounted := s.heads.Users(pair.First, pair.Second)
		if both == nil {
			continue
		}
		for _, p := range []*topology.Pool{pair.First, pair.Second} {
			most := CapacityAfterFailover(p)
			if most == nil || *both <= *most {
				continue
			}
			found = append(found, Violation{
				Detail: fmt.Sprintf("By the inventory %s and %s have %d users with those of their appliances%s. %s can carry %d alone, %s.",
					pair.First.FQDN, pair.Second.FQDN, *both, notCounted(uncounted), p.FQDN, *most, capacityIs(p)),
				Advice:  "Add Front End Servers, or move users to other pools. In a disaster one pool has to serve the users of both.",
				Objects: phrase.Names(pair.First, pair.Second),
			})
		}
	}
	return found
}

// capacityIs says what the capacity of a pool comes from.
func capacityIs(p *topology.Pool) string {
	if p.Edition == topology.EditionStandard {
		return "as a Standard Edition server after a failover"
	}
	limit, _ := figuresOf(p)
	return fmt.Sprintf("with %s for %d users each and %d users in all at most", phrase.FrontEndServers(len(p.Machines)), usersPerServer, limit.users)
}

// notCounted says that the inventory lacks the users of appliances; empty where it lacks none.
func notCounted(appliances []string) string {
	switch len(appliances) {
	case 0:
		return ""
	case 1:
		return " (without those of " + appliances[0] + ", which the inventory does not have)"
	default:
		return fmt.Sprintf(" (without those of %d appliances that the inventory does not have)", len(appliances))
	}
}

// overFigures finds pools whose users the inventory tells and that are over a documented limit by themselves.
func overFigures(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		limit, known := figuresOf(p)
		users, _ := s.heads.Users(p)
		if users == nil || !known {
			continue
		}
		var over []string
		note := func(is, most int64, format string) {
			if is > most {
				over = append(over, fmt.Sprintf(format, is, most))
			}
		}
		switch {
		case p.Edition == topology.EditionStandard:
			note(*users, standardUsers, "%d users, and a Standard Edition server has %d at most")
		case s.isPaired(p):
			note(*users, limit.pairedUsers, "%d users, and a pool in a pair has %d of its own at most")
		default:
			note(*users, limit.users, "%d users, and a pool has %d at most")
		}
		if p.Edition == topology.EditionEnterprise {
			note(*users, usersPerServer*int64(len(p.Machines)), "%d users, and "+phrase.FrontEndServers(len(p.Machines))+" can carry %d")
			note(int64(len(p.Machines)), int64(limit.servers), "%d Front End Servers, and a pool has %d at most")
		}
		if len(over) > 0 {
			found = append(found, Violation{
				Detail:  fmt.Sprintf("By the inventory and the topology %s is too large, its appliances counted: %s.", p.FQDN, strings.Join(over, "; ")),
				Advice:  "Add Front End Servers where there may be more, else move users to another pool.",
				Objects: []string{p.FQDN},
			})
		}
	}
	return found
}

// sameWords compares what people write, without letter case and without space around it.
func sameWords(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
