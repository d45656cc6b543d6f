package powershell_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

const hopUser = `CONTOSO\admin`

// hopPassword contains sequences that are special to shells, PowerShell, JSON and the protocol.
//
//nolint:gosec // only for the double
const hopPassword = "S3cret '\"`$(x) %PATH% .\n.\r\n\\ \u00e9\u6771\U0001f3e2 {lync:"

func newHopDouble(t *testing.T) *shelld.Shell {
	t.Helper()

	estate := testkit.Paired()
	estate.Encoding = testkit.UTF8
	double := shelld.New(t, estate.Document())
	double.RequireSecondHop(hopUser, hopPassword)
	return double
}

// Without CredSSP the store is unreachable. With it, the result and the mark of a publish arrive.
func TestCredSSP(t *testing.T) {
	t.Parallel()

	double := newHopDouble(t)

	_, err := powershell.Run(t.Context(), double, shell.GetTopology, powershell.Input{})
	if err == nil || !strings.Contains(err.Error(), "ANONYMOUS LOGON") {
		t.Errorf("without: %v", err)
	}
	inside := powershell.CredSSP(double, hopUser, hopPassword)
	if inside.Host() != shelld.HostName {
		t.Errorf("host %s", inside.Host())
	}
	result, err := powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{})
	if err != nil || result.Document != string(double.Document()) || result.Host.Computer != "FE1" {
		t.Fatalf("with: %v", err)
	}
	marks := 0

	watching, ok := powershell.OnMark(inside, "publishing", func() { marks++ })
	if !ok {
		t.Fatal("the transport does not pass on output")
	}
	data := shell.PublishData{
		Run: strings.Repeat("0", 32), BaseSHA256: powershell.Hash([]byte(result.Document)), LockSeconds: 1,
	}

	result, err = powershell.Run(
		t.Context(),
		watching,
		shell.PublishTopology,
		powershell.Input{Data: data, Document: result.Document},
	)
	if err != nil || marks != 1 || decodeValue[shell.PublishFacts](t, result).Outcome != shell.OutcomeCalled {
		t.Errorf("publish: %v, %d marks, %s", err, marks, result.Value)
	}
	if counts := double.Counts(); counts.Entries != 2 || counts.Publishes != 1 {
		t.Errorf("%+v", counts)
	}

	// Only the secret of re-enter contains the password. The double fails the test if any data or text does.
	for _, request := range double.Requests()[1:] {
		if request.Script != "re-enter" || request.Inner == nil ||
			string(request.Data) != `{"user":"CONTOSO\\admin"}` || request.Secret != hopPassword ||
			request.Inner.Secret != "" {
			t.Errorf("sent %s with %s", request.Script, request.Data)
		}
	}
	if _, ok := powershell.CredSSP(double.Unwatched(), hopUser, hopPassword).(powershell.Watched); ok {
		t.Error("a transport over one that passes on no output must not pass on output")
	}
}

