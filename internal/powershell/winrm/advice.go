package winrm

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
)

// adviceNetwork returns the advice for an error of the network, or "".
func adviceNetwork(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return adviceReach
	}
	return ""
}

// adviceKeepAlive is the advice for a connection that ends after every answer.
const adviceKeepAlive = "Check the proxies between this machine and the host, or log in with Basic or Kerberos."

// adviceForbidden is the advice for a password that is answered with 403.
const adviceForbidden = "If a gateway in front of the host verifies the password, check user and password."

// adviceFault returns the advice for a fault of the service, or "".
func adviceFault(f *wsmanFault) string {
	switch {
	case quotaOf(f) != "":
		return quotaOf(f).advice()
	case f.code == faultDenied || f.subcode == "AccessDenied":
		return "The login succeeded, but the account is not allowed to use remote shells. Make the account a member " +
			"of Administrators or Remote Management Users on the host, and check that AllowRemoteShellAccess is true " +
			"(winrm get winrm/config/winrs)."
	}
	return ""
}

// kindOfFault returns the kind of an error that is a fault of the service, or "".
func kindOfFault(f *wsmanFault) Kind {
	if quotaOf(f) == quotaShells {
		return TooManyShells
	}
	return ""
}

// adviceRefused returns the advice for an HTTP response that is not a message of WS-Management.
func (w *Transport) adviceRefused(r *refusedError) string {
	switch r.status {
	case http.StatusUnauthorized:
		return w.adviceUnauthorized(r)
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return "A program other than WinRM listens on this port, or the listener has another URL prefix: winrm " +
			"enumerate winrm/config/listener."
	case http.StatusForbidden:
		return "Check the proxies and filters on the way to the host. The variables HTTPS_PROXY and NO_PROXY apply."
	case http.StatusServiceUnavailable:
		return "Check that the service runs on the host (Get-Service WinRM) and that it is not restarting."
	}
	return "Check that WinRM listens on this port: winrm enumerate winrm/config/listener."
}

// adviceUnauthorized returns the advice for a refused login.
func (w *Transport) adviceUnauthorized(r *refusedError) string {
	switch {
	case w.config.Auth == Basic && len(r.offered) > 0 && !r.offers("Basic"):
		return "Basic is disabled on the host: use NTLM, or enable Basic: winrm set winrm/config/service/auth " +
			"@{Basic=\"true\"}. Domain accounts cannot use Basic."
	case w.config.Auth == Certificate:
		return "Check that certificate authentication is enabled (winrm set winrm/config/service/auth " +
			"@{Certificate=\"true\"}) and that the certificate is mapped to an account (winrm enumerate " +
			"winrm/config/service/certmapping)."
	case w.config.Auth == Kerberos:
		return w.adviceTicket(r)
	case w.config.Auth == NTLM && !r.offers("Negotiate"):
		return "Negotiate is disabled on the host: winrm set winrm/config/service/auth @{Negotiate=\"true\"}."
	}
	return sentence.Then("Check that user (DOMAIN\\user, user@domain or a local user) and password are right, that "+
		"the account is not locked, and that no policy forbids "+string(w.config.Auth), powershell.AdviceRefusedOnce)
}

// explainTLS returns the explanation of an error of a certificate or of TLS, empty for another error.
func (w *Transport) explainTLS(err error) explanation {
	if found := explainCertificate(err); found.text != "" {
		return found
	}
	var (
		alert   tls.AlertError
		record  tls.RecordHeaderError
		message = err.Error()
	)

	switch {
	case errors.As(err, &record), strings.Contains(message, "server gave HTTP response to HTTPS client"):
		return explanation{
			text: "the host does not speak TLS on this port",
			next: "HTTPS uses port 5986, and plain HTTP uses port 5985. Check that there is an HTTPS listener: winrm " +
				"enumerate winrm/config/listener.",
		}
	case errors.As(err, &alert) && alert == 70,
		strings.Contains(message, "server selected unsupported protocol version"),
		strings.Contains(message, "protocol version not supported"):
		return explanation{
			text: "the host speaks only TLS versions below 1.2",
			next: "Enable TLS 1.2 on the host (Windows Server 2008 R2 " +
				"disables it by default): the value Enabled=1 (and DisabledByDefault=0) under " +
				"HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Server, " +
				"then " +
				"a restart.",
		}
	case errors.As(err, &alert) && alert == 40, strings.Contains(message, "handshake failure"):
		return explanation{
			text: "the host and this provider have no TLS cipher in common",
			next: "Enable ciphers with ECDHE on the host. " +
				"The provider does not use RSA key exchange, RC4 and 3DES.",
		}
	case errors.As(err, &alert), strings.Contains(message, "remote error: tls:"):
		return explanation{
			text: "the host refused TLS: " + message[strings.LastIndex(message, "tls:"):],
			next: w.adviceAlert(),
		}
	}
	return explanation{}
}

