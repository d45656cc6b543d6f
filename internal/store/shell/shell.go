// Package shell keeps the topology document in a Central Management store, which it reaches through the management shell
// of Lync Server or Skype for Business Server on one host.
//
// A publish is one script that compares and swaps ([PublishTopology]), and what came of it is never taken from
// what a cmdlet says: the store is read afterwards, and the documents are compared by what they mean. Where the script's
// end was not seen the store connects again and reads until it knows, or the time is over.
//
// Nothing here was run against a real deployment yet. The forms of reports and the names of cmdlets and properties are
// those of the product's documentation and of logs that others published.
package shell

import (
	"context"
	"fmt"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

const (
	// quiet is how long a writer waits for further changes: a publish takes a minute, so a moment more is worth it.
	quiet = 200 * time.Millisecond

	// grace is how long a publish that has begun is let finish, and its outcome looked for, after the context has ended.
	grace = 5 * time.Minute

	// checkTime is how long the outcome of a publish is looked for after the time is over.
	checkTime = 30 * time.Second

	// lockTime is how long a publish waits for one of another run of the provider on the same host.
	lockTime = 10 * time.Minute

	// defaultKeep is how many backups stay on the host.
	defaultKeep = 20
)

// Options are the settings of a store. The zero value is ready.
type Options struct {
	// Directory is the folder on the host for backups and reports; empty for terraform-provider-lync below ProgramData.
	Directory string
	// DomainController and GlobalCatalog are passed to the cmdlets that write, if set.
	DomainController string
	GlobalCatalog    string
	// Pause waits before another attempt and reports whether there is time for one. Nil waits until ctx ends. A test
	// that allows only one attempt returns false.
	Pause func(ctx context.Context, d time.Duration) bool
}

// Store is the topology of one deployment. It has no state of its own: the transport is the caller's to close.
type Store struct {
	transport powershell.Transport
	options   Options
}

var _ store.Deployment = (*Store)(nil)

// New returns the store behind a transport.
func New(transport powershell.Transport, options Options) *Store {
	if options.Pause == nil {
		options.Pause = pause
	}

	return &Store{transport: transport, options: options}
}

// Location names the store and the host that it is reached through.
func (s *Store) Location() string {
	return "the Central Management store, through the management shell on " + s.transport.Host()
}

// Quiet is longer than that of a file.
func (s *Store) Quiet() time.Duration { return quiet }

// Load reads the topology. Readers take no lock: the product replaces the document in one piece.
func (s *Store) Load(ctx context.Context) ([]byte, error) {
	result, err := powershell.Run(ctx, s.transport, GetTopology, powershell.Input{})
	if err != nil {
		return nil, fmt.Errorf("cannot read the topology from %s: %w", s.Location(), err)
	}

	if result.Document == "" {
		return nil, fmt.Errorf("cannot read the topology from %s: the answer has no document. Run Get-CsTopology -AsXml there and see what it says", s.Location())
	}

	return []byte(result.Document), nil
}

// data is what all scripts that write get.
func (s *Store) data(ctx context.Context) PublishData {
	data := PublishData{
		LockSeconds: int(lockTime / time.Second), Directory: s.options.Directory, Keep: defaultKeep,
		DomainController: s.options.DomainController, GlobalCatalog: s.options.GlobalCatalog,
	}

	if deadline, ok := ctx.Deadline(); ok {
		// At least one: zero is no limit.
		data.Seconds = max(1, int(time.Until(deadline)/time.Second))
		data.LockSeconds = min(data.LockSeconds, data.Seconds)
	}

	return data
}

// outlive returns a context that ends some time after ctx does.
func outlive(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))

	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(more, func() { cancel(context.Cause(ctx)) })
		context.AfterFunc(longer, func() { timer.Stop() })
	})

	return longer, func() {
		stop()
		cancel(context.Canceled)
	}
}

// pause waits, or returns false when the context ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
