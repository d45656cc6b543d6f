package kerberos

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// requestService gets the ticket of the service. It first goes to the realm that [domain_realm] has for the host, if
// any. The KDCs refer to other realms.
func (c *Client) requestService(ctx context.Context, granting *credential) (*credential, error) {
	service := serviceName(c.options.Service)
	host, _, _ := strings.Cut(service.NameString[len(service.NameString)-1], ":")

	if realm := c.config.realmOf(host); realm != "" && !strings.EqualFold(realm, granting.granted()) {
		var err error
		if granting, err = c.follow(ctx, granting, grantingName(realm)); err != nil {
			return nil, err
		}
	}
	return c.follow(ctx, granting, service)
}

// follow requests a ticket, at one KDC after the other as long as they answer with a referral: a ticket for the KDC of
// another realm (RFC 6806 8).
func (c *Client) follow(ctx context.Context, granting *credential, service types.PrincipalName) (*credential, error) {
	for range maxReferrals {
		found, err := c.requestTicket(ctx, granting, service)
		if err != nil {
			return nil, err
		}
		if found.granted() == "" || sameName(found.ticket.SName, service) {
			return found, nil
		}
		if strings.EqualFold(found.granted(), granting.granted()) {
			return nil, fmt.Errorf("the KDC of %s refers to itself for %s", found.granted(),
				service.PrincipalNameString())
		}
		granting = found
	}
	return nil, fmt.Errorf("the KDCs refer to more than %d other realms for %s", maxReferrals,
		service.PrincipalNameString())
}

// requestTicket performs one TGS exchange.
func (c *Client) requestTicket(
	ctx context.Context, granting *credential, service types.PrincipalName,
) (*credential, error) {
	realm := granting.granted()
	kdc, err := c.locate(ctx, c.config.spell(realm))
	if err != nil {
		return nil, err
	}
	body := c.requestBody(realm, c.config.serviceTypes)
	body.SName = service
	types.SetFlag(&body.KDCOptions, flags.Canonicalize) // without it, KDCs do not refer to other realms

	request, err := granting.grantRequest(body, c.now())
	if err != nil {
		return nil, err
	}
	answer, err := kdc.ask(ctx, request, false, false)
	if err != nil {
		return nil, err
	}
	var reply messages.TGSRep
	if err := decode(answer, &reply); err != nil {
		return nil, err
	}
	plain, err := decrypt(reply.EncPart, granting.key, keyusage.TGS_REP_ENCPART_SESSION_KEY)
	if err != nil {
		return nil, err
	}
	if plain.Nonce != body.Nonce || !sameName(plain.SName, reply.Ticket.SName) || plain.SRealm != reply.Ticket.Realm ||
		!strings.EqualFold(plain.SRealm, realm) || len(plain.SName.NameString) == 0 {
		return nil, errOther
	}
	return &credential{
		ticket: reply.Ticket, key: plain.Key, user: granting.user, realm: granting.realm, end: plain.EndTime,
	}, nil
}

// grantRequest returns a request for a ticket, with the proof that c belongs to the client.
func (c *credential) grantRequest(body messages.KDCReqBody, now time.Time) (request []byte, err error) {
	defer recovered(&err)

	encoded, err := body.Marshal()
	if err != nil {
		return nil, err
	}
	kind, err := crypto.GetEtype(c.key.KeyType)
	if err != nil {
		return nil, err
	}
	sum, err := kind.GetChecksumHash(c.key.KeyValue, encoded, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM)
	if err != nil {
		return nil, err
	}
	proof, err := c.apRequest(types.Checksum{CksumType: kind.GetHashID(), Checksum: sum}, now)
	if err != nil {
		return nil, err
	}
	message := messages.TGSReq{KDCReqFields: messages.KDCReqFields{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_TGS_REQ, ReqBody: body,
		PAData: types.PADataSequence{{PADataType: patype.PA_TGS_REQ, PADataValue: proof}},
	}}
	return message.Marshal()
}

// apRequest returns an AP-REQ (RFC 4120 5.5.1).
func (c *credential) apRequest(checksum types.Checksum, now time.Time) (request []byte, err error) {
	defer recovered(&err)

	if len(c.ticket.SName.NameString) == 0 {
		return nil, errors.New("the ticket names no service")
	}
	proof := types.Authenticator{
		AVNO: iana.PVNO, CRealm: c.realm, CName: c.user, Cksum: checksum, SeqNumber: int64(nonce()),
		CTime: now.UTC(), Cusec: now.Nanosecond() / 1000,
	}
	message, err := messages.NewAPReq(c.ticket, c.key, proof)
	if err != nil {
		return nil, err
	}
	return message.Marshal()
}

// nonce returns a random number of 30 bits.
func nonce() int {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return int(binary.BigEndian.Uint32(b[:]) >> 2)
}

// marshal returns the DER encoding of a value.
func marshal(value any) ([]byte, error) { return asn1.Marshal(value) }
