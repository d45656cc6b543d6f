package kerberos

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/messages"
)

const (
	dialTime   = 5 * time.Second
	answerTime = 15 * time.Second
	// maxAnswer limits an answer in bytes. A ticket with the groups of a user has at most 64 KiB.
	maxAnswer = 256 << 10
	// maxText limits the explanation of an error in bytes.
	maxText = 200
)

// center is the KDCs of a realm.
type center struct {
	realm     string
	addresses []address
	// chosen is the KDC that has answered, or nil.
	chosen *address
	now    func() time.Time
}

// locate returns the KDCs of a realm, from krb5.conf or else from DNS.
func (c *Client) locate(ctx context.Context, realm string) (*center, error) {
	if err := c.config.unusable[realm]; err != nil {
		return nil, fmt.Errorf("load %s: %w", c.options.Config, err)
	}
	found := &center{realm: realm, addresses: c.config.realms[realm], now: c.now}
	primaries := c.config.primaries[realm]

	if len(found.addresses) == 0 && !c.config.lookUp {
		found.addresses = primaries
	}
	if len(found.addresses) > 0 {
		return found, nil
	}
	if !c.config.lookUp {
		return nil, fmt.Errorf("krb5.conf names no KDC of %s, and dns_lookup_kdc is off", realm)
	}
	var errs []error

	for _, network := range []string{"tcp", "udp"} {
		_, records, err := net.DefaultResolver.LookupSRV(ctx, "kerberos", network, realm)
		if err != nil {
			errs = append(errs, err)
		}
		for _, record := range records {
			found.addresses = append(found.addresses, address{
				network, strings.TrimSuffix(record.Target, "."), strconv.Itoa(int(record.Port)),
			})
		}
	}
	if len(found.addresses) == 0 {
		found.addresses = primaries
	}
	if len(found.addresses) == 0 {
		return nil, &UnreachableError{Realm: realm, Err: fmt.Errorf("krb5.conf names none: %w", errors.Join(errs...))}
	}
	return found, nil
}

// ask sends a request and returns the answer. The error is a [*KDCError] or a [*SkewError] if that is the answer.
//
// A request that contains a proof of the password is sent once, to the KDC that has answered before: each KDC that
// receives it with a wrong password counts it towards the lockout of the account.
func (k *center) ask(ctx context.Context, request []byte, isLogin, hasProof bool) ([]byte, error) {
	addresses := k.addresses
	if k.chosen != nil {
		addresses = []address{*k.chosen}
	}
	var errs []error

	for _, a := range addresses {
		answer, err := k.askOne(ctx, a, request, hasProof)
		if err == nil {
			return answer, k.refusal(answer, isLogin)
		}
		if ctx.Err() != nil && hasProof {
			return nil, &UnreachableError{Realm: k.realm, Err: context.Cause(ctx), Unconfirmed: true}
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		errs = append(errs, err)
	}
	return nil, &UnreachableError{Realm: k.realm, Err: errors.Join(errs...), Unconfirmed: hasProof}
}

// askOne sends a request to one KDC: over TCP, and over UDP if it accepts no connection.
func (k *center) askOne(ctx context.Context, a address, request []byte, hasProof bool) ([]byte, error) {
	if a.network != "udp" {
		dialer := net.Dialer{Timeout: dialTime}
		conn, err := dialer.DialContext(ctx, "tcp", a.String())
		if err == nil {
			k.chosen = &address{"tcp", a.host, a.port}
			return converse(ctx, conn, func() ([]byte, error) { return askStream(conn, request) })
		}
		if a.network == "tcp" || ctx.Err() != nil {
			return nil, err
		}
		answer, udpErr := k.askOne(ctx, address{"udp", a.host, a.port}, request, hasProof)
		if udpErr != nil {
			return nil, err
		}
		return answer, nil
	}
	conn, err := (&net.Dialer{Timeout: dialTime}).DialContext(ctx, "udp", a.String())
	if err != nil {
		return nil, err
	}
	answer, err := converse(ctx, conn, func() ([]byte, error) { return askPackets(conn, request, hasProof) })
	if err != nil {
		return nil, err
	}
	k.chosen = &a

	var refusal messages.KRBError
	if isErrorMessage(answer) && decode(answer, &refusal) == nil && refusal.ErrorCode == CodeTooBig {
		if answer, err = k.askOne(ctx, address{"tcp", a.host, a.port}, request, hasProof); err != nil {
			return nil, fmt.Errorf("the answer is too big for UDP: %w", err)
		}
	}
	return answer, nil
}

// converse runs a conversation, which ends with the context, and closes the connection.
func converse(ctx context.Context, conn net.Conn, conversation func() ([]byte, error)) ([]byte, error) {
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()

	if err := conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return nil, err
	}
	return conversation()
}

// askStream sends a request over TCP, where the length precedes each message (RFC 4120 7.2.2).
func askStream(conn net.Conn, request []byte) ([]byte, error) {
	//nolint:gosec // a request has a few hundred KiB at most
	message := append(binary.BigEndian.AppendUint32(nil, uint32(len(request))), request...)
	if _, err := conn.Write(message); err != nil {
		return nil, err
	}
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", conn.RemoteAddr(), err)
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxAnswer {
		return nil, fmt.Errorf("%s announces an answer of more than %d KiB", conn.RemoteAddr(), maxAnswer>>10)
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", conn.RemoteAddr(), err)
	}
	return answer, nil
}

// askPackets sends a request over UDP, up to three times unless once is set.
func askPackets(conn net.Conn, request []byte, once bool) ([]byte, error) {
	attempts := 3
	if once {
		attempts = 1
	}
	answer := make([]byte, 64<<10)
	var n int
	var err error

	for range attempts {
		if err := conn.SetDeadline(time.Now().Add(answerTime / time.Duration(attempts))); err != nil {
			return nil, err
		}
		if _, err = conn.Write(request); err != nil {
			return nil, err
		}
		if n, err = conn.Read(answer); err == nil {
			return answer[:n], nil
		}
	}
	return nil, err
}

// refusal returns the error in an answer, or nil.
func (k *center) refusal(answer []byte, isLogin bool) error {
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
	}
}
