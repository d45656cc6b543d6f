package csmodule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// fakeFile is the suffix of the file that makes the test binary a double of PowerShell. It has an address, or nothing.
const fakeFile = ".fake"

func TestMain(m *testing.M) {
	if address, err := os.ReadFile(os.Args[0] + fakeFile); err == nil {
		os.Exit(fakePowerShell(string(address)))
	}
	Main()
	os.Exit(m.Run())
}

// fakePowerShell connects to an address and waits for the end of the connection. Without an address, it prints its
// arguments, the variable LYNC_STORE and the script in its standard input, and returns an exit code.
func fakePowerShell(address string) int {
	if address != "" {
		if conn, err := net.Dial("tcp", address); err == nil { //nolint:gosec,noctx // the test listens there
			_, _ = io.Copy(io.Discard, conn)
		}
		return 1
	}
	stdin, err := io.ReadAll(os.Stdin)
	if err != nil {
		return 1
	}
	script, rest, err := unpack(stdin)
	if err != nil {
		return 1
	}
	_, _ = fmt.Printf("%q\n%s\n%s\n%s", os.Args[1:], os.Getenv("LYNC_STORE"), script, rest)
	return 7
}

// fakeHost returns a transport to a host whose PowerShell is the double.
func fakeHost(t *testing.T, address string) *local.Transport {
	t.Helper()
	dir := t.TempDir()
	fake := testkit.Self(t, dir, "powershell")
	executable := testkit.Self(t, dir, program)
	text, err := json.Marshal(setup{PowerShell: fake, Environment: map[string]string{"LYNC_STORE": dir}})
	if err := errors.Join(err, os.WriteFile(fake+fakeFile, []byte(address), 0o600),
		os.WriteFile(executable+setupFile, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	return &local.Transport{Executable: executable}
}

// TestHostRunsPowerShell checks what the PowerShell of a host receives, and that its exit code is passed on.
func TestHostRunsPowerShell(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	transport := fakeHost(t, "")
	output, err := transport.Run(t.Context(), "function Get-It { }\nInvoke-Lync {\n}\n", strings.NewReader("input"))
	if err != nil || output.ExitCode != 7 {
		t.Fatalf("exit code %d, %v, %s", output.ExitCode, err, output.Stderr)
	}
	line := powershell.CommandLine(transport.Executable)
	want := fmt.Sprintf("%q\n%s\n%s\n%s", line[1:], filepath.Dir(transport.Executable),
		"function Get-It { }\n"+windows+faults+"\nInvoke-Lync {\n}\n", "\ninput")
	if got := string(output.Stdout); got != want {
		t.Errorf("received\n%s\nwant\n%s", got, want)
	}
}

// TestHostEndsPowerShell checks that the PowerShell of a host ends when the transport ends the executable.
func TestHostEndsPowerShell(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	transport := fakeHost(t, listener.Addr().String())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := transport.Run(ctx, "", strings.NewReader(""))
		done <- err
	}()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("the executable ended with %v", err)
	}
	_, _ = io.Copy(io.Discard, conn) // ends with the double
}
