package shell_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
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
			folder := oldBackups(t)
			store := shell.New(transport, shell.Options{
				Directory: folder, DomainController: "dc1.contoso.com", GlobalCatalog: "gc1.contoso.com",
			})
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
			assertArguments(t, host, folder)
			assertOldBackupsRemoved(t, folder)
		})
	}
}

// assertArguments checks the arguments of the cmdlets that write.
func assertArguments(t *testing.T, host *csmodule.Host, folder string) {
	t.Helper()
	shared := []string{
		"Confirm=False", "ErrorAction=Continue", "ErrorVariable=lyncErrors", "GlobalCatalog=gc1.contoso.com",
		"GlobalSettingsDomainController=dc1.contoso.com", "WarningVariable=lyncWarnings",
	}
	for cmdlet, own := range map[string][]string{
		"Publish-CsTopology": {
			"BackupFileName=FOLDER/RUN.before.xml", "FileName=FOLDER/RUN.wanted.xml", "Force=True",
			"Report=FOLDER/RUN.publish.html",
		},
		"Enable-CsTopology": {"Report=FOLDER/RUN.enable.html"},
	} {
		want := slices.Sorted(slices.Values(append(own, shared...)))
		calls := host.Arguments(cmdlet)
		if len(calls) != 1 {
			t.Fatalf("%s ran %d times", cmdlet, len(calls))
		}
		neutral := neutralText(folder + string(filepath.Separator))
		for i := range calls[0] {
			calls[0][i] = neutral(calls[0][i])
		}
		if !slices.Equal(calls[0], want) {
			t.Errorf("%s has the arguments\n%q, want\n%q", cmdlet, calls[0], want)
		}
	}
}

// foreignFiles are files that look like those of an old run, but do not belong to one.
var foreignFiles = []string{"20120101T000000Z-0000000A.before.xml", "20110101t000000z-00000000.before.xml", "notes.xml"}

// oldBackups returns a folder with the files of 20 old runs, the number of backups that remain, and some others.
func oldBackups(t *testing.T) string {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Clone(foreignFiles)
	for i := range 20 {
		run := fmt.Sprintf("20120101T0000%02dZ-%08x", i, i)
		names = append(names, run+".before.xml", run+".wanted.xml")
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// assertOldBackupsRemoved checks that a publish has removed the oldest of the runs of oldBackups and nothing else.
func assertOldBackupsRemoved(t *testing.T, folder string) {
	t.Helper()
	for pattern, want := range map[string]int{"20120101T000000Z-00000000.*": 0, "2012*-000000??.wanted.xml": 19} {
		if files, err := filepath.Glob(filepath.Join(folder, pattern)); err != nil || len(files) != want {
			t.Errorf("%d files %s, want %d, %v", len(files), pattern, want, err)
		}
	}
	for _, name := range foreignFiles {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
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
