package winrmd

import (
	"context"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

type shell struct {
	id       string
	ctx      context.Context //nolint:containedctx // the lifetime of the shell
	cancel   context.CancelFunc
	commands map[string]*command
	started  int
	idle     time.Duration
	busy     int // number of current requests
	reaper   *time.Timer
}

// forget drops all shells, as a restart of the service does.
func (s *Server) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()

	for id, sh := range s.shells {
		sh.cancel()
		delete(s.shells, id)
		s.count.Closed++
		s.changed.Broadcast()
	}
}

// do executes a request and returns the answer or a fault.
func (s *Server) do(ctx context.Context, r *request) ([]byte, *Fault) {
	relates := r.Header.MessageID

	if Action(r.Header.Action) == Create {
		return s.create(r)
	}
	id := value(r.Header.Selectors.Selector, "ShellId")

	sh := s.acquire(id)
	if sh == nil {
		return nil, FaultNoShell.with(id)
	}
	defer s.release(sh)

	switch Action(r.Header.Action) {
	case Delete:
		s.end(sh)
		return envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/DeleteResponse", relates, ""), nil
	case Run:
		return s.run(sh, r)
	case Send:
		return s.send(sh, r)
	case Receive:
		return s.receive(ctx, sh, r)
	case Signal:
		return s.signal(sh, r)
	case Create: // handled above
	}
	return nil, &FaultNotUnderstood
}

// acquire returns a shell, or nil, and prevents that it is closed as idle until release.
func (s *Server) acquire(id string) *shell {
	s.mu.Lock()
	defer s.mu.Unlock()

	sh := s.shells[id]
	if sh != nil {
		sh.busy++
		sh.reaper.Stop()
	}
	return sh
}

func (s *Server) release(sh *shell) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if sh.busy--; sh.busy == 0 {
		sh.reaper.Reset(sh.idle)
	}
}

// end closes a shell and stops its commands. It can be called more than once.
func (s *Server) end(sh *shell) {
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.shells[sh.id] == sh {
		delete(s.shells, sh.id)
		s.count.Closed++
		s.changed.Broadcast()
	}
	sh.cancel()
}

