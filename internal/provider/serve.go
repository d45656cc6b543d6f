package provider

import (
	"context"
	"errors"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// Serve serves the provider until Terraform has no more use for it, then closes the shells that it kept open on other
// hosts.
//
// The framework tells a provider of no end of a run. But Terraform asks the process to shut down, upon which
// [providerserver.Serve] returns, and kills it only when it has not ended two seconds later. That is enough to close a
// shell over a connection that is open; for all other ends of a process the host closes what nobody uses.
func Serve(ctx context.Context, version string, options providerserver.ServeOpts) error {
	var kept connections
	err := providerserver.Serve(ctx, newWithStore(version, kept.store), options)
	return errors.Join(err, kept.close())
}

// connections are the transports of this process.
type connections struct {
	mu   sync.Mutex
	open []powershell.Transport
}

func (c *connections) store(l location) store.Store {
	if l.shell.Transport != nil {
		c.mu.Lock()
		c.open = append(c.open, l.shell.Transport)
		c.mu.Unlock()
	}
	return open(l)
}

func (c *connections) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	errs := make([]error, len(c.open))
	var closing sync.WaitGroup
	for i, t := range c.open {
		closing.Go(func() { errs[i] = t.Close() })
	}
	closing.Wait()
	return errors.Join(errs...)
}
