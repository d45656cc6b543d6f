package kerberos

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Options describe a login. Cache replaces User, Password and Realm.
type Options struct {
	// Config is the path of krb5.conf.
	Config string
	// User is the name of the account without its realm.
	User, Password, Realm string
	// Cache is the path of a credential cache, with or without FILE: before it.
	Cache string
	// Service is the service principal, such as HTTP/lync01.contoso.com.
	Service string
}

// Client gets the tickets for one service. All connections to the service share it, so that they log in once. It has no
// goroutines between calls.
type Client struct {
	options Options
	config  *config
	now     func() time.Time
	pace    pace

	// turn has a place for the only call that talks to a KDC. It guards the following fields.
	turn chan struct{}
	// granting is the ticket that grants others, service that of the service. Both can be nil.
	granting, service *credential
	// centers has the KDCs of each realm that a call has asked.
	centers map[string]*center
	// refused is the error of a refused login, which is not repeated.
	refused error
}

// New returns a client. It reads the configuration and the cache, and contacts no KDC.
func New(options Options) (*Client, error) {
	config, err := readConfig(options.Config)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", options.Config, err)
	}
	c := &Client{
		options: options, config: config, now: time.Now, pace: pace{stagger, exchangeTime},
		turn: make(chan struct{}, 1), centers: map[string]*center{},
	}

	if options.Cache != "" {
		if _, err := c.readCache(); err != nil {
			return nil, err
		}
	}
	c.options.Realm = config.spell(options.Realm)
	if err := config.unusable[c.options.Realm]; err != nil {
		return nil, fmt.Errorf("load %s: %w", options.Config, err)
	}
	return c, nil
}

// Prepare gets the ticket of the service unless there is a valid one. A following [Client.Token] needs no KDC.
func (c *Client) Prepare(ctx context.Context) error {
	_, err := c.ticket(ctx)
	return err
}

// Token returns a message of SPNEGO that authenticates the user to the service. binding is the hash of the channel
// binding of RFC 4121 4.1.1.2, or zero. Each message is valid once.
func (c *Client) Token(ctx context.Context, binding [16]byte) ([]byte, error) {
	service, err := c.ticket(ctx)
	if err != nil {
		return nil, err
	}
	return service.token(binding, c.now())
}

// ticket returns a valid ticket of the service.
func (c *Client) ticket(ctx context.Context) (*credential, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if c.refused != nil {
		return nil, c.refused
	}
	if err := c.refresh(ctx); err != nil {
		if IsRefusal(err) {
			c.refused = err
		}
		return nil, err
	}
	return c.service, nil
}

// refresh gets the ticket of the service unless there is a valid one.
func (c *Client) refresh(ctx context.Context) (err error) {
	if c.service.isValid(c.now()) {
		return nil
	}
	if !c.granting.isValid(c.now()) {
		if c.granting, err = c.logIn(ctx); err != nil {
			return err
		}
	}
	c.service, err = c.requestService(ctx, c.granting)
	return err
}

// logIn returns a ticket that grants others.
func (c *Client) logIn(ctx context.Context) (*credential, error) {
	if c.options.Cache == "" {
		return c.logInWithPassword(ctx)
	}
	// Read the file again: another program may have renewed the ticket.
	cached, err := c.readCache()
	if err != nil {
		return nil, err
	}
	if now := c.now(); !cached.end.After(now) {
		return nil, &ExpiredError{Cache: cachePath(c.options.Cache), End: cached.end}
	}
	return cached, nil
}

// credential is a ticket with its session key.
type credential struct {
	ticket messages.Ticket
	key    types.EncryptionKey
	// user and realm are the name of the client in the ticket.
	user  types.PrincipalName
	realm string
	end   time.Time
}

// expiryMargin is how long before its end a ticket is replaced. The clocks of the hosts differ.
const expiryMargin = time.Minute

// isValid reports whether c can be used at a time.
func (c *credential) isValid(now time.Time) bool {
	return c != nil && c.end.After(now.Add(expiryMargin))
}

// granted returns the realm whose KDC accepts a ticket that grants others, or "" for another ticket.
func (c *credential) granted() string {
	if name := c.ticket.SName.NameString; len(name) == 2 && strings.EqualFold(name[0], grantingService) {
		return name[1]
	}
	return ""
}

// grantingService is the first part of the name of the service that grants tickets.
const grantingService = "krbtgt"

// grantingName returns the name of the service of a realm that grants tickets.
func grantingName(realm string) types.PrincipalName {
	return types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{grantingService, realm}}
}

// serviceName returns the name of a service. Its type lets a KDC refer to the realm of the service.
func serviceName(name string) types.PrincipalName {
	return types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: strings.Split(name, "/")}
}

// sameName reports whether two names are equal. Windows does not distinguish between cases.
func sameName(a, b types.PrincipalName) bool {
	return strings.EqualFold(a.PrincipalNameString(), b.PrincipalNameString())
}

var errOther = errors.New("the answer of the KDC belongs to another request")
