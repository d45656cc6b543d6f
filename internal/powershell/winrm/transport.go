package winrm

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	masterzen "github.com/masterzen/winrm"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

const (
	// answerTime is what an answer may take beyond that.
	answerTime = 30 * time.Second
	// graceTime bounds what is done to leave nothing open after a run was broken off.
	graceTime = 15 * time.Second
)

// Transport runs scripts in remote shells, which are kept for the next script.
type Transport struct {
	config Config
	params masterzen.Parameters
	url    string
	line   string
	tls    *tls.Config
	login  func() login

	// patience bounds the wait for one answer.
	patience func(context.Context) (context.Context, context.CancelFunc)
	grace    time.Duration

	// closing ends everything under way.
	closing context.Context
	stop    context.CancelFunc
	slots   chan struct{}

	mu     sync.Mutex
	closed bool
	idle   []*remoteShell
	runs   sync.WaitGroup
	// known is set when the host has let us in, refused when it did not before it ever had.
	known   bool
	refused error
}

var _ powershell.Watched = (*Transport)(nil)

// New checks the configuration as far as that goes without the host.
func New(config Config) (*Transport, error) {
	w := &Transport{grace: graceTime}
	w.patience = func(ctx context.Context) (context.Context, context.CancelFunc) {
		limit := w.config.OperationTimeout + answerTime

		return context.WithTimeoutCause(ctx, limit, noAnswer{limit})
	}

	if err := w.configure(config); err != nil {
		return nil, &stepError{tried: "use WinRM", err: err.err, next: err.next}
	}

	w.closing, w.stop = context.WithCancel(context.Background())
	w.slots = make(chan struct{}, w.config.MaxShells)

	return w, nil
}

// Host names the host, and the port where it is not the usual one.
func (w *Transport) Host() string {
	if w.config.Port == portHTTPS {
		return w.config.Host
	}

	return net.JoinHostPort(w.config.Host, strconv.Itoa(w.config.Port))
}

// Run runs a script in a remote shell. The error is a [*powershell.StartError] until the host may have got a piece of the script.
func (w *Transport) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	return w.RunWatched(ctx, script, input, func([]byte) {})
}

// RunWatched is Run that hands out standard output as it comes.
func (w *Transport) RunWatched(ctx context.Context, script string, input io.Reader, seen func([]byte)) (powershell.Output, error) {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()

		return powershell.Output{}, &powershell.StartError{Err: w.failed("run a script on", errClosed)}
	}

	w.runs.Add(1)
	w.mu.Unlock()

	defer w.runs.Done()

	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(w.closing, func() { cancel(errClosed) })() //nolint:contextcheck // two lives: the run's and the transport's

	// Read before anything begins: a failure to read must not be a script that runs on half of its input.
	sent, err := io.ReadAll(powershell.Stdin(script, input))
	if err != nil {
		return powershell.Output{}, &powershell.StartError{Err: w.failed("read the input of the script for", err)}
	}

	select {
	case w.slots <- struct{}{}:
		defer func() { <-w.slots }()
	case <-ctx.Done():
		return powershell.Output{}, &powershell.StartError{Err: w.failed(fmt.Sprintf("get one of %d shells on", w.config.MaxShells), context.Cause(ctx))}
	}

	shell, err := w.begin(ctx)
	if err != nil {
		return powershell.Output{}, &powershell.StartError{Err: err}
	}

	out, err := shell.finish(ctx, sent, seen)
	if err != nil {
		return out, shell.abandon(ctx, err)
	}

	if shell.id != "" {
		w.mu.Lock()
		w.idle = append(w.idle, shell)
		w.mu.Unlock()
	}

	return out, w.starved(out)
}

// begin starts PowerShell in a shell that is there, or in a new one. A shell that was kept can be gone, with its
// connection or with its share of the host's quotas: Windows does not count a command of such a shell as over before the
// shell is. To try again is safe, because PowerShell has not got its input.
func (w *Transport) begin(ctx context.Context) (*remoteShell, error) {
	w.mu.Lock()

	var kept *remoteShell
	if n := len(w.idle); n > 0 {
		kept, w.idle = w.idle[n-1], w.idle[:n-1]
	}
	w.mu.Unlock()

	if kept != nil {
		err := kept.start(ctx)
		if err == nil {
			return kept, nil
		}

		err = kept.abandon(ctx, err)

		if ctx.Err() != nil || !worn(err) {
			return nil, err
		}
	}

	fresh := w.newShell()

	err := fresh.create(ctx)
	if err == nil {
		err = fresh.start(ctx)
	}

	if err != nil {
		return nil, fresh.abandon(ctx, err)
	}

	return fresh, nil
}

// worn tells a failure that a new shell may not have.
func worn(err error) bool {
	var fault *wsmanFault
	if !errors.As(err, &fault) {
		var refused *refusedError

		return !errors.As(err, &refused)
	}

	quota := quotaOf(fault)

	return fault.code == faultNoShell || fault.subcode == "InvalidSelectors" || quota == quotaOperations || quota == quotaProcesses
}

// alreadyRefused is the refusal of a login that never worked. It is not tried again: Terraform goes on with other resources
// after a failure, and a few more attempts with a wrong password lock the account.
func (w *Transport) alreadyRefused() error {
	w.mu.Lock()
	defer w.mu.Unlock()

	return w.refused
}

func (w *Transport) remember(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()

	var (
		refused *refusedError
		fault   *wsmanFault
	)

	switch {
	case err == nil || errors.As(err, &fault):
		w.known = true
	case !w.known && errors.As(err, &refused) && refused.status == http.StatusUnauthorized:
		w.refused = err
	}
}

// Close ends what still runs and closes all shells.
func (w *Transport) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()

	w.stop()
	w.runs.Wait()

	w.mu.Lock()
	idle := w.idle
	w.idle = nil
	w.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.Background(), w.grace)
	defer cancel()

	errs := make([]error, len(idle))

	var group sync.WaitGroup
	for i, shell := range idle {
		group.Go(func() { errs[i] = shell.close(ctx) })
	}

	group.Wait()

	return errors.Join(errs...)
}
