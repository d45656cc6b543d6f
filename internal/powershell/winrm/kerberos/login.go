package kerberos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// maxReferrals limits how often a KDC refers to another realm.
const maxReferrals = 10

// logInWithPassword performs the AS exchange. With canonicalize it follows a KDC to the realm of the account, unless
// the KDC has received a proof of the password: a wrong one would count in each realm.
func (c *Client) logInWithPassword(ctx context.Context) (*credential, error) {
	realm := c.options.Realm

	for range maxReferrals {
		ticket, err := c.logInTo(ctx, realm)

		var refusal *KDCError
		if !c.config.canonicalize || !errors.As(err, &refusal) || refusal.Code != CodeWrongRealm || refusal.hasProof ||
			refusal.Other == "" || refusal.Other == realm {
			return ticket, err
		}
		realm = c.config.spell(refusal.Other)
	}
	return nil, fmt.Errorf("the KDCs refer to more than %d other realms", maxReferrals)
}

// logInTo performs the AS exchange with the KDC of a realm. The first request contains no proof of the password: the
// answer has the salt, without which the key cannot be derived. A wrong password is therefore sent once.
func (c *Client) logInTo(ctx context.Context, realm string) (*credential, error) {
	kdc, err := c.locate(ctx, realm)
	if err != nil {
		return nil, err
	}
	request := c.loginRequest(realm)
	secret := &secret{
		password: c.options.Password, salt: request.ReqBody.CName.GetSalt(realm), accepted: c.config.ticketTypes,
	}

	answer, err := c.send(ctx, kdc, request, false)

	var refusal *KDCError
	if !errors.As(err, &refusal) || refusal.Code != CodeProofRequired {
		return c.readLogin(request, secret, answer, err)
	}
	if request.PAData, err = secret.proof(refusal, c.now()); err != nil {
		return nil, secret.explain(err)
	}
	answer, err = c.send(ctx, kdc, request, true)
	granted, err := c.readLogin(request, secret, answer, err)
	return granted, unconfirmed(realm, err)
}

// unconfirmed returns the error of a login whose request had a proof of the password. Without a readable result the KDC
// may have counted it as a wrong one.
func unconfirmed(realm string, err error) error {
	if err == nil || IsRefusal(err) || errors.As(err, new(*KDCError)) || errors.As(err, new(*SkewError)) {
		return err
	}
	return &UnreachableError{Realm: realm, Err: err, Unconfirmed: true}
}

// readLogin reads the result of [Client.send].
func (c *Client) readLogin(request *messages.ASReq, secret *secret, answer []byte, err error) (*credential, error) {
	if err != nil {
		return nil, secret.explain(err)
	}
	var reply messages.ASRep
	if err := decode(answer, &reply); err != nil {
		return nil, err
	}
	return c.acceptLogin(request, reply.KDCRepFields, secret)
}

func (c *Client) send(ctx context.Context, kdc *center, request *messages.ASReq, hasProof bool) ([]byte, error) {
	message, err := request.Marshal()
	if err != nil {
		return nil, err
	}
	return kdc.ask(ctx, message, true, hasProof)
}

// loginRequest returns a request for a ticket that grants others.
func (c *Client) loginRequest(realm string) *messages.ASReq {
	body := c.requestBody(realm, c.config.ticketTypes)
	body.CName = types.NewPrincipalName(nametype.KRB_NT_PRINCIPAL, c.options.User)
	body.SName = grantingName(realm)

	if c.config.canonicalize {
		types.SetFlag(&body.KDCOptions, flags.Canonicalize)
	}
	return &messages.ASReq{KDCReqFields: messages.KDCReqFields{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_AS_REQ, ReqBody: body,
	}}
}

// requestBody returns the part that all requests have in common.
func (c *Client) requestBody(realm string, accepted []int32) messages.KDCReqBody {
	options := types.NewKrbFlags()
	if c.config.forwardable {
		types.SetFlag(&options, flags.Forwardable)
	}
	return messages.KDCReqBody{
		KDCOptions: options, Realm: realm, Till: c.now().UTC().Add(c.config.lifetime), Nonce: nonce(), EType: accepted,
	}
}

// acceptLogin checks and decrypts the answer to a login.
func (c *Client) acceptLogin(
	request *messages.ASReq, reply messages.KDCRepFields, secret *secret,
) (*credential, error) {
	asked := request.ReqBody
	key, err := secret.key(reply.EncPart.EType, reply.PAData)
	if err != nil {
		return nil, err
	}
	plain, err := decrypt(reply.EncPart, key, keyusage.AS_REP_ENCPART)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrongPassword, err)
	}
	switch {
	case plain.Nonce != asked.Nonce,
		!sameName(plain.SName, asked.SName), !sameName(reply.Ticket.SName, asked.SName),
		!strings.EqualFold(plain.SRealm, asked.Realm), !strings.EqualFold(reply.CRealm, asked.Realm),
		!c.config.canonicalize && !sameName(reply.CName, asked.CName):
		return nil, errOther
	}
	if now := c.now(); plain.AuthTime.Sub(now).Abs() > c.config.skew {
		return nil, &SkewError{Realm: asked.Realm, Local: now, KDC: plain.AuthTime}
	}
	return &credential{
		ticket: reply.Ticket, key: plain.Key, user: reply.CName, realm: reply.CRealm, end: plain.EndTime,
	}, nil
}

