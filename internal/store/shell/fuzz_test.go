package shell

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// FuzzParseReport checks that a report of any content is parsed, and that its faults can be printed.
func FuzzParseReport(f *testing.F) {
	for _, seed := range []string{
		"",
		"\uFEFF<?xml version=\"1.0\" encoding=\"utf-16\"?>\r\n<CsMgmtLog/>",
		`<CsMgmtLog><Action Name="Publish-CSTopology"><Action Name="Validate New Topology"><Exception Type="A.B" ` +
			`Message="m"><StackTrace>at X()</StackTrace></Exception></Action><Error Title="SqlConnectionFailure">t` +
			`<Detail>d</Detail></Error></Action><Warning>w &amp; x</Warning></CsMgmtLog>`,
		`<CsMgmtLog><Error>An error occurred: "System.Data.SqlClient.SqlException" "m"</Error><Error>`,
		`<a><Warning><Warning><Error/></Warning></Warning><![CDATA[x]]><!-- c --><?p i?></a>`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := parseReport(text)
		if strings.TrimSpace(text) == "" && (err != nil || len(found.faults) > 0) {
			t.Errorf("an empty report has %v, %v", found, err)
		}
		if found.concernsDocument(nil) && len(found.faults) == 0 {
			t.Error("a report without faults concerns the document")
		}
		_ = faultLines(nil, found)
	})
}

// FuzzFacts checks that the value of each script is interpreted, whatever the host sends.
func FuzzFacts(f *testing.F) {
	for _, seed := range []string{
		`{"outcome":"called","backup":{"path":"b","same":false,"text":""},"publish":{"errors":1,"path":"p","text":""},` +
			`"urls_before":["a"],"urls_after":["?"]}`,
		`{"outcome":"failed_over","failed_over":[{"pool":"p","state":"s"}],"wanted":{"path":"w"},"enable":{"path":"e"}}`,
		`{"errors":2,"modules":[{"Identity":"i"}]}`,
		`{"errors":9,"modules":null,"settled":true}`,
		`{"errors":-1,"modules":[{}]}`,
		`null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, value []byte) {
		result := powershell.Result{
			Value:  value,
			Faults: []powershell.Fault{{Cmdlet: "Publish-CsTopology"}, {Message: "m"}}, Warnings: []string{"w p"},
		}
		var backup BackupServiceFacts
		if json.Unmarshal(value, &backup) == nil {
			_ = cmdletFaults(backup, result)
		}
		var facts PublishFacts
		if json.Unmarshal(value, &facts) != nil {
			return
		}
		var found store.Result
		_ = withoutReportPaths(result.Warnings, facts)
		_ = describeStates(facts.FailedOver)
		_ = readReport("Publish-CsTopology", "h", facts.Publish, &found)
		(&publication{facts: facts, faults: result.Faults}).addFiles()
	})
}