func (s *Server) create(r *request) ([]byte, *Fault) {
	if b := r.Body.Shell; b == nil || b.Input != "stdin" || b.Output != "stdout stderr" {
		return nil, &FaultNotUnderstood
	}
	var idle time.Duration

	if text := r.Body.Shell.Idle; text != "" {
		var err error
		if idle, err = duration(text); err != nil || idle < time.Minute {
			return nil, &FaultNotUnderstood
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	if s.o.MaxShells > 0 && len(s.shells) >= s.o.MaxShells {
		return nil, FaultShells.with(s.o.MaxShells)
	}
	sh := &shell{id: uuid(), commands: map[string]*command{}}
	sh.ctx, sh.cancel = context.WithCancel(s.ctx)
	s.shells[sh.id] = sh
	s.count.Opened++
	s.changed.Broadcast()
	s.count.Idle = append(s.count.Idle, idle)

	if sh.idle = idle; idle == 0 {
		sh.idle = 2 * time.Hour
	}
	if s.o.MaxIdle > 0 {
		sh.idle = min(sh.idle, s.o.MaxIdle)
	}
	sh.reaper = time.AfterFunc(sh.idle, func() { s.end(sh) })
	context.AfterFunc(s.ctx, func() { sh.reaper.Stop() })
	return created(sh.id, s.URL, r.Header.MessageID), nil
}

// maxLine is the longest command line of cmd.exe.
const maxLine = 8191

func (s *Server) run(sh *shell, r *request) ([]byte, *Fault) {
	if r.Body.Line == nil || r.Body.Line.Command == "" {
		return nil, &FaultNotUnderstood
	}
	line := strings.Join(append([]string{r.Body.Line.Command}, r.Body.Line.Arguments...), " ")
	if len(line) > maxLine && value(r.Header.Options.Option, "WINRS_SKIP_CMD_SHELL") != "TRUE" {
		return nil, &FaultTooLong
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	operations := 1
	for _, other := range s.shells {
		operations += other.started
	}
	if s.o.MaxOperations > 0 && operations > s.o.MaxOperations {
		return nil, FaultOperations.with(s.o.MaxOperations)
	}
	running := 0

	for _, c := range sh.commands {
		if !c.isDone() {
			running++
		}
	}
	if s.o.MaxProcesses > 0 && running >= s.o.MaxProcesses {
		return nil, &FaultProcesses
	}
	sh.started++
	s.count.Started++
	s.changed.Broadcast()
	s.count.Lines = append(s.count.Lines, line)

	// The default of MS-WSMV is FALSE: standard input is a pipe.
	if value(r.Header.Options.Option, "WINRS_CONSOLEMODE_STDIN") == "TRUE" {
		s.count.Consoles++
	}
	c := newCommand(sh.ctx)
	id := uuid()
	sh.commands[id] = c

	s.work.Go(func() {
		exit := s.o.Process(c.ctx, line, c, c.stream("stdout"), c.stream("stderr"))

		// The counter and the end of the command change together.
		s.add(func(n *Count) {
			n.Ended++
			c.finish(exit)
		})
	})
	return envelope(nsShell+"/CommandResponse", r.Header.MessageID,
		"<rsp:CommandResponse><rsp:CommandId>"+id+"</rsp:CommandId></rsp:CommandResponse>"), nil
}

func (s *Server) find(sh *shell, id string) *command {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sh.commands[id]
}

func (s *Server) send(sh *shell, r *request) ([]byte, *Fault) {
	if r.Body.Send == nil {
		return nil, &FaultNotUnderstood
	}
	for _, stream := range r.Body.Send.Streams {
		c := s.find(sh, stream.CommandID)

		data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(stream.Data))
		if c == nil || err != nil || stream.Name != "stdin" {
			return nil, &FaultNotUnderstood
		}
		if !c.feed(data, stream.End) {
			return nil, &FaultAborted
		}
	}
	return envelope(nsShell+"/SendResponse", r.Header.MessageID, "<rsp:SendResponse/>"), nil
}

func (s *Server) receive(ctx context.Context, sh *shell, r *request) ([]byte, *Fault) {
	if r.Body.Receive == nil {
		return nil, &FaultNotUnderstood
	}
	id := r.Body.Receive.Stream.CommandID

	c := s.find(sh, id)
	if c == nil {
		return nil, FaultNoShell.with(sh.id)
	}
	wait, err := duration(r.Header.Timeout)
	if err != nil {
		return nil, &FaultNotUnderstood
	}
	if s.o.MaxWait > 0 {
		wait = min(wait, s.o.MaxWait)
	}
	size, err := strconv.Atoi(strings.TrimSpace(r.Header.Size))
	if err != nil || size < 8192 {
		return nil, &FaultNotUnderstood
	}

	// Base64 adds a third. The rest of the envelope has less than 4 KiB.
	chunk := (min(size, s.o.MaxEnvelope) - 4096) / 4 * 3
	if s.o.Chunk > 0 {
		chunk = min(chunk, s.o.Chunk)
	}
	streams, done, exit, ok := c.take(ctx, wait, chunk)

	switch {
	case sh.ctx.Err() != nil:
		return nil, &FaultAborted
	case !ok:
		return nil, &FaultTimedOut
	}
	return output(id, streams, done, exit, r.Header.MessageID), nil
}

func (s *Server) signal(sh *shell, r *request) ([]byte, *Fault) {
	if r.Body.Signal == nil {
		return nil, &FaultNotUnderstood
	}
	c := s.find(sh, r.Body.Signal.CommandID)
	if c == nil {
		return nil, FaultNoShell.with(sh.id)
	}
	switch r.Body.Signal.Code {
	case terminate, ctrlC:
		if !c.isDone() {
			s.add(func(n *Count) { n.Terminated++ })
		}
		c.cancel()
	default:
		return nil, &FaultNotUnderstood
	}
	return envelope(nsShell+"/SignalResponse", r.Header.MessageID, "<rsp:SignalResponse/>"), nil
}

// duration parses an xs:duration of seconds, such as PT20S. Clients send no other form.
func duration(s string) (time.Duration, error) {
	seconds, begins := strings.CutPrefix(strings.TrimSpace(s), "PT")

	seconds, ends := strings.CutSuffix(seconds, "S")
	if !begins || !ends {
		return 0, errors.New("not a duration: " + s)
	}
	f, err := strconv.ParseFloat(seconds, 64)
	return time.Duration(f * float64(time.Second)), err
}
