package kerberos

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
)

// The error codes of RFC 4120 that need advice of their own.
const (
	CodeAccountExpired  = errorcode.KDC_ERR_NAME_EXP
	CodeUnknownAccount  = errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN
	CodeUnknownService  = errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN
	CodePolicy          = errorcode.KDC_ERR_POLICY
	CodeNoCommonType    = errorcode.KDC_ERR_ETYPE_NOSUPP
	CodeRevoked         = errorcode.KDC_ERR_CLIENT_REVOKED
	CodePasswordExpired = errorcode.KDC_ERR_KEY_EXPIRED
	CodeWrongPassword   = errorcode.KDC_ERR_PREAUTH_FAILED
	CodeWrongRealm      = errorcode.KDC_ERR_WRONG_REALM
	CodeProofRequired   = errorcode.KDC_ERR_PREAUTH_REQUIRED
	CodeUnavailable     = errorcode.KDC_ERR_SVC_UNAVAILABLE
	CodeTooBig          = errorcode.KRB_ERR_RESPONSE_TOO_BIG
	codeSkew            = errorcode.KRB_AP_ERR_SKEW
)

// Obstacle is the reason why a KDC does not accept a password, with CodeProofRequired.
type Obstacle int

const (
	// NoCommonType means that the account has no key of an encryption type that krb5.conf permits.
	NoCommonType Obstacle = iota + 1
	// OnlyCertificates means that the KDC accepts a certificate (PKINIT) and no other proof.
	OnlyCertificates
	// OtherProof means that the KDC requires a proof that this package does not support, such as FAST or a one-time
	// password.
	OtherProof
)

// KDCError is an error that a KDC has answered.
type KDCError struct {
	Code int32
	// Realm is the realm of the KDC.
	Realm string
	// Login reports whether the request was a login. Otherwise it was a request for the ticket of a service.
	Login bool
	// Text is the explanation of the KDC, or empty.
	Text string
	// Other is the realm that the KDC refers to, with CodeWrongRealm.
	Other string
	// Obstacle is set with CodeProofRequired.
	Obstacle Obstacle

	data []byte
	// hasProof is true if the request had a proof of the password.
	hasProof bool
}

func (e *KDCError) Error() string {
	name, _, _ := strings.Cut(errorcode.Lookup(e.Code), " -")
	if fields := strings.Fields(name); len(fields) > 1 && strings.HasPrefix(name, "(") {
		name = fields[1] + " (" + fmt.Sprint(e.Code) + ")"
	}
	what := "the request for a ticket"
	if e.Login {
		what = "the login"
	}
	text := fmt.Sprintf("the KDC of %s refused %s: %s", e.Realm, what, name)
	if e.Text != "" {
		text += ", " + e.Text
	}
	return text
}

// SkewError is a difference between the clock of this machine and that of a KDC.
type SkewError struct {
	Realm      string
	Local, KDC time.Time
}

func (e *SkewError) Error() string {
	return fmt.Sprintf("the clocks differ: %s on this machine, %s on the KDC of %s",
		e.Local.UTC().Format(time.RFC3339), e.KDC.UTC().Format(time.RFC3339), e.Realm)
}

// ExpiredError is an expired ticket in a credential cache.
type ExpiredError struct {
	Cache string
	End   time.Time
}

func (e *ExpiredError) Error() string {
	return fmt.Sprintf("the ticket in the credential cache %s expired at %s", e.Cache, e.End.UTC().Format(time.RFC3339))
}

// UnreachableError is the failure to get an answer from any KDC of a realm.
type UnreachableError struct {
	Realm string
	Err   error
	// Unconfirmed is true if a KDC may have received the password, and may have counted it as a wrong one.
	Unconfirmed bool
}

func (e *UnreachableError) Error() string {
	if e.Unconfirmed {
		return fmt.Sprintf("the login at the KDC of %s has no readable result: %s", e.Realm, e.Err)
	}
	return fmt.Sprintf("no KDC of %s answers: %s", e.Realm, e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// ErrWrongPassword is the error for an answer of a KDC that the password does not decrypt. The KDC does not count it.
var ErrWrongPassword = errors.New("the password does not decrypt the answer of the KDC")

// IsRefusal reports whether a KDC has refused the credentials, or may have. Another attempt has the same result, and
// can count towards the lockout of the account.
func IsRefusal(err error) bool {
	var (
		refusal     *KDCError
		unreachable *UnreachableError
	)

	switch {
	case errors.As(err, &refusal):
		return refusal.Login && refusal.Code != CodeUnavailable
	case errors.As(err, &unreachable):
		return unreachable.Unconfirmed
	}
	return errors.Is(err, ErrWrongPassword)
}
