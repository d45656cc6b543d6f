package powershell_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// realPowerShell returns a transport to PowerShell on this host. It skips the test if there is none.
func realPowerShell(t *testing.T) powershell.Transport {
	t.Helper()
	testkit.SkipIfShort(t)
	return &local.Transport{Executable: testkit.RequirePowerShell(t)}
}

// runWork runs a script with this work in PowerShell.
func runWork(t *testing.T, work string, input powershell.Input) powershell.Result {
	t.Helper()

	script := powershell.NewScript("some-script", nil, "Invoke-Lync {\n"+work+"\n}\n")

	result, err := powershell.Run(t.Context(), realPowerShell(t), script, input)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Data, document and texts arrive unchanged in both directions.
func TestPowerShellReturnsValues(t *testing.T) {
	t.Parallel()

	type value struct {
		Text  string           `json:"text"`
		Block powershell.Block `json:"block"`
	}

	const text = "\u00e9 ' \" ` $(1) \\ \u6771\u4eac \U0001f3e2\r\n"

	document := powershelltest.Document(100_000)
	result := runWork(t, `
    $Lync.Result['text'] = $Lync.Data.text
    $Lync.Result['block'] = Format-LyncText $Lync.Document 'C:\path'
    $Lync.ResultDocument = $Lync.Document
    Add-LyncWarning 'a warning'
`, powershell.Input{Data: map[string]string{"text": text}, Document: document})

	got := decodeValue[value](t, result)
	if got.Text != text || string(got.Block) != document || result.Document != document {
		t.Errorf("the text is %q, the block and the document have %d and %d bytes, want %d", got.Text, len(got.Block),
			len(result.Document), len(document))
	}
	if len(result.Warnings) != 1 || result.Warnings[0] != "a warning" {
		t.Errorf("warnings %q", result.Warnings)
	}
}

// A script keeps its result below the limits of the provider.
func TestPowerShellKeepsTheBounds(t *testing.T) {
	t.Parallel()

	type value struct {
		Count int              `json:"count"`
		Fits  powershell.Block `json:"fits"`
		Long  powershell.Block `json:"long"`
	}

	for name, test := range map[string]struct {
		char             rune // of the texts
		errors, warnings int
	}{
		"three bytes for each character": {'\u6771', 6, 6},
		"six bytes for each character":   {'\u0001', 3, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			// The random numbers do not become shorter.
			result := runWork(t, `
    $text = New-Object string ([char] [int] $Lync.Data), 9000
    for ($i = 0; $i -lt 120; $i++) {
        $message = [string] $i + ' ' + $text
        $exception = $null
        for ($j = 0; $j -lt 10; $j++) {
            $exception = New-Object Exception ($message, $exception)
        }
        Add-LyncError (New-Object Management.Automation.ErrorRecord ($exception, $text, 'NotSpecified', $null)) $false
        $Lync.Errors[$Lync.Errors.Count - 1]['position'] = Get-LyncStart $text 1024
        Add-LyncWarning $message
    }
    $Lync.Result['count'] = $Lync.ErrorCount
    $bytes = New-Object byte[] 330000
    (New-Object Random (1)).NextBytes($bytes)
    $random = [Convert]::ToBase64String($bytes)
    $Lync.Result['fits'] = Format-LyncText $random 'C:\fits'
    $Lync.Result['long'] = Format-LyncText $random 'C:\long'
    Add-LyncError (New-Object Exception ('the last one')) $true
`, powershell.Input{Data: test.char})

			got := decodeValue[value](t, result)
			if got.Count != 120 || len(got.Fits) != 440_000 || got.Long != "" {
				t.Errorf("%d errors, the texts have %d and %d bytes", got.Count, len(got.Fits), len(got.Long))
			}
			faults, warnings := result.Faults, result.Warnings
			last := faults[len(faults)-1]
			if len(faults) != test.errors || !strings.HasPrefix(faults[0].Message, "0 ") ||
				last.Message != "the last one" || !last.Terminating {
				t.Errorf("%d errors, the last one is %.100q", len(faults), last.Message)
			}
			size := len(string(test.char))
			if first := faults[0]; len(first.Message) < 4000*size || len(first.Message) > 4096*size+3 ||
				len(first.Causes) != 8 || len(first.Causes[7]) > 1024*size+3 {
				t.Errorf("the first error has %d bytes and %d causes", len(first.Message), len(first.Causes))
			}
			if len(warnings) != test.warnings || !strings.HasPrefix(warnings[0], "0 ") ||
				!strings.Contains(warnings[len(warnings)-1], `C:\long is too long`) {
				t.Errorf("%d warnings, the last one is %.100q", len(warnings), warnings[len(warnings)-1])
			}
		})
	}
}

// A script returns 100 of 101 errors and warnings, without the one in the middle.
func TestPowerShellReturnsTheFirstAndTheLastErrors(t *testing.T) {
	t.Parallel()

	result := runWork(t, `
    for ($i = 0; $i -lt 101; $i++) {
        $exception = New-Object Exception ([string] $i)
        Add-LyncError $exception $false
        Add-LyncError $exception ($i -eq 100)
        Add-LyncWarning $i
    }
`, powershell.Input{})

	faults, warnings := result.Faults, result.Warnings
	if len(faults) != 100 || len(warnings) != 100 {
		t.Fatalf("%d errors and %d warnings", len(faults), len(warnings))
	}
	for i, want := range map[int]string{0: "0", 49: "49", 50: "51", 99: "100"} {
		if faults[i].Message != want || warnings[i] != want || faults[i].Terminating != (i == 99) {
			t.Errorf("the record %d is %+v and %q, want %s", i, faults[i], warnings[i], want)
		}
	}
}
