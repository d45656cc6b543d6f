package provider_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// publishTime is the duration of a publish by a slow deployment. It is longer than the 5 s after which a check no
// longer expects that a pool is released.
const publishTime = 6 * time.Second

// slowFile is a topology file that is as slow as a live deployment while slow is set.
type slowFile struct {
	store.Store
	slow      *atomic.Bool
	published *atomic.Int64 // number of slow publishes
}

// Quiet is that of a live deployment: concurrent changes go into one publish.
func (s slowFile) Quiet() time.Duration { return 200 * time.Millisecond }

func (s slowFile) Publish(ctx context.Context, base, next []byte) (store.Result, error) {
	if s.slow.Load() {
		s.published.Add(1)
		timer := time.NewTimer(publishTime)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return store.Result{}, ctx.Err()
		}
	}
	return s.Store.Publish(ctx, base, next)
}

// TestCLISlowStore changes resources that need pools of each other on a slow store. They wait longer than any pause in
// the work.
func TestCLISlowStore(t *testing.T) {
	t.Parallel()
	for name, tt := range repairCases(24) {
		if !tt.slowToo {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := cliProcess(t, tt.estate)
			var slow atomic.Bool
			var published atomic.Int64
			serve(t, w, provider.NewWithStore("test", func(string) store.Store {
				return slowFile{file.New(w.Path(testkit.DocumentName)), &slow, &published}
			}))
			w.Config(tt.before)
			w.MustRun("apply", "-auto-approve", "-parallelism=100")
			before := w.Document()

			slow.Store(true)
			w.Config(tt.after)
			plan := w.PlanJSON()
			tt.check(t, plan)
			assertDocument(t, w, before)
			assertNotInconsistent(t, w.MustRun("apply", plan.File))
			assertPairs(t, w.Document(), tt.want...)
			if published.Load() < 2 {
				t.Errorf("%d slow publishes, so nothing was slow", published.Load())
			}
			assertNoChanges(t, w)
			t.Logf("%d slow publishes", published.Load())
		})
	}
}
