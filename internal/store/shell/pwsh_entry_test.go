//go:build unix

package shell_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/csmodule"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The credential of a session. Other passwords are wrong.
const (
	entryUser     = `CONTOSO\admin`
	entryPassword = "geheim \u00e9\u6771" //nolint:gosec // only for the double and the stand-in
)

// hangs makes the scripts of a host wait at a step. The channel receives the connection of each script that waits. A
// script continues when its connection is closed.
func hangs(t *testing.T, host *csmodule.Host, step string) <-chan net.Conn {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	host.SetFaults(csmodule.Fault{"Hang", step, listener.Addr().String()})
	conns := make(chan net.Conn)
	go func() {
		defer close(conns)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns <- conn
		}
	}()
	return conns
}

// recorder keeps all output of a transport.
type recorder struct {
	powershell.Watched

	mu  sync.Mutex
	all strings.Builder
}

func (r *recorder) RunWatched(
	ctx context.Context, script string, input io.Reader, seen func([]byte),
) (powershell.Output, error) {
	output, err := r.Watched.RunWatched(ctx, script, input, func(piece []byte) {
		r.mu.Lock()
		r.all.Write(piece)
		r.mu.Unlock()
		seen(piece)
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all.Write(output.Stdout)
	r.all.Write(output.Stderr)
	return output, err
}

func (r *recorder) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	return r.RunWatched(ctx, script, input, func([]byte) {})
}

// TestEntryInPowerShell reads and publishes a large document with non-ASCII names in sessions of a real PowerShell. The
// mark of the publish arrives while the script waits. The password is in no argument, variable and output.
func TestEntryInPowerShell(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	comment := "<!--" + powershelltest.Document(5_000_000) + "-->"
	base := []byte(strings.Replace(renameLyon(string(paired())), "<Topology", comment+"<Topology", 1))
	password := entryPassword + powershell.NewID()
	host := csmodule.Start(t, base)
	output := &recorder{Watched: host.OpenSessions(t, entryUser, password).Transport(entryUser, password)}
	observed := &markObserver{output, make(chan struct{}), make(chan struct{})}
	store := shell.New(observed, shell.Options{})
	got, err := store.Load(t.Context())
	if err != nil || testkit.Decode(got) != testkit.Decode(base) {
		t.Fatalf("%v, read %d bytes, want %d", err, len(got), len(base))
	}
	conns := hangs(t, host, "publishing")
	go func() {
		for conn := range conns {
			await(t, observed.publishing)
			if where := findInProcesses(password); where != "" {
				t.Errorf("the password is in %s", where)
			}
			_ = conn.Close()
		}
	}()
	next := unpaired(t, base)
	result, err := store.Publish(t.Context(), base, next)
	if !succeeded(result, err) {
		t.Fatalf("%s, %+v", message(result, err), result)
	}
	if !topology.Equivalent(parse(t, host.Document()), parse(t, next)) {
		t.Error("the stored document differs")
	}
	if counts := host.Counts(); counts.Publishes != 1 || counts.Enables != 1 {
		t.Errorf("%+v", counts)
	}
	if strings.Contains(output.all.String(), entryPassword) {
		t.Error("the password is in the output")
	}
}

// findInProcesses returns a file of /proc with the arguments or the environment of a process that contains a text, or
// an empty path. Only Linux has such files.
func findInProcesses(text string) string {
	for _, name := range []string{"cmdline", "environ"} {
		paths, _ := filepath.Glob("/proc/[0-9]*/" + name)
		for _, path := range paths {
			// The process can have ended.
			if content, _ := os.ReadFile(path); strings.Contains(string(content), text) { //nolint:gosec // of /proc
				return path
			}
		}
	}
	return ""
}

// TestEntryEndsWithItsHost ends the PowerShell that has opened a session. The session ends itself, unless its script
// has started to publish. In this case the script finishes.
func TestEntryEndsWithItsHost(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	base := paired()
	next := unpaired(t, base)
	input := contractScripts(base, next)["publish"].input
	for step, publishes := range map[string]bool{"writing": false, "publishing": true} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			host := csmodule.Start(t, base)
			sessions := host.OpenSessions(t, entryUser, entryPassword)
			transport := sessions.Transport(entryUser, entryPassword)
			conns := hangs(t, host, step)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() {
				_, err := powershell.Run(ctx, transport, publish, input)
				done <- err
			}()
			conn, ok := <-conns
			if !ok {
				t.Fatal(<-done)
			}
			host.SetFaults()
			cancel()
			if err := <-done; !errors.Is(err, powershell.Canceled) {
				t.Errorf("the script ended with %v", err)
			}
			if !publishes {
				sessions.Wait()
			}
			// While the session has the lock, this takes a second or longer, in which the session can end itself.
			if settled, _ := readBackIn(t, host, input); settled == publishes {
				t.Errorf("the lock is free: %v", settled)
			}
			_ = conn.Close()
			if publishes {
				data, _ := input.Data.(shell.PublishData)
				data.LockSeconds = 600
				input.Data = data
			}
			settled, document := readBackIn(t, host, input)
			want := map[bool][]byte{false: base, true: next}[publishes]
			if !settled || !topology.Equivalent(parse(t, []byte(document)), parse(t, want)) {
				t.Errorf("the lock is free: %v, the document:\n%s", settled, testkit.Diff(want, []byte(document)))
			}
			if counts := host.Counts(); (counts.Enables == 1) != publishes {
				t.Errorf("%+v", counts)
			}
		})
	}
}

