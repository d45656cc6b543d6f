package winrmd

import (
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

type connKey struct{}

// conn is a client's connection: NTLM authenticates it, not a request.
type conn struct {
	net.Conn

	mu        sync.Mutex
	handshake *handshake
	session   *session
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, _ := r.Context().Value(connKey{}).(*conn)

	// Far above any envelope: a larger one gets its fault, and an endless one an end.
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
	if err != nil {
		return
	}

	if r.Method != http.MethodPost || r.URL.Path != "/wsman" {
		w.WriteHeader(http.StatusNotFound)
		return
	}

	c.mu.Lock()
	defer c.mu.Unlock()

	if !s.authenticate(w, r, c) {
		return
	}

	if len(body) == 0 {
		w.WriteHeader(http.StatusOK) // the end of a handshake without a message
		return
	}

	sealed := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/encrypted")
	if sealed {
		if !c.session.seals() {
			s.refuse(w, nil)
			return
		}

		if body, err = c.session.unseal(body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	} else if s.o.TLS == nil {
		s.add(func(n *Count) { n.Clear++ })

		if !s.o.AllowUnencrypted {
			s.refuse(w, nil)
			return
		}
	}

	s.answer(w, r, c, body, sealed)
}

// answer hands a request on and writes what comes back, with the trouble that the test has asked for.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c *conn, body []byte, sealed bool) {
	var req request

	err := xml.Unmarshal(body, &req) //nolint:gosec // into a struct of strings
	action := Action(req.Header.Action)
	n := 0

	s.add(func(count *Count) {
		count.Requests[action]++
		n = count.Requests[action]
	})

	var trouble Trouble
	if s.o.Before != nil {
		trouble = s.o.Before(action, n)
	}

	if trouble.Delay > 0 {
		select {
		case <-time.After(trouble.Delay):
		case <-r.Context().Done():
			return
		}
	}

	if trouble.Forget {
		s.forget()
	}

	if trouble.Reset {
		c.reset()
		return
	}

	if trouble.Status != 0 {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Location", "/elsewhere") // of a redirect, which a client must not follow
		w.WriteHeader(trouble.Status)
		_, _ = io.WriteString(w, trouble.Text)

		return
	}

	var reply []byte

	fault := trouble.Fault
	if fault == nil {
		switch {
		case len(body) > s.o.MaxEnvelope:
			fault = &FaultEnvelope
		case err != nil || req.Header.Resource != resourceCmd || req.Header.MessageID == "":
			fault = &FaultNotUnderstood
		default:
			reply, fault = s.do(r.Context(), &req)
		}
	}

	status := http.StatusOK
	if fault != nil {
		reply, status = fault.envelope(req.Header.MessageID), http.StatusInternalServerError
	}

	if trouble.ResetAfter {
		c.reset()
		return
	}

	w.Header().Set("Content-Type", "application/soap+xml;charset=UTF-8")

	if sealed {
		reply = c.session.seal(reply)
		w.Header().Set("Content-Type", sealedAs)
	}

	if trouble.Close {
		w.Header().Set("Connection", "close")
	}

	w.Header().Set("Content-Length", strconv.Itoa(len(reply)))
	w.WriteHeader(status)

	if trouble.Cut {
		_, _ = w.Write(reply[:len(reply)/2]) //nolint:gosec // no browser looks at it
		_ = http.NewResponseController(w).Flush()
		c.reset()

		return
	}

	_, _ = w.Write(reply) //nolint:gosec // no browser looks at it
}

// reset ends a connection with RST, not with an orderly end.
func (c *conn) reset() {
	raw := c.Conn
	if t, ok := raw.(*tls.Conn); ok {
		raw = t.NetConn()
	}

	if t, ok := raw.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}

	_ = raw.Close()
}

// authenticate lets a request through or answers 401.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, c *conn) bool {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")

	switch {
	case strings.HasSuffix(scheme, "/secprofile/https/mutual"):
		if s.o.Certificate && r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			return true
		}

		s.refuse(w, nil)
		return false
	case scheme == "Basic" && s.o.Basic:
		user, password, _ := r.BasicAuth()
		if strings.EqualFold(bare(user), bare(s.o.User)) &&
			subtle.ConstantTimeCompare([]byte(password), []byte(s.o.Password)) == 1 {
			return true
		}
	case (scheme == "Negotiate" || scheme == "NTLM") && !s.o.NoNTLM:
		token, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err != nil {
			break
		}

		if messageType(token) == 1 {
			c.session, c.handshake = nil, &handshake{}

			challenge, err := c.handshake.start(token, "LYNC", "LYNC01")
			if err != nil {
				break
			}

			w.Header().Set("WWW-Authenticate", scheme+" "+base64.StdEncoding.EncodeToString(challenge))
			w.WriteHeader(http.StatusUnauthorized)

			return false
		}

		if c.handshake == nil {
			break
		}

		session, err := c.handshake.finish(token, s.o.User, s.o.Password, s.cert, s.o.StrictBinding && s.cert != nil)
		c.handshake = nil

		if err == nil {
			c.session = session
			return true
		}
	case scheme == "" && c.session != nil:
		return true
	case scheme == "":
		s.refuse(w, nil)
		return false
	}

	s.add(func(n *Count) { n.Refused++ })
	s.refuse(w, c)

	return false
}

// refuse answers 401 with what is offered.
func (s *Server) refuse(w http.ResponseWriter, c *conn) {
	if c != nil {
		c.session, c.handshake = nil, nil
	}

	if !s.o.NoNTLM {
		w.Header().Add("WWW-Authenticate", "Negotiate")
		w.Header().Add("WWW-Authenticate", "Kerberos")
	}

	if s.o.Basic {
		w.Header().Add("WWW-Authenticate", `Basic realm="WSMAN"`)
	}

	w.WriteHeader(http.StatusUnauthorized)
}
