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
	faults    []reportFault
	warnings  []string
	isPartial bool // the text was not complete or exceeded a limit
}

// reportFault is an Error or an Exception element.
type reportFault struct {
	actions []string // names of the enclosing Action elements, the outermost first
	title   string   // of an Error, such as SqlConnectionFailure
	kind    string   // the .NET type of an Exception
	text    string
}

// openFault is a fault, or a warning, whose element has not ended.
type openFault struct {
	reportFault
	content strings.Builder // of text, up to its limit
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

// Limits of a report. They protect against a report that takes long to read or much memory. Real ones are far below.
const (
	maxReport       = 4 << 20 // bytes
	maxReportDepth  = 100     // open elements
	maxReportFaults = 100     // errors, and as many warnings
	maxReportText   = 8 << 10 // bytes of the text of one error or warning
	maxReportName   = 1 << 10 // bytes of a title, of a type and of the name of an action
)

// parseReport parses a report. If the text is not complete or exceeds a limit, it returns the part before that and an
// error.
func parseReport(text string) (report, error) {
	var parser reportParser
	if strings.TrimSpace(text) == "" {
		return parser.report, nil
	}
	decoder := xml.NewDecoder(io.LimitReader(strings.NewReader(text), maxReport))
	// The text is decoded already. Its declaration names the encoding of the file.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	err := parser.read(decoder.Token)
	if err != nil && len(text) > maxReport {
		err = fmt.Errorf("it has more than %d MiB", maxReport>>20)
	}
	if err != nil {
		parser.report.isPartial = true
		return parser.report, fmt.Errorf("cannot parse the report completely: %w", err)
	}
	return parser.report, nil
}

// reportParser builds a report from the tokens of its XML.
type reportParser struct {
	report  report
	depth   []string     // names of the open elements
	actions []string     // names of the open Action elements
	open    []*openFault // open Error, Exception and Warning elements
}

// read processes all tokens that next returns.
func (p *reportParser) read(next func() (xml.Token, error)) error {
	return powershell.Guard(func() error {
		for {
			token, err := next()
			if err == io.EOF { //nolint:errorlint // the decoder returns it as it is
				return nil
			}
			if err == nil {
				err = p.add(token)
			}
			if err != nil {
				return err
			}
		}
	})
}

// add processes the next token. The decoder has verified that each end element belongs to the last open element. An
// error is a limit that the report exceeds.
func (p *reportParser) add(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		if len(p.depth) == maxReportDepth {
			return fmt.Errorf("it has more than %d levels", maxReportDepth)
		}
		p.start(token)
	case xml.CharData:
		if len(p.open) > 0 && p.depth[len(p.depth)-1] != "StackTrace" {
			p.open[len(p.open)-1].addText(string(token))
		}
	case xml.EndElement:
		p.end(token.Name.Local)
	}
	if len(p.report.faults) > maxReportFaults || len(p.report.warnings) > maxReportFaults {
		p.report.faults = p.report.faults[:min(len(p.report.faults), maxReportFaults)]
		p.report.warnings = p.report.warnings[:min(len(p.report.warnings), maxReportFaults)]
		return fmt.Errorf("it has more than %d errors or warnings", maxReportFaults)
	}
	return nil
}

// addText appends a text without the white space around it, and without the part that exceeds the limit. It does not
// copy the text before it, because a report can have a million pieces.
func (f *openFault) addText(text string) {
	text = strings.TrimSpace(text)
	space := maxReportText - f.content.Len()
	if text == "" || space <= 0 {
		return
	}
	if f.content.Len() > 0 {
		f.content.WriteByte(' ')
		space--
	}
	f.content.WriteString(text[:min(len(text), space)])
}

// end returns the fault with its text.
func (f *openFault) end() reportFault {
	f.text = strings.TrimSpace(strings.ToValidUTF8(f.content.String(), ""))
	return f.reportFault
}

func (p *reportParser) start(element xml.StartElement) {
	name := element.Name.Local
	p.depth = append(p.depth, name)
	switch name {
	case "Action":
		p.actions = append(p.actions, shortAttribute(element, "Name"))
	case "Error", "Exception", "Warning":
		fault := &openFault{reportFault: reportFault{
			actions: slices.Clone(p.actions),
			title:   shortAttribute(element, "Title"),
			kind:    shortAttribute(element, "Type"),
		}}
		fault.addText(attribute(element, "Message"))
		p.open = append(p.open, fault)
	}
}

func (p *reportParser) end(name string) {
	p.depth = p.depth[:len(p.depth)-1]
	switch name {
	case "Action":
		p.actions = p.actions[:len(p.actions)-1]
	case "Error", "Exception", "Warning":
		fault := p.open[len(p.open)-1].end()
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

// shortAttribute returns the start of the value of an attribute that is a name. Each fault repeats the name of its
// action, so that a long one would fill the memory.
func shortAttribute(element xml.StartElement, name string) string {
	value := attribute(element, name)
	return strings.Clone(strings.ToValidUTF8(value[:min(len(value), maxReportName)], ""))
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
// doubt, and if a part of the report is missing, the result is false.
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
		if environmentName.MatchString(exceptionTypes(fault)) || namesEnvironment(fault.Message) {
			return false
		}
	}
	return len(r.faults) > 0 && !r.isPartial
}

// exceptionTypes returns the .NET types of the exception of a fault and of its causes.
func exceptionTypes(fault powershell.Fault) string {
	kinds := []string{fault.Exception}
	for _, cause := range fault.Causes {
		kind, _, _ := strings.Cut(cause, ":")
		kinds = append(kinds, kind)
	}
	return strings.Join(kinds, " ")
}

// unparsed is the .NET type of the error of text that is not well-formed XML, or that has another encoding than its
// declaration names.
const unparsed = "System.Xml.XmlException"

// isUnparsed reports whether an error of a publish is that of text that .NET cannot parse. The only XML that the
// provider gives to the cmdlet is the file with the document.
func (r report) isUnparsed(faults []powershell.Fault) bool {
	inReport := slices.ContainsFunc(r.faults, func(f reportFault) bool {
		return f.kind == unparsed || strings.Contains(f.text, `"`+unparsed+`"`)
	})
	return inReport || slices.ContainsFunc(faults, func(f powershell.Fault) bool {
		return slices.Contains(strings.Fields(exceptionTypes(f)), unparsed) ||
			strings.Contains(f.Message, `"`+unparsed+`"`)
	})
}

// namesEnvironment reports whether a message has the name of a .NET type that does not concern the document.
func namesEnvironment(text string) bool {
	return slices.ContainsFunc(typeInText.FindAllStringSubmatch(text, -1), func(match []string) bool {
		return environmentName.MatchString(match[1])
	})
}
