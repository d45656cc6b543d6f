package kerberos

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/messages"

	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
)

const (
	// stagger is the time after which the next KDC is asked while the earlier ones can still answer, as in MIT krb5.
	stagger = time.Second
	// exchangeTime limits one exchange: the request to all KDCs of a realm.
	exchangeTime = 20 * time.Second
	// maxAnswer limits an answer in bytes. A ticket with the groups of a user has at most 64 KiB.
	maxAnswer = 256 << 10
	// maxText limits the explanation of an error in bytes.
	maxText = 200
)

// center is the KDCs of a realm.
type center struct {
	realm     string
	addresses []address
	// chosen is the KDC that has answered the last request, or nil.
	chosen *address
	now    func() time.Time
	pace   pace
}

// pace is the speed of exchanges.
type pace struct{ stagger, limit time.Duration }

// locate returns the KDCs of a realm: from krb5.conf, or else from DNS, or else the primary ones from krb5.conf. A KDC
// that has answered is asked again, without another look at DNS.
func (c *Client) locate(ctx context.Context, realm string) (*center, error) {
	if err := c.config.unusable[realm]; err != nil {
		return nil, fmt.Errorf("load %s: %w", c.options.Config, err)
	}
	if known := c.centers[realm]; known != nil && known.chosen != nil {
		return known, nil
	}
	addresses, err := c.config.realms[realm], error(nil)

	if len(addresses) == 0 && c.config.lookUp {
		addresses, err = c.lookUp(ctx, realm)
	}
	if len(addresses) == 0 {
		addresses = c.config.primaries[realm]
	}
	switch {
	case len(addresses) > 0:
		c.centers[realm] = &center{realm: realm, addresses: addresses, now: c.now, pace: c.pace}
		return c.centers[realm], nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case !c.config.lookUp:
		return nil, fmt.Errorf("krb5.conf names no KDC of %s, and dns_lookup_kdc is off", realm)
	}
	return nil, &UnreachableError{Realm: realm, Err: fmt.Errorf("krb5.conf names none: %w", err)}
}

// lookUp returns the KDCs of a realm in DNS.
func (c *Client) lookUp(ctx context.Context, realm string) (found []address, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.pace.limit)
	defer cancel()
	var errs list

	for _, network := range []string{"tcp", "udp"} {
		_, records, err := net.DefaultResolver.LookupSRV(ctx, "kerberos", network, realm)
		if err != nil {
			errs = append(errs, err)
		}
		for _, record := range records {
			found = append(found, address{
				network, strings.TrimSuffix(record.Target, "."), strconv.Itoa(int(record.Port)),
			})
		}
	}
	return found, errs
}

// attempts returns the addresses in the order in which they are asked: the KDC that answered the last request, all over
// TCP, and those that may not accept TCP over UDP. Each address has a network.
func (k *center) attempts() []address {
	var first, second []address

	for _, a := range k.addresses {
		if a.network == "" {
			second = append(second, address{"udp", a.host, a.port})
			a.network = "tcp"
		}
		first = append(first, a)
	}
	all := append(first, second...)
	if k.chosen == nil {
		return all
	}
	chosen := *k.chosen
	return append([]address{chosen}, slices.DeleteFunc(all, func(a address) bool { return a == chosen })...)
}

// ask sends a request and returns the answer. The error is a [*KDCError] or a [*SkewError] if that is the answer.
//
// A request that contains a proof of the password is sent once, to the KDC that has answered before: each KDC that
// receives it with a wrong password counts it towards the lockout of the account.
func (k *center) ask(ctx context.Context, request []byte, isLogin, hasProof bool) ([]byte, error) {
	addresses := k.attempts()
	if hasProof {
		addresses = addresses[:1]
	}
	found, errs := k.race(ctx, addresses, question{request, isLogin, hasProof})

	switch {
	case found != nil && found.isUnavailable():
		return nil, k.refusal(found.answer, isLogin, hasProof)
	case found != nil:
		k.chosen = &found.from
		return found.answer, k.refusal(found.answer, isLogin, hasProof)
	case ctx.Err() != nil && !hasProof:
		return nil, context.Cause(ctx)
	case ctx.Err() != nil:
		errs = append(errs, context.Cause(ctx))
	}
	k.chosen = nil
	return nil, &UnreachableError{Realm: k.realm, Err: errs, Unconfirmed: hasProof}
}

// race asks the KDCs in their order: the first one, and the next one when another has failed or has not answered in
// time. It returns the first readable answer. The answer of a KDC that is not available counts if there is no other.
// The errors are those of the KDCs without an answer.
func (k *center) race(ctx context.Context, addresses []address, q question) (found *reply, errs list) {
	ctx, cancel := context.WithTimeout(ctx, k.pace.limit)
	replies := make(chan reply, len(addresses))
	var asked sync.WaitGroup

	// The questions end with ctx, and no connection outlives this call.
	defer asked.Wait()
	defer cancel()

	next, over, unasked := time.NewTimer(0), ctx.Done(), error(nil)
	defer next.Stop()

	for number, open := 0, 0; number < len(addresses) || open > 0; {
		select {
		case <-over:
			if rest := len(addresses) - number; rest > 0 {
				unasked = fmt.Errorf("%d more not asked within %s", rest, k.pace.limit)
			}
			addresses, over = addresses[:number], nil
		case <-next.C:
			if number < len(addresses) {
				at, a := number, addresses[number]
				asked.Go(func() { replies <- q.ask(ctx, at, a) })
				errs, number, open = append(errs, nil), number+1, open+1
				next.Reset(k.pace.stagger)
			}
		case r := <-replies:
			open--
			if r.err == nil && !r.isUnavailable() {
				return &r, nil
			}
			if errs[r.number] = r.err; r.err == nil {
				found = &r
			}
			next.Reset(0)
		}
	}
	return found, slices.DeleteFunc(append(errs, unasked), func(err error) bool { return err == nil })
}

// list is several errors in one line.
type list []error

func (l list) Error() string {
	var texts []string
	for _, err := range l {
		texts = append(texts, sentence.WithoutStop(err.Error()))
	}
	return strings.Join(texts, "; ")
}

func (l list) Unwrap() []error { return l }

// refusal returns the error in an answer, or nil.
func (k *center) refusal(answer []byte, isLogin, hasProof bool) error {
	if !isErrorMessage(answer) {
		return nil
	}
	var m messages.KRBError
	if err := decode(answer, &m); err != nil {
		return err
	}
	if m.ErrorCode == codeSkew {
		return &SkewError{Realm: k.realm, Local: k.now(), KDC: m.STime}
	}
	text := strings.ToValidUTF8(m.EText[:min(len(m.EText), maxText)], "?")
	return &KDCError{
		Code: m.ErrorCode, Realm: k.realm, Login: isLogin, Text: text, Other: m.CRealm, data: m.EData,
		hasProof: hasProof,
	}
}
