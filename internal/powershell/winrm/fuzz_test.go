package winrm

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// responses is an HTTP transport that returns one response after the other, and then the last one again.
type responses []*http.Response

func (r *responses) RoundTrip(*http.Request) (*http.Response, error) {
	next := *(*r)[0]
	if len(*r) > 1 {
		*r = (*r)[1:]
	}
	return &next, nil
}

// newResponse returns a response of a host with a certificate, which is not valid.
func newResponse(status int, header, value string, body []byte) *http.Response {
	return &http.Response{
		StatusCode: status,
		Header:     http.Header{header: []string{value}},
		Body:       io.NopCloser(bytes.NewReader(body)),
		TLS:        &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Raw: []byte("certificate")}}},
	}
}

// newFuzzTransport returns a transport with NTLM. Without TLS, NTLM seals the messages.
func newFuzzTransport(t testing.TB, plainHTTP bool) *Transport {
	t.Helper()
	w, err := New(Config{Host: "host", User: `DOMAIN\user`, Password: "password", PlainHTTP: plainHTTP})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// ntlmChallenge returns a CHALLENGE message of MS-NLMP 2.2.1.2 with target information.
func ntlmChallenge(flags uint32, info []byte) []byte {
	const head = 56

	message := append([]byte("NTLMSSP\x00\x02\x00\x00\x00"), make([]byte, head-12)...)
	binary.LittleEndian.PutUint32(message[16:], head) // empty target name
	binary.LittleEndian.PutUint32(message[20:], flags)
	copy(message[24:], "nonce678")
	binary.LittleEndian.PutUint16(message[40:], uint16(len(info))) //nolint:gosec // a few bytes
	binary.LittleEndian.PutUint16(message[42:], uint16(len(info))) //nolint:gosec // a few bytes
	binary.LittleEndian.PutUint32(message[44:], head)
	return append(message, info...)
}

// sealedFrame returns a body in the form of a sealed message. Its signature is wrong.
func sealedFrame(message string) []byte {
	return []byte(sealBoundary + "\r\n\tContent-Type: " + sealProtocol +
		"\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=" + strconv.Itoa(len(message)) +
		"\r\n" + sealBoundary + "\r\n" +
		sealOctets + "\x10\x00\x00\x00\x01\x00\x00\x00signatur\x00\x00\x00\x00" + message + sealBoundary + "--\r\n")
}

// envelope is an empty message of WS-Management.
const envelope = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body/></s:Envelope>`

// FuzzLogin answers a login with any challenge, and the message after it with any body: the client of NTLM and the
// frames of sealed messages read what a host sends that does not know the password. Without TLS no such answer is
// accepted.
func FuzzLogin(f *testing.F) {
	// The flags of a Windows host, and target information: a computer name, a time, the end.
	const flags, keyExchange, sealAndSign = 0xe28a8235, 0x40000000, 0x30
	info := []byte("\x01\x00\x02\x00H\x00\x07\x00\x08\x0012345678\x00\x00\x00\x00")

	f.Add(ntlmChallenge(flags, info), sealedFrame("<a/>"))
	f.Add(ntlmChallenge(flags&^keyExchange, info), sealedFrame("<a/>"))
	f.Add(ntlmChallenge(flags, nil), sealedFrame(""))
	f.Add(ntlmChallenge(flags&^sealAndSign, info), []byte("<a/>"))
	f.Add(ntlmChallenge(flags, info)[:48], []byte(sealBoundary))
	f.Add(ntlmChallenge(flags&^sealAndSign, info), sealedFrame(envelope))
	f.Add([]byte("NTLMSSP\x00"), []byte{})

	f.Fuzz(func(t *testing.T, challenge, body []byte) {
		for _, plainHTTP := range []bool{false, true} {
			w := newFuzzTransport(t, plainHTTP)
			conn := w.newConnection()
			conn.client.Transport = &responses{
				newResponse(http.StatusUnauthorized, "Www-Authenticate",
					"Negotiate "+base64.StdEncoding.EncodeToString(challenge), nil),
				newResponse(http.StatusOK, "Content-Type", "", nil),
				newResponse(http.StatusOK, "Content-Type", "multipart/encrypted", body),
			}
			answer, err := conn.post(t.Context(), "<message/>")
			if err != nil {
				_ = w.failed("run a script on", err).Error()
			} else if plainHTTP {
				t.Errorf("took the answer %+v of a host that does not know the password", answer)
			}
		}
	})
}

// FuzzAnswer checks the answers of WS-Management: output, ids, and faults with their explanation.
func FuzzAnswer(f *testing.F) {
	const shell = `xmlns="http://schemas.microsoft.com/wbem/wsman/1/windows/shell"`

	for _, body := range []string{
		``,
		`<Shell ` + shell + `><ShellId>11111111-2222-3333-4444-555555555555</ShellId></Shell>`,
		`<ResourceCreated><ReferenceParameters><SelectorSet><Selector Name="ShellId">i</Selector></SelectorSet>` +
			`</ReferenceParameters></ResourceCreated>`,
		`<CommandResponse ` + shell + `><CommandId>i</CommandId></CommandResponse>`,
		`<ReceiveResponse ` + shell + `><Stream Name="stdout" CommandId="i">YWJj</Stream><Stream Name="stderr" ` +
			`End="true"></Stream><CommandState State="` + shellURI + `/CommandState/Done"><ExitCode>3</ExitCode>` +
			`</CommandState></ReceiveResponse>`,
		`<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:TimedOut</s:Value></s:Subcode></s:Code>` +
			`<s:Reason><s:Text>r</s:Text></s:Reason><s:Detail><WSManFault Code="2150858793"><Message>m</Message>` +
			`</WSManFault></s:Detail></s:Fault>`,
		`<s:Fault><s:Detail><WSManFault Code="5"><Message><ProviderFault>concurrent shells</ProviderFault></Message>` +
			`</WSManFault></s:Detail></s:Fault>`,
	} {
		f.Add([]byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>` + body +
			`</s:Body></s:Envelope>`))
	}
	w := newFuzzTransport(f, false)

	f.Fuzz(func(t *testing.T, data []byte) {
		answer, err := parseReply(data)
		if (answer == nil) == (err == nil) {
			t.Fatal("parseReply returns both or neither of answer and error")
		}
		if err != nil {
			_ = w.failed("run a script on", err).Error()
			return
		}
		var out powershell.Output
		if _, err := answer.output(&out); err == nil && out.ExitCode != 0 && !answer.done() {
			t.Errorf("exit code %d without an end", out.ExitCode)
		}
		if id := answer.shellID(); id != strings.TrimSpace(id) {
			t.Errorf("shell id %q", id)
		}
		_ = w.outOfMemory(out)
	})
}
