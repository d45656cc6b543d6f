package topology

import (
	"iter"
	"slices"
	"sync"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
)

// baseline is the state with which a publish is compared: the services of a document that was parsed, or verified for
// the last publish.
type baseline struct {
	services persistent.Vector[*Service]
	counted  func() counted
}

// newBaseline returns the baseline of a parsed document. Its services are counted when they are needed.
func newBaseline(services persistent.Vector[*Service]) *baseline {
	return &baseline{services, sync.OnceValue(func() counted { return count(services) })}
}

// counted is what a document has, as read from its services.
type counted struct {
	having persistent.Map[ServiceID, int] // services by identity
	naming persistent.Map[ServiceID, int] // services that name an identity
	active []*Service                     // Central Management
}

// count counts services.
func count(services persistent.Vector[*Service]) counted {
	having, naming := make(map[ServiceID]int, services.Len()), make(map[ServiceID]int, services.Len())
	var active []*Service
	for _, s := range services.All {
		having[s.ID]++
		for _, id := range s.named() {
			naming[id]++
		}
		if s.isActiveCentral() {
			active = append(active, s)
		}
	}
	return counted{persistent.NewMap(having), persistent.NewMap(naming), active}
}

// with returns the counts after some services have become others, and the identities that these have and name. It reads
// the new ones again.
func (c counted) with(was, is persistent.Vector[*Service]) (next counted, touched []ServiceID) {
	add := func(s *Service, n int) {
		c.having = c.having.Set(s.ID, c.having.Get(s.ID)+n)
		for _, id := range s.named() {
			c.naming = c.naming.Set(id, c.naming.Get(id)+n)
			touched = append(touched, id)
		}
		touched = append(touched, s.ID)
	}
	for before, after := range differing(was, is) {
		if before != nil {
			add(before, -1)
		}
		if after != nil {
			add(readService(after.element), 1)
		}
	}
	c.active = nil
	for i, s := range is.All {
		switch {
		case s == nil || s.ID.Role != RoleCentralMgmt:
			continue
		case i >= was.Len() || s != was.At(i):
			if !readService(s.element).isActiveCentral() {
				continue
			}
		case !s.IsActive:
			continue
		}
		c.active = append(c.active, s)
	}
	return c, touched
}

// dangling returns the number of services that name an identity which no service has.
func (c counted) dangling(id ServiceID) int {
	if c.having.Get(id) > 0 {
		return 0
	}
	return c.naming.Get(id)
}

// differing returns the pairs of services of one index that differ; nil is for none.
func differing(was, is persistent.Vector[*Service]) iter.Seq2[*Service, *Service] {
	return func(yield func(was, is *Service) bool) {
		for i := range max(was.Len(), is.Len()) {
			var before, after *Service
			if i < was.Len() {
				before = was.At(i)
			}
			if i < is.Len() {
				after = is.At(i)
			}
			if before != after && !yield(before, after) {
				return
			}
		}
	}
}

// named returns the identities that a service names, each once.
func (s *Service) named() []ServiceID {
	var ids []ServiceID
	for _, id := range s.references() {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *Service) isActiveCentral() bool { return s.ID.Role == RoleCentralMgmt && s.IsActive }
