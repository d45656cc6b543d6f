package shell

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestParseReport(t *testing.T) {
	t.Parallel()
	const text = "\r\n" + `<?xml version="1.0" encoding="utf-16"?>
<CsMgmtLog Name="Publish-CSTopology">
  <Action Name="Publish-CSTopology" Time="1">
    <Info Title="Connection">Data Source=x</Info>
    <Unknown><Warning>Inner &amp; warning</Warning></Unknown>
    <Action Name="Validate New Topology"><Exception Type="A.B" Message="Bad">
      <StackTrace>at X()</StackTrace></Exception></Action>
    <Error Title="SqlConnectionFailure" Time="1">Failed to connect<Detail>to sql</Detail></Error>
    <Info Title="Command Status">Command run is complete.</Info>
  </Action>
  <Complete />
</CsMgmtLog>`

	found, err := parseReport(text[2:])
	if err != nil {
		t.Fatal(err)
	}
	if len(found.warnings) != 1 || found.warnings[0] != "Publish-CSTopology: Inner & warning" {
		t.Errorf("warnings %q", found.warnings)
	}
	var faults []string
	for _, fault := range found.faults {
		faults = append(faults, fault.String())
	}
	if len(faults) != 2 || faults[0] != "Validate New Topology: Bad (A.B)" ||
		faults[1] != "Publish-CSTopology: Failed to connect to sql (SqlConnectionFailure)" {
		t.Errorf("faults %q", faults)
	}

	// The parser returns the part before the end of an incomplete report.
	cut, _, _ := strings.Cut(text[2:], "<Detail>")
	if found, err = parseReport(cut); err == nil || len(found.faults) != 1 {
		t.Errorf("incomplete report: %d faults, %v", len(found.faults), err)
	}
	if found, err = parseReport(" "); err != nil || len(found.faults) != 0 {
		t.Errorf("empty report: %v, %v", found, err)
	}
}

// TestParseReportBounds parses reports at each limit, and with one byte, level or element more.
func TestParseReportBounds(t *testing.T) {
	t.Parallel()
	filled := func(size int) string {
		const start, end = `<L><Error>first</Error>`, `</L>`
		return start + strings.Repeat(" ", size-len(start)-len(end)) + end
	}
	nested := func(levels int) string {
		return "<L><Error>first</Error>" + strings.Repeat("<a>", levels-1) + strings.Repeat("</a>", levels-1) + "</L>"
	}
	repeated := func(element string, count int) string {
		return "<L><Error>first</Error>" + strings.Repeat(element, count) + "</L>"
	}
	for name, tc := range map[string]struct {
		text    string
		wantErr string // "" for a complete report
	}{
		"4 MiB":         {filled(maxReport), ""},
		"one byte more": {filled(maxReport + 1), "more than 4 MiB"},
		"100 levels":    {nested(maxReportDepth), ""},
		"101 levels":    {nested(maxReportDepth + 1), "more than 100 levels"},
		"100 errors":    {repeated("<Error/>", maxReportFaults-1), ""},
		"101 errors":    {repeated("<Error/>", maxReportFaults), "more than 100 errors"},
		"100 warnings":  {repeated("<Warning/>", maxReportFaults), ""},
		"101 warnings":  {repeated("<Warning/>", maxReportFaults+1), "more than 100 errors or warnings"},
	} {
		parsed, err := parseReport(tc.text)
		if (err != nil) != (tc.wantErr != "") || err != nil && !strings.Contains(err.Error(), tc.wantErr) {
			t.Errorf("%s: %v", name, err)
		}
		if len(parsed.faults) == 0 || len(parsed.faults) > maxReportFaults || len(parsed.warnings) > maxReportFaults ||
			parsed.faults[0].text != "first" || parsed.isPartial != (err != nil) {
			t.Errorf("%s: %d errors, %d warnings, partial: %v", name, len(parsed.faults), len(parsed.warnings),
				parsed.isPartial)
		}
	}
	// The missing part can have an error that does not concern the document.
	cut, err := parseReport(`<Action Name="Validate New Topology">` + strings.Repeat("<Error/>", maxReportFaults+1))
	if err == nil || cut.concernsDocument(nil) {
		t.Errorf("a partial report concerns the document: %v", err)
	}
	for _, text := range []string{
		`<Error Message="` + strings.Repeat("x", maxReportText+1) + `"/>`,
		`<Error>` + strings.Repeat("x", maxReportText) + `y</Error>`,
		`<Error>` + strings.Repeat("x<b/>", maxReportText) + `</Error>`,
	} {
		parsed, err := parseReport(text)
		// The last byte can be a space, which is removed.
		if err != nil || len(parsed.faults[0].text) > maxReportText || len(parsed.faults[0].text) < maxReportText-1 {
			t.Errorf("a text of %d bytes, %v", len(parsed.faults[0].text), err)
		}
	}
}

