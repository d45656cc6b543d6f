// Package client is what the Terraform objects call: read models of a topology, checks of a plan, and changes. It
// combines the rules of package resilience with the ledger and the publisher of one walk, and knows no schema of
// Terraform.
package client

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/ledger"
	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const (
	fileTimeout = 10 * time.Minute
	liveTimeout = 30 * time.Minute
)

// Options are the settings of the provider's configuration apart from the location of the document.
type Options struct {
	Policy   resilience.Policy
	ReadOnly bool
	// Live is set if the document is behind a management shell. It is for a location that is not known yet.
	Live bool
}

// Client serves one walk of Terraform. Configure makes a new one for every walk.
type Client struct {
	store     store.Store // nil while the location is unknown
	options   Options
	ledger    *ledger.Ledger
	publisher *publisher.Publisher // nil while the location is unknown
	walk      string
}

// systemClock is the clock of a ledger outside of its tests.
type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// New returns a client for the document in a store; a nil store is a location that is not known before the apply.
func New(s store.Store, options Options) *Client {
	c := &Client{store: s, options: options, ledger: ledger.New(systemClock{}), walk: rand.Text()}
	if s != nil {
		c.publisher = publisher.New(s, c.ledger.Calls)
	}
	return c
}

// LocationKnown reports whether the location of the document is known.
func (c *Client) LocationKnown() bool { return c.store != nil }

// Live reports whether changes are published to a deployment, where they have to be enabled.
func (c *Client) Live() bool {
	_, live := c.store.(store.Deployment)
	return c.options.Live || live
}

// Timeout returns the default timeout of an operation.
func (c *Client) Timeout() time.Duration {
	if c.Live() {
		return liveTimeout
	}
	return fileTimeout
}

// Policy returns how severities apply in this configuration.
func (c *Client) Policy() resilience.Policy { return c.options.Policy }

// Walk returns a text that identifies this walk of Terraform.
func (c *Client) Walk() string { return c.walk }

// Enter counts a call of Terraform as running until the returned function is called. See [ledger.Ledger.Enter].
func (c *Client) Enter() (leave func()) { return c.ledger.Enter() }

// Topology returns the topology as this walk sees it.
func (c *Client) Topology(ctx context.Context) (*topology.Topology, error) {
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	return doc.Topology(), nil
}

func (c *Client) document(ctx context.Context) (*topology.Document, error) {
	if c.store == nil {
		return nil, ErrUnknownLocation
	}
	return c.publisher.Document(ctx)
}

// changeable is document for the plan of a change. It refuses a document that the store cannot replace, so that the
// plan refuses what the apply would refuse.
func (c *Client) changeable(ctx context.Context) (*topology.Document, error) {
	doc, err := c.document(ctx)
	if err != nil {
		return nil, err
	}
	return doc, c.checkPublish(ctx)
}

// checkPublish returns the error of every publish, as far as the store knows it before. A read-only provider publishes
// nothing.
func (c *Client) checkPublish(ctx context.Context) error {
	checked, ok := c.store.(store.Checked)
	if !ok || c.options.ReadOnly {
		return nil
	}
	return checked.CheckPublish(ctx)
}

// Outcome describes a change that was made.
type Outcome struct {
	publisher.Outcome
	// Steps remain to be done by hand for this change; nil if nothing was published.
	Steps []string
}

// submit publishes a change, unless the provider is read-only.
func submit[R any](ctx context.Context, c *Client, change publisher.Change[R]) (result R, outcome Outcome, err error) {
	switch {
	case c.options.ReadOnly:
		return result, outcome, ErrReadOnly
	case c.store == nil:
		return result, outcome, ErrUnknownLocation
	}
	result, outcome.Outcome, err = publisher.Submit(ctx, c.publisher, change)
	return result, outcome, err
}

// blocking returns the violations of severity error.
func blocking(violations []resilience.Violation) []resilience.Violation {
	var found []resilience.Violation
	for _, v := range violations {
		if v.Severity == resilience.Error {
			found = append(found, v)
		}
	}
	return found
}
