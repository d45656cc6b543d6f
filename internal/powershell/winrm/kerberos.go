package winrm

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm/kerberos"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm/ntlm"
)

// kerberosLogin is Kerberos inside TLS. It does not encrypt messages itself.
type kerberosLogin struct {
	inClear

	client *kerberos.Client
	// binding is the channel binding of the connection.
	binding []byte
}

// connect sends an empty request without a login, because each message logs in, and its ticket is bound to the
// certificate of the connection.
func (k *kerberosLogin) connect(ctx context.Context, w *connection) error {
	answer, err := w.do(ctx, func(*http.Request) ([]byte, error) { return nil, nil })
	if err != nil {
		return err
	}
	k.binding, err = bindingOf(answer)
	return err
}

// prepare gets the ticket, which has time limits of its own. A KDC that does not answer is no fault of the host.
func (k *kerberosLogin) prepare(ctx context.Context) error {
	err := k.client.Prepare(ctx)

	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !kerberos.IsRefusal(err):
		return context.Cause(ctx)
	}
	return &kerberosError{err}
}

func (k *kerberosLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	token, err := k.client.Token(request.Context(), ntlm.BindingHash(k.binding))
	if err != nil {
		return nil, &kerberosError{err}
	}
	request.Header.Set("Authorization", "Negotiate "+base64.StdEncoding.EncodeToString(token))
	return message, nil
}

// kerberosError is an error of Kerberos, before a request to the host.
type kerberosError struct{ error }

func (k *kerberosError) Error() string { return "Kerberos: " + k.error.Error() }

func (k *kerberosError) Unwrap() error { return k.error }

// configureKerberos sets login to Kerberos.
func (w *Transport) configureKerberos() *stepError {
	c := w.config

	wrong := func(reason string) *stepError { return &stepError{err: errors.New(reason), next: adviceKerberos} }

	switch {
	case c.KerberosConfig == "":
		return wrong("Kerberos needs the path of krb5.conf")
	case c.KerberosCache == "" && (c.User == "" || c.Password == "" || c.KerberosRealm == ""):
		return wrong("Kerberos needs a credential cache, or user, password and realm")
	case strings.ContainsAny(c.User, `\@`):
		return wrong("with Kerberos the user has no domain: the realm is a setting of its own")
	}
	client, err := kerberos.New(kerberos.Options{
		Config: c.KerberosConfig, Cache: c.KerberosCache,
		User: c.User, Password: c.Password, Realm: c.KerberosRealm,
		Service: w.spn(),
	})
	if err != nil {
		return &stepError{err: err, next: w.explainKerberos(err).next}
	}
	w.login = func() login { return &kerberosLogin{client: client} }
	return nil
}

// spn returns the service principal of the host.
func (w *Transport) spn() string {
	if w.config.KerberosSPN != "" {
		return w.config.KerberosSPN
	}
	return "HTTP/" + w.config.Host
}

// explainKerberos returns the explanation of an error of Kerberos.
func (w *Transport) explainKerberos(err error) explanation {
	var (
		refusal     *kerberos.KDCError
		skew        *kerberos.SkewError
		expired     *kerberos.ExpiredError
		unreachable *kerberos.UnreachableError
		syntax      *kerberos.SyntaxError
	)
	found := explanation{text: err.Error(), next: adviceKerberos}

	switch {
	case errors.As(err, &refusal):
		fact, next := w.adviceKDC(refusal)
		if fact != "" {
			found.text += ": " + fact
		}
		if next != "" {
			found.next = next
		}
	case errors.Is(err, kerberos.ErrWrongPassword):
		found.next = adviceWrongPassword
	case errors.As(err, &skew):
		found.next = "Synchronize the clocks of this machine and of the KDC (w32tm /resync). Kerberos allows a " +
			"difference of five minutes."
	case errors.As(err, &expired):
		found.next = "Get a new ticket: kinit -c " + expired.Cache + "."
	case errors.As(err, &unreachable) && unreachable.Unconfirmed:
		found.next = adviceUnconfirmed
	case errors.As(err, &unreachable):
		found.next = "Check that krb5.conf names the KDCs of the realm, or that DNS has the records _kerberos._tcp." +
			unreachable.Realm + " and dns_lookup_kdc is true, and that no firewall blocks port 88 over TCP."
	case errors.As(err, &syntax):
		found.next = "Correct the line, or use a separate krb5.conf for this host."
	}
	return found
}

// adviceKDC returns what an error code of a KDC means, and the advice for it. Both can be empty.
func (w *Transport) adviceKDC(e *kerberos.KDCError) (fact, next string) {
	switch e.Code {
	case kerberos.CodeUnavailable:
		return "the KDC cannot answer now", "Try again later. If the error persists, check the services of the " +
			"domain controller: Get-Service kdc, ntds."
	case kerberos.CodeTooBig:
		return "the answer is too big for UDP", "Check that the KDC accepts connections on port 88 over TCP."
	}
	if e.Login {
		return w.adviceLogin(e)
	}
	return w.adviceService(e)
}

