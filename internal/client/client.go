// Package client is what the Terraform objects call: read models of a topology, checks of a plan, and changes. It
// combines the rules of package resilience with the ledger and the publisher of one walk, and knows no schema of
// Terraform.
package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/ledger"
	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// ErrReadOnly is the error of every change while the provider is configured as read-only.
var ErrReadOnly = errors.New("the provider is configured with read_only = true (or LYNC_READ_ONLY), so nothing was changed; " +
	"set it to false to let Terraform write the topology")

// ErrUnknownLocation is the error of a question that needs the document while its location is not known yet.
var ErrUnknownLocation = errors.New("where the topology document is, is not known yet: another resource of this plan makes it; " +
	"apply that resource first (terraform apply -target=...), or apply in two steps")

const (
	fileTimeout = 10 * time.Minute
	liveTimeout = 30 * time.Minute
)

// Options are what the provider's configuration says beside the place of the document.
type Options struct {
	Policy   resilience.Policy
	ReadOnly bool
	// Live says that the document is behind a management shell, where the store cannot say so yet.
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

// New returns a client for the document in a store; nil stands for a location that is not known before apply.
func New(s store.Store, options Options) *Client {
	c := &Client{store: s, options: options, ledger: ledger.New(systemClock{}), walk: rand.Text()}
	if s != nil {
		c.publisher = publisher.New(s, c.ledger.Calls)
	}
	return c
}

// LocationKnown says whether there is a document to ask yet.
func (c *Client) LocationKnown() bool { return c.store != nil }

// Live says whether changes are published to a deployment. A file has nothing to make effective.
func (c *Client) Live() bool {
	_, live := c.store.(store.Deployment)
	return c.options.Live || live
}

// Timeout is how long an operation may take unless the user says otherwise.
func (c *Client) Timeout() time.Duration {
	if c.Live() {
		return liveTimeout
	}
	return fileTimeout
}

// Policy returns how severities apply in this configuration.
func (c *Client) Policy() resilience.Policy { return c.options.Policy }

// Walk is a text that no other client has: it tells this walk of Terraform from every other.
func (c *Client) Walk() string { return c.walk }

// Enter counts a call of Terraform as running until the function it returns is called. The ledger needs to know
// whether anything may still arrive.
func (c *Client) Enter() (leave func()) { return c.ledger.Enter() }

// Topology returns the topology as this run sees it.
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

// RuleError is the refusal of a change by rules of the catalogue.
type RuleError struct {
	Violations []resilience.Violation
}

// Error lists the violated rules.
func (e *RuleError) Error() string {
	text := ""
	for _, v := range e.Violations {
		text += fmt.Sprintf("%s: %s\n", v.Summary(), v.Detail)
	}
	return text
}

// blocking returns the violations of severity error, nil for none.
func blocking(violations []resilience.Violation) []resilience.Violation {
	var found []resilience.Violation
	for _, v := range violations {
		if v.Severity == resilience.Error {
			found = append(found, v)
		}
	}
	return found
}
