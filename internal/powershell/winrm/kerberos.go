package winrm

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"

	krb "github.com/jcmturner/gokrb5/v8/client"
	krbconfig "github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/credentials"
	"github.com/jcmturner/gokrb5/v8/spnego"
)

// kerberosLogin is Kerberos inside TLS. The libraries cannot encrypt messages with Kerberos.
type kerberosLogin struct {
	inClear

	client *kerberosClient
	spn    string
}

// kerberosClient logs in once for all shells. The client of the library logs in for every message.
type kerberosClient struct {
	mu     sync.Mutex
	client *krb.Client
}

func (k kerberosLogin) wrap(request *http.Request, message []byte) ([]byte, error) {
	done := make(chan error, 1)

	var header http.Header

	go func() { //nolint:contextcheck // can outlive the request
		k.client.mu.Lock()
		defer k.client.mu.Unlock()

		// Use another request, because the library supports no context and can still write to it after this one has
		// ended.
		ctx := context.WithoutCancel(request.Context())

		r, err := http.NewRequestWithContext(ctx, request.Method, request.URL.String(), http.NoBody)
		if err == nil {
			err = spnego.SetSPNEGOHeader(k.client.client, r, k.spn)
			header = r.Header
		}
		done <- err
	}()

	select {
	case err := <-done:
		if err != nil {
			return nil, &kerberosError{err}
		}
		request.Header.Set("Authorization", header.Get("Authorization"))
		return message, nil
	case <-request.Context().Done():
		return nil, context.Cause(request.Context())
	}
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
	w.login = func() login { return kerberosLogin{client: shared, spn: w.spn()} }
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
