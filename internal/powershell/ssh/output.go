package ssh

import (
	"bytes"
	"sync"
)

// outputBuffer keeps the data that is written to it, up to a limit. It can be read while more data arrives.
type outputBuffer struct {
	limit int

	mu     sync.Mutex
	buffer bytes.Buffer
	isFull bool // data exceeded the limit
	full   func()
	seen   func([]byte)
}

// watch sets the function that is called when data exceeds the limit, and the function that receives all data. Both
// also apply to the data that has already arrived.
func (o *outputBuffer) watch(full func(), seen func([]byte)) {
	o.mu.Lock()
	defer o.mu.Unlock()

	o.full, o.seen = full, seen

	if o.buffer.Len() > 0 {
		seen(o.buffer.Bytes())
	}
	if o.isFull {
		full()
	}
}

// Write drops the data that exceeds the limit and returns no error: a script with blocked output would not end.
func (o *outputBuffer) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()

	if o.isFull || o.buffer.Len()+len(p) > o.limit {
		o.isFull = true

		if o.full != nil {
			o.full()
		}
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