// A host that cannot open the session: the script did not run, and the error names the setting.
func TestCredSSPNotOpened(t *testing.T) {
	t.Parallel()

	const (
		client  = "Enable-WSManCredSSP -Role Client -DelegateComputer " + shelld.HostName
		service = "Enable-WSManCredSSP -Role Server"
		admin   = "An administrator sets that on " + shelld.HostName
	)

	for name, test := range map[string]struct {
		fault shelld.Fault
		texts []string
		not   string
	}{
		"client off": {
			shelld.Fault{Entry: "-2144108126"},
			[]string{"host as a client", client, admin},
			service,
		},
		"client off by its setting": {
			shelld.Fault{Entry: "-1", Client: "false", Service: "true"},
			[]string{"host as a client", client, admin},
			service,
		},
		"server off": {
			shelld.Fault{Entry: "-1", Client: "true", Service: "false"},
			[]string{"host as a server", service, admin},
			client,
		},
		"both off": {
			shelld.Fault{Entry: "-1", Client: "false", Service: "false"},
			[]string{"both sides", client, service, admin},
			"As a",
		},
		"not delegated": {
			shelld.Fault{Entry: "-2144108125", Client: "true", Service: "true"},
			[]string{client, "WSMAN/" + shelld.HostName, "Group Policy", admin},
			service,
		},
		"not delegated, NTLM": {
			shelld.Fault{Entry: "-2144108124"},
			[]string{client, "WSMAN/" + shelld.HostName, "NTLM-only", admin},
			service,
		},
		"denied": {
			shelld.Fault{Entry: "AccessDenied"},
			[]string{"password are right", "Remote Management Users"},
			"Enable-",
		},
		"logon": {shelld.Fault{Entry: "LogonFailure"}, []string{"password are right"}, "Enable-"},
		"no listener": {
			shelld.Fault{Entry: "CannotConnect"},
			[]string{"port 5985", "Enable-PSRemoting", admin},
			"Enable-WSMan",
		},
		"something else": {
			shelld.Fault{Entry: "4711"},
			[]string{"Get-WSManCredSSP", client, service, "(4711,PSSessionOpenFailed, OpenError)"},
			"As a",
		},
		"another language": {
			shelld.Fault{Entry: "-2144108126", Localized: true},
			[]string{client, "\u00dcberpr\u00fcfung"},
			service,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			double := newHopDouble(t)
			double.Inject(test.fault)

			inside := powershell.CredSSP(double, hopUser, hopPassword)
			_, err := powershell.Run(t.Context(), inside, shell.PublishTopology, powershell.Input{})

			var failed *powershell.Error
			if !errors.As(err, &failed) || failed.Kind != powershell.NotStarted || failed.OutcomeUnknown() {
				t.Fatalf("got %v", err)
			}
			for _, text := range append(test.texts, "cannot open a session to itself ("+shelld.HostName+")") {
				if !strings.Contains(err.Error(), text) {
					t.Errorf("no %q in: %v", text, err)
				}
			}
			if strings.Contains(err.Error(), test.not) || strings.Contains(err.Error(), "S3cret") ||
				strings.Contains(err.Error(), "{lync:") {
				t.Errorf("unexpected text in: %v", err)
			}
			if counts := double.Counts(); counts.Entries != 0 || counts.Publishes != 0 {
				t.Errorf("%+v", counts)
			}
		})
	}
	double := newHopDouble(t)
	inside := powershell.CredSSP(double, hopUser, "S4cret wrong")

	_, err := powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{})
	if !errors.Is(err, powershell.NotStarted) {
		t.Errorf("with a wrong password: %v", err)
	}
}

// A session that ends before its script: the outcome of the script is unknown.
func TestCredSSPSessionEnds(t *testing.T) {
	t.Parallel()

	double := newHopDouble(t)
	double.Inject(shelld.Fault{At: shelld.Read, Ended: true})

	inside := powershell.CredSSP(double, hopUser, hopPassword)
	_, err := powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{})
	if !errors.Is(err, powershell.Lost) || !strings.Contains(err.Error(), "ended before the script did") ||
		!strings.Contains(err.Error(), "JobFailure") ||
		strings.Contains(err.Error(), "{lync:") {
		t.Errorf("got %v", err)
	}

	// A lost connection has the same result.
	double.Inject(shelld.Fault{At: shelld.Answer, Lost: true})

	_, err = powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{})
	if !errors.Is(err, shelld.ErrLost) {
		t.Errorf("got %v", err)
	}
}

// Errors that the output of the script reports have the same kind as without CredSSP.
func TestCredSSPRefusals(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		output powershell.Output
		err    error
		kind   powershell.Kind
	}{
		"language mode": {
			powershell.Output{Stdout: []byte("lync-refused:language-mode:ConstrainedLanguage\r\n")},
			nil,
			powershell.LanguageMode,
		},
		"version": {
			powershell.Output{Stdout: []byte("lync-refused:version:2.0\r\n")},
			nil,
			powershell.OldPowerShell,
		},
		"PowerShell": {powershell.Output{ExitCode: 4}, nil, powershell.ExitCode},
		"not started": {
			powershell.Output{},
			&powershell.StartError{Err: syscall.ECONNREFUSED},
			powershell.NotStarted,
		},
		"connection":     {powershell.Output{Stdout: []byte("half a")}, syscall.ECONNRESET, powershell.Lost},
		"other than one": {powershell.Output{Stdout: []byte("Welcome")}, nil, powershell.NoResult},
	} {
		inside := powershell.CredSSP(fixedTransport{test.output, test.err}, hopUser, hopPassword)
		_, err := powershell.Run(t.Context(), inside, someScript, powershell.Input{})
		if !errors.Is(err, test.kind) || test.err != nil && !errors.Is(err, test.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// fixedTransport is a transport that always returns the same output and error.
type fixedTransport struct {
	output powershell.Output
	err    error
}

func (fixedTransport) Host() string { return "fe1.contoso.com" }
func (fixedTransport) Close() error { return nil }
func (a fixedTransport) Run(context.Context, string, io.Reader) (powershell.Output, error) {
	return a.output, a.err
}

// countedTransport is a fixedTransport that counts its runs.
type countedTransport struct {
	fixedTransport

	runs int
}

func (c *countedTransport) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	c.runs++
	return c.fixedTransport.Run(ctx, script, input)
}