// explainCertificate returns the explanation of an error of the certificate of the host, empty for another error.
func explainCertificate(err error) explanation {
	var (
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		weak    x509.InsecureAlgorithmError
	)

	switch {
	case errors.As(err, &name):
		return explainName(name)
	case errors.As(err, &weak), errors.As(err, &unknown) && isSHA1(unknown.Cert):
		return explanation{
			text: "the certificate of the host, or one above it, is signed with SHA-1, which is no longer accepted",
			next: adviceNewCertificate,
		}
	case errors.As(err, &unknown):
		return explanation{
			text: "the certificate of the host is signed by an authority that this machine does not " +
				"trust", kind: Untrusted,
		}
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		from, to := invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly)
		return explanation{
			text: "the certificate of the host is not currently valid: " + from + " to " + to,
			next: adviceNewCertificate,
		}
	case errors.As(err, &invalid):
		return explanation{
			text: "the certificate of the host cannot be used: " + invalid.Error(),
			next: adviceNewCertificate,
		}
	}
	return explanation{}
}

// explainName returns the explanation for a certificate without the name of the host.
func explainName(err x509.HostnameError) explanation {
	c := err.Certificate
	if len(c.DNSNames)+len(c.IPAddresses) == 0 {
		return explanation{
			text: "the certificate of the host has no subject alternative name (SAN); its common name " +
				c.Subject.CommonName + " is ignored",
			next: adviceNewCertificate,
		}
	}
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return explanation{
		text: "the certificate of the host is for " + strings.Join(names, ", ") + ", not for " + err.Host,
		next: "Use one of these names as the host.",
		kind: OtherName,
	}
}

// adviceAlert returns the advice for a TLS alert of the host, or "".
func (w *Transport) adviceAlert() string {
	if w.config.Auth == Certificate {
		return "Check that the host trusts the authority of the client certificate."
	}
	return ""
}

// isSHA1 reports whether a certificate is signed with SHA-1.
func isSHA1(c *x509.Certificate) bool {
	return c != nil &&
		slices.Contains([]x509.SignatureAlgorithm{x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1},
			c.SignatureAlgorithm)
}

// Advice for errors: complete sentences.
const (
	adviceReach = "Check that the host is up, that host and port are right, and that no firewall blocks the " +
		"connection. WinRM uses port 5986 for HTTPS and port 5985 for plain HTTP."
	adviceListen = "Check that WinRM runs on the host and listens on this port: winrm enumerate " +
		"winrm/config/listener. There is no HTTPS listener by default (winrm quickconfig -transport:https creates one)."
	adviceLost = "Check whether the host or its service WinRM was restarted, and whether a device on the way cuts " +
		"connections."
	adviceSilent = "The host accepted the connection and then did not answer. Check the load of the host and its " +
		"service WinRM."
	advicePlain          = "Use HTTPS, or NTLM, which encrypts its messages itself."
	adviceNewCertificate = "Give the HTTPS listener a certificate that is valid, has the name of the host as a " +
		"subject alternative name and is signed with SHA-256: winrm set " +
		"winrm/config/listener?Address=*+Transport=HTTPS @{CertificateThumbprint=\"...\"}."
	adviceFlags = "Every version of Windows that Lync Server runs on offers this protection. Check that WinRM " +
		"answers on this port, and that no device on the way changes the login. The host has received nothing that " +
		"depends on the password."
)
