package powershell_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// The domain controller counts each login with a wrong password. A walk costs one count, however many scripts run at
// the same time and one after another.
func TestCredSSPWrongPasswordCountsOnce(t *testing.T) {
	t.Parallel()

	const once, lost = "does not try the login again in this run", "may have counted the login as failed"

	for name, test := range map[string]struct {
		fault     shelld.Fault
		unwatched bool
		want      string
	}{
		"wrong":                  {want: once},
		"wrong, without watcher": {unwatched: true, want: once},
		"logon failure":          {fault: shelld.Fault{Entry: "LogonFailure"}, want: once},
		"unknown error":          {fault: shelld.Fault{Entry: "4711"}, want: once},
		"connection lost":        {fault: shelld.Fault{At: shelld.Entering, Lost: true}, want: lost},
		"connection lost, without watcher": {
			fault: shelld.Fault{At: shelld.Entering, Lost: true}, unwatched: true, want: lost,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			double := newHopDouble(t)
			double.Inject(test.fault)

			password := hopPassword
			if name == "wrong" || name == "wrong, without watcher" {
				password = "S4cret wrong"
			}
			var transport powershell.Transport = double
			if test.unwatched {
				transport = double.Unwatched()
			}
			inside := powershell.CredSSP(transport, hopUser, password)

			var group sync.WaitGroup
			for range 8 {
				group.Go(func() { assertNotEntered(t, inside, test.want) })
			}
			group.Wait()
			assertNotEntered(t, inside, test.want)

			if counts := double.Counts(); counts.Passwords != 1 || counts.Entries != 0 {
				t.Errorf("%+v", counts)
			}
		})
	}
}

// assertNotEntered runs a script, which fails with a text.
func assertNotEntered(t *testing.T, inside powershell.Transport, want string) {
	t.Helper()

	_, err := powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{})
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "S3cret") {
		t.Errorf("got %v", err)
	}
	// The outcome of the script is unknown only if the connection was lost, not if the script is not sent.
	if !errors.Is(err, powershell.NotStarted) && !errors.Is(err, shelld.ErrLost) {
		t.Errorf("got %v", err)
	}
}

// A run that certainly sent no password, and a host whose settings refuse CredSSP, let the next run try.
func TestCredSSPPasswordIsSentAgain(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		fault     shelld.Fault
		passwords int
	}{
		"not started":  {shelld.Fault{NotStarted: true}, 1},
		"client off":   {shelld.Fault{Entry: "-2144108126"}, 2},
		"no listener":  {shelld.Fault{Entry: "CannotConnect"}, 2},
		"by a setting": {shelld.Fault{Entry: "-1", Service: "false"}, 2},
		// These are after the session has opened.
		"session ends":     {shelld.Fault{At: shelld.Read, Ended: true}, 2},
		"connection lost":  {shelld.Fault{At: shelld.Read, Lost: true}, 2},
		"answer cut off":   {shelld.Fault{Cut: true}, 2},
		"script refuses":   {shelld.Fault{NoModule: true}, 2},
		"PowerShell fails": {shelld.Fault{Exit: true}, 2},
	} {
		for _, unwatched := range []bool{false, true} {
			double := newHopDouble(t)
			double.Inject(test.fault)

			var transport powershell.Transport = double
			if unwatched {
				transport = double.Unwatched()
			}
			inside := powershell.CredSSP(transport, hopUser, hopPassword)

			_, err := powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{})
			if err == nil || strings.Contains(err.Error(), "tried again") {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if counts := double.Counts(); counts.Passwords != test.passwords {
				t.Errorf("%s: %+v", name, counts)
			}
		}
	}
}

