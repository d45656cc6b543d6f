package winrm

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// Each message has the header and the body of MS-WSMV. Ids come from the host, so that messages escape them.
func TestMessages(t *testing.T) {
	t.Parallel()

	const shell, command = `S"<&>'1`, `C"<&>'1`

	w, err := New(Config{Host: "lync01", User: testUser, Password: testPassword, MaxEnvelopeSize: 9999})
	if err != nil {
		t.Fatal(err)
	}
	header := []string{
		"To=https://lync01:5986/wsman",
		"Address=http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
		"MaxEnvelopeSize=9999", "OperationTimeout=PT20S",
	}

	for name, tt := range map[string]struct {
		message string
		want    []string
	}{
		"create": {w.createMessage(), []string{
			"Action=http://schemas.xmlsoap.org/ws/2004/09/transfer/Create", "WINRS_NOPROFILE=FALSE",
			"WINRS_CODEPAGE=65001", "InputStreams=stdin", "OutputStreams=stdout stderr", "IdleTimeOut=PT180S",
		}},
		"command": {w.commandMessage(shell), []string{
			"Action=" + shellURI + "/Command", "ShellId=" + shell, "WINRS_CONSOLEMODE_STDIN=FALSE",
			"WINRS_SKIP_CMD_SHELL=FALSE", "Command=" + w.line,
		}},
		"send": {w.sendMessage(shell, command, []byte("data"), false), []string{
			"Action=" + shellURI + "/Send", "ShellId=" + shell, "CommandId=" + command, "stdin=ZGF0YQ==",
		}},
		"end": {w.sendMessage(shell, command, nil, true), []string{
			"Action=" + shellURI + "/Send", "ShellId=" + shell, "CommandId=" + command, "End=true",
		}},
		"receive": {w.receiveMessage(shell, command), []string{
			"Action=" + shellURI + "/Receive", "ShellId=" + shell, "CommandId=" + command,
			"DesiredStream=stdout stderr",
		}},
		"signal": {w.signalMessage(shell, command), []string{
			"Action=" + shellURI + "/Signal", "ShellId=" + shell, "CommandId=" + command,
			"Code=" + shellURI + "/signal/terminate",
		}},
		"delete": {w.deleteMessage(shell), []string{
			"Action=http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete", "ShellId=" + shell,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			facts := factsOf(t, tt.message)
			for _, want := range append(header, tt.want...) {
				if !facts[want] {
					t.Errorf("no %q in %s", want, tt.message)
				}
			}
		})
	}
}

// factsOf returns the texts of the elements of a message, by the attribute Name or else by the name of the element, and
// its attributes, by name.
func factsOf(t *testing.T, message string) map[string]bool {
	t.Helper()

	facts := map[string]bool{}
	name := ""

	for d := xml.NewDecoder(strings.NewReader(message)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return facts
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			name = token.Name.Local
			for _, a := range token.Attr {
				if facts[a.Name.Local+"="+a.Value] = true; a.Name.Local == "Name" {
					name = a.Value
				}
			}
		case xml.CharData:
			facts[name+"="+string(token)] = true
		}
	}
}
