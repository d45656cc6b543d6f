// Package client is what the Terraform objects talk to. It holds one snapshot of the topology for a run, the ledger
// in which the resources of a run claim and give up pools, and the one writer through which every change is
// published. It knows the rules and the document, and nothing of Terraform's schemas.
package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

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

// Client serves one run of Terraform: Configure makes a new one for every walk.
type Client struct {
	store    store.Store // nil while the location is unknown
	options  Options
	snapshot *snapshot
	ledger   *ledger
	writer   *writer
	walk     string
}

// New returns a client for the document in a store; nil stands for a location that is not known before apply.
func New(s store.Store, options Options) *Client {
	c := &Client{store: s, options: options, ledger: newLedger(), walk: rand.Text()}
	if s != nil {
		c.snapshot = &snapshot{store: s}
		c.writer = newWriter(s, c.snapshot, c.ledger.calls)
	}
	return c
}

// LocationKnown says whether there is a document to ask yet.
func (c *Client) LocationKnown() bool { return c.store != nil }

// Live says whether changes are published to a deployment. A file has nothing to make effective.
func (c *Client) Live() bool { return c.options.Live || live(c.store) != nil }

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
func (c *Client) Enter() (leave func()) { return c.ledger.enter() }

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
	_, doc, err := c.snapshot.get(ctx)
	return doc, err
}

// change hands a change to the writer, unless the provider is read-only.
func (c *Client) change(ctx context.Context, ch *change) (Outcome, error) {
	if c.options.ReadOnly {
		return Outcome{}, ErrReadOnly
	}
	if c.store == nil {
		return Outcome{}, ErrUnknownLocation
	}
	err := c.writer.submit(ctx, ch)
	return ch.outcome, err
}

// RuleError is the refusal of a change by rules of the catalogue.
type RuleError struct {
	Violations []resilience.Violation
}

// Error lists the violated rules.
func (e *RuleError) Error() string {
	text := ""
	for _, v := range e.Violations {
		text += fmt.Sprintf("%s: %s\n", v.Summary(), v.Text())
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
