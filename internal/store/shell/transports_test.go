//go:build unix

package shell_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/ssh"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/sshd"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// openTransport returns a real transport to the double. check fails the test if the closed transport has left anything
// on the host.
type openTransport func(t *testing.T, double *shelld.Shell) (transport powershell.Watched, check func(t *testing.T))

var transports = map[string]openTransport{
	"local": func(t *testing.T, double *shelld.Shell) (powershell.Watched, func(*testing.T)) {
		t.Helper()
		return &local.Transport{Executable: double.Executable()}, func(*testing.T) { double.WaitForProcesses() }
	},
	"ssh": func(t *testing.T, double *shelld.Shell) (powershell.Watched, func(*testing.T)) {
		t.Helper()
		return overSSH(t, sshd.Start(t, []string{double.Listen()}).Signalling()),
			func(*testing.T) { double.WaitForProcesses() }
	},
	// A server on Windows behaves like this one: it starts a shell that runs the command.
	"ssh without signals": func(t *testing.T, double *shelld.Shell) (powershell.Watched, func(*testing.T)) {
		t.Helper()
		server := sshd.Start(t, []string{double.Listen()}, `ForceCommand sh -c "$SSH_ORIGINAL_COMMAND"; exit $?`)
		return overSSH(t, server), func(*testing.T) { double.WaitForProcesses() }
	},
	"local, CredSSP": func(t *testing.T, double *shelld.Shell) (powershell.Watched, func(*testing.T)) {
		t.Helper()
		double.RequireSecondHop(`CONTOSO\admin`, "geheim")

		inside, ok := powershell.CredSSP(&local.Transport{Executable: double.Executable()}, `CONTOSO\admin`,
			"geheim").(powershell.Watched)
		if !ok {
			t.Fatal("the transport cannot be watched")
		}
		return inside, func(*testing.T) { double.WaitForProcesses() }
	},
	"winrm": func(t *testing.T, double *shelld.Shell) (powershell.Watched, func(*testing.T)) {
		t.Helper()
		const user, password = `LYNC\admin`, "geheim" //nolint:gosec // only for the double

		ca := winrmd.NewAuthority(t)
		file := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(file, ca.PEM, 0o600); err != nil {
			t.Fatal(err)
		}
		server := winrmd.Start(t, winrmd.Options{
			User: user, Password: password, TLS: ca.Server(t), MaxWait: 50 * time.Millisecond,
			Process: func(ctx context.Context, _ string, stdin io.Reader, stdout, stderr io.Writer) int {
				return double.Serve(ctx, stdin, stdout, stderr)
			},
		})

		w, err := winrm.New(winrm.Config{
			Host: server.Host, Port: server.Port, User: user, Password: password, CAFile: file,
		})
		if err != nil {
			t.Fatal(err)
		}
		return w, func(t *testing.T) {
			t.Helper()
			server.Wait(func(n winrmd.Count) bool { return n.Started == n.Ended })
			if server.Open() != 0 {
				t.Errorf("%d shells are open: %+v", server.Open(), server.Count())
			}
		}
	},
}

func overSSH(t *testing.T, server *sshd.Server) powershell.Watched {
	t.Helper()
	s, err := ssh.New(ssh.Config{
		Host: server.Host, Port: server.Port, User: server.User, PrivateKey: server.PrivateKey,
		HostKey: server.HostKey(), Executable: os.Args[0],
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// markObserver closes a channel after it has passed on a mark: that of an open session of CredSSP, and that of a
// publish.
type markObserver struct {
	powershell.Watched
	opened, publishing chan struct{}
}

func (m *markObserver) RunWatched(
	ctx context.Context, script string, input io.Reader, seen func([]byte),
) (powershell.Output, error) {
	var (
		all     strings.Builder
		waiting = map[string]chan struct{}{":opened}": m.opened, ":publishing}": m.publishing}
	)
	return m.Watched.RunWatched(ctx, script, input, func(piece []byte) {
		seen(piece)
		all.Write(piece)
		for mark, observed := range waiting {
			if !strings.Contains(all.String(), mark) {
				continue
			}
			select {
			case <-observed: // by an earlier script
			default:
				close(observed)
			}
		}
	})
}

// TestCancelOverTransports checks over each real transport that a cancellation before the publish stops the script,
// that the script continues after a later one, and that nothing remains open.
func TestCancelOverTransports(t *testing.T) {
	t.Parallel()
	for name, open := range transports {
		for _, tc := range []struct {
			name  string
			fault func(stop func(), observed *markObserver) shelld.Fault

			wantEnd      ending
			wantDocument storedDocument
		}{
			{"never", nil, succeeded, holdsNext},
			{
				"before", func(stop func(), observed *markObserver) shelld.Fault {
					return shelld.Fault{Script: publish, At: shelld.Writing, Hang: true, Notify: func() {
						if strings.Contains(name, "CredSSP") {
							await(t, observed.opened) // else the password can count as a wrong one
						}
						stop()
					}}
				},
				notPublished, holdsBase,
			},
			{
				"after", func(stop func(), observed *markObserver) shelld.Fault {
					return shelld.Fault{Script: publish, At: shelld.Publishing, Slow: 300 * time.Millisecond,
						Notify: func() {
							await(t, observed.publishing)
							stop()
						}}
				},
				succeeded, holdsNext,
			},
		} {
			t.Run(name+"/"+tc.name, func(t *testing.T) {
				t.Parallel()
				base := paired()
				next := unpaired(t, base)
				double := shelld.New(t, base)

				transport, check := open(t, double)
				watched := &markObserver{transport, make(chan struct{}), make(chan struct{})}

				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				if tc.fault != nil {
					double.Inject(tc.fault(stop, watched))
				}
				result, err := shell.New(watched, shell.Options{}).Publish(ctx, base, next)
				if !tc.wantEnd(result, err) {
					t.Errorf("ended with %T: %v, %+v", err, err, result)
				}
				want := 0
				if tc.wantDocument == holdsNext {
					want = 1
				}
				stored := parse(t, double.Document())
				if got := topology.Equivalent(stored, parse(t, next)); got != (want == 1) {
					t.Errorf("the stored document is equivalent to the next one: %v", got)
				}
				if counts := double.Counts(); counts.Publishes != want || counts.Enables != want {
					t.Errorf("%+v, want %d publishes", counts, want)
				}
				if err := transport.Close(); err != nil {
					t.Error(err)
				}
				check(t)
			})
		}
	}
}

// await waits for a mark.
func await(t *testing.T, observed <-chan struct{}) {
	t.Helper()
	select {
	case <-observed:
	case <-time.After(time.Minute):
		t.Error("the store did not observe the mark while the script ran")
	}
}
