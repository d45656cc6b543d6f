package powershell_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// realTransports are the transports to a real PowerShell, by name. A transport runs an executable on this host.
var realTransports = map[string]func(t *testing.T, executable string) powershell.Transport{
	"local": func(_ *testing.T, executable string) powershell.Transport {
		return &local.Transport{Executable: executable}
	},
}

// plain is the text of executableOf for PowerShell itself.
const plain = `exec PWSH "$@"`

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
	executable string // for executableOf
	work       string
	everywhere bool // also over ssh without LYNC_TEST_LONG

	wantKind powershell.Kind // "" for a result
	want     string          // the value of the result, or a part of the error
	wantLast string          // the message of the last error record
}

// powerShellRuns are the runs by name. Each system adds its own.
var powerShellRuns = map[string]powerShellRun{
	"every stream": {plain, noise, true, "", `{"text":"Genève 東京 🏢"}`, ""},
	"warnings and an error that does not end the cmdlet": {plain, reporting, false, "", `{"output":"after"}`, "first"},
	"an error that ends the cmdlet": {
		plain, throwing, true, powershell.Failed, "caused by System.IO.IOException: cause", "denied",
	},
	"exit in a module":      {plain, exiting, true, powershell.ExitCode, "(exit code 7)", ""},
	"exit without an error": {plain, "exit 0", false, powershell.NoResult, "the output holds no result", ""},
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

// TestPowerShellEndsAnotherProcess ends the process of a script with the script of package ssh, and leaves a process
// alone that is no PowerShell.
func TestPowerShellEndsAnotherProcess(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	peer, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Close() })
	script := powershell.NewScript("some-script", nil, `Invoke-Lync {
    $address = $Lync.Data.Split(':')
    $stream = (New-Object Net.Sockets.TcpClient ($address[0], [int] $address[1])).GetStream()
    $id = [BitConverter]::GetBytes([int] $PID)
    $stream.Write($id, 0, 4)
    [void] $stream.ReadByte()
}
`)
	transport := &local.Transport{Executable: testkit.RequirePowerShell(t)}
	done := make(chan error, 1)
	go func() {
		_, err := powershell.Run(t.Context(), transport, script, powershell.Input{Data: peer.Addr().String()})
		done <- err
	}()
	conn, err := peer.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	var id int32
	if err := binary.Read(conn, binary.LittleEndian, &id); err != nil {
		t.Fatal(err)
	}
	for _, process := range []int{os.Getpid(), int(id)} {
		text, input, err := powershell.EndProcess(process)
		if err != nil {
			t.Fatal(err)
		}
		if output, err := transport.Run(t.Context(), text, input); err != nil || output.ExitCode != 0 {
			t.Fatalf("%v, %+v", err, output)
		}
	}
	var failed *powershell.Error
	if err := <-done; !errors.As(err, &failed) || failed.Kind != powershell.Lost && failed.Kind != powershell.ExitCode {
		t.Errorf("the process ended with %v", err)
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
