package shell_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// storeTransport is a transport to a host with a real PowerShell that starts with a culture.
type storeTransport struct {
	culture string // on other systems than Windows
	open    func(t *testing.T, host *csmodule.Host) powershell.Transport
}

var storeTransports = map[string]storeTransport{
	"local": {"fa_IR.UTF-8", func(_ *testing.T, host *csmodule.Host) powershell.Transport {
		return host.Transport()
	}},
}

// TestStoreInPowerShell reads, publishes and enables a topology with non-ASCII names in a real PowerShell that starts
// with another culture, over each of the transports.
func TestStoreInPowerShell(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	for name, tc := range storeTransports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := []byte(renameLyon(string(paired())))
			host := csmodule.Start(t, base)
			host.Setenv("LC_ALL", tc.culture)
			transport := tc.open(t, host)
			t.Cleanup(func() { _ = transport.Close() })
			store := shell.New(transport, shell.Options{})
			got, err := store.Load(t.Context())
			if err != nil || testkit.Decode(got) != testkit.Decode(base) {
				t.Fatalf("%v, read:\n%s", err, testkit.Diff(base, got))
			}
			next := unpaired(t, base)
			result, err := store.Publish(t.Context(), base, next)
			if !succeeded(result, err) {
				t.Fatalf("%s, %+v", message(result, err), result)
			}
			if !topology.Equivalent(parse(t, host.Document()), parse(t, next)) {
				t.Errorf("the stored document differs:\n%s", testkit.Diff(next, host.Document()))
			}
			if counts := host.Counts(); counts.Publishes != 1 || counts.Enables != 1 {
				t.Errorf("%+v", counts)
			}
		})
	}
}

// TestLockOfPowerShells checks that the lock excludes another process of a real PowerShell, and that it is free after
// its holder was killed.
func TestLockOfPowerShells(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	base := paired()
	host := csmodule.Start(t, base)
	peer, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Close() })
	host.SetFaults(csmodule.Fault{"Hang", "publishing", peer.Addr().String()})

	input := contractScripts(base, unpaired(t, base))["publish"].input
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	done := make(chan error, 1)
	go func() {
		_, err := powershell.Run(ctx, host.Transport(), publish, input)
		done <- err
	}()
	conn, err := peer.Accept() // the script holds the lock
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()

	settled := func() bool {
		t.Helper()
		result, err := powershell.Run(t.Context(), host.Transport(), readBack, input)
		var facts shell.ReadBackFacts
		if err := errors.Join(err, json.Unmarshal(result.Value, &facts)); err != nil {
			t.Fatal(err)
		}
		return facts.Settled
	}
	if settled() {
		t.Error("two processes have the lock")
	}
	kill()
	if err := <-done; !errors.Is(err, powershell.Canceled) {
		t.Errorf("the first process: %v", err)
	}
	if !settled() {
		t.Error("the lock of a killed process is not free")
	}
}
