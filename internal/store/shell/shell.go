// Package shell keeps the topology document in a Central Management store, which it reaches through the management
// shell of Lync Server or Skype for Business Server on one host.
//
// One script compares and swaps the document ([PublishTopology]). The outcome of a publish does not depend on the
// output of a cmdlet: the script reads the store after the publish, and this package compares the meaning of the
// documents. If the end of the script was not observed, this package connects again and reads the store until a read
// succeeds or the time limit passes.
//
// This package was not tested with a real deployment yet. The format of reports and the names of cmdlets and properties
// come from the documentation of the product and from published logs.
package shell

import (
	"context"
	"fmt"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	// quiet is how long a writer waits for further changes. It is short compared to a publish, which takes a minute.
	quiet = 200 * time.Millisecond

	// grace is the time limit of a publish that has begun, after the context has ended.
	grace = 5 * time.Minute

	// confirmTime is the time limit of confirming the outcome of a publish, after the context has ended.
	confirmTime = 30 * time.Second

	// lockTime is how long a script waits for the lock, which another run of the provider on the host can hold.
	lockTime = 10 * time.Minute

	// defaultKeep is the number of backups that remain on the host.
	defaultKeep = 20
)

// Options are the settings of a store. The zero value has the defaults.
type Options struct {
	// Directory is the folder on the host for backups and reports. The default is terraform-provider-lync below
	// ProgramData.
	Directory string
	// DomainController and GlobalCatalog are arguments of the cmdlets that write, empty for their defaults.
	DomainController string
	GlobalCatalog    string
	// Pause waits before another attempt and reports whether there is time for one. Nil waits until ctx ends. A test
	// that allows only one attempt returns false.
	Pause func(ctx context.Context, d time.Duration) bool
}

// Store is the topology of one deployment. It has no state of its own. The caller closes the transport.
type Store struct {
	transport powershell.Transport
	options   Options
}

var _ store.Deployment = (*Store)(nil)

// New returns the store that the transport reaches.
func New(transport powershell.Transport, options Options) *Store {
	if options.Pause == nil {
		options.Pause = pause
	}
	return &Store{transport: transport, options: options}
}

// Location returns a text that names the store and the host of the management shell.
func (s *Store) Location() string {
	return "the Central Management store, through the management shell on " + s.transport.Host()
}

// Quiet returns a longer time than a store that keeps a file, because a publish is expensive.
func (s *Store) Quiet() time.Duration { return quiet }

// Load reads the topology. It takes no lock, because the product replaces the document atomically.
func (s *Store) Load(ctx context.Context) ([]byte, error) {
	result, err := powershell.Run(ctx, s.transport, GetTopology, powershell.Input{})
	if err != nil {
		return nil, fmt.Errorf("cannot read the topology from %s: %w", s.Location(), err)
	}
	if result.Document == "" {
		return nil, fmt.Errorf("cannot read the topology from %s: the result has no document. Run "+
			"Get-CsTopology -AsXml on that host and check its output", s.Location())
	}
	return topology.EncodeText(result.Document), nil
}

// data returns the data that the scripts with the lock have in common.
func (s *Store) data(ctx context.Context) PublishData {
	data := PublishData{
		LockSeconds: int(lockTime / time.Second), Directory: s.options.Directory, Keep: defaultKeep,
		DomainController: s.options.DomainController, GlobalCatalog: s.options.GlobalCatalog,
	}
	if deadline, ok := ctx.Deadline(); ok {
		// At least 1, because 0 is no limit.
		data.Seconds = max(1, int(time.Until(deadline)/time.Second))
		data.LockSeconds = min(data.LockSeconds, data.Seconds)
	}
	return data
}

// extend returns a context that ends some time after ctx ends.
func extend(ctx context.Context, more time.Duration) (context.Context, context.CancelFunc) {
	extended, cancel := context.WithCancelCause(context.WithoutCancel(ctx))

	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(more, func() { cancel(context.Cause(ctx)) })
		context.AfterFunc(extended, func() { timer.Stop() })
	})
	return extended, func() {
		stop()
		cancel(context.Canceled)
	}
}

// pause waits for d and returns true. If ctx ends first, it returns false.
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
