//go:build unix

package powershell_test

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/ssh"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/sshd"
)

// realTransports are the transports to a real PowerShell, by name. A transport runs an executable on this host.
var realTransports = map[string]func(t *testing.T, executable string) powershell.Transport{
	"local": func(_ *testing.T, executable string) powershell.Transport {
		return &local.Transport{Executable: executable}
	},
	"ssh": func(t *testing.T, executable string) powershell.Transport {
		t.Helper()
		server := sshd.Start(t, nil)
		s, err := ssh.New(ssh.Config{
			Host: server.Host, Port: server.Port, User: server.User, PrivateKey: server.PrivateKey,
			HostKey: server.HostKey(), Executable: executable,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	},
}

// The shell scripts of executableOf.
const (
	plain = `exec PWSH "$@"`

	// A real profile. The transports start PowerShell without one.
	withProfile = `mkdir FOLDER/powershell
cat > FOLDER/powershell/profile.ps1 <<'END'
Write-Host '{lync:0:result}'
Write-Output 'Welcome'
Write-Warning 'a profile'
[Console]::Error.WriteLine('a profile')
END
for last; do :; done
export XDG_CONFIG_HOME=FOLDER
PWSH -NonInteractive -OutputFormat Text -EncodedCommand "$last"`

	withBanner = `printf 'Authorised use only \374\n'
PWSH "$@"
echo '{lync:0:end}'`

	// The bootstrap in another language mode, which only Windows can set for a whole process.
	constrained = `cat > FOLDER/run.ps1 <<'END'
$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
BOOTSTRAP
END
exec PWSH -NoProfile -NonInteractive -File FOLDER/run.ps1`
)

// executableOf returns the path of an executable that is a shell script. PWSH in it is the path of PowerShell, FOLDER
// that of an empty folder, BOOTSTRAP the command that PowerShell starts with.
func executableOf(t *testing.T, script string) string {
	t.Helper()
	program := testkit.FindPowerShell(t)
	if program == "" {
		t.Skip("needs PowerShell: set LYNC_PWSH to its path, or install pwsh on PATH")
	}
	// The name of a test, and therefore t.TempDir, may have characters that are special to a shell.
	dir, err := os.MkdirTemp("", "pwsh") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "pwsh")
	text := strings.NewReplacer("PWSH", program, "FOLDER", dir, "BOOTSTRAP", bootstrapText(t)).Replace(script)
	//nolint:gosec // an executable
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// bootstrapText returns the command that PowerShell starts with.
func bootstrapText(t *testing.T) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(powershell.Bootstrap())
	if err != nil {
		t.Fatal(err)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

// The works of scripts.
const (
	noise = `
    Write-Output '{lync:0:result}'
    Write-Host '{lync:0:result}'
    Write-Verbose '{lync:0:result}' -Verbose
    Write-Debug '{lync:0:result}' -Debug
    Write-Information '{lync:0:result}' -InformationAction Continue
    Write-Progress -Activity '{lync:0:result}' -Status 'x'
    [Console]::Out.WriteLine('{lync:0:result}')
    [Console]::Error.WriteLine('{lync:0:result}')
    $Lync.Result['text'] = $Lync.Data`

	reporting = `
    function Test-It {
        [CmdletBinding()] param()
        Write-Warning 'careful'
        Write-Error -Message 'first' -ErrorId 'TestId' -Category PermissionDenied
        'after'
    }
    $Lync.Result['output'] = [string] (Invoke-LyncCmdlet 'Test-It')`

	throwing = `
    function Test-It {
        [CmdletBinding()] param()
        throw (New-Object UnauthorizedAccessException ('denied', (New-Object IO.IOException ('cause'))))
    }
    Invoke-LyncCmdlet 'Test-It'`

	exiting = `
    New-Module { function Test-It { exit 7 } } | Import-Module
    Invoke-LyncCmdlet 'Test-It'`
)

// powerShellRun is a script in an environment, and its end.
type powerShellRun struct {
	executable string // a shell script
	work       string
	everywhere bool // also over ssh without LYNC_TEST_LONG

	wantKind powershell.Kind // "" for a result
	want     string          // the value of the result, or a part of the error
	wantLast string          // the message of the last error record
}

var powerShellRuns = map[string]powerShellRun{
	"every stream": {plain, noise, true, "", `{"text":"Genève 東京 🏢"}`, ""},
	"warnings and an error that does not end the cmdlet": {plain, reporting, false, "", `{"output":"after"}`, "first"},
	"an error that ends the cmdlet": {
		plain, throwing, true, powershell.Failed, "caused by System.IO.IOException: cause", "denied",
	},
	"exit in a module":      {plain, exiting, true, powershell.ExitCode, "(exit code 7)", ""},
	"exit without an error": {plain, "exit 0", false, powershell.NoResult, "the output holds no result", ""},
	"a killed process": {
		plain, "[Diagnostics.Process]::GetCurrentProcess().Kill()", true, powershell.Lost, "was lost", "",
	},
	"output of a profile":     {withProfile, noise, false, "", `{"text":"Genève 東京 🏢"}`, ""},
	"a banner and a farewell": {withBanner, noise, false, "", `{"text":"Genève 東京 🏢"}`, ""},
	"Constrained Language Mode": {
		constrained, "", true, powershell.LanguageMode, "restricted language mode: ConstrainedLanguage", "",
	},
	"an empty standard input":  {`exec PWSH "$@" </dev/null`, "", false, powershell.InputCut, "did not arrive", ""},
	"a part of standard input": {`head -c 2000 | PWSH "$@"`, "", false, powershell.InputCut, "did not arrive", ""},
}

// TestPowerShellRuns runs scripts with errors, output and other ends in a real PowerShell over the transports.
func TestPowerShellRuns(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	for runName, run := range powerShellRuns {
		for name, open := range realTransports {
			if name != "local" && !run.everywhere && !testkit.IsLong() {
				continue
			}
			t.Run(name+"/"+runName, func(t *testing.T) {
				t.Parallel()
				run.check(t, open(t, executableOf(t, run.executable)))
			})
		}
	}
}

// check runs the script over a transport.
func (r powerShellRun) check(t *testing.T, transport powershell.Transport) {
	t.Helper()
	script := powershell.NewScript("some-script", nil, "Invoke-Lync {\n"+r.work+"\n}\n")
	result, err := powershell.Run(t.Context(), transport, script, powershell.Input{Data: "Genève 東京 🏢"})
	faults := result.Faults
	if r.wantKind == "" {
		if err != nil || string(result.Value) != r.want {
			t.Fatalf("got %s, %v, want %s", result.Value, err, r.want)
		}
	} else {
		var failed *powershell.Error
		if !errors.As(err, &failed) || failed.Kind != r.wantKind || !strings.Contains(err.Error(), r.want) {
			t.Fatalf("got %v, want %s, %q", err, r.wantKind, r.want)
		}
		faults = failed.Faults
	}
	last := powershell.Fault{}
	if len(faults) > 0 {
		last = faults[len(faults)-1]
	}
	if last.Message != r.wantLast || last.Terminating != (r.wantLast == "denied") {
		t.Errorf("the last error is %+v, want %q", last, r.wantLast)
	}
	if r.wantLast == "first" && (!slices.Equal(result.Warnings, []string{"careful"}) || len(faults) != 1 ||
		last.ID != "TestId,Test-It" || last.Category != "PermissionDenied" || last.Cmdlet != "Test-It") {
		t.Errorf("%q, %+v", result.Warnings, faults)
	}
}

// TestPowerShellCultures runs a script in a PowerShell that starts with cultures in which numbers, dates and the case
// of letters have other forms. The script uses that of the provider.
func TestPowerShellCultures(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	script := powershell.NewScript("some-script", nil, `Invoke-Lync {
    $Lync.Result['host'] = [Globalization.CultureInfo]::InstalledUICulture.Name
    $Lync.Result['texts'] = @(
        (1234.5).ToString(), 'FILE'.ToLower(), (Get-Date -Date $Lync.Data).ToString('yyyyMMdd'), ('{0:n1}' -f 0.5)
    )
}
`)
	for _, culture := range []string{"de-DE", "tr-TR", "fa-IR"} {
		t.Run(culture, func(t *testing.T) {
			t.Parallel()
			executable := executableOf(t, "export LC_ALL="+strings.ReplaceAll(culture, "-", "_")+".UTF-8\n"+plain)
			result, err := powershell.Run(t.Context(), &local.Transport{Executable: executable}, script,
				powershell.Input{Data: "2013-01-02"})
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Host  string   `json:"host"`
				Texts []string `json:"texts"`
			}
			if err := json.Unmarshal(result.Value, &got); err != nil {
				t.Fatal(err)
			}
			want := []string{"1234.5", "file", "20130102", "0.5"}
			if got.Host != culture || !slices.Equal(got.Texts, want) {
				t.Errorf("in %s: %q, want %q", got.Host, got.Texts, want)
			}
		})
	}
}

// TestPowerShellTakesLargeDocuments sends a document through a real PowerShell and back, of 20 MB with LYNC_TEST_LONG.
func TestPowerShellTakesLargeDocuments(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	size := 1_000_000
	if testkit.IsLong() {
		size = 20_000_000
	}
	document := powershelltest.Document(size)
	script := powershell.NewScript("some-script", nil, "Invoke-Lync {\n$Lync.ResultDocument = $Lync.Document\n}\n")
	for name, open := range realTransports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := powershell.Run(t.Context(), open(t, executableOf(t, plain)), script,
				powershell.Input{Document: document})
			if err != nil {
				t.Fatal(err)
			}
			if result.Document != document {
				t.Errorf("%d bytes returned, want %d", len(result.Document), len(document))
			}
		})
	}
}

