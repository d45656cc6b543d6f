package provider_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// cliLive returns a workspace whose provider works on a double of a management shell with the document of an estate.
func cliLive(t *testing.T, e testkit.Estate) (*testkit.Workspace, *shelld.Shell) {
	t.Helper()
	w, double, _ := cliObserved(t, e)
	return w, double
}

// cliObserved is cliLive with the store that the provider works on.
func cliObserved(t *testing.T, e testkit.Estate) (*testkit.Workspace, *shelld.Shell, *observedStore) {
	t.Helper()
	t.Parallel()
	w := testkit.CLI(t)
	w.SetDocument(testkit.Estate{}.Document())
	double := shelld.New(t, e.Document())
	observed := newObservedStore(t, double)
	serve(t, w, provider.NewWithStore("test", func(string) store.Store { return observed }))
	return w, double, observed
}

// observedStore is the store of a deployment that lets a test wait for changes instead of waiting for a time. Every walk
// of Terraform uses the same one.
type observedStore struct {
	*shell.Store
	t *testing.T

	mu      sync.Mutex
	changed *sync.Cond
	queued  int                     // changes that the provider has queued
	batch   int                     // changes in each publish, 0 for any number
	due     int                     // changes queued when the next batch is full
	limit   time.Duration           // longest time that a publish may have left, 0 for any
	expire  context.CancelCauseFunc // ends the time of the publish under way
}

func newObservedStore(t *testing.T, double *shelld.Shell) *observedStore {
	t.Helper()
	oneAttempt := func(context.Context, time.Duration) bool { return false } // a second one would fail like the first
	s := &observedStore{Store: shell.New(double, shell.Options{Pause: oneAttempt}), t: t}
	s.changed = sync.NewCond(&s.mu)
	context.AfterFunc(t.Context(), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})
	return s
}

// Queued counts a change that waits for a publish.
func (s *observedStore) Queued() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queued++
	s.changed.Broadcast()
}

// setBatch makes every publish from now on wait until it has a number of changes.
func (s *observedStore) setBatch(changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batch, s.due = changes, s.queued+changes
}

// Quiet returns when the next batch is full. The writer asks for it at least once before each publish.
func (s *observedStore) Quiet() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.batch == 0 {
		return s.Store.Quiet()
	}
	s.wait(func() bool { return s.queued >= s.due })
	return 0
}

// queuedSoFar returns how many changes the provider has queued.
func (s *observedStore) queuedSoFar() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queued
}

// waitQueued waits until the provider has queued a number of changes.
func (s *observedStore) waitQueued(changes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait(func() bool { return s.queued >= changes })
}

// wait waits for a condition, or for the end of the test. The lock is held.
func (s *observedStore) wait(condition func() bool) {
	for !condition() && s.t.Context().Err() == nil {
		s.changed.Wait()
	}
}

// setLimit checks from now on that no publish has more time left than limit.
func (s *observedStore) setLimit(limit time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = limit
}

// PublishReport publishes in a time that expired can end.
func (s *observedStore) PublishReport(ctx context.Context, base, next []byte) (store.Report, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.mu.Lock()
	s.expire = cancel
	s.due += s.batch
	limit := s.limit
	s.mu.Unlock()
	if deadline, ok := ctx.Deadline(); limit > 0 && (!ok || time.Until(deadline) > limit) {
		s.t.Errorf("a publish has time until %v, want %v at most", deadline, limit)
	}
	return s.Store.PublishReport(ctx, base, next)
}

// expired ends the time of the publish under way, as a deadline does.
func (s *observedStore) expired() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(context.DeadlineExceeded)
}

