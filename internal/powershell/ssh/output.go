package ssh

import (
	"bytes"
	"sync"
)

// outputBuffer keeps the data that is written to it, up to a limit. It can be read while more data arrives.
type outputBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
	limit  int
	full   func()
	seen   func([]byte)
}

// bound sets the limit, the function that is called when data exceeds it, and the function that receives all data,
// including the data that has already arrived.
func (o *outputBuffer) bound(limit int, full func(), seen func([]byte)) {
	o.mu.Lock()
	defer o.mu.Unlock()

	o.limit, o.full, o.seen = limit, full, seen

	if o.buffer.Len() > 0 {
		seen(o.buffer.Bytes())
	}
}

func (o *outputBuffer) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()

	// The limit is unset until the script has its input.
	if o.full != nil && o.buffer.Len()+len(p) > o.limit {
		o.full()

		// Drop the data and return no error: a script with blocked output would not end.
		return len(p), nil
	}
	if o.seen != nil {
		o.seen(p)
	}
	return o.buffer.Write(p)
}

// peek returns the data that has arrived so far.
func (o *outputBuffer) peek() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.buffer.Bytes())
}

// take returns the data that has arrived, and stops passing on data.
func (o *outputBuffer) take() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()

	o.seen = nil
	return bytes.Clone(o.buffer.Bytes())
}