// TestReportTextIsBounded checks that the memory for a fault does not depend on the number of pieces of its text and on
// the length of its names. It is not parallel, because it counts the allocations of the process.
func TestReportTextIsBounded(t *testing.T) {
	const pieces = 100_000
	var fault openFault
	_, size := testkit.Allocations(func() {
		for range pieces {
			fault.addText("a")
		}
	})
	if got := fault.end().text; size > 8*maxReportText || len(got) != maxReportText-1 || strings.Trim(got, "a ") != "" {
		t.Errorf("%d pieces: %d bytes are allocated for a text of %d", pieces, size, len(got))
	}
	name := strings.Repeat("\u00e9", maxReportName)
	text := `<Action Name="` + name + `">` + strings.Repeat(`<Warning>w</Warning>`, maxReportFaults) +
		`<Error Title="` + name + `" Type="` + name + `"/></Action>`
	parsed, err := parseReport(text)
	if err != nil || len(parsed.warnings) != maxReportFaults || len(parsed.faults) != 1 {
		t.Fatalf("%d warnings, %d errors, %v", len(parsed.warnings), len(parsed.faults), err)
	}
	for _, got := range append(parsed.warnings, parsed.faults[0].String()) {
		if len(got) > 3*maxReportName+10 || !utf8.ValidString(got) {
			t.Errorf("a name of %d bytes becomes a text of %d bytes", len(name), len(got))
		}
	}
}

// TestReportRecovers checks that a panic while a report is read is an error, and keeps the part before it.
func TestReportRecovers(t *testing.T) {
	t.Parallel()
	tokens := []xml.Token{
		xml.StartElement{Name: xml.Name{Local: "Error"}}, xml.CharData("first"),
		xml.EndElement{Name: xml.Name{Local: "Error"}},
	}
	var parser reportParser
	err := parser.read(func() (xml.Token, error) {
		next := tokens[0]
		tokens = tokens[1:]
		return next, nil
	})
	if !errors.As(err, new(*powershell.PanicError)) || len(parser.report.faults) != 1 {
		t.Errorf("%v, %d faults", err, len(parser.report.faults))
	}
}

// panicking is a value that a JSON parser fails on.
type panicking struct{}

func (*panicking) UnmarshalJSON([]byte) error { panic("index out of range") }

// TestDecodeRecovers checks that a panic while the value of a script is read is an error.
func TestDecodeRecovers(t *testing.T) {
	t.Parallel()
	s := New(nowhere{}, Options{})
	err := s.decode(GetTopology, powershell.Result{Value: json.RawMessage("{}")}, &panicking{})
	if !errors.As(err, new(*powershell.PanicError)) ||
		!strings.Contains(err.Error(), "cannot interpret the result of get-topology on fe1.contoso.com") {
		t.Errorf("got %v", err)
	}
}

// nowhere is a transport that is not used.
type nowhere struct{ powershell.Transport }

func (nowhere) Host() string { return "fe1.contoso.com" }

func TestReportConcernsDocument(t *testing.T) {
	t.Parallel()
	validation := func(content string) string {
		return `<CsMgmtLog><Action Name="Publish-CSTopology"><Action Name="Validate New Topology">` + content +
			`</Action></Action></CsMgmtLog>`
	}
	for name, tc := range map[string]struct {
		report string
		faults []powershell.Fault
		want   bool
	}{
		"nothing":             {"", nil, false},
		"a warning":           {validation(`<Warning>W</Warning>`), nil, false},
		"a validation":        {validation(`<Error Title="X">no</Error>`), nil, true},
		"a validation nested": {validation(`<Action Name="Inner"><Error>no</Error></Action>`), nil, true},
		"another action": {
			`<CsMgmtLog><Action Name="SaveCachedItems"><Error>no</Error></Action></CsMgmtLog>`, nil, false,
		},
		"both": {
			`<CsMgmtLog><Action Name="Validate New Topology"><Error>no</Error></Action><Error>no</Error></CsMgmtLog>`,
			nil, false,
		},
		"another language": {
			`<CsMgmtLog><Action Name="Neue Topologie pr&#252;fen"><Error>no</Error></Action></CsMgmtLog>`, nil, false,
		},
		"SQL in its type": {
			validation(`<Exception Type="System.Data.SqlClient.SqlException" Message="no"/>`), nil, false,
		},
		"SQL in its title": {validation(`<Error Title="SqlConnectionFailure">no</Error>`), nil, false},
		"SQL in its text": {
			validation(`<Error>An error occurred: "System.Data.SqlClient.SqlException" "no"</Error>`), nil, false,
		},
		"rights": {validation(`<Error>no</Error>`), []powershell.Fault{{Category: "PermissionDenied"}}, false},
		"the directory": {
			validation(`<Error>no</Error>`),
			[]powershell.Fault{{Exception: "X", Causes: []string{"System.DirectoryServices.Y: no"}}}, false,
		},
		"time": {validation(`<Error>no</Error>`), []powershell.Fault{{Exception: "System.TimeoutException"}}, false},
		"its error": {
			validation(`<Error>no</Error>`),
			[]powershell.Fault{{Exception: "Microsoft.Rtc.Management.Deployment.DeploymentException"}}, true,
		},
	} {
		found, err := parseReport(tc.report)
		if err != nil {
			t.Fatal(err)
		}
		if got := found.concernsDocument(tc.faults); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
