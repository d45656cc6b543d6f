package shell

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
)

// report is the content of the report of a cmdlet: the XML file that -Report creates in addition to the HTML file. Its
// format is that of published reports of Publish-CsTopology and Enable-CsTopology. The parser ignores unknown elements.
type report struct {
	faults   []reportFault
	warnings []string
}

// reportFault is an Error or an Exception element.
type reportFault struct {
	actions []string // names of the enclosing Action elements, the outermost first
	title   string   // of an Error, such as SqlConnectionFailure
	kind    string   // the .NET type of an Exception
	text    string
}

// String returns the fault for a message: "action: text (title, kind)".
func (f reportFault) String() string {
	var details []string
	for _, detail := range []string{f.title, f.kind} {
		if detail != "" {
			details = append(details, detail)
		}
	}
	text := f.text
	if len(details) > 0 {
		text += " (" + strings.Join(details, ", ") + ")"
	}
	if len(f.actions) > 0 {
		text = f.actions[len(f.actions)-1] + ": " + text
	}
	return text
}

// parseReport parses a report. If the text is not complete, it returns the part before the end and an error.
func parseReport(text string) (report, error) {
	var parser reportParser
	if strings.TrimSpace(text) == "" {
		return parser.report, nil
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	// The text is decoded already. Its declaration names the encoding of the file.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	for {
		token, err := decoder.Token()
		if err == io.EOF { //nolint:errorlint // the decoder returns it as it is
			return parser.report, nil
		}
		if err != nil {
			return parser.report, fmt.Errorf("cannot parse the report completely: %w", err)
		}
		parser.add(token)
	}
}

// reportParser builds a report from the tokens of its XML.
type reportParser struct {
	report  report
	depth   []string       // names of the open elements
	actions []string       // names of the open Action elements
	open    []*reportFault // open Error, Exception and Warning elements
}

// add processes the next token. The decoder has verified that each end element belongs to the last open element.
func (p *reportParser) add(token xml.Token) {
	switch token := token.(type) {
	case xml.StartElement:
		p.start(token)
	case xml.CharData:
		if len(p.open) > 0 && p.depth[len(p.depth)-1] != "StackTrace" {
			fault := p.open[len(p.open)-1]
			fault.text = strings.TrimSpace(fault.text + " " + strings.TrimSpace(string(token)))
		}
	case xml.EndElement:
		p.end(token.Name.Local)
	}
}

func (p *reportParser) start(element xml.StartElement) {
	name := element.Name.Local
	p.depth = append(p.depth, name)
	switch name {
	case "Action":
		p.actions = append(p.actions, attribute(element, "Name"))
	case "Error", "Exception", "Warning":
		p.open = append(p.open, &reportFault{
			actions: slices.Clone(p.actions),
			title:   attribute(element, "Title"),
			kind:    attribute(element, "Type"),
			text:    attribute(element, "Message"),
		})
	}
}

func (p *reportParser) end(name string) {
	p.depth = p.depth[:len(p.depth)-1]
	switch name {
	case "Action":
		p.actions = p.actions[:len(p.actions)-1]
	case "Error", "Exception", "Warning":
		fault := *p.open[len(p.open)-1]
		p.open = p.open[:len(p.open)-1]
		if name == "Warning" {
			p.report.warnings = append(p.report.warnings, fault.String())
		} else {
			p.report.faults = append(p.report.faults, fault)
		}
	}
}

// attribute returns the value of an attribute, empty if the element does not have it.
func attribute(element xml.StartElement, name string) string {
	for _, attr := range element.Attr {
		if attr.Name.Local == name {
			return attr.Value
		}
	}
	return ""
}

// validations are the actions of Publish-CsTopology that examine the new document, with the names that an English
// report has. In a report in another language no fault concerns the document, which is the safe interpretation.
var validations = []string{
	"Validate XML Schema", "Validate New Topology", "Validate Central Management Store Location",
	"Check Orphaned Users", "Check Orphaned Analog Devices", "Check Trusted Application Pools",
	"Check Orphaned Conferences", "Check Edge Settings Inconsistency", "Check Service dependent settings",
	"Check Site dependent settings", "Check Machines Not Moved", "Check that Machines Exist", "Service Version Check",
	"Check Cluster FQDNs Not Changed",
}

// environmentName matches names of .NET types and titles that concern rights, a database, the directory, the connection
// or time, and not the document.
var environmentName = regexp.MustCompile(`(?i)sql|security|unauthorized|accessdenied|permission|directoryservices|` +
	`ldap|socket|network|timeout|system\.io|win32|interop|rpc|remoting|outofmemory|cancel`)

// environmentCategories are the categories of errors that do not concern the document.
var environmentCategories = []string{
	"PermissionDenied", "SecurityError", "AuthenticationError", "ConnectionError", "OperationTimeout",
	"ResourceUnavailable", "OperationStopped",
}

// typeInText matches a .NET type in the message of the generic wrapper: An error occurred: "<type>" "<message>".
var typeInText = regexp.MustCompile(`"((?:System|Microsoft)\.[\w.]+)"`)

// concernsDocument reports whether all errors of a publish concern the document: the report has faults, each of them
// belongs to a validation, and no error names a cause in the environment. The report of a real refusal is not known. In
// doubt the result is false.
func (r report) concernsDocument(faults []powershell.Fault) bool {
	for _, fault := range r.faults {
		isValidation := slices.ContainsFunc(fault.actions, func(action string) bool {
			return slices.Contains(validations, action)
		})
		if !isValidation || environmentName.MatchString(fault.title+" "+fault.kind) || namesEnvironment(fault.text) {
			return false
		}
	}
	for _, fault := range faults {
		if slices.Contains(environmentCategories, fault.Category) {
			return false
		}
		kinds := []string{fault.Exception}
		for _, cause := range fault.Causes {
			kind, _, _ := strings.Cut(cause, ":")
			kinds = append(kinds, kind)
		}
		if environmentName.MatchString(strings.Join(kinds, " ")) || namesEnvironment(fault.Message) {
			return false
		}
	}
	return len(r.faults) > 0
}

// namesEnvironment reports whether a message has the name of a .NET type that does not concern the document.
func namesEnvironment(text string) bool {
	return slices.ContainsFunc(typeInText.FindAllStringSubmatch(text, -1), func(match []string) bool {
		return environmentName.MatchString(match[1])
	})
}
