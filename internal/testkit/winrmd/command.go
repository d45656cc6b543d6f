package winrmd

import (
	"context"
	"io"
	"sync"
	"time"
)

// command is a command of a shell. As an io.Reader, it is the command's standard input.
type command struct {
	ctx    context.Context //nolint:containedctx // the lifetime of the command
	cancel context.CancelFunc

	mu      sync.Mutex
	changed chan struct{} // closed at each change
	in      []byte
	ended   bool // end of the input
	out     map[string][]byte
	done    bool
	exit    int
}

func newCommand(parent context.Context) *command {
	c := &command{changed: make(chan struct{}), out: map[string][]byte{}}
	c.ctx, c.cancel = context.WithCancel(parent)
	return c
}

// notify wakes all waiting calls. The caller holds mu.
func (c *command) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Read reads from standard input.
func (c *command) Read(p []byte) (int, error) {
	for {
		c.mu.Lock()
		n, ended, changed := copy(p, c.in), c.ended, c.changed
		c.in = c.in[n:]
		c.mu.Unlock()

		switch {
		case n > 0 || len(p) == 0:
			return n, nil
		case ended:
			return 0, io.EOF
		}
		select {
		case <-changed:
		case <-c.ctx.Done():
			return 0, c.ctx.Err()
		}
	}
}

// feed adds data to standard input. It reports whether the command can still read it.
func (c *command) feed(data []byte, end bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()

	if c.ended || c.done {
		return false
	}
	c.in = append(c.in, data...)
	c.ended = end
	c.notify()
	return true
}

// stream returns a writer for an output stream.
func (c *command) stream(name string) io.Writer { return stream{c, name} }

type stream struct {
	of   *command
	name string
}

func (s stream) Write(p []byte) (int, error) {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()

	s.of.out[s.name] = append(s.of.out[s.name], p...)
	s.of.notify()
	return len(p), nil
}

func (c *command) finish(exit int) {
	c.mu.Lock()
	defer c.mu.Unlock()

	c.done, c.exit = true, exit
	c.notify()
}

// process runs a Command as a [Process] that writes all its output at the end.
func (run Command) process(ctx context.Context, command string, stdin io.Reader, stdout, stderr io.Writer) int {
	out, err, exit := run(ctx, command, stdin)
	_, _ = stdout.Write(out)
	_, _ = stderr.Write(err)
	return exit
}

func (c *command) isDone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.done
}

// take waits for output or the end of the command and returns at most chunk bytes of both streams together. ok is false
// if the wait ends first.
func (c *command) take(
	ctx context.Context, wait time.Duration, chunk int,
) (out map[string][]byte, done bool, exit int, ok bool) {
	timeout := time.NewTimer(wait)
	defer timeout.Stop()

	for {
		c.mu.Lock()
		changed := c.changed

		if c.done || len(c.out["stdout"])+len(c.out["stderr"]) > 0 {
			out = map[string][]byte{}
			left := chunk

			for _, name := range []string{"stdout", "stderr"} {
				n := min(left, len(c.out[name]))
				out[name], c.out[name] = c.out[name][:n], c.out[name][n:]
				left -= n
			}
			done, exit = c.done && len(c.out["stdout"])+len(c.out["stderr"]) == 0, c.exit
			c.mu.Unlock()
			return out, done, exit, true
		}
		c.mu.Unlock()

		select {
		case <-changed:
		case <-timeout.C:
			return nil, false, 0, false
		case <-ctx.Done():
			return nil, false, 0, false
		}
	}
}
