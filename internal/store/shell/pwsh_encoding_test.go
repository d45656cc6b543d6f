package shell

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestEncodingOfDocument checks in PowerShell that a document is encoded without loss: an encoding that lacks one of
// its characters ends the script.
func TestEncodingOfDocument(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // results by encoding and text
		"utf-8 \u00e9\u6771":      "",
		"utf-16 \u00e9\u6771":     "",
		"us-ascii e":              "",
		"us-ascii \u00e9":         "LyncEncoding us-ascii",
		"iso-8859-1 \u00e9":       "",
		"iso-8859-1 \u6771":       "LyncEncoding iso-8859-1",
		"windows-1252 \u00e9":     "",
		"windows-1252 \u6771":     "LyncEncoding windows-1252",
		"us-ascii \U0001f3e2 and": "LyncEncoding us-ascii",
	}
	functions, _, found := strings.Cut(scriptText("publish-topology"), "\nInvoke-Lync {")
	if !found {
		t.Fatal("publish-topology has no work")
	}
	result, err := runStandIns(t, functions+`
Invoke-Lync {
    foreach ($case in $Lync.Data.forms) {
        $name, $rest = $case.Split(' ')
        $text = '<?xml version="1.0" encoding="' + $name + '"?><x>' + $rest + '</x>'
        try {
            $encoding = Get-LyncEncoding $text
            $read = $encoding.GetString($encoding.GetBytes($text))
            $Lync.Result[$case] = $(if (Test-LyncEqual $text $read) { '' } else { 'lost: ' + $read })
        } catch {
            $Lync.Result[$case] = $_.FullyQualifiedErrorId + ' ' + $_.Exception.Message
        }
    }
}`, standInData{Forms: slices.Collect(maps.Keys(tests))}, "")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(result.Value, &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range tests {
		if text, ok := got[name]; !ok || !strings.HasPrefix(text, want) || want == "" && text != "" {
			t.Errorf("%s: %q, want %q", name, text, want)
		}
	}
}
