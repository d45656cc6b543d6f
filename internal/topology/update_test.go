package topology

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
)

// TestEditedModelIsTheWholeModel makes random edits of random documents. After each edit the model that was kept is
// the one of the bytes, and so are the sizes.
func TestEditedModelIsTheWholeModel(t *testing.T) {
	t.Parallel()
	documents, made := 300, map[string]int{}
	if testing.Short() {
		documents = 60
	}
	for seed := range uint64(documents) {
		r := rand.New(rand.NewPCG(17, seed))
		raw := testkit.RandomDocument(r)
		if seed%2 == 1 { // with white space that belongs to the services
			raw = bytes.ReplaceAll(raw, []byte("<Service "), []byte("\r\n    <Service "))
		}
		doc, err := Parse(raw)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		e := NewEditor(doc)
		for range 12 {
			what := randomEdit(r, e)
			kept := e.Document()
			if kept == doc {
				continue
			}
			made[what]++
			whole, err := Parse(kept.Bytes())
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, what, err)
			}
			if got, want := describe(kept.topology), describe(whole.topology); got != want {
				t.Fatalf("seed %d, %s:\n%s", seed, what, testkit.Diff([]byte(want), []byte(got)))
			}
			if kept.size != whole.size {
				t.Fatalf("seed %d, %s: the size is %v, want %v", seed, what, kept.size, whole.size)
			}
			if text := whole.Text(); kept.Text() != text || !Equivalent(kept, whole) {
				t.Fatalf("seed %d, %s: the texts or the parts differ", seed, what)
			}
			if _, err := e.Finish(); err != nil {
				t.Fatalf("seed %d, %s: %v", seed, what, err)
			}
			doc = kept
		}
	}
	for _, what := range []string{"create", "update", "delete", "delete links", "write branch", "delete branch"} {
		if made[what] < documents/20 {
			t.Errorf("%s: only %d edits changed a document", what, made[what])
		}
	}
}

// randomEdit makes an edit with random pools of the document, and returns its name.
func randomEdit(r *rand.Rand, e *Editor) string {
	var pools, free []*Pool
	for p := range e.Topology().Pools() {
		if p.Registrar != nil {
			pools = append(pools, p)
		}
		if p.IsFrontEnd2013() && e.Topology().checkFree(p) == nil {
			free = append(free, p)
		}
	}
	if len(pools) == 0 {
		return "none"
	}
	a, b := pools[r.IntN(len(pools))], pools[r.IntN(len(pools))]
	if linked := e.Topology().Linked(a); len(linked) > 0 && r.IntN(2) == 0 {
		b = linked[r.IntN(len(linked))]
	}
	what := r.IntN(6)
	if what == 0 && len(free) > 1 {
		a, b = free[0], free[len(free)-1]
	}
	settings := DesiredSettings{
		AutomaticFailover: r.IntN(2) == 0,
		FailureDetection:  time.Duration(1+r.IntN(3)) * time.Minute,
		FailbackDetection: time.Duration(1+r.IntN(3)) * time.Minute,
	}
	pair := DesiredPair{
		Members:  [2]FQDN{a.FQDN, b.FQDN},
		Settings: map[FQDN]DesiredSettings{a.FQDN: settings, b.FQDN: settings},
	}
	branch := DesiredBranch{Appliance: a.FQDN, Pool: b.FQDN, Settings: &settings}
	// A refused edit leaves the document as it is.
	switch what {
	case 0:
		_ = e.CreatePair(pair)
		return "create"
	case 1:
		_ = e.UpdatePair(pair)
		return "update"
	case 2:
		_, _ = e.DeletePair(pair.ID())
		return "delete"
	case 3:
		_ = e.DeleteLinks(a.ID, b.ID)
		return "delete links"
	case 4:
		_ = e.WriteBranch(branch)
		return "write branch"
	default:
		_ = e.DeleteBranch(a.FQDN, b.FQDN)
		return "delete branch"
	}
}

// describe returns everything that a model knows, independent of how it was made.
func describe(t *Topology) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	ordinals := map[int]int{} // the index of a service can be greater than its place
	for s := range t.Services() {
		ordinals[s.index] = len(ordinals)
		line("service %+v %d %+v %v %+v %+v %t %t %+v %q %s", s.ID, s.Version, s.DependsOn, s.Cluster, s.SQLInstance,
			s.Backups, s.IsDirector, s.IsActive, s.Modules, s.space, s.element)
	}
	places := func(indexes []int) (found []int) {
		for _, index := range indexes {
			found = append(found, ordinals[index])
		}
		return found
	}
	of := func(services []*Service) (found []int) {
		for _, s := range services {
			found = append(found, ordinals[s.index])
		}
		return found
	}
	one := func(s *Service) []int {
		if s == nil {
			return nil
		}
		return of([]*Service{s})
	}
	byID := func(name string, m persistent.Map[ServiceID, []int]) {
		var lines []string
		for id, indexes := range m.All {
			lines = append(lines, fmt.Sprintf("%s %v: %v", name, id, places(indexes)))
		}
		slices.Sort(lines)
		line("%s", strings.Join(lines, "\n"))
	}
	byID("byService", t.byService)
	byID("namedBy", t.namedBy)
	line("%s %v %v %v %v", t.Signature, places(t.central), places(t.backupServices), t.byCluster, len(t.Sites))
	line("%v %v", t.byFQDN, t.byComputer)
	for p := range t.Pools() {
		line("pool %s %t %v %v %s %q %v", p.FQDN, p.HasName, p.ID, p.Site != nil, p.Kind, p.Description, p.Machines)
		line("  %d %s %s %s %d", p.Version, p.Central, p.Edition, p.SQLServer, p.order)
		line("  %v %v %v %v", of(p.Services), one(p.Registrar), one(p.UserServices), one(p.UserStore))
		for _, s := range p.Services {
			if t.services.At(s.index) != s || !slices.Contains(p.byRole[s.ID.Role], s) {
				line("  has another service %s", s.ID)
			}
		}
		l := t.links.At(p.order)
		line("  links %v %v %v", of(l.leadNowhere), l.linked, l.frontEnds)
		for other := range t.pools.Len() {
			if to, ok := l.to[other]; ok {
				line("    to %d %t %v", other, to.backup, of(to.services))
			}
		}
	}
	return b.String()
}
