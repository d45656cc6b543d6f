package winrm

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// reply is an answer of the service.
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

// output appends the output in the answer to out, and sets the exit code. It returns the length of the output in bytes.
func (r *reply) output(out *powershell.Output) (n int, err error) {
	for _, s := range r.Body.Receive.Streams {
		data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s.Data), ""))
		if err != nil {
			return n, fmt.Errorf("decode output in the answer: %w", err)
		}
		switch s.Name {
		case "stdout":
			out.Stdout = append(out.Stdout, data...)
		case "stderr":
			out.Stderr = powershell.AppendStderr(out.Stderr, data)
		default:
			continue
		}
		n += len(data)
	}
	if r.done() {
		code, err := strconv.ParseInt(strings.TrimSpace(r.Body.Receive.State.Exit), 10, 64)
		if err != nil {
			return n, errors.New("the answer has no exit code")
		}
		out.ExitCode = int(code)
	}
	return n, nil
}
