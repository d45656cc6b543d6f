package provider

import (
	"context"
	"errors"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// Serve serves the provider until Terraform asks the process to shut down, and then closes the shells that it keeps
// open on other hosts.
//
// The framework does not notify a provider of the end of a run. But Terraform asks the process to shut down, upon which
// [providerserver.Serve] returns, and kills the process two seconds later. This is enough time to close a shell over an
// open connection. If the process ends in another way, the host closes its unused shells itself.
func Serve(ctx context.Context, version string, options providerserver.ServeOpts) error {
	var opened connections
	err := providerserver.Serve(ctx, newWithStore(version, opened.store), options)
	return errors.Join(err, opened.close())
}

// connections holds the transports of this process.
type connections struct {
	mu   sync.Mutex
	open []powershell.Transport
}

// store returns the store of a topology and keeps its transport.
func (c *connections) store(l location) store.Store {
	if l.shell.Transport != nil {
		c.mu.Lock()
		c.open = append(c.open, l.shell.Transport)
		c.mu.Unlock()
	}
	return open(l)
}

// close closes all transports at the same time.
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
