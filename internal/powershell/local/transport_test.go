package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// modeFile is the suffix of the file that makes the test binary the process that a transport starts. The file stands
// beside the executable and has a mode and its argument. A process receives no environment variable of a test.
const modeFile = ".mode"

// The modes. The argument of the parent is an address, that of standard error a number of bytes.
const (
	modeParent      = "parent"
	modeEnvironment = "environment"
	modeStderr      = "stderr"
	modeEndless     = "endless"
)

// childArgument starts the child of the parent, before the address that it connects to.
const childArgument = "-child="

func TestMain(m *testing.M) {
	if address, ok := strings.CutPrefix(os.Args[len(os.Args)-1], childArgument); ok {
		waitForPeer(address)
		return
	}
	content, err := os.ReadFile(os.Args[0] + modeFile)
	if err != nil {
		os.Exit(m.Run())
	}
	mode, argument, _ := strings.Cut(string(content), " ")

	switch mode {
	case modeParent:
		// A child that outlives its parent and holds its pipes.
		child := exec.Command(os.Args[0], childArgument+argument)
		child.Stdout, child.Stderr = os.Stdout, os.Stderr

		if err := child.Run(); err != nil {
			panic(err)
		}
	case modeEnvironment:
		for _, variable := range os.Environ() {
			_, _ = fmt.Println(variable)
		}
	case modeStderr:
		size, _ := strconv.Atoi(argument)
		_, _ = io.WriteString(os.Stderr, strings.Repeat("x", size))
	case modeEndless:
		// A program that does not end when its output is closed.
		signal.Ignore(syscall.SIGPIPE)

		for piece := strings.Repeat("x", 4096); ; {
			_, _ = io.WriteString(os.Stdout, piece)
		}
	default:
		if err := systemModes[mode](argument); err != nil {
			panic(err)
		}
	}
}

// systemModes are the modes of tests for one system.
var systemModes map[string]func(argument string) error

// startable returns the path of an executable with this name, in its directory, that runs the test binary in a mode.
func startable(t *testing.T, name, mode string) string {
	t.Helper()

	path := testkit.Self(t, t.TempDir(), name)
	if err := os.WriteFile(path+modeFile, []byte(mode), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// waitForPeer keeps a connection until the peer closes it.
func waitForPeer(address string) {
	if conn, err := net.Dial("tcp", address); err == nil { //nolint:gosec // the test listens there
		_, _ = io.Copy(io.Discard, conn)
	}
}

// A context that ends stops the process and its children.
func TestCancelEndsChildren(t *testing.T) {
	testkit.SkipIfShort(t)

	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()

	self := startable(t, "pwsh", modeParent+" "+listener.Addr().String())

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	done := make(chan error, 1)

	go func() {
		_, err := (&Transport{Executable: self}).Run(ctx, "", strings.NewReader(""))
		done <- err
	}()

	child, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Close() }()

	cancel()

	if err := <-done; !errors.Is(err, context.Canceled) || errors.As(err, new(*powershell.StartError)) {
		t.Errorf("got %v", err)
	}

	// The connection of the child ends with the child.
	_, _ = io.Copy(io.Discard, child)
}

// A transport keeps 64 KiB of standard error, and the script continues after more.
func TestStderrIsBounded(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)

	for _, size := range []int{powershell.MaxStderr, powershell.MaxStderr + 1, 100 * powershell.MaxStderr} {
		executable := startable(t, "pwsh", fmt.Sprint(modeStderr, " ", size))

		out, err := (&Transport{Executable: executable}).Run(t.Context(), "", strings.NewReader(""))
		if err != nil || len(out.Stderr) != powershell.MaxStderr || out.ExitCode != 0 {
			t.Errorf("%d bytes: %d are kept, exit code %d, %v", size, len(out.Stderr), out.ExitCode, err)
		}
	}
}

// A transport ends a program that writes more than the limit, and the error names the limit and what to do.
func TestOutputIsBounded(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)

	transport := &Transport{Executable: startable(t, "pwsh", modeEndless), maxOutput: 1 << 20}

	out, err := transport.Run(t.Context(), "", strings.NewReader(""))
	if !errors.Is(err, powershell.ErrTooMuchOutput) || errors.As(err, new(*powershell.StartError)) ||
		len(out.Stdout) > transport.maxOutput {
		t.Errorf("%d bytes of output, %v", len(out.Stdout), err)
	}
	_, err = powershell.Run(t.Context(), transport, powershell.NewScript("some-script", nil), powershell.Input{})

	var failed *powershell.Error
	if !errors.As(err, &failed) || failed.Kind != powershell.TooMuchOutput || !failed.OutcomeUnknown() {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{
		"some-script on this host", "more than 128 MiB to standard output", "look for a profile",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestNoSuchExecutable(t *testing.T) {
	t.Parallel()

	_, err := (&Transport{Executable: "no-such-powershell"}).Run(t.Context(), "", strings.NewReader(""))
	if !errors.As(err, new(*powershell.StartError)) || !strings.Contains(err.Error(), "no-such-powershell") ||
		!strings.Contains(err.Error(), "as the executable") {
		t.Errorf("got %v", err)
	}
}

func TestLimitedBuffer(t *testing.T) {
	t.Parallel()

	var seen strings.Builder

	full := 0
	b := &limitedBuffer{limit: 10, full: func() { full++ }, seen: func(p []byte) { seen.Write(p) }}

	_, err := io.Copy(b, strings.NewReader("0123456789"))
	if err != nil || b.buffer.String() != "0123456789" || seen.String() != "0123456789" || full != 0 {
		t.Errorf("%v, kept %q, seen %q", err, &b.buffer, &seen)
	}
	if _, err := io.Copy(b, strings.NewReader("x")); err == nil || b.buffer.Len() > 10 || full != 1 {
		t.Errorf("more than the limit: %v, kept %q", err, &b.buffer)
	}
}

// TestStartErrorText verifies the full stops after a cause that ends with one, as those of Windows do.
func TestStartErrorText(t *testing.T) {
	t.Parallel()
	denied := errors.New("Access is denied.") //nolint:revive,staticcheck // the text of Windows
	const want = "cannot start x: Access is denied. Use the path of PowerShell as the executable"
	if got := (&startError{"x", denied}).Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
