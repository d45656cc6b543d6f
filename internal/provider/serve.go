package provider

import (
	"errors"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/output"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// address is the address of the provider in the registry.
const address = "registry.terraform.io/lync-iac/lync"

// Serve serves the provider until Terraform asks the process to shut down, and then closes the shells that it keeps
// open on other hosts. If debug is set, a debugger can start the process. Serve changes the environment of the process,
// see [silenceLogs].
//
// The framework does not notify a provider of the end of a run. But Terraform asks the process to shut down, upon which
// [tf6server.Serve] returns, and kills the process two seconds later. This is enough time to close a shell over an open
// connection. If the process ends in another way, the host closes its unused shells itself.
func Serve(version string, debug bool) error {
	if err := silenceLogs(); err != nil {
		return err
	}
	var opened connections
	var options []tf6server.ServeOpt
	if debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve(address, func() tfprotov6.ProviderServer {
		return NewServer(newWithStore(version, opened.store)())
	}, options...)
	return errors.Join(err, opened.close())
}

// NewServer serves a provider. Every server of this provider is made here, also in tests, so that everything that
// Terraform prints passes package output.
func NewServer(p provider.Provider) output.Server {
	served, ok := providerserver.NewProtocol6(p)().(output.Server)
	invariant.That(ok, "the framework serves resources, data sources, functions, list resources and actions")
	return output.NewServer(served)
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
