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

// report is what the log of a cmdlet says, the XML that -Report leaves beside the HTML. Its form is that of logs of
// Publish-CsTopology and Enable-CsTopology that were seen; anything unknown in it is passed over.
type report struct {
	faults   []reportFault
	warnings []string
}

// reportFault is an Error or an Exception element. An action is what the cmdlet was doing, the outermost first.
type reportFault struct {
	actions []string
	title   string // of an Error, such as SqlConnectionFailure
	kind    string // the .NET type of an Exception
	text    string
}

func (f reportFault) String() string {
	var about []string
	for _, part := range []string{f.title, f.kind} {
		if part != "" {
			about = append(about, part)
		}
	}

	text := f.text
	if len(about) > 0 {
		text += " (" + strings.Join(about, ", ") + ")"
	}

	if len(f.actions) > 0 {
		text = f.actions[len(f.actions)-1] + ": " + text
	}

	return text
}

// parseReport reads a log as far as it can be read. An error says that the rest is missing.
func parseReport(text string) (report, error) {
	var (
		found   report
		actions []string
		open    []*reportFault // Error, Exception and Warning elements that are not closed yet
		depth   []string
	)

	if strings.TrimSpace(text) == "" {
		return found, nil
	}

	decoder := xml.NewDecoder(strings.NewReader(text))
	// The text is decoded already, whatever its declaration says.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }

	for {
		token, err := decoder.Token()
		if err == io.EOF { //nolint:errorlint // the decoder returns it as it is
			return found, nil
		}

		if err != nil {
			return found, fmt.Errorf("the report cannot be read to its end: %w", err)
		}

		switch token := token.(type) {
		case xml.StartElement:
			depth = append(depth, token.Name.Local)

			switch token.Name.Local {
			case "Action":
				actions = append(actions, attribute(token, "Name"))
			case "Error", "Exception", "Warning":
				open = append(open, &reportFault{
					actions: slices.Clone(actions), title: attribute(token, "Title"), kind: attribute(token, "Type"), text: attribute(token, "Message"),
				})
			}
		case xml.CharData:
			if len(open) > 0 && depth[len(depth)-1] != "StackTrace" {
				fault := open[len(open)-1]
				fault.text = strings.TrimSpace(fault.text + " " + strings.TrimSpace(string(token)))
			}
		case xml.EndElement:
			depth = depth[:len(depth)-1]

			switch token.Name.Local {
			case "Action":
				actions = actions[:len(actions)-1]
			case "Warning":
				found.warnings = append(found.warnings, open[len(open)-1].String())
				open = open[:len(open)-1]
			case "Error", "Exception":
				found.faults = append(found.faults, *open[len(open)-1])
				open = open[:len(open)-1]
			}
		}
	}
}

func attribute(element xml.StartElement, name string) string {
	for _, attr := range element.Attr {
		if attr.Name.Local == name {
			return attr.Value
		}
	}

	return ""
}

// validations are the actions of Publish-CsTopology that look at the new document, as a log in English names them. In a log
// with other names nothing is taken for a refusal of the document, which is the safe side.
var validations = []string{
	"Validate XML Schema", "Validate New Topology", "Validate Central Management Store Location", "Check Orphaned Users",
	"Check Orphaned Analog Devices", "Check Trusted Application Pools", "Check Orphaned Conferences", "Check Edge Settings Inconsistency",
	"Check Service dependent settings", "Check Site dependent settings", "Check Machines Not Moved", "Check that Machines Exist",
	"Service Version Check", "Check Cluster FQDNs Not Changed",
}

// surroundings occur in the names of .NET types and in titles that tell of rights, a database, the directory, the
// connection or time, and not of the document.
var surroundings = regexp.MustCompile(`(?i)sql|security|unauthorized|accessdenied|permission|directoryservices|ldap|socket|network|timeout|` +
	`system\.io|win32|interop|rpc|remoting|outofmemory|cancel`)

// typeInText is a .NET type in the message of the generic wrapper: An error occurred: "<type>" "<message>".
var typeInText = regexp.MustCompile(`"((?:System|Microsoft)\.[\w.]+)"`)

// speaksOfDocument says whether everything that came back is about the document: the report blames a validation, and no
// error names anything else. How a refusal looks in a real report is not known; when in doubt the answer is no.
func (r report) speaksOfDocument(faults []powershell.Fault) bool {
	for _, fault := range r.faults {
		validating := slices.ContainsFunc(fault.actions, func(action string) bool { return slices.Contains(validations, action) })
		if !validating || aboutSurroundings(fault.title, fault.kind, fault.text) {
			return false
		}
	}

	for _, fault := range faults {
		switch fault.Category {
		case "PermissionDenied", "SecurityError", "AuthenticationError", "ConnectionError", "OperationTimeout", "ResourceUnavailable", "OperationStopped":
			return false
		}

		kinds := []string{fault.Exception}
		for _, cause := range fault.Causes {
			kind, _, _ := strings.Cut(cause, ":")
			kinds = append(kinds, kind)
		}

		if surroundings.MatchString(strings.Join(kinds, " ")) || aboutSurroundings("", "", fault.Message) {
			return false
		}
	}

	return len(r.faults) > 0
}

func aboutSurroundings(title, kind, text string) bool {
	if surroundings.MatchString(title + " " + kind) {
		return true
	}

	for _, match := range typeInText.FindAllStringSubmatch(text, -1) {
		if surroundings.MatchString(match[1]) {
			return true
		}
	}

	return false
}