// Output that no script has written, and what the bootstrap refuses, are no login.
func TestCredSSPOutputWithoutLogin(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		output powershell.Output
		runs   int
	}{
		"version":          {powershell.Output{Stdout: []byte("lync-refused:version:2.0\r\n")}, 2},
		"input":            {powershell.Output{Stdout: []byte("lync-process:7\r\nlync-refused:input:2\r\n")}, 2},
		"no PowerShell":    {powershell.Output{Stdout: []byte("not found"), ExitCode: 1}, 2},
		"PowerShell fails": {powershell.Output{Stdout: []byte("lync-process:7\r\n"), ExitCode: 1}, 1},
	} {
		counted := &countedTransport{fixedTransport: fixedTransport{output: test.output}}
		inside := powershell.CredSSP(counted, hopUser, hopPassword)

		for range 2 {
			if _, err := powershell.Run(t.Context(), inside, someScript, powershell.Input{}); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
		if counted.runs != test.runs {
			t.Errorf("%s: %d runs, want %d", name, counted.runs, test.runs)
		}
	}
}

// After a login has succeeded the password is right. A lost connection is only that, and so is an unknown error. A
// refusal is remembered: the password has changed, or the account is locked.
func TestCredSSPAfterLogin(t *testing.T) {
	t.Parallel()

	double := newHopDouble(t)
	inside := powershell.CredSSP(double, hopUser, hopPassword)

	run := func() error {
		_, err := powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{})
		return err
	}
	if err := run(); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []shelld.Fault{{At: shelld.Entering, Lost: true}, {Entry: "4711"}} {
		double.Inject(fault)

		if err := run(); err == nil || strings.Contains(err.Error(), "tried again") {
			t.Errorf("got %v", err)
		}
		if err := run(); err != nil {
			t.Error(err)
		}
	}
	double.Inject(shelld.Fault{Entry: "AccessDenied"})

	for range 2 {
		assertNotEntered(t, inside, "does not try the login again in this run")
	}
	if counts := double.Counts(); counts.Passwords != 6 || counts.Entries != 3 {
		t.Errorf("%+v", counts)
	}
}

// The first script has the turn only until its session has opened: others run beside its work.
func TestCredSSPTurnEndsWithTheLogin(t *testing.T) {
	t.Parallel()

	double := newHopDouble(t)
	working, first, second := make(chan struct{}), make(chan error), make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	double.Inject(shelld.Fault{
		Script: shell.GetTopology, At: shelld.Read, Notify: func() { close(working) }, Hang: true,
	})
	inside := powershell.CredSSP(double, hopUser, hopPassword)

	go func() {
		_, err := powershell.Run(ctx, inside, shell.GetTopology, powershell.Input{})
		first <- err
	}()
	<-working

	go func() {
		_, err := powershell.Run(t.Context(), inside, shell.GetTopology, powershell.Input{})
		second <- err
	}()

	if err := <-second; err != nil {
		t.Error(err)
	}
	cancel()

	if err := <-first; !errors.Is(err, powershell.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The wait for another login ends with the context.
func TestCredSSPWaitIsCanceled(t *testing.T) {
	t.Parallel()

	double := newHopDouble(t)
	entering, first := make(chan struct{}), make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	double.Inject(shelld.Fault{At: shelld.Entering, Notify: func() { close(entering) }, Hang: true})
	inside := powershell.CredSSP(double, hopUser, hopPassword)

	go func() {
		_, err := powershell.Run(ctx, inside, shell.GetTopology, powershell.Input{})
		first <- err
	}()
	<-entering

	ended, end := context.WithCancel(t.Context())
	end()

	_, err := powershell.Run(ended, inside, shell.GetTopology, powershell.Input{})
	if !errors.Is(err, powershell.NotStarted) || !errors.Is(err, context.Canceled) ||
		!strings.Contains(err.Error(), "wait for another login") {
		t.Errorf("got %v", err)
	}
	cancel()

	if err := <-first; !errors.Is(err, powershell.Canceled) {
		t.Errorf("got %v", err)
	}
	assertNotEntered(t, inside, "may have counted the login as failed")

	if counts := double.Counts(); counts.Passwords != 1 {
		t.Errorf("%+v", counts)
	}
}
