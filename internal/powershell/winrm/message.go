package winrm

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"

	masterzen "github.com/masterzen/winrm"
	"github.com/masterzen/winrm/soap"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

const shellURI = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"

// Most messages are those of masterzen/winrm. Create and Command need options that its messages do not have.

// header starts a message. The library does not export its own function for that.
func (w *Transport) header(message *soap.SoapMessage, action string) *soap.SoapHeader {
	return message.Header().
		To(w.url).
		ReplyTo("http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous").
		MaxEnvelopeSize(w.params.EnvelopeSize).
		Id("uuid:" + newUUID()).
		Locale(w.params.Locale).
		Timeout(w.params.Timeout).
		Action(action).
		ResourceURI(shellURI + "/cmd")
}

// createMessage returns the message that opens a shell. It has an idle timeout, unlike the message of the library.
func (w *Transport) createMessage() fmt.Stringer {
	message := soap.NewMessage()
	w.header(message, "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create").
		AddOption(soap.NewHeaderOption("WINRS_NOPROFILE", "FALSE")).
		AddOption(soap.NewHeaderOption("WINRS_CODEPAGE", "65001")).
		Build()

	body := message.CreateBodyElement("Shell", soap.DOM_NS_WIN_SHELL)
	for _, e := range [][2]string{
		{"InputStreams", "stdin"},
		{"OutputStreams", "stdout stderr"},
		{"IdleTimeOut", fmt.Sprintf("PT%gS", idleTimeout.Seconds())},
	} {
		message.CreateElement(body, e[0], soap.DOM_NS_WIN_SHELL).SetContent(e[1])
	}
	return message
}

// commandMessage returns the message that starts PowerShell with a pipe as standard input. The library requests a
// console, which echoes, breaks long lines and does not end with the input.
func (w *Transport) commandMessage(shell string) fmt.Stringer {
	message := soap.NewMessage()
	w.header(message, shellURI+"/Command").
		ShellId(shell).
		AddOption(soap.NewHeaderOption("WINRS_CONSOLEMODE_STDIN", "FALSE")).
		AddOption(soap.NewHeaderOption("WINRS_SKIP_CMD_SHELL", "FALSE")).
		Build()

	// The library does not escape content.
	body := message.CreateBodyElement("CommandLine", soap.DOM_NS_WIN_SHELL)
	message.CreateElement(body, "Command", soap.DOM_NS_WIN_SHELL).SetContent(escapeXML(w.line))
	return message
}

func (w *Transport) sendMessage(shell, command string, data []byte, last bool) fmt.Stringer {
	return masterzen.NewSendInputRequest(w.url, shell, command, data, last, &w.params)
}

func (w *Transport) receiveMessage(shell, command string) fmt.Stringer {
	return masterzen.NewGetOutputRequest(w.url, shell, command, "stdout stderr", &w.params)
}

func (w *Transport) signalMessage(shell, command string) fmt.Stringer {
	return masterzen.NewSignalRequest(w.url, shell, command, &w.params)
}

func (w *Transport) deleteMessage(shell string) fmt.Stringer {
	return masterzen.NewDeleteShellRequest(w.url, shell, &w.params)
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

// reply is an answer of the service. The parser of the library is not used: it continues with a document that it could
// not parse, and drops output that is not base64.
type reply struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Body    struct {
		Created struct {
			Parameters struct {
				Set struct {
					Selectors []struct {
						Name  string `xml:"Name,attr"`
						Value string `xml:",chardata"`
					} `xml:"Selector"`
				} `xml:"SelectorSet"`
			} `xml:"ReferenceParameters"`
		} `xml:"ResourceCreated"`
		Shell struct {
			ID string `xml:"ShellId"`
		} `xml:"Shell"`
		Command struct {
			ID string `xml:"CommandId"`
		} `xml:"CommandResponse"`
		Receive struct {
			Streams []struct {
				Name string `xml:"Name,attr"`
				Data string `xml:",chardata"`
			} `xml:"Stream"`
			State struct {
				State string `xml:"State,attr"`
				Exit  string `xml:"ExitCode"`
			} `xml:"CommandState"`
		} `xml:"ReceiveResponse"`
		Fault *struct {
			Code struct {
				Value   string `xml:"Value"`
				Subcode string `xml:"Subcode>Value"`
			} `xml:"Code"`
			Reason string `xml:"Reason>Text"`
			Detail struct {
				Fault struct {
					Code    uint32 `xml:"Code,attr"`
					Message struct {
						Text     string `xml:",chardata"`
						Provider string `xml:"ProviderFault"`
					} `xml:"Message"`
				} `xml:"WSManFault"`
			} `xml:"Detail"`
		} `xml:"Fault"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

// parseReply parses an answer. It returns a fault in the answer as a [*wsmanFault].
func parseReply(data []byte) (*reply, error) { return parseReplyWith(xml.Unmarshal, data) }

func parseReplyWith(unmarshal func([]byte, any) error, data []byte) (*reply, error) {
	var r reply
	if err := powershell.Guard(func() error { return unmarshal(data, &r) }); err != nil {
		return nil, fmt.Errorf("parse the answer as a WS-Management message: %w", err)
	}
	if f := r.Body.Fault; f != nil {
		_, subcode, _ := strings.Cut(strings.TrimSpace(f.Code.Subcode), ":")
		text := f.Detail.Fault.Message.Provider

		for _, other := range []string{f.Detail.Fault.Message.Text, f.Reason} {
			if strings.TrimSpace(text) == "" {
				text = other
			}
		}
		return nil, &wsmanFault{
			code:    f.Detail.Fault.Code,
			subcode: subcode,
			text:    strings.Join(strings.Fields(text), " "),
		}
	}
	return &r, nil
}

// shellID returns the id of a created shell. The protocol has it in the selector. Only newer versions also have it in
// the Shell element.
func (r *reply) shellID() string {
	for _, s := range r.Body.Created.Parameters.Set.Selectors {
		if s.Name == "ShellId" {
			return strings.TrimSpace(s.Value)
		}
	}
	return strings.TrimSpace(r.Body.Shell.ID)
}

// done reports whether the command has ended.
func (r *reply) done() bool {
	return strings.HasSuffix(r.Body.Receive.State.State, "/CommandState/Done")
}

// output appends the output in the answer to out, and sets the exit code.
func (r *reply) output(out *powershell.Output) error {
	for _, s := range r.Body.Receive.Streams {
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s.Data), ""))
		if err != nil {
			return fmt.Errorf("decode output in the answer: %w", err)
		}
		switch s.Name {
		case "stdout":
			out.Stdout = append(out.Stdout, data...)
		case "stderr":
			out.Stderr = powershell.AppendStderr(out.Stderr, data)
		}
	}
	if r.done() {
		code, err := strconv.ParseInt(strings.TrimSpace(r.Body.Receive.State.Exit), 10, 64)
		if err != nil {
			return errors.New("the answer has no exit code")
		}
		out.ExitCode = int(code)
	}
	return nil
}
