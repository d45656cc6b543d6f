package provider_test

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// publishTime is how long a live deployment may take to publish.
const publishTime = 10 * time.Second

// slowFile is a topology file that takes its time, as a live deployment does, while slow is on.
type slowFile struct {
	store.Store
	slow      *atomic.Bool
	published *atomic.Int64 // slowly
}

// Quiet is that of a live deployment: what Terraform does at a time goes into one publish.
func (s slowFile) Quiet() time.Duration { return 200 * time.Millisecond }

func (s slowFile) Publish(ctx context.Context, base, next []byte) error {
	if s.slow.Load() {
		s.published.Add(1)
		timer := time.NewTimer(publishTime)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.Store.Publish(ctx, base, next)
}

// serve makes the runs of a workspace use a provider of this process, on another store behind topology_file. (The
// steps of resource.UnitTest cannot do this for us: they know no for_each.)
func serve(t *testing.T, w *testkit.Workspace, open func(path string) store.Store) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	served, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		factory := func() tfprotov6.ProviderServer {
			return providerserver.NewProtocol6(provider.NewWithStore("test", open)())()
		}
		failed <- tf6server.Serve("registry.terraform.io/lync-iac/lync", factory,
			tf6server.WithDebug(ctx, served, closed), tf6server.WithLoggingSink(t), tf6server.WithGoPluginLogger(hclog.NewNullLogger()))
	}()
	t.Cleanup(func() {
		cancel()
		<-closed
	})
	var config *plugin.ReattachConfig
	select {
	case config = <-served:
	case err := <-failed:
		t.Fatal(err)
	}
	type address struct{ Network, String string }
	type reattach struct {
		Protocol        string
		ProtocolVersion int
		Pid             int
		Test            bool
		Addr            address
	}
	provider := reattach{string(config.Protocol), config.ProtocolVersion, config.Pid, config.Test, address{config.Addr.Network(), config.Addr.String()}}
	text, err := json.Marshal(map[string]reattach{
		"registry.terraform.io/lync-iac/lync": provider, "registry.opentofu.org/lync-iac/lync": provider,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Setenv("TF_REATTACH_PROVIDERS", string(text))
}

// On a slow store, resources that need each other's pools wait for one another longer than any pause in the work.
func TestCLISlowStore(t *testing.T) {
	for name, tt := range repairs() {
		if !tt.slowToo {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := cliWorkspace(t, tt.estate)
			var slow atomic.Bool
			var published atomic.Int64
			serve(t, w, func(string) store.Store {
				return slowFile{file.New(w.Path(testkit.DocumentName)), &slow, &published}
			})
			w.Config(tt.before)
			w.MustRun("apply", "-auto-approve", "-parallelism=100")
			before := w.Document()

			slow.Store(true)
			w.Config(tt.after)
			plan := w.PlanJSON()
			tt.check(t, plan)
			wantSame(t, w, before)
			notInconsistent(t, w.MustRun("apply", plan.File))
			wantPairs(t, w.Document(), tt.want...)
			if published.Load() < 2 {
				t.Errorf("%d slow publishes, so nothing was slow", published.Load())
			}
			wantQuiet(t, w)
			t.Logf("%d slow publishes", published.Load())
		})
	}
}