// A plan reads the deployment once, however large it is. The changes that Terraform makes at the same time go into one
// publish: each publish waits until Terraform has used all its concurrent operations.
func TestCLICounts(t *testing.T) {
	const pairs, appliances, block, parallelism = 50, 950, 50, 10
	estate := cliEstate(cliRingPools(pairs))
	estate.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}}
	for i := range appliances {
		estate.Sites = append(estate.Sites, testkit.Site{ID: 100 + i, Branch: true})
		estate.Appliances = append(estate.Appliances, testkit.Appliance{FQDN: fmt.Sprintf("s%03d", i), Site: 100 + i, Pool: "p000"})
	}
	w, double, observed := cliObserved(t, estate)
	since := shelld.Counts{}
	ran := func(what string, want shelld.Counts) {
		t.Helper()
		is := double.Counts()
		got := shelld.Counts{Loads: is.Loads - since.Loads, Publishes: is.Publishes - since.Publishes, Enables: is.Enables - since.Enables}
		since = is
		if want.Enables = want.Publishes; got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	// Terraform's time grows with the square of the instances of one resource, so there are many resources.
	var branches strings.Builder
	for i := range appliances / block {
		fmt.Fprintf(&branches, `resource "lync_branch_backup" "b%[1]d" {
  for_each    = toset([for i in range(%[2]d) : format("s%%03d.contoso.com", i + %[1]d * %[2]d)])
  appliance   = each.value
  backup_pool = "p000.contoso.com"
}
`, i, block)
	}
	w.Config(cliRing("k", pairs, 0) + branches.String())
	plan := w.PlanJSON()
	if n := len(plan.ResourceChanges); n != pairs+appliances {
		t.Fatalf("the plan has %d resources", n)
	}
	ran("a plan of 1,000 resources", shelld.Counts{Loads: 1})

	// Terraform itself takes minutes to apply a thousand.
	w.Config(cliRing("k", pairs, 0))
	plan = w.PlanJSON()
	ran("a plan", shelld.Counts{Loads: 1})
	observed.setBatch(parallelism)
	w.MustRun("apply", plan.File)
	ran("the apply of 50 changes, ten at a time", shelld.Counts{Loads: 1, Publishes: pairs / parallelism})
	wantQuiet(t, w)
	ran("a plan of nothing", shelld.Counts{Loads: 1})
	w.MustRun("apply", "-auto-approve")
	ran("an apply of nothing", shelld.Counts{Loads: 1})
}

// A provider that is read-only never sends a script that writes.
func TestCLIReadOnlySendsNoScriptThatWrites(t *testing.T) {
	w, double := cliLive(t, cliEstate("a b c d", "a-b"))
	config := func(text string) {
		w.Config(text)
		testkit.Edit(t, w.Path("main.tf"), "provider \"lync\" {\n", "provider \"lync\" {\n  read_only = true\n")
	}
	config(cliPair("x", "c-d"))
	w.MustFail("read-only", "apply", "-auto-approve")
	config(cliPair("y", "a-b") + "import {\n  to = lync_pool_pair.y\n  id = \"a.contoso.com\"\n}\n")
	w.MustRun("apply", "-auto-approve") // an import writes the state alone
	w.MustFail("read-only", "destroy", "-auto-approve")
	for _, request := range double.Requests() {
		if request.Script != string(powershell.GetTopology) {
			t.Errorf("%s was sent", request.Script)
		}
	}
}

// Whatever names, sites and notes of a document have in them arrives as it is: scripts are constant, which the double
// checks, and values are data.
func TestCLINamesOfAllKinds(t *testing.T) {
	const odd = "Site '\"`$(Stop-Computer)`\" & <b> %PATH% ; | \u2018\u2019 \u6771\u4eac \u00e9 {lync:00000000000000000000000000000000:end} \n end"
	estate := cliEstate("a b")
	estate.Sites = []testkit.Site{{ID: 1, Name: odd}, {ID: 2, Name: "$env:USERNAME", Description: odd}}
	w, double := cliLive(t, estate)
	before := double.Document()
	w.Config(cliPair("x", "a-b") + "data \"lync_topology\" \"all\" {}\noutput \"sites\" {\n  value = data.lync_topology.all.sites[*].name\n}\n")
	w.MustRun("apply", "-auto-approve")
	if !strings.Contains(w.Run("output", "-json", "sites").Stdout, `$(Stop-Computer)`) {
		t.Error("the name of the site is another one")
	}
	wantQuiet(t, w)
	w.MustRun("destroy", "-auto-approve")
	if diff := testkit.Diff(before, double.Document()); diff != "" {
		t.Errorf("the document has changed:\n%s", diff)
	}
	for _, name := range []string{"a'b.contoso.com", "$(x).contoso.com", "a`b.contoso.com", "a\\nb.contoso.com"} {
		w.Config(fmt.Sprintf("resource \"lync_pool_pair\" \"x\" {\n  pools = [\"%s\", \"b.contoso.com\"]\n}\n", name))
		if r := w.Run("plan"); r.ExitCode == 0 {
			t.Errorf("%q is taken for a pool", name)
		}
	}
}