// readBackIn waits for the lock and reads the topology, without a session.
func readBackIn(t *testing.T, host *csmodule.Host, input powershell.Input) (settled bool, document string) {
	t.Helper()
	result, err := powershell.Run(t.Context(), host.Transport(), readBack, input)
	var facts shell.ReadBackFacts
	if err := errors.Join(err, json.Unmarshal(result.Value, &facts)); err != nil {
		t.Fatal(err)
	}
	return facts.Settled, result.Document
}

// everyStream is the work of a script that writes to every stream.
const everyStream = `
    Write-Output '{lync:0:result}'
    Write-Host '{lync:0:result}'
    Write-Verbose '{lync:0:result}' -Verbose
    Write-Debug '{lync:0:result}' -Debug
    Write-Information '{lync:0:result}' -InformationAction Continue
    Write-Progress -Activity '{lync:0:result}' -Status 'x'
    Write-Warning '{lync:0:result}'
    Write-Error '{lync:0:result}' -ErrorAction Continue
    [Console]::Out.WriteLine('{lync:0:result}')
    [Console]::Error.WriteLine('{lync:0:result}')
    $Lync.Result['text'] = $Lync.Data`

// TestEntryRefusals runs a script in sessions that cannot run it, and scripts with every kind of output and end.
func TestEntryRefusals(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	for name, tc := range map[string]struct {
		configure func(*csmodule.Host, *csmodule.Sessions)
		work      string
		long      bool            // only with LYNC_TEST_LONG
		wantKind  powershell.Kind // "" for a result
		want      string          // a part of the error, or the value
	}{
		"Constrained Language Mode": {
			func(_ *csmodule.Host, s *csmodule.Sessions) { s.SetLanguageMode("ConstrainedLanguage") }, "", false,
			powershell.LanguageMode,
			"restricted language mode: ConstrainedLanguage",
		},
		"an old version": {
			func(_ *csmodule.Host, s *csmodule.Sessions) { s.SetVersion("2.0") }, "", true,
			powershell.OldPowerShell, "2.0",
		},
		"exit": {nil, "exit 7", true, powershell.NoResult, "no result"},
		"exit, and an error when the session closes": {
			func(h *csmodule.Host, _ *csmodule.Sessions) { h.SetFaults(csmodule.Fault{"CloseFails"}) }, "exit 7", true,
			powershell.NoResult, "no result",
		},
		"every stream": {nil, everyStream, false, "", `{"text":"` + entryPassword + `"}`},
	} {
		if tc.long && !testkit.IsLong() {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := csmodule.Start(t, paired())
			sessions := host.OpenSessions(t, entryUser, entryPassword)
			if tc.configure != nil {
				tc.configure(host, sessions)
			}
			script := powershell.NewScript("some-script", nil, "\nInvoke-Lync {\n"+tc.work+"\n}\n")
			result, err := powershell.Run(t.Context(), sessions.Transport(entryUser, entryPassword), script,
				powershell.Input{Data: entryPassword})
			if tc.wantKind == "" {
				if err != nil || string(result.Value) != tc.want {
					t.Errorf("got %s, %v, want %s", result.Value, err, tc.want)
				}
				return
			}
			if !errors.Is(err, tc.wantKind) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s, %q", err, tc.wantKind, tc.want)
			}
		})
	}
}
