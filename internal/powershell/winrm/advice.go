package winrm

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
)

func adviceNetwork(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return adviceReach
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

func (w *Transport) adviceRefused(r *refusedError) string {
	switch r.status {
	case http.StatusUnauthorized:
		switch {
		case w.config.Auth == Basic && len(r.offered) > 0 && !r.offers("Basic"):
			return "Basic is off there: use NTLM, or turn it on: winrm set winrm/config/service/auth @{Basic=\"true\"}. Domain accounts " +
				"cannot use Basic."
		case w.config.Auth == Certificate:
			return "See that certificate authentication is on (winrm set winrm/config/service/auth @{Certificate=\"true\"}) and that " +
				"the certificate is mapped to an account (winrm enumerate winrm/config/service/certmapping)."
		case w.config.Auth == NTLM && !r.offers("Negotiate"):
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
func (w *Transport) explainTLS(err error) (text, next string) {
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
				" does not count", adviceNewCertificate
		}

		names := slices.Clone(c.DNSNames)
		for _, ip := range c.IPAddresses {
			names = append(names, ip.String())
		}

		return "the certificate of the host is for " + strings.Join(names, ", ") + ", not for " + name.Host,
			"Use one of these names as the host, or set tls_server_name to it."
	case errors.As(err, &weak), errors.As(err, &unknown) && isSHA1(unknown.Cert):
		return "the certificate of the host, or one above it, is signed with SHA-1, which is not accepted any more",
			adviceNewCertificate
	case errors.As(err, &unknown):
		return "the certificate of the host is signed by an authority that is not trusted here", adviceCA
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return "the certificate of the host is not valid today: " + invalid.Cert.NotBefore.Format("2006-01-02") + " to " +
				invalid.Cert.NotAfter.Format("2006-01-02"), adviceNewCertificate
		}

		return "the certificate of the host cannot be used: " + invalid.Error(), adviceNewCertificate
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "the host does not speak TLS on this port", "Port 5986 is the one of HTTPS, 5985 that of plain HTTP. See that there is " +
			"an HTTPS listener: winrm enumerate winrm/config/listener."
	}

	message := err.Error()

	switch {
	case errors.As(err, &alert) && alert == 70, strings.Contains(message, "server selected unsupported protocol version"),
		strings.Contains(message, "protocol version not supported"):
		return "the host speaks only TLS versions below 1.2", "Turn on TLS 1.2 there (Windows Server 2008 R2 comes with it turned off): the value Enabled=1 " +
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

func (w *Transport) adviceAlert() string {
	if w.config.Auth == Certificate {
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
	adviceReach = "See that the host is up and that host, port and the firewalls between are right; WinRM uses 5986 for HTTPS " +
		"and 5985 for plain HTTP."
	adviceListen = "See that WinRM runs on the host and listens on this port: winrm enumerate winrm/config/listener; an HTTPS " +
		"listener is not there by default (winrm quickconfig -transport:https makes one)."
	adviceLost   = "See that the host did not restart, or its service WinRM, and that nothing between cuts connections."
	adviceSilent = "The host has taken the connection and then said nothing: see that it is not overloaded and that its " +
		"service WinRM is well."
	adviceUser  = "Set user and password (LYNC_USERNAME, LYNC_PASSWORD) to the account that runs the management shell."
	advicePlain = "Use HTTPS, or NTLM, which encrypts its messages itself."
	adviceCA    = "Set ca_file to a file with the certificate of the authority that signed the host's, in PEM; a certificate " +
		"that signed itself is its own authority."
	adviceCertificate    = "Set client_certificate and client_key to the texts of a certificate and its private key in PEM."
	adviceNewCertificate = "Give the HTTPS listener a certificate that is valid, has the host's name as a subject alternative name " +
		"and is signed with SHA-256: winrm set winrm/config/listener?Address=*+Transport=HTTPS @{CertificateThumbprint=\"...\"}."
	adviceKerberos = "See that krb5.conf names the realm and its KDCs, that the clocks agree, and that the host is named as its " +
		"service principal HTTP/<host> is (setspn -L <computer>)."
)
