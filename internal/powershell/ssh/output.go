package ssh

import (
	"bytes"
	"sync"
)

// outputBuffer keeps what comes, up to a limit. It may be read while more comes.
type outputBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
	limit  int
	tell   func()
	seen   func([]byte)
}

// bound sets the limit, what is called where it is exceeded, and what is given all that comes and came.
func (o *outputBuffer) bound(limit int, tell func(), seen func([]byte)) {
	o.mu.Lock()
	defer o.mu.Unlock()

	o.limit, o.tell, o.seen = limit, tell, seen

	if o.buffer.Len() > 0 {
		seen(o.buffer.Bytes())
	}
}

func (o *outputBuffer) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()

	// There is none before the script has its input.
	if o.tell != nil && o.buffer.Len()+len(p) > o.limit {
		o.tell()

		// Dropped and not refused: a script whose output nobody takes would not end.
		return len(p), nil
	}

	if o.seen != nil {
		o.seen(p)
	}

	return o.buffer.Write(p)
}

// peek returns what has come so far.
func (o *outputBuffer) peek() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()

	return bytes.Clone(o.buffer.Bytes())
}

// take returns what has come. What still comes is kept and shown to nobody.
func (o *outputBuffer) take() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()

	o.seen = nil

	return bytes.Clone(o.buffer.Bytes())
}