// TestPowerShellIsCancelled cancels the context of a script that waits. The process ends.
func TestPowerShellIsCancelled(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	script := powershell.NewScript("some-script", nil, `Invoke-Lync {
    $address = $Lync.Data.Split(':')
    $peer = New-Object Net.Sockets.TcpClient ($address[0], [int] $address[1])
    [void] $peer.GetStream().ReadByte()
}
`)
	for name, open := range realTransports {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			transport := open(t, executableOf(t, plain))
			peer, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = peer.Close() })
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() {
				_, err := powershell.Run(ctx, transport, script, powershell.Input{Data: peer.Addr().String()})
				done <- err
			}()
			conn, err := peer.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			cancel()
			if err := <-done; !errors.Is(err, powershell.Canceled) {
				t.Errorf("got %v", err)
			}
			_, _ = io.Copy(io.Discard, conn) // ends with the process
		})
	}
}

// TestPowerShellNamesTheBlocksOfItsInput checks the line of the bootstrap for a standard input without a block.
func TestPowerShellNamesTheBlocksOfItsInput(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	line := powershell.CommandLine(executableOf(t, plain))
	output, err := exec.CommandContext(t.Context(), line[0], line[1:]...).Output() //nolint:gosec // the test's own
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || !strings.Contains(string(output), "lync-refused:input:1") {
		t.Errorf("%v, %q", err, output)
	}
}
