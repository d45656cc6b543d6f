package winrm

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"

	krb "github.com/jcmturner/gokrb5/v8/client"
	krbconfig "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/spnego"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/winrm/ntlm"
)

// kerberosLogin is Kerberos inside TLS. The libraries cannot encrypt messages with Kerberos.
type kerberosLogin struct {
	inClear

	client *kerberosClient
	spn    string
	// binding is the channel binding of the connection.
	binding []byte
}

// kerberosClient logs in once for all shells. The client of the library logs in for every message.
type kerberosClient struct {
	mu     sync.Mutex
	client *krb.Client
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

func (k *kerberosLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	type result struct {
		token []byte
		err   error
	}
	done := make(chan result, 1)

	// The library supports no context, so that the call can outlive the request.
	go func(binding []byte) {
		token, err := k.client.token(k.spn, binding)
		done <- result{token, err}
	}(k.binding)

	select {
	case r := <-done:
		if r.err != nil {
			return nil, &kerberosError{r.err}
		}
		request.Header.Set("Authorization", "Negotiate "+base64.StdEncoding.EncodeToString(r.token))
		return message, nil
	case <-request.Context().Done():
		return nil, context.Cause(request.Context())
	}
}

// token returns a token for a service that is bound to a channel. It is that of spnego.SetSPNEGOHeader, which has no
// channel binding.
func (k *kerberosClient) token(spn string, binding []byte) (token []byte, err error) {
	defer recovered(&err)

	k.mu.Lock()
	defer k.mu.Unlock()

	if err := k.client.AffirmLogin(); err != nil {
		return nil, err
	}
	ticket, key, err := k.client.GetServiceTicket(spn)
	if err != nil {
		return nil, err
	}
	start, err := spnego.NewNegTokenInitKRB5(k.client, ticket, key)
	if err != nil {
		return nil, err
	}
	mechanism, err := spnego.NewKRB5TokenAPREQ(k.client, ticket, key, nil, nil)
	if err != nil {
		return nil, err
	}
	if mechanism.APReq, err = boundRequest(k.client.Credentials, ticket, key, binding); err != nil {
		return nil, err
	}
	if start.MechTokenBytes, err = mechanism.Marshal(); err != nil {
		return nil, err
	}
	whole := spnego.SPNEGOToken{Init: true, NegTokenInit: start}
	return whole.Marshal()
}

// boundRequest returns an AP-REQ with a channel binding in the checksum of its authenticator (RFC 4121, 4.1.1).
func boundRequest(
	user *credentials.Credentials, ticket messages.Ticket, key types.EncryptionKey, binding []byte,
) (messages.APReq, error) {
	authenticator, err := types.NewAuthenticator(user.Domain(), user.CName())
	if err != nil {
		return messages.APReq{}, err
	}
	hash := ntlm.BindingHash(binding)
	sum := binary.LittleEndian.AppendUint32(nil, uint32(len(hash))) //nolint:gosec // 16
	sum = append(sum, hash[:]...)
	sum = binary.LittleEndian.AppendUint32(sum, gssapi.ContextFlagInteg|gssapi.ContextFlagConf)

	authenticator.Cksum = types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: sum}
	return messages.NewAPReq(ticket, key, authenticator)
}

// kerberosError is an error of Kerberos, before a request to the host.
type kerberosError struct{ error }

func (k *kerberosError) Error() string { return "Kerberos: " + k.error.Error() }

func (k *kerberosError) Unwrap() error { return k.error }

// configureKerberos sets login to Kerberos.
func (w *Transport) configureKerberos() *stepError {
	c := w.config

	wrong := func(format string, args ...any) *stepError {
		return &stepError{err: fmt.Errorf(format, args...), next: adviceKerberos}
	}

	switch {
	case c.KerberosConfig == "":
		return wrong("Kerberos needs the path of krb5.conf")
	case c.KerberosCache == "" && (c.User == "" || c.Password == "" || c.KerberosRealm == ""):
		return wrong("Kerberos needs a credential cache, or user, password and realm")
	case strings.ContainsAny(c.User, `\@`):
		return wrong("with Kerberos the user has no domain: the realm is a setting of its own")
	}
	config, err := krbconfig.Load(c.KerberosConfig)
	if err != nil {
		return wrong("load %s: %w", c.KerberosConfig, err)
	}
	shared := &kerberosClient{}

	if c.KerberosCache == "" {
		shared.client = krb.NewWithPassword(c.User, c.KerberosRealm, c.Password, config,
			krb.DisablePAFXFAST(true), krb.AssumePreAuthentication(true))
	} else {
		data, err := os.ReadFile(c.KerberosCache)
		if err != nil {
			return wrong("read credential cache: %w", err)
		}
		cache, err := readCache(data)
		if err != nil {
			return wrong("use credential cache %s: %w", c.KerberosCache, err)
		}
		if shared.client, err = krb.NewFromCCache(cache, config, krb.DisablePAFXFAST(true)); err != nil {
			return wrong("use credential cache %s: %w", c.KerberosCache, err)
		}
	}
	w.login = func() login { return &kerberosLogin{client: shared, spn: w.spn()} }
	return nil
}

// spn returns the service principal of the host.
func (w *Transport) spn() string {
	if w.config.KerberosSPN != "" {
		return w.config.KerberosSPN
	}
	return "HTTP/" + w.config.Host
}

// readCache parses a credential cache. The library panics on a truncated one.
func readCache(data []byte) (cache *credentials.CCache, err error) {
	defer recovered(&err)

	cache = &credentials.CCache{}
	return cache, cache.Unmarshal(data)
}
