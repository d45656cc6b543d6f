package powershell

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
)

var errWinRMClosed = errors.New("the connection has been closed by this provider")

// winrmError is an error for the person in front of Terraform: what was tried, on what, what came back, what to do next.
// It never holds a password or a key.
type winrmError struct {
	tried string
	err   error
	next  string
	// left is set when a shell could not be closed.
	left bool
}

func (e *winrmError) Error() string {
	text := "cannot " + e.tried + ": " + e.err.Error()
	if e.left {
		text += fmt.Sprintf("; a remote shell may be left open, and the host closes it after %s", winrmIdle)
	}

	if e.next != "" {
		text = strings.TrimSuffix(text, ".") + ". " + e.next
	}

	return text
}

func (e *winrmError) Unwrap() error { return e.err }

// wsmanFault is an answer of the service that refuses a request.
type wsmanFault struct {
	code    uint32
	subcode string
	text    string
}

func (f *wsmanFault) Error() string {
	text := strings.TrimSuffix(f.text, ".")
	if text == "" {
		text = "the service refused without a reason"
	}

	return fmt.Sprintf("%s (WSManFault %d)", text, f.code)
}

// The codes of wsmerror.h and winerror.h.
const (
	faultTimedOut   = 2150858793 // nothing to answer within OperationTimeout
	faultNoShell    = 2150858843
	faultDenied     = 5
	faultNoStorage  = 2147942408 // of Windows: not enough storage is available to process this command
	faultNoMemory   = 2147942414
	faultNoQuota    = 2147944216 // of Windows: not enough quota, which a job that is full answers
	faultCommitment = 2147943855 // of Windows: the paging file is too small
	faultShells     = 2150859173
	faultOperations = 2150859174
	faultShellUsers = 2150859179
	faultEnvelope   = 2150858825
	faultShells2    = 2150859236 // the same limits, where the host sets them for the plugin
	faultUsers2     = 2150859237
	faultShells3    = 2150859238
	faultOps2       = 2150859239
	faultOps3       = 2150859240
	faultCommands   = 2150859241
)

// quota is a limit of the service.
type quota string

const (
	quotaShells     quota = "MaxShellsPerUser"
	quotaUsers      quota = "MaxConcurrentUsers"
	quotaOperations quota = "MaxConcurrentOperationsPerUser"
	quotaProcesses  quota = "MaxProcessesPerShell"
	quotaMemory     quota = "MaxMemoryPerShellMB"
	quotaEnvelope   quota = "MaxEnvelopeSizekb"
)

// quotaOf names the limit that a fault is about. The code decides; a text only where the host sends the general code, and
// only what is English there is found.
func quotaOf(f *wsmanFault) quota {
	switch f.code {
	case faultShells, faultShells2, faultShells3:
		return quotaShells
	case faultShellUsers, faultUsers2:
		return quotaUsers
	case faultOperations, faultOps2, faultOps3, faultCommands:
		return quotaOperations
	case faultNoQuota:
		return quotaProcesses
	case faultNoStorage, faultNoMemory, faultCommitment:
		return quotaMemory
	case faultEnvelope:
		return quotaEnvelope
	}

	for _, q := range []struct {
		part string
		is   quota
	}{
		{"concurrent shells", quotaShells},
		{"number of users", quotaUsers},
		{"concurrent operations", quotaOperations},
		{"commands per shell", quotaOperations},
		{"processes per shell", quotaProcesses},
	} {
		if strings.Contains(f.text, q.part) {
			return q.is
		}
	}

	if f.subcode == "EncodingLimit" {
		return quotaEnvelope
	}

	return ""
}

func (q quota) advice() string {
	set := func(where, value string) string {
		return fmt.Sprintf("raise it in an elevated prompt there: winrm set %s @{%s=\"%s\"}", where, q, value)
	}

	const shell = "winrm/config/winrs"

	switch q {
	case quotaShells:
		return "The account has as many remote shells open as the host allows one user (MaxShellsPerUser, on old hosts 5). Lower " +
			"max_concurrent_shells, close the shells that others left open (Restart-Service WinRM closes all), or " + set(shell, "30") + "."
	case quotaUsers:
		return "More accounts have remote shells open than the host allows (MaxConcurrentUsers, on old hosts 5). Wait, or " +
			set(shell, "10") + "."
	case quotaOperations:
		return "The host allows the account no more commands (MaxConcurrentOperationsPerUser, on old hosts 15); it counts those " +
			"of a remote shell until the shell ends. Wait, or " + set("winrm/config/service", "1500") + "."
	case quotaProcesses:
		return "The host allows a remote shell no more processes (MaxProcessesPerShell, on old hosts 15): " + set(shell, "25") + "."
	case quotaMemory:
		return "The host allows a remote shell too little memory for the management shell (MaxMemoryPerShellMB, on old hosts 150): " +
			set(shell, "1024") + ", then Restart-Service WinRM. Windows Management Framework 3.0 ignores the setting without hotfix KB2842230."
	case quotaEnvelope:
		return "The host takes only smaller messages (MaxEnvelopeSizekb): raise it in an elevated prompt there: winrm set " +
			"winrm/config @{MaxEnvelopeSizekb=\"500\"}."
	}

	return ""
}

