package resilience

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// Inventory has facts that are not in the topology, by the name of the pool. An appliance has an entry for its
// users.
type Inventory map[topology.FQDN]Equipment

// Equipment has the facts about one pool. A fact that is not known is nil or empty.
type Equipment struct {
	Users    *int64 // homed on the pool itself
	Physical *bool  // whether the Front End Servers are physical, not virtual
	OS       string
	Region   string // of the world
}

// figures are the documented limits of an Enterprise Edition pool. (Lync Server 2013 documentation, Capacity planning
// using the user models; Skype for Business Server 2019 documentation, User model.)
type figures struct {
	users       int64 // in total, after a takeover
	pairedUsers int64 // homed on a pool in a pair
	servers     int   // Front End Servers
}

// The limits of all versions: the users of one Front End Server of an Enterprise Edition pool with hyper-threading on,
// and those of a Standard Edition server, before and after a takeover.
const (
	usersPerServer   int64 = 6_660
	standardUsers    int64 = 2_500
	standardFailover int64 = 5_000
)

// figuresOf returns the limits of a pool. They are not known for every version and edition.
func figuresOf(p *topology.Pool) (figures, bool) {
	if p.Edition == "" {
		return figures{}, false
	}
	switch topology.RuleVersion(p.Version) {
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
	capacity := min(limit.users, usersPerServer*int64(len(p.Machines)))
	if p.Edition == topology.EditionStandard {
		capacity = standardFailover
	}
	return &capacity
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
			Detail: fmt.Sprintf("According to the inventory, the Front End Servers of %s are physical, and those of "+
				"%s are virtual.",
				physical.FQDN, virtual.FQDN),
			Advice: "Pair two pools with physical servers, or two pools with virtual servers. Topology Builder does " +
				"not check the servers.",
			Objects: phrase.Names(a, b),
		}}
	})
}

// systemsDiffer finds pairs on two operating systems. It compares the names of the inventory.
func systemsDiffer(s survey) []Violation {
	return ofInventory(s, func(a, b *topology.Pool, onA, onB Equipment) []Violation {
		if onA.OS == "" || onB.OS == "" || sameWords(onA.OS, onB.OS) {
			return nil
		}
		return []Violation{{
			Detail: fmt.Sprintf("According to the inventory, %s runs on %s, and %s runs on "+
				"%s.", a.FQDN, onA.OS, b.FQDN, onB.OS),
			Advice: "Use the same operating system for both pools. Whether the release and the service level must be " +
				"the same is not documented. If you consider the two the same, give them the same name in the " +
				"inventory.",
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
			Detail: fmt.Sprintf("According to the inventory, %s is in the region %s, and %s is in "+
				"%s.", a.FQDN, onA.Region, b.FQDN,
				onB.Region),
			Advice: "Choose partners in one region of the world with fast links. Between regions, a disaster causes " +
				"a greater loss of data.",
			Objects: phrase.Names(a, b),
		}}
	})
}

// ofInventory runs a check on every pair of the topology, with the facts of the inventory about both members.
func ofInventory(s survey, check func(a, b *topology.Pool, onA, onB Equipment) []Violation) []Violation {
	var found []Violation
	for _, pair := range s.pairs {
		found = append(found, check(pair.First, pair.Second, s.inventory[pair.First.FQDN],
			s.inventory[pair.Second.FQDN])...)
	}
	return found
}

// membersTooSmall finds members of pairs that cannot serve the users of both.
func membersTooSmall(s survey) []Violation {
	var found []Violation
	for _, pair := range s.pairs {
		both, uncounted := s.heads.Users(pair.First, pair.Second)
		if both == nil {
			continue
		}
		for _, p := range []*topology.Pool{pair.First, pair.Second} {
			capacity := CapacityAfterFailover(p)
			if capacity == nil || *both <= *capacity {
				continue
			}
			found = append(found, Violation{
				Detail: fmt.Sprintf("According to the inventory, %s and %s have %d users, including those of their "+
					"appliances%s. %s can serve %d users, %s.",
					pair.First.FQDN, pair.Second.FQDN, *both, uncountedClause(uncounted), p.FQDN, *capacity,
					capacityReason(p)),
				Advice: "Add Front End Servers, or move users to other pools. In a disaster, one pool has to serve " +
					"the users of both.",
				Objects: phrase.Names(pair.First, pair.Second),
			})
		}
	}
	return found
}

// capacityReason returns a phrase with the figures from which the capacity of a pool follows.
func capacityReason(p *topology.Pool) string {
	if p.Edition == topology.EditionStandard {
		return "as a Standard Edition server after a failover"
	}
	limit, _ := figuresOf(p)
	return fmt.Sprintf("with %s for %d users each and at most %d users in total",
		phrase.FrontEndServers(len(p.Machines)),
		usersPerServer, limit.users)
}

// uncountedClause returns a clause about the appliances whose users the inventory lacks. It is empty for none.
func uncountedClause(appliances []string) string {
	switch len(appliances) {
	case 0:
		return ""
	case 1:
		return " (the inventory does not have " + appliances[0] + ")"
	default:
		return fmt.Sprintf(" (the inventory does not have %d of the appliances)", len(appliances))
	}
}

// overFigures finds pools that exceed a documented limit with their own users.
func overFigures(s survey) []Violation {
	var found []Violation
	for _, p := range s.pairable {
		if users, _ := s.heads.Users(p); users != nil {
			if exceeded := exceededFigures(p, *users, s.isPaired(p)); len(exceeded) > 0 {
				found = append(found, Violation{
					Detail: fmt.Sprintf("According to the inventory and the topology, %s exceeds the documented "+
						"figures, including its appliances: %s.",
						p.FQDN, strings.Join(exceeded, "; ")),
					Advice:  "Add Front End Servers if the limit allows it, or move users to another pool.",
					Objects: []string{p.FQDN.String()},
				})
			}
		}
	}
	return found
}

// exceededFigures returns one clause for each documented limit that a pool exceeds.
func exceededFigures(p *topology.Pool, users int64, isPaired bool) []string {
	limit, known := figuresOf(p)
	if !known {
		return nil
	}
	var exceeded []string
	check := func(value, limit int64, format string) {
		if value > limit {
			exceeded = append(exceeded, fmt.Sprintf(format, value, limit))
		}
	}
	switch {
	case p.Edition == topology.EditionStandard:
		check(users, standardUsers, "%d users, but a Standard Edition server can have at most %d")
	case isPaired:
		check(users, limit.pairedUsers, "%d users, but a pool in a pair can have at most %d of its own")
	default:
		check(users, limit.users, "%d users, but a pool can have at most %d")
	}
	if p.Edition == topology.EditionEnterprise {
		check(users, usersPerServer*int64(len(p.Machines)),
			"%d users, but "+phrase.FrontEndServers(len(p.Machines))+" can serve at most %d")
		check(int64(len(p.Machines)), int64(limit.servers), "%d Front End Servers, but a pool can have at most %d")
	}
	return exceeded
}

// sameWords reports whether two texts are equal except for letter case and surrounding white space.
func sameWords(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}