// secret derives keys from a password.
type secret struct {
	password string
	// salt is the default salt: the realm and the name of the account.
	salt string
	// accepted are the encryption types of the request.
	accepted []int32
	hints    []keyHint
}

// proof returns the pre-authentication data for a KDC that requires it: a timestamp that is encrypted with the key of
// the password. It returns the answer of the KDC as the error if the KDC accepts only other proofs or other keys.
func (s *secret) proof(required *KDCError, now time.Time) (types.PADataSequence, error) {
	var data types.PADataSequence
	if err := decode(required.data, &data); err != nil {
		return nil, err
	}
	if !data.Contains(patype.PA_ENC_TIMESTAMP) {
		return nil, required
	}
	var err error
	if s.hints, err = readHints(data); err != nil {
		return nil, err
	}
	if len(s.hints) == 0 {
		s.hints = []keyHint{{encryption: s.accepted[0]}}
	}
	hint := s.preferred()
	if hint == nil {
		return nil, required
	}
	key, err := deriveKey(s.password, s.salt, *hint)
	if err != nil {
		return nil, err
	}
	timestamp, err := encryptTimestamp(key, now)
	if err != nil {
		return nil, err
	}
	proof := types.PADataSequence{{PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: timestamp}}

	for _, part := range data {
		if part.PADataType == patype.PA_FX_COOKIE { // the state of the KDC, which it expects back
			proof = append(proof, part)
		}
	}
	return proof, nil
}

// preferred returns the hint of the first encryption type in the request that the KDC offers, or nil. The order of the
// KDC does not count: nothing authenticates it, and the proof with RC4 has the hash of the password without a salt.
func (s *secret) preferred() *keyHint {
	for _, accepted := range s.accepted {
		for i, hint := range s.hints {
			if hint.encryption == accepted {
				return &s.hints[i]
			}
		}
	}
	return nil
}

// explain sets the obstacle in an answer that requires another proof, and returns err. A KDC names encryption types
// only if the account has a key of a type in the request.
func (s *secret) explain(err error) error {
	var required *KDCError
	if !errors.As(err, &required) || required.Code != CodeProofRequired {
		return err
	}
	var data types.PADataSequence
	if len(required.data) > 0 && decode(required.data, &data) != nil {
		return errDamaged
	}
	hints, err := readHints(data)
	if err != nil {
		return err
	}
	isPermitted := func(h keyHint) bool { return slices.Contains(s.accepted, h.encryption) }

	switch {
	case isOffered(data, certificates) && !isOffered(data, otherProofs):
		required.Obstacle = OnlyCertificates
	case slices.ContainsFunc(hints, isPermitted):
		required.Obstacle = OtherProof
	default:
		required.Obstacle = NoCommonType
	}
	return required
}

// The kinds of pre-authentication data of certificates (RFC 4556), and of proofs that need none.
var (
	certificates = []int32{patype.PA_PK_AS_REQ_OLD, patype.PA_PK_AS_REP_OLD, patype.PA_PK_AS_REQ}
	otherProofs  = []int32{
		patype.PA_ENC_TIMESTAMP, patype.PA_SAM_CHALLENGE, patype.PA_SAM_CHALLENGE2, patype.PA_ENCRYPTED_CHALLENGE,
		patype.PA_OTP_CHALLENGE, paSPAKE,
	}
)

// paSPAKE is PA-SPAKE (RFC 9588).
const paSPAKE int32 = 151

func isOffered(data types.PADataSequence, kinds []int32) bool {
	return slices.ContainsFunc(data, func(part types.PAData) bool { return slices.Contains(kinds, part.PADataType) })
}

// key returns the key of an encryption type. The hints of the last answer precede those of earlier ones.
func (s *secret) key(encryption int32, last types.PADataSequence) (types.EncryptionKey, error) {
	if !slices.Contains(s.accepted, encryption) {
		return types.EncryptionKey{}, fmt.Errorf("the KDC answers with encryption type %d, which was not requested",
			encryption)
	}
	hints, err := readHints(last)
	if err != nil {
		return types.EncryptionKey{}, err
	}
	for _, hint := range append(hints, s.hints...) {
		if hint.encryption == encryption {
			return deriveKey(s.password, s.salt, hint)
		}
	}
	return deriveKey(s.password, s.salt, keyHint{encryption: encryption})
}

// encryptTimestamp returns PA-ENC-TIMESTAMP (RFC 4120 5.2.7.2).
func encryptTimestamp(key types.EncryptionKey, now time.Time) ([]byte, error) {
	plain, err := marshal(types.PAEncTSEnc{PATimestamp: now.UTC(), PAUSec: now.Nanosecond() / 1000})
	if err != nil {
		return nil, err
	}
	encrypted, err := crypto.GetEncryptedData(plain, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP, 0)
	if err != nil {
		return nil, err
	}
	return encrypted.Marshal()
}
