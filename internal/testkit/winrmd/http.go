package winrmd

import (
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

type connKey struct{}

// conn is a connection. NTLM authenticates a connection, not a request.
type conn struct {
	net.Conn

	number    int
	mu        sync.Mutex
	handshake *handshake
	session   session
}

// ServeHTTP handles a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, _ := r.Context().Value(connKey{}).(*conn)

	// The limit is far above the largest envelope, so that a larger envelope gets the fault of the service.
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
		w.WriteHeader(http.StatusOK) // the client completes a handshake without a message
		return
	}
	sealed := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/encrypted")
	if sealed {
		if s.o.Impostor {
			s.spy(c, body)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if c.session == nil || !c.session.seals() {
			s.refuse(w, nil)
			return
		}
		if body, err = unseal(c.session, body); err != nil {
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

// answer executes a request and writes the answer, with the trouble of the test.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, c *conn, body []byte, sealed bool) {
	var req request

	err := xml.Unmarshal(body, &req) //nolint:gosec // into a struct of strings
	trouble := s.troubleOf(Action(req.Header.Action))
	if s.disturb(w, r, c, trouble) {
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
		if reply, err = seal(c.session, reply); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", sealedAs)
	}
	if trouble.Close {
		w.Header().Set("Connection", "close")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(reply)))
	w.WriteHeader(status)

	if trouble.Cut {
		_, _ = w.Write(reply[:len(reply)/2]) //nolint:gosec // not for a browser
		_ = http.NewResponseController(w).Flush()
		_ = c.raw().Close() // with FIN: RST can discard the half that the client has not read yet
		return
	}
	_, _ = w.Write(reply) //nolint:gosec // not for a browser
}

// troubleOf counts a request and returns its trouble.
func (s *Server) troubleOf(action Action) Trouble {
	n := 0
	s.add(func(count *Count) {
		count.Requests[action]++
		n = count.Requests[action]
	})
	if s.o.Before == nil {
		return Trouble{}
	}
	return s.o.Before(action, n)
}

// disturb applies the trouble that precedes the execution of a request. It reports whether the request has ended.
func (s *Server) disturb(w http.ResponseWriter, r *http.Request, c *conn, trouble Trouble) bool {
	if trouble.Delay > 0 {
		select {
		case <-time.After(trouble.Delay):
		case <-r.Context().Done():
			return true
		}
	}
	if trouble.Forget {
		s.forget()
	}
	if trouble.Reset {
		c.reset()
		return true
	}
	if trouble.Status != 0 {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Location", "/elsewhere") // for a redirect, which a client must not follow
		w.WriteHeader(trouble.Status)
		_, _ = io.WriteString(w, trouble.Text)
		return true
	}
	return false
}

// reset closes a connection with RST.
func (c *conn) reset() {
	raw := c.raw()
	if t, ok := raw.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = raw.Close()
}

// raw returns the connection below TLS.
func (c *conn) raw() net.Conn {
	if t, ok := c.Conn.(*tls.Conn); ok {
		return t.NetConn()
	}
	return c.Conn
}

// authenticate reports whether a request is authenticated. If not, it answers with status 401.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, c *conn) bool {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")

	if hasPassword(scheme, value) && s.disturb(w, r, c, s.troubleOfLogin()) {
		return false
	}
	switch {
	case strings.HasSuffix(scheme, "/secprofile/https/mutual"):
		if s.o.Certificate && r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
			return true
		}
		s.refuse(w, nil)
		return false
	case scheme == "Basic" && s.o.Basic:
		user, password, _ := r.BasicAuth()
		if strings.EqualFold(withoutDomain(user), withoutDomain(s.o.User)) &&
			subtle.ConstantTimeCompare([]byte(password), []byte(s.o.Password)) == 1 {
			return true
		}
	case scheme == "Negotiate" && s.o.Kerberos != nil && !isNTLM(value):
		message, err := base64.StdEncoding.DecodeString(value)
		if err == nil && s.o.Kerberos(message) == nil {
			return true
		}
	case (scheme == "Negotiate" || scheme == "NTLM") && !s.o.NoNTLM:
		challenge, err := s.negotiate(c, value)
		if err == nil && challenge == nil {
			return true
		}
		if err == nil {
			w.Header().Set("WWW-Authenticate", scheme+" "+base64.StdEncoding.EncodeToString(challenge))
			w.WriteHeader(http.StatusUnauthorized)
			return false
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

// hasPassword reports whether an authorization contains a password, or the proof of one in the last message of NTLM.
func hasPassword(scheme, value string) bool {
	if scheme == "Basic" {
		return true
	}
	token, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	return err == nil && isNTLM(value) && len(token) >= 12 && messageType(token) == 3
}

// troubleOfLogin counts a request with a password and returns its trouble.
func (s *Server) troubleOfLogin() Trouble {
	n := 0
	s.add(func(count *Count) {
		count.Passwords++
		n = count.Passwords
	})
	if s.o.Login == nil {
		return Trouble{}
	}
	return s.o.Login(n)
}

// isNTLM reports whether a token in base64 is a message of NTLM.
func isNTLM(encoded string) bool {
	return strings.HasPrefix(encoded, base64.StdEncoding.EncodeToString(ntlmSignature[:6]))
}

// negotiate processes an NTLM token. It returns the challenge for a client's first message, and nil if the second
// message completes the handshake.
func (s *Server) negotiate(c *conn, encoded string) (challenge []byte, err error) {
	token, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return nil, err
	}
	if s.o.Peer != nil {
		return s.negotiateWithPeer(c, token)
	}
	if messageType(token) == 1 {
		c.session, c.handshake = nil, &handshake{}
		challenge, err := c.handshake.start(token, "LYNC", "LYNC01")
		if err == nil && s.o.Challenge != nil {
			challenge = s.o.Challenge(challenge)
			c.handshake.challenge = challenge
		}
		return challenge, err
	}
	if c.handshake == nil {
		return nil, errors.New("no NEGOTIATE message")
	}
	h := c.handshake
	c.handshake = nil
	s.add(func(n *Count) { n.Authenticates++ })
	if s.o.Impostor {
		c.session, err = anonymousSession(token)
		return nil, err
	}
	c.session, err = h.finish(token, s.o.User, s.o.Password, s.cert, s.o.StrictBinding && s.cert != nil)
	return nil, err
}

// negotiateWithPeer is negotiate with the peer of the options.
func (s *Server) negotiateWithPeer(c *conn, token []byte) (challenge []byte, err error) {
	var binding []byte
	if s.cert != nil {
		binding = endPoint(s.cert)
	}
	c.session = nil
	answer, done, err := s.o.Peer.Accept(c.number, token, binding)
	if err != nil || !done {
		return answer, err
	}
	c.session = peerSession{s.o.Peer, c.number}
	return nil, nil
}

// spy counts a sealed message that an impostor can read: one that is not encrypted, or whose key it knows.
func (s *Server) spy(c *conn, body []byte) {
	_, err := unseal(c.session, bytes.Clone(body))
	if err == nil || bytes.Contains(body, []byte("Envelope")) {
		s.add(func(n *Count) { n.Exposed++ })
	}
}

// refuse answers with status 401 and the offered authentication schemes. It resets the authentication of c, unless nil.
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