// adviceLogin is [Transport.adviceKDC] for a login.
func (w *Transport) adviceLogin(e *kerberos.KDCError) (fact, next string) {
	user := w.config.User

	switch e.Code {
	case kerberos.CodeUnknownAccount:
		return fmt.Sprintf("the realm has no account %s", user), "Check the user and the realm. The user is the name " +
			"before the @ of the user principal name, or the sAMAccountName."
	case kerberos.CodeRevoked:
		return fmt.Sprintf("the account %s is locked, disabled or expired", user),
			"Check it, and unlock it: Get-ADUser " + argument.PowerShell(user) + " -Properties LockedOut, " +
				"AccountExpirationDate; Unlock-ADAccount " + argument.PowerShell(user) + "."
	case kerberos.CodeAccountExpired:
		return fmt.Sprintf("the account %s has expired", user),
			"Extend it: Set-ADAccountExpiration " + argument.PowerShell(user) + " -DateTime <date>."
	case kerberos.CodePasswordExpired:
		return fmt.Sprintf("the password of %s has expired, or must be changed at the next login", user),
			"Change it, and use the new one."
	case kerberos.CodeWrongPassword:
		return fmt.Sprintf("the password of %s is wrong", user), adviceWrongPassword
	case kerberos.CodeProofRequired:
		return adviceProof(user, e.Obstacle)
	case kerberos.CodeNoCommonType:
		return fmt.Sprintf("the KDC, the account %s and krb5.conf have no encryption type in common", user),
			adviceTypes(user)
	case kerberos.CodePolicy:
		return fmt.Sprintf("a policy forbids the login of %s", user), "Check the logon hours, the workstations and " +
			"the authentication policy of the account, and that it does not require a smart card."
	case kerberos.CodeWrongRealm:
		if e.Other == "" || e.Other == e.Realm {
			return fmt.Sprintf("the account %s is not in the realm %s", user, e.Realm),
				"Check the realm of the account."
		}
		return fmt.Sprintf("the account %s is in the realm %s", user, e.Other),
			"Use that realm, or set canonicalize = true in krb5.conf."
	case kerberos.CodeUnknownService:
		return fmt.Sprintf("it does not serve the realm %s", e.Realm),
			"Check the realm, and its KDCs in [realms] of krb5.conf."
	}
	return "", ""
}

// adviceProof is the part of [Transport.adviceLogin] for a KDC that does not accept the password.
func adviceProof(user string, obstacle kerberos.Obstacle) (fact, next string) {
	switch obstacle {
	case kerberos.OnlyCertificates:
		return fmt.Sprintf("it accepts only a certificate for the account %s", user), "The account may need a smart " +
			"card: use an account with a password, or a credential cache. If the account has a password: " +
			adviceTypes(user)
	case kerberos.OtherProof:
		return fmt.Sprintf("it requires a proof for %s that the provider does not support, such as FAST, SPAKE or a "+
			"one-time password", user), "Use another account, or a credential cache."
	default:
		return fmt.Sprintf("the account %s has no key of an encryption type that krb5.conf permits", user),
			adviceTypes(user)
	}
}

// adviceTypes returns the advice for an account without a key of a permitted encryption type.
func adviceTypes(user string) string {
	return "Check the encryption types of the account (Get-ADUser " + argument.PowerShell(user) + " -Properties " +
		"msDS-SupportedEncryptionTypes), and permitted_enctypes and default_tkt_enctypes in krb5.conf. The account " +
		"has keys of the types that it supported when its password was set: set the password again after a change."
}

// adviceService is [Transport.adviceKDC] for a request for the ticket of the host.
func (w *Transport) adviceService(e *kerberos.KDCError) (fact, next string) {
	service := w.spn()

	switch e.Code {
	case kerberos.CodeRevoked, kerberos.CodeAccountExpired:
		return "the account of the login or of " + service + " is locked, disabled or expired",
			"Check both accounts: setspn -Q " + service + " names the second one."
	case kerberos.CodeUnknownService:
		return fmt.Sprintf("the realm has no service %s", service), "Check that the name of the host is that of its " +
			"service principal, and that one account has it: setspn -Q " + service + ". If the host is in another " +
			"realm to which the KDC does not refer, name that realm in [domain_realm] of krb5.conf."
	case kerberos.CodeNoCommonType:
		return "the KDC, the account of " + service + " and krb5.conf have no encryption type in common", "Check the " +
			"encryption types of the account (setspn -Q " + service + " names it; its attribute is " +
			"msDS-SupportedEncryptionTypes), and permitted_enctypes and default_tgs_enctypes in krb5.conf."
	case kerberos.CodePolicy:
		return "a policy forbids a ticket for " + service, "Check the authentication policy, and its silo, of the " +
			"account that has the service: setspn -Q " + service + "."
	}
	return "", ""
}

// adviceTicket returns the advice for a host that refuses a ticket.
func (w *Transport) adviceTicket(r *refusedError) string {
	if len(r.offered) > 0 && !r.offers("Negotiate") && !r.offers("Kerberos") {
		return "Kerberos is disabled on the host: winrm set winrm/config/service/auth @{Kerberos=\"true\"}."
	}
	service, clocks := w.spn(), ""
	if now := time.Now(); !r.clock.IsZero() && now.Sub(r.clock).Abs() > 4*time.Minute {
		clocks = " The clock of the host is probably the reason: it is " + r.clock.UTC().Format(time.RFC3339) +
			" on the host and " + now.UTC().Format(time.RFC3339) + " on this machine."
	}
	return "The user and the password are correct. The KDC has granted a ticket for " + service + ", but the host " +
		"refuses the ticket. Check that the clock of the host differs by less than five minutes (w32tm /query " +
		"/status), that only its computer account has " + service + " (setspn -Q " + service + "), and that the host " +
		"has the key of that account: the password of the computer (Test-ComputerSecureChannel), or a keytab if it " +
		"is not Windows." + clocks
}

const (
	adviceWrongPassword = "Check the password. The provider does not try the login again in this run, so that the " +
		"account is not locked."
	adviceUnconfirmed = "The KDC may have counted the login as failed, so the provider does not try the login again " +
		"in this run. Check the password, check that krb5.conf names KDCs of the realm, and start a new run."
	adviceKerberos = "Check that krb5.conf names the realm and its KDCs, that the clocks agree, and that the " +
		"name of the host is that of its service principal HTTP/<host> (setspn -L <computer>)."
)
