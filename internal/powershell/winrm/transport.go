package winrm

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

const (
	// answerTime is the time that an answer may take in addition to the operation timeout.
	answerTime = 30 * time.Second
	// graceTime limits the cleanup on the host after a failed run.
	graceTime = 15 * time.Second
)

// A Transport runs scripts in remote shells. It keeps a shell for the next script.
type Transport struct {
	config Config
	url    string
	line   string
	tls    *tls.Config
	login  func() login
	gate   *powershell.Gate
	proxy  func(*http.Request) (*url.URL, error)

	// answerContext limits the wait for one answer.
	answerContext func(context.Context) (context.Context, context.CancelFunc)
	grace         time.Duration
	// now and wait are the clock.
	now  func() time.Time
	wait func(context.Context, time.Duration) error

	// closing is canceled by Close. It ends every run.
	closing context.Context
	stop    context.CancelFunc
	slots   chan struct{}

	mu     sync.Mutex
	closed bool
	idle   []*remoteShell
	runs   sync.WaitGroup
}

var _ powershell.Watched = (*Transport)(nil)

// New returns a transport. It checks the configuration as far as possible without the host, and does not connect.
func New(config Config) (*Transport, error) {
	w := &Transport{
		grace: graceTime, now: time.Now, wait: sleep, gate: powershell.NewGate(), proxy: http.ProxyFromEnvironment,
	}
	w.answerContext = func(ctx context.Context) (context.Context, context.CancelFunc) {
		limit := w.config.OperationTimeout + answerTime
		return context.WithTimeoutCause(ctx, limit, noAnswer{limit})
	}

	if err := w.configure(config); err != nil {
		return nil, &stepError{tried: "use WinRM", err: err.err, kind: err.kind, next: err.next}
	}
	w.closing, w.stop = context.WithCancel(context.Background())
	w.slots = make(chan struct{}, w.config.MaxShells)
	return w, nil
}

// Host returns the name of the host, and the port unless it is the default.
func (w *Transport) Host() string {
	if w.config.Port == portHTTPS {
		return w.config.Host
	}
	return net.JoinHostPort(w.config.Host, strconv.Itoa(w.config.Port))
}

// Run runs a script in a remote shell. The error is a [*powershell.StartError] if the host certainly received no part
// of the script.
func (w *Transport) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	return w.RunWatched(ctx, script, input, func([]byte) {})
}

// RunWatched is Run that passes on standard output while the script runs.
func (w *Transport) RunWatched(
	ctx context.Context,
	script string,
	input io.Reader,
	seen func([]byte),
) (powershell.Output, error) {
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
	//nolint:contextcheck // ends with the run or with the transport
	defer context.AfterFunc(w.closing, func() { cancel(errClosed) })()

	// Read the whole input first: after a read error no script may run with a part of its input.
	sent, err := io.ReadAll(powershell.Stdin(script, input))
	if err != nil {
		return powershell.Output{}, &powershell.StartError{Err: w.failed("read the input of the script for", err)}
	}
	select {
	case w.slots <- struct{}{}:
		defer func() { <-w.slots }()
	case <-ctx.Done():
		return powershell.Output{}, &powershell.StartError{
			Err: w.failed(fmt.Sprintf("get one of %d shells on", w.config.MaxShells), context.Cause(ctx)),
		}
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
	return out, w.outOfMemory(out)
}

// begin starts PowerShell in a kept shell, or in a new one. A kept shell can fail because it or its connection no
// longer exists, or because its commands count against a quota until the shell ends. A second attempt is safe, because
// PowerShell has not received its input.
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

		if ctx.Err() != nil || !mayHealInNewShell(err) {
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

// mayHealInNewShell reports whether a start that failed with err can succeed in a new shell.
func mayHealInNewShell(err error) bool {
	var fault *wsmanFault
	if !errors.As(err, &fault) {
		var refused *refusedError
		return !errors.As(err, &refused)
	}
	quota := quotaOf(fault)
	return fault.code == faultNoShell || fault.subcode == "InvalidSelectors" || quota == quotaOperations ||
		quota == quotaProcesses
}

// Close ends every run and closes all shells.
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