// starved makes an error of output that tells of too little memory. A script that was starved may have done its work up to
// there, and what it wrote is no result.
func (w *WinRM) starved(out Output) error {
	if out.ExitCode == 0 {
		return nil
	}

	found := slices.Contains([]uint32{0xC0000017, 0xC000012D, 0xC0000142}, uint32(out.ExitCode)) //nolint:gosec // an NTSTATUS

	for _, text := range []string{"OutOfMemoryException", "The paging file is too small", "Thread failed to start"} {
		found = found || strings.Contains(string(out.Stderr), text) || strings.Contains(string(out.Stdout), text)
	}

	if !found {
		return nil
	}

	return &winrmError{
		tried: w.tried("run the script on"), err: fmt.Errorf("%s ran out of memory: %s", w.config.Executable, brief(out)),
		next: quotaMemory.advice(),
	}
}

func (w *WinRM) tried(what string) string { return what + " " + w.Host() + " over WinRM" }

// failed is the error of one step, in our words where we know better ones.
func (w *WinRM) failed(tried string, err error) error {
	var known *winrmError
	if errors.As(err, &known) {
		return err
	}

	text, next := w.explain(err)

	return &winrmError{tried: w.tried(tried), err: because{text, err}, next: next}
}

// because is a reason in our own words, with the error that programs know it by.
type because struct {
	text string
	is   error
}

func (b because) Error() string { return b.text }
func (b because) Unwrap() error { return b.is }

// explain finds words and advice for an error.
func (w *WinRM) explain(err error) (text, next string) {
	var (
		fault    *wsmanFault
		refused  *winrmRefused
		kerberos *kerberosError
		outer    *url.Error
	)

	switch {
	case errors.As(err, &fault):
		return fault.Error(), adviceFault(fault)
	case errors.As(err, &refused):
		return refused.Error(), w.adviceRefused(refused)
	case errors.As(err, &kerberos):
		return kerberos.Error(), adviceWinRMKerberos
	}

	if text, next := w.explainTLS(err); text != "" {
		return text, next
	}

	if errors.As(err, &outer) {
		err = outer.Err // without the address, which the text has
	}

	var (
		quiet   noAnswer
		netErr  net.Error
		nameErr *net.DNSError
	)

	switch {
	case errors.As(err, &quiet):
		return quiet.Error(), adviceWinRMSilent
	case errors.Is(err, context.DeadlineExceeded):
		return "the time for it is over", "If the host is only slow, raise the timeouts of the resource."
	case errors.Is(err, context.Canceled), errors.Is(err, errWinRMClosed):
		return err.Error(), ""
	case errors.Is(err, errNoKeepAlive):
		return err.Error(), "See what stands between this machine and the host, or use basic or kerberos."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused", adviceWinRMListen
	case errors.As(err, &nameErr):
		return nameErr.Error(), "See that the name of the host is right and that this machine's DNS knows it."
	case errors.As(err, &netErr) && netErr.Timeout():
		return fmt.Sprintf("no connection within %s", w.config.ConnectTimeout), adviceWinRMReach
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was lost (" + err.Error() + ")", adviceWinRMLost
	}

	return err.Error(), adviceNetwork(err)
}

func adviceNetwork(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return adviceWinRMReach
	}

	return ""
}

func adviceFault(f *wsmanFault) string {
	switch {
	case quotaOf(f) != "":
		return quotaOf(f).advice()
	case f.code == faultDenied || f.subcode == "AccessDenied":
		return "The login is right, but the account may not use remote shells: make it a member of Administrators or Remote Management " +
			"Users on the host, and see that AllowRemoteShellAccess is true (winrm get winrm/config/winrs)."
	}

	return ""
}

func (w *WinRM) adviceRefused(r *winrmRefused) string {
	switch r.status {
	case http.StatusUnauthorized:
		switch {
		case w.config.Auth == WinRMBasic && len(r.offered) > 0 && !r.offers("Basic"):
			return "Basic is off there: use NTLM, or turn it on: winrm set winrm/config/service/auth @{Basic=\"true\"}. Domain accounts " +
				"cannot use Basic."
		case w.config.Auth == WinRMCertificate:
			return "See that certificate authentication is on (winrm set winrm/config/service/auth @{Certificate=\"true\"}) and that " +
				"the certificate is mapped to an account (winrm enumerate winrm/config/service/certmapping)."
		case w.config.Auth == WinRMNTLM && !r.offers("Negotiate"):
			return "Negotiate is off there: winrm set winrm/config/service/auth @{Negotiate=\"true\"}."
		}

		return "See that user (DOMAIN\\user, user@domain or a local user) and password are right, that the account is not locked, and " +
			"that a policy does not forbid " + string(w.config.Auth) + "."
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "Something else than WinRM listens on this port, or the listener has another URL prefix: winrm enumerate " +
			"winrm/config/listener."
	case http.StatusForbidden:
		return "A proxy or a filter between may be refusing; the variables HTTPS_PROXY and NO_PROXY are honoured."
	case http.StatusServiceUnavailable:
		return "See that the service runs on the host (Get-Service WinRM) and that it is not restarting."
	}

	return "See that WinRM, and nothing else, listens on this port: winrm enumerate winrm/config/listener."
}

