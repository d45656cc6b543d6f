package winrmd

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
)

// Action is the action of a request.
type Action string

// The actions of a remote shell, in their usual order.
const (
	Create  Action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
	Run     Action = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Command"
	Send    Action = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Send"
	Receive Action = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Receive"
	Signal  Action = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Signal"
	Delete  Action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete"
)

const (
	nsSOAP  = "http://www.w3.org/2003/05/soap-envelope"
	nsAddr  = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
	nsShell = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
	nsWSMan = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"

	resourceCmd = nsShell + "/cmd"
	stateBase   = nsShell + "/CommandState/"
	terminate   = nsShell + "/signal/terminate"
	ctrlC       = nsShell + "/signal/ctrl_c"
)

// request has the elements of an envelope that the double uses.
type request struct {
	XMLName xml.Name `xml:"http://www.w3.org/2003/05/soap-envelope Envelope"`
	Header  struct {
		Action    string `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing Action"`
		MessageID string `xml:"http://schemas.xmlsoap.org/ws/2004/08/addressing MessageID"`
		Resource  string `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd ResourceURI"`
		Size      string `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd MaxEnvelopeSize"`
		Timeout   string `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd OperationTimeout"`
		Selectors struct {
			Selector []named `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd Selector"`
		} `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd SelectorSet"`
		Options struct {
			Option []named `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd Option"`
		} `xml:"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd OptionSet"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Header"`
	Body struct {
		Shell *struct {
			Input  string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell InputStreams"`
			Output string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell OutputStreams"`
			Idle   string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell IdleTimeOut"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Shell"`
		Line *struct {
			Command   string   `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Command"`
			Arguments []string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Arguments"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell CommandLine"`
		Receive *struct {
			Stream struct {
				CommandID string `xml:"CommandId,attr"`
				Names     string `xml:",chardata"`
			} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell DesiredStream"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Receive"`
		Send *struct {
			Streams []struct {
				Name      string `xml:"Name,attr"`
				CommandID string `xml:"CommandId,attr"`
				End       bool   `xml:"End,attr"`
				Data      string `xml:",chardata"`
			} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Stream"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Send"`
		Signal *struct {
			CommandID string `xml:"CommandId,attr"`
			Code      string `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Code"`
		} `xml:"http://schemas.microsoft.com/wbem/wsman/1/windows/shell Signal"`
	} `xml:"http://www.w3.org/2003/05/soap-envelope Body"`
}

type named struct {
	Name  string `xml:"Name,attr"`
	Value string `xml:",chardata"`
}

func value(list []named, name string) string {
	for _, n := range list {
		if n.Name == name {
			return strings.TrimSpace(n.Value)
		}
	}
	return ""
}

// Fault is a WS-Management fault.
type Fault struct {
	Code     uint32
	Subcode  string // SOAP subcode with prefix
	Text     string
	Provider bool // the fault comes from the shell plugin, in a ProviderFault element
}

// Faults with the codes of wsmerror.h and the texts of Windows.
var (
	FaultTimedOut = Fault{Code: 2150858793, Subcode: "w:TimedOut", Text: "The WS-Management service cannot complete " +
		"the operation within the time specified in OperationTimeout.  "}
	FaultNoShell = Fault{Code: 2150858843, Subcode: "w:InvalidSelectors", Text: "The request for the Windows Remote " +
		"Shell with ShellId %s failed because the shell was not found on the server. Possible causes are: the " +
		"specified ShellId is incorrect or the shell no longer exists on the server. Provide the correct ShellId or " +
		"create a new shell and retry the operation. "}
	FaultShells = Fault{Code: 2150859173, Subcode: "w:QuotaLimit",
		Text: "The WS-Management service cannot process the request. This user is allowed a maximum number of %d " +
			"concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user. "}
	FaultOperations = Fault{Code: 2150859174, Subcode: "w:QuotaLimit",
		Text: "The WS-Management service cannot process the request. This user is allowed a maximum number of %d " +
			"concurrent operations, which has been exceeded. Close existing operations for this user, or raise the " +
			"quota for this user. "}
	FaultUsers = Fault{Code: 2150859179, Subcode: "w:QuotaLimit",
		Text: "The WS-Management service cannot process the request. The maximum number of users executing shell " +
			"operations has been exceeded. Retry after some time or raise the quota for concurrent shell users. "}
	FaultProcesses = Fault{Code: 2147944216, Subcode: "w:InternalError", Provider: true, Text: "Not enough quota is " +
		"available to process this command. "}
	FaultMemory = Fault{Code: 2147942408, Subcode: "w:InternalError", Provider: true, Text: "Not enough storage is " +
		"available to process this command. "}
	FaultTooLong = Fault{Code: 2147942606, Subcode: "w:InternalError", Provider: true, Text: "The filename or " +
		"extension is too long. "}
	FaultEnvelope = Fault{Code: 2150858825, Subcode: "w:EncodingLimit",
		Text: "The WS-Management service cannot process the request because the request exceeds the maximum envelope " +
			"size of the server. "}
	FaultDenied  = Fault{Code: 5, Subcode: "w:AccessDenied", Text: "Access is denied. "}
	FaultAborted = Fault{Code: 995, Subcode: "w:InternalError", Provider: true, Text: "The I/O operation has been " +
		"aborted because of either a thread exit or an application request. "}
	FaultNotUnderstood = Fault{Code: 2150858752, Subcode: "w:SchemaValidationError",
		Text: "The WS-Management service cannot process a request that is not valid against the schema. "}
)

func (f Fault) with(args ...any) *Fault {
	f.Text = fmt.Sprintf(f.Text, args...)
	return &f
}

func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// envelope returns an envelope with a body.
func envelope(action, relates, body string) []byte {
	return fmt.Appendf(nil, `<s:Envelope xml:lang="en-US" xmlns:s="%s" xmlns:a="%s" `+
		`xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer" xmlns:w="%s" xmlns:rsp="%s" `+
		`xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"><s:Header><a:Action>%s</a:Action>`+
		`<a:MessageID>uuid:%s</a:MessageID>`+
		`<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>`+
		`<a:RelatesTo>%s</a:RelatesTo></s:Header><s:Body>%s</s:Body></s:Envelope>`,
		nsSOAP, nsAddr, nsWSMan, nsShell, action, uuid(), escape(relates), body)
}

func (f *Fault) envelope(relates string) []byte {
	message := escape(f.Text)
	if f.Provider {
		message = `<f:ProviderFault provider="Shell cmd plugin" path="%systemroot%\system32\winrscmd.dll">` + message +
			`</f:ProviderFault>`
	}
	code := "s:Sender"
	if f.Provider || f.Code == FaultTimedOut.Code {
		code = "s:Receiver"
	}
	return envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", relates, fmt.Sprintf(
		`<s:Fault><s:Code><s:Value>%s</s:Value><s:Subcode><s:Value>%s</s:Value></s:Subcode></s:Code>`+
			`<s:Reason><s:Text xml:lang="en-US">%s</s:Text></s:Reason><s:Detail><f:WSManFault `+
			`xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="%d" Machine="LYNC01"><f:Message>%s`+
			`</f:Message></f:WSManFault></s:Detail></s:Fault>`, code, f.Subcode, escape(f.Text), f.Code, message))
}

