package powershell

import (
	"bytes"
	"sync"
)

// MaxStderr is the largest length of standard error, in bytes. A transport drops what exceeds it and lets the script
// continue. The messages of one script have a few KiB.
const MaxStderr = 64 << 10

// AppendStderr appends a piece of standard error, without the part that exceeds [MaxStderr].
func AppendStderr(stderr, piece []byte) []byte {
	return append(stderr, piece[:min(len(piece), max(0, MaxStderr-len(stderr)))]...)
}

// StderrBuffer keeps the standard error of a process up to [MaxStderr]. It can be read while more data arrives.
type StderrBuffer struct {
	mu     sync.Mutex
	stderr []byte
}

// Write never returns an error: a script with blocked output would not end.
func (b *StderrBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()

	b.stderr = AppendStderr(b.stderr, p)
	return len(p), nil
}

// Bytes returns the data that has arrived so far.
func (b *StderrBuffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.stderr)
}
