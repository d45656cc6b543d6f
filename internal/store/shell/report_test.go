package shell

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
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