// explainTLS finds words for what certificates and TLS versions get wrong.
func (w *WinRM) explainTLS(err error) (text, next string) {
	var (
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		weak    x509.InsecureAlgorithmError
		alert   tls.AlertError
		record  tls.RecordHeaderError
	)

	switch {
	case errors.As(err, &name):
		c := name.Certificate
		if len(c.DNSNames)+len(c.IPAddresses) == 0 {
			return "the certificate of the host has no subject alternative name (SAN); its common name " + c.Subject.CommonName +
				" does not count", adviceWinRMNewCertificate
		}

		names := slices.Clone(c.DNSNames)
		for _, ip := range c.IPAddresses {
			names = append(names, ip.String())
		}

		return "the certificate of the host is for " + strings.Join(names, ", ") + ", not for " + name.Host,
			"Use one of these names as the host, or set tls_server_name to it."
	case errors.As(err, &weak), errors.As(err, &unknown) && isSHA1(unknown.Cert):
		return "the certificate of the host, or one above it, is signed with SHA-1, which is not accepted any more",
			adviceWinRMNewCertificate
	case errors.As(err, &unknown):
		return "the certificate of the host is signed by an authority that is not trusted here", adviceWinRMCA
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return "the certificate of the host is not valid today: " + invalid.Cert.NotBefore.Format("2006-01-02") + " to " +
				invalid.Cert.NotAfter.Format("2006-01-02"), adviceWinRMNewCertificate
		}

		return "the certificate of the host cannot be used: " + invalid.Error(), adviceWinRMNewCertificate
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "the host does not speak TLS on this port", "Port 5986 is the one of HTTPS, 5985 that of plain HTTP. See that there is " +
			"an HTTPS listener: winrm enumerate winrm/config/listener."
	}

	message := err.Error()

	switch {
	case errors.As(err, &alert) && alert == 70, strings.Contains(message, "server selected unsupported protocol version"),
		strings.Contains(message, "protocol version not supported"):
		return "the host speaks only TLS versions below 1.2", "Windows Server 2008 R2 and 2012 need TLS 1.2 turned on: the value Enabled=1 " +
			"(and DisabledByDefault=0) under HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Server, " +
			"then a restart."
	case errors.As(err, &alert) && alert == 40, strings.Contains(message, "handshake failure"):
		return "the host and this provider have no TLS cipher in common", "Turn on ciphers with ECDHE on the host; RSA key exchange, RC4 and " +
			"3DES are not used."
	case errors.As(err, &alert), strings.Contains(message, "remote error: tls:"):
		return "the host refused TLS: " + message[strings.LastIndex(message, "tls:"):], w.adviceAlert()
	}

	return "", ""
}

func (w *WinRM) adviceAlert() string {
	if w.config.Auth == WinRMCertificate {
		return "See that the host trusts the authority of the client certificate."
	}

	return ""
}

func isSHA1(c *x509.Certificate) bool {
	return c != nil && slices.Contains([]x509.SignatureAlgorithm{x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1},
		c.SignatureAlgorithm)
}

// Advice. Each line ends a text, so each is a sentence or more.
const (
	adviceWinRMReach = "See that the host is up and that host, port and the firewalls between are right; WinRM uses 5986 for HTTPS " +
		"and 5985 for plain HTTP."
	adviceWinRMListen = "See that WinRM runs on the host and listens on this port: winrm enumerate winrm/config/listener; an HTTPS " +
		"listener is not there by default (winrm quickconfig -transport:https makes one)."
	adviceWinRMLost   = "See that the host did not restart, or its service WinRM, and that nothing between cuts connections."
	adviceWinRMSilent = "The host has taken the connection and then said nothing: see that it is not overloaded and that its " +
		"service WinRM is well."
	adviceWinRMUser  = "Set username and password (LYNC_USERNAME, LYNC_PASSWORD) to the account that runs the management shell."
	adviceWinRMPlain = "Use HTTPS, or NTLM, which encrypts its messages itself."
	adviceWinRMCA    = "Set ca_file to a file with the certificate of the authority that signed the host's, in PEM; a certificate " +
		"that signed itself is its own authority."
	adviceWinRMCertificate    = "Set client_certificate and client_key to the texts of a certificate and its private key in PEM."
	adviceWinRMNewCertificate = "Give the HTTPS listener a certificate that is valid, has the host's name as a subject alternative name " +
		"and is signed with SHA-256: winrm set winrm/config/listener?Address=*+Transport=HTTPS @{CertificateThumbprint=\"...\"}."
	adviceWinRMKerberos = "See that krb5.conf names the realm and its KDCs, that the clocks agree, and that the host is named as its " +
		"service principal HTTP/<host> is (setspn -L <computer>)."
)
