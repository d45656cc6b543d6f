package winrm

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
)

const (
	shellURI    = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	transferURI = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
)

// request is a message to the service (MS-WSMV 3.1.4).
type request struct {
	action string
	// shell is the id of the shell, or empty.
	shell   string
	options []option
	// body is XML.
	body string
}

// option is an option of a request.
type option struct{ name, value string }

// createMessage returns the message that opens a shell.
func (w *Transport) createMessage() string {
	return w.message(request{
		action:  transferURI + "/Create",
		options: []option{{"WINRS_NOPROFILE", "FALSE"}, {"WINRS_CODEPAGE", "65001"}},
		body: fmt.Sprintf("<rsp:Shell><rsp:InputStreams>stdin</rsp:InputStreams>"+
			"<rsp:OutputStreams>stdout stderr</rsp:OutputStreams><rsp:IdleTimeOut>PT%gS</rsp:IdleTimeOut></rsp:Shell>",
			idleTimeout.Seconds()),
	})
}

// commandMessage returns the message that starts PowerShell with a pipe as standard input. A console echoes, breaks
// long lines and does not end with the input.
func (w *Transport) commandMessage(shell string) string {
	return w.message(request{
		action: shellURI + "/Command", shell: shell,
		options: []option{{"WINRS_CONSOLEMODE_STDIN", "FALSE"}, {"WINRS_SKIP_CMD_SHELL", "FALSE"}},
		body:    "<rsp:CommandLine><rsp:Command>" + escapeXML(w.line) + "</rsp:Command></rsp:CommandLine>",
	})
}

func (w *Transport) sendMessage(shell, command string, data []byte, last bool) string {
	end := ""
	if last {
		end = ` End="true"`
	}
	return w.message(request{
		action: shellURI + "/Send", shell: shell,
		body: fmt.Sprintf(`<rsp:Send><rsp:Stream Name="stdin" CommandId="%s"%s>%s</rsp:Stream></rsp:Send>`,
			escapeXML(command), end, base64.StdEncoding.EncodeToString(data)),
	})
}

func (w *Transport) receiveMessage(shell, command string) string {
	return w.message(request{
		action: shellURI + "/Receive", shell: shell,
		body: fmt.Sprintf(`<rsp:Receive><rsp:DesiredStream CommandId="%s">stdout stderr</rsp:DesiredStream>`+
			`</rsp:Receive>`, escapeXML(command)),
	})
}

func (w *Transport) signalMessage(shell, command string) string {
	return w.message(request{
		action: shellURI + "/Signal", shell: shell,
		body: fmt.Sprintf(`<rsp:Signal CommandId="%s"><rsp:Code>%s/signal/terminate</rsp:Code></rsp:Signal>`,
			escapeXML(command), shellURI),
	})
}

func (w *Transport) deleteMessage(shell string) string {
	return w.message(request{action: transferURI + "/Delete", shell: shell})
}

// message returns a request with its header.
func (w *Transport) message(r request) string {
	var b strings.Builder

	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` +
		`<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:rsp="` + shellURI + `"` +
		` xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"` +
		` xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><env:Header>`)
	fmt.Fprintf(&b, `<a:To>%s</a:To>`, escapeXML(w.url))
	b.WriteString(`<a:ReplyTo><a:Address mustUnderstand="true">` +
		`http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>`)
	fmt.Fprintf(&b, `<w:MaxEnvelopeSize mustUnderstand="true">%d</w:MaxEnvelopeSize>`, w.config.MaxEnvelopeSize)
	fmt.Fprintf(&b, `<w:OperationTimeout>PT%gS</w:OperationTimeout>`, w.config.OperationTimeout.Seconds())
	fmt.Fprintf(&b, `<a:MessageID>uuid:%s</a:MessageID>`, newUUID())
	b.WriteString(`<w:Locale mustUnderstand="false" xml:lang="en-US"/>` +
		`<p:DataLocale mustUnderstand="false" xml:lang="en-US"/>`)
	fmt.Fprintf(&b, `<a:Action mustUnderstand="true">%s</a:Action>`, r.action)
	if r.shell != "" {
		fmt.Fprintf(&b, `<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet>`, escapeXML(r.shell))
	}
	fmt.Fprintf(&b, `<w:ResourceURI mustUnderstand="true">%s/cmd</w:ResourceURI>`, shellURI)
	if len(r.options) > 0 {
		b.WriteString(`<w:OptionSet>`)
		for _, o := range r.options {
			fmt.Fprintf(&b, `<w:Option Name="%s">%s</w:Option>`, o.name, o.value)
		}
		b.WriteString(`</w:OptionSet>`)
	}
	fmt.Fprintf(&b, `</env:Header><env:Body>%s</env:Body></env:Envelope>`, r.body)
	return b.String()
}

func escapeXML(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer does not fail
	return b.String()
}

func newUUID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
