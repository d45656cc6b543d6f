package winrm

import (
	"context"
	"time"
)

const (
	// minPause is the pause after the first early answer without output. It doubles with each further one, up to
	// maxPause.
	minPause = 20 * time.Millisecond
	// maxPause is also the duration of a wait for output that counts as one: the service waits for
	// [Config.OperationTimeout], and a proxy or the limits of an old service can end that wait earlier.
	maxPause = time.Second
)

// pace limits the rate of requests to a host that answers early and without output.
type pace struct {
	now  func() time.Time
	wait func(context.Context, time.Duration) error
	// begun is when the last request was sent, next the next pause.
	begun time.Time
	next  time.Duration
}

func (w *Transport) newPace() *pace { return &pace{now: w.now, wait: w.wait, next: minPause} }

// begin is called before a request.
func (p *pace) begin() { p.begun = p.now() }

// end is called after an answer with n bytes of output. It waits if the answer came early and without output, and
// returns the cause of the context if that ends.
func (p *pace) end(ctx context.Context, n int) error {
	if n > 0 || p.now().Sub(p.begun) >= maxPause {
		p.next = minPause
		return nil
	}
	pause := p.next
	p.next = min(2*pause, maxPause)
	return p.wait(ctx, pause)
}

// sleep waits for a time. It returns the cause of the context if that ends before.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