func created(id, url, relates string) []byte {
	return envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/CreateResponse", relates, fmt.Sprintf(
		`<x:ResourceCreated><a:Address>%s</a:Address><a:ReferenceParameters><w:ResourceURI>%s</w:ResourceURI>`+
			`<w:SelectorSet><w:Selector Name="ShellId">%s</w:Selector></w:SelectorSet></a:ReferenceParameters>`+
			`</x:ResourceCreated><rsp:Shell><rsp:ShellId>%s</rsp:ShellId><rsp:ResourceUri>%s</rsp:ResourceUri>`+
			`<rsp:Owner>LYNC\admin</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP>`+
			`<rsp:IdleTimeOut>PT7200.000S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>`+
			`<rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>`, escape(url), resourceCmd, id, id,
		resourceCmd))
}

// output returns an answer to Receive. If done is true, it marks the end of both streams.
func output(id string, streams map[string][]byte, done bool, exit int, relates string) []byte {
	var b strings.Builder

	for _, name := range []string{"stdout", "stderr"} {
		if data := streams[name]; len(data) > 0 {
			fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s">%s</rsp:Stream>`, name, id,
				base64.StdEncoding.EncodeToString(data))
		}
		if done {
			fmt.Fprintf(&b, `<rsp:Stream Name="%s" CommandId="%s" End="true"></rsp:Stream>`, name, id)
		}
	}
	if done {
		fmt.Fprintf(&b,
			`<rsp:CommandState CommandId="%s" State="%sDone"><rsp:ExitCode>%d</rsp:ExitCode></rsp:CommandState>`,
			id, stateBase, uint32(exit))
	} else {
		fmt.Fprintf(&b, `<rsp:CommandState CommandId="%s" State="%sRunning"/>`, id, stateBase)
	}
	return envelope(nsShell+"/ReceiveResponse", relates, "<rsp:ReceiveResponse>"+b.String()+"</rsp:ReceiveResponse>")
}

func uuid() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return strings.ToUpper(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// Name returns the last part of an action, for messages.
func (a Action) Name() string { return string(a[strings.LastIndex(string(a), "/")+1:]) }
