package winrm

import (
	"crypto/x509"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/printable"
)

// httpResponse is an HTTP response with its body.
type httpResponse struct {
	status int
	header http.Header
	// kind is the media type of the body, or empty.
	kind        string
	body        []byte
	certificate *x509.Certificate
}

// maxContentType is the largest length of a content type that is parsed, in bytes. That of an encrypted message has
// 102.
const maxContentType = 1 << 10

// newHTTPResponse returns a response without its body.
func newHTTPResponse(response *http.Response) *httpResponse {
	r := &httpResponse{status: response.StatusCode, header: response.Header}

	if kind := r.header.Get("Content-Type"); len(kind) <= maxContentType {
		r.kind, _, _ = mime.ParseMediaType(kind)
	}
	if response.TLS != nil && len(response.TLS.PeerCertificates) > 0 {
		r.certificate = response.TLS.PeerCertificates[0]
	}
	return r
}

// isMessage reports whether the body is a message of WS-Management, encrypted or not.
func (r *httpResponse) isMessage() bool {
	return r.kind == "application/soap+xml" || r.kind == "multipart/encrypted"
}

// refusedError is an HTTP response that is not a message of WS-Management.
type refusedError struct {
	status  int
	offered []string
	// clock is the time of the response on the host, or zero.
	clock time.Time
}

// refusedBy returns the error for a response.
func refusedBy(response *httpResponse) error {
	r := &refusedError{status: response.status}
	r.clock, _ = http.ParseTime(response.header.Get("Date"))

	for _, value := range response.header.Values("WWW-Authenticate") {
		scheme, _, _ := strings.Cut(value, " ")
		r.offered = append(r.offered, scheme)
	}
	return r
}

// maxOffers is the largest length of the list of schemes in an error, in bytes.
const maxOffers = 200

func (r *refusedError) Error() string {
	if r.status == http.StatusUnauthorized {
		if len(r.offered) == 0 {
			return "the host refused the login (401)"
		}
		return "the host refused the login (401); it offers " +
			printable.Shorten(strings.Join(r.offered, ", "), maxOffers)
	}
	return fmt.Sprintf("the answer was %d %s, not a WS-Management message", r.status, http.StatusText(r.status))
}

// offers reports whether the host offers an authentication scheme.
func (r *refusedError) offers(scheme string) bool {
	for _, o := range r.offered {
		if strings.EqualFold(o, scheme) {
			return true
		}
	}
	return false
}
