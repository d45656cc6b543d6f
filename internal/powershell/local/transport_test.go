package local

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Variables that make the test binary the process that a transport starts, or a child of that process. The value is the
// address that the child connects to.
const (
	envParent = "LYNC_TEST_LOCAL_PARENT"
	envChild  = "LYNC_TEST_LOCAL_CHILD"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(envChild); address != "" {
		waitForPeer(address)
		return
	}
	if address := os.Getenv(envParent); address != "" {
		// A child that outlives its parent and holds its pipes.
		child := exec.Command(os.Args[0], os.Args[1:]...)
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		child.Env = append(os.Environ(), envChild+"="+address)

		if err := child.Run(); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
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

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(envParent, listener.Addr().String())

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

	b := &limitedBuffer{limit: 10, seen: func(p []byte) { seen.Write(p) }}

	_, err := io.Copy(b, strings.NewReader("0123456789"))
	if err != nil || b.buffer.String() != "0123456789" || seen.String() != "0123456789" {
		t.Errorf("%v, kept %q, seen %q", err, &b.buffer, &seen)
	}
	if _, err := io.Copy(b, strings.NewReader("x")); err == nil || b.buffer.Len() > 10 {
		t.Errorf("more than the limit: %v, kept %q", err, &b.buffer)
	}
}
