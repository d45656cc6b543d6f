package winrm

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

const (
	portHTTPS = 5986
	portHTTP  = 5985

	connectTimeout = 30 * time.Second
	// operationTimeout is how long the service waits for output before it answers a request for output. Its own limit
	// is 60 seconds.
	operationTimeout = 20 * time.Second
	// maxShells is below the limit of the first versions of the service, which is five shells per user.
	maxShells = 2
	// envelopeSize is MaxEnvelopeSizekb of the first versions of the service. Later versions allow more.
	envelopeSize = 150 << 10
)

// Auth is an authentication method.
type Auth string

// The authentication methods.
const (
	NTLM        Auth = "ntlm"
	Basic       Auth = "basic"
	Kerberos    Auth = "kerberos"
	Certificate Auth = "certificate"
)

// Config describes how to run PowerShell on a host through Windows Remote Management. An unset field has its default.
type Config struct {
	Host string
	Port int
	// User is DOMAIN\user, user@domain or the name of a local user.
	User     string
	Password string
	// Auth defaults to NTLM.
	Auth Auth
	// Executable is the name or path of PowerShell on the host.
	Executable string

	// PlainHTTP disables TLS. It requires NTLM, which encrypts the messages itself.
	PlainHTTP bool
	// CAFile is a file with trusted certificates in PEM. They replace those of the system.
	CAFile string
	// TLSServerName is the name in the certificate. It defaults to Host.
	TLSServerName string
	// ClientCertificate and ClientKey are PEM texts.
	ClientCertificate, ClientKey string

	// KerberosConfig is the path of krb5.conf. KerberosCache is the path of a credential cache, which replaces User,
	// Password and KerberosRealm. KerberosSPN defaults to HTTP/<host>.
	KerberosConfig, KerberosCache, KerberosRealm, KerberosSPN string

	// ConnectTimeout limits the dial and the TLS handshake, OperationTimeout one wait of the service for output.
	ConnectTimeout, OperationTimeout time.Duration
	// MaxShells is the largest number of scripts that run at the same time. More scripts wait.
	MaxShells int
	// MaxEnvelopeSize is the size of the largest message in bytes. MaxEnvelopeSizekb of the host must not be lower.
	MaxEnvelopeSize int
}

// withDefaults returns c with every unset value replaced by its default.
func (c Config) withDefaults() Config {
	c.Host = strings.Trim(c.Host, "[]")

	port := portHTTPS
	if c.PlainHTTP {
		port = portHTTP
	}
	orDefault(&c.Port, port)
	orDefault(&c.Auth, NTLM)
	orDefault(&c.Executable, "powershell.exe")
	orDefault(&c.ConnectTimeout, connectTimeout)
	orDefault(&c.OperationTimeout, operationTimeout)
	orDefault(&c.MaxShells, maxShells)
	orDefault(&c.MaxEnvelopeSize, envelopeSize)
	return c
}

func orDefault[T comparable](value *T, or T) {
	var zero T
	if *value == zero {
		*value = or
	}
}

// check returns the first reason why c cannot be used, or nil. It reads no files.
func (c Config) check() *stepError {
	const leaveOut = "Remove the setting to use the default."

	wrong := func(next, format string, args ...any) *stepError {
		return &stepError{err: fmt.Errorf(format, args...), next: next}
	}

	switch {
	case c.Host == "" || strings.ContainsAny(c.Host, "@/ \t\r\n"):
		return wrong(adviceReach, "%q is not the name or address of a host", c.Host)
	case c.Port < 1 || c.Port > 65535:
		return wrong(adviceReach, "%d is not a port", c.Port)
	case c.MaxShells < 0 || c.ConnectTimeout < 0 || c.OperationTimeout < 0:
		return wrong(leaveOut, "a limit is negative")
	case c.OperationTimeout > time.Minute:
		return wrong(leaveOut, "the operation timeout of %s is longer than a minute, the limit of the service",
			c.OperationTimeout)
	case c.MaxEnvelopeSize < 8192:
		return wrong(leaveOut, "messages of %d bytes are too small for the protocol", c.MaxEnvelopeSize)
	case c.PlainHTTP && c.Auth != NTLM:
		return wrong(advicePlain, "%s over plain HTTP would show the password or the messages to the network", c.Auth)
	case c.PlainHTTP && (c.CAFile != "" || c.TLSServerName != ""):
		return wrong(
			"Remove it, or use HTTPS.",
			"a certificate authority or server name has no meaning over plain HTTP",
		)
	}
	return nil
}

// configure sets everything that follows from the configuration.
func (w *Transport) configure(c Config) *stepError {
	c = c.withDefaults()
	if err := c.check(); err != nil {
		return err
	}
	scheme := "https"
	if c.PlainHTTP {
		scheme = "http"
	}
	w.config = c
	w.url = scheme + "://" + net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) + "/wsman"

	var err error
	if w.line, err = powershell.CommandText(c.Executable); err != nil {
		return &stepError{err: err}
	}
	if err := w.configureTLS(); err != nil {
		return err
	}
	return w.configureLogin()
}

func (w *Transport) configureTLS() *stepError {
	if w.config.PlainHTTP {
		return nil
	}
	w.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: w.config.TLSServerName}

	if w.config.CAFile != "" {
		data, err := os.ReadFile(w.config.CAFile)
		if err != nil {
			return &stepError{err: fmt.Errorf("read certificate authority: %w", err), kind: Untrusted}
		}
		w.tls.RootCAs = x509.NewCertPool()
		if !w.tls.RootCAs.AppendCertsFromPEM(data) {
			return &stepError{err: fmt.Errorf("%s contains no certificate in PEM", w.config.CAFile), kind: Untrusted}
		}
	}
	return nil
}
