package provider_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	terraform "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// serve makes the runs of a workspace use a provider in this process. Terraform then does not start the provider, which
// it does several times in every run and which needs most of the time of a run. Every walk still configures a new
// provider. Runs of one workspace must not overlap.
func serve(t *testing.T, w *testkit.Workspace, newProvider func() terraform.Provider) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	served, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		factory := func() tfprotov6.ProviderServer { return provider.NewServer(newProvider()) }
		failed <- tf6server.Serve("registry.terraform.io/lync-iac/lync", factory,
			tf6server.WithDebug(ctx, served, closed), tf6server.WithLoggingSink(t),
			tf6server.WithGoPluginLogger(hclog.NewNullLogger()))
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
	running := reattach{string(config.Protocol), config.ProtocolVersion, config.Pid, config.Test,
		address{config.Addr.Network(), config.Addr.String()}}
	text, err := json.Marshal(map[string]reattach{
		"registry.terraform.io/lync-iac/lync": running, "registry.opentofu.org/lync-iac/lync": running,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Setenv("TF_REATTACH_PROVIDERS", string(text))
}
