package shelld

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// The double as a process that a real transport starts: the process is the test binary again, hands what it reads to
// the double in the test's process, and writes what comes back. When it is ended, so is the script.

// variable is the one of the environment that makes a test binary such a process. It holds an address.
const variable = "LYNC_TEST_SHELLD"

// Main is for TestMain, before anything else: where this process is to be PowerShell it does not return.
func Main() {
	if address := os.Getenv(variable); address != "" {
		os.Exit(relay(address))
	}

	if address, err := os.ReadFile(os.Args[0] + addressFile); err == nil {
		os.Exit(relay(string(address)))
	}
}

// addressFile is what the name of the file with the address ends in, beside an [Shell.Executable].
const addressFile = ".address"

// Executable returns the path of a PowerShell that is the double, until the test ends: a link to the test binary, which
// must have [Main]. It needs no environment, so that tests in one process can have one each.
func (s *Shell) Executable() string {
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}

	// A path that every shell takes for one word, which the name of a test may not be.
	dir, err := os.MkdirTemp("", "powershell")
	if err != nil {
		s.t.Fatal(err)
	}

	s.t.Cleanup(func() { _ = os.RemoveAll(dir) })

	path := filepath.Join(dir, "powershell")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}

	if err := errors.Join(os.Symlink(self, path),
		os.WriteFile(path+addressFile, []byte(s.listen()), 0o600)); err != nil {
		s.t.Fatal(err)
	}

	return path
}

// The frames of a process's output: one of these, a length or the exit code, and that many bytes.
const (
	frameStdout = 1
	frameStderr = 2
	frameExit   = 3
)

// relay is the process. Exit code 99 is its own failure.
func relay(address string) int {
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, "relay:", err)
		return 99
	}

	if !slices.Equal(os.Args[1:], powershell.CommandLine("")[1:]) {
		return fail(fmt.Errorf("started with %q", os.Args[1:]))
	}

	// As the bootstrap does.
	fmt.Printf("lync-process:%d\r\n", os.Getpid())

	in, err := io.ReadAll(os.Stdin)
	if err != nil {
		return fail(err)
	}

	if request, err := powershelltest.Read(bytes.NewReader(in)); err == nil && request.Script == "end-process" {
		return endProcess(request)
	}

	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", address)
	if err != nil {
		return fail(err)
	}

	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(in))), in...)); err != nil { //nolint:gosec // some MiB
		return fail(err)
	}

	for {
		var head struct {
			Kind uint32
			Size uint32
		}

		if err := binary.Read(conn, binary.BigEndian, &head); err != nil {
			return fail(err)
		}

		switch head.Kind {
		case frameStdout:
			_, err = io.CopyN(os.Stdout, conn, int64(head.Size))
		case frameStderr:
			_, err = io.CopyN(os.Stderr, conn, int64(head.Size))
		default:
			return int(head.Size)
		}

		if err != nil {
			return fail(err)
		}
	}
}

// endProcess is the script of that name.
func endProcess(request powershelltest.Request) int {
	var data struct {
		Process int `json:"process"`
	}

	err := json.Unmarshal(request.Data, &data)
	if err == nil {
		var process *os.Process
		if process, err = os.FindProcess(data.Process); err == nil {
			err = process.Kill()
		}
	}

	fmt.Print(request.Format(powershelltest.Answer{Failed: err != nil}))

	return 0
}

// frames writes one of the streams of a process.
type frames struct {
	conn net.Conn
	kind uint32
}

func (f frames) Write(p []byte) (int, error) {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, f.kind), uint32(len(p))) //nolint:gosec // some MiB

	if _, err := f.conn.Write(append(head, p...)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Listen takes processes until the test ends. It returns the variable of the environment that makes a test binary with
// [Main] one of them, NAME=VALUE.
func (s *Shell) Listen() string { return variable + "=" + s.listen() }

func (s *Shell) listen() (address string) {
	testkit.SkipIfShort(s.t)
	listener, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}

	s.t.Cleanup(func() {
		_ = listener.Close()
		s.WaitForProcesses()
	})

	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}

			s.came(1)

			go func() {
				defer s.came(-1)
				defer func() { _ = conn.Close() }()

				s.process(conn)
			}()
		}
	}()

	return listener.Addr().String()
}

func (s *Shell) came(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.processes += n
	s.changed.Broadcast()
}

// WaitForProcesses waits until no process is left.
func (s *Shell) WaitForProcesses() {
	s.mu.Lock()
	defer s.mu.Unlock()

	for s.processes > 0 {
		s.changed.Wait()
	}
}

// process is one process, seen from here.
func (s *Shell) process(conn net.Conn) {
	var size uint32
	if binary.Read(conn, binary.BigEndian, &size) != nil {
		return // it was ended
	}

	in := make([]byte, size)
	if _, err := io.ReadFull(conn, in); err != nil {
		return
	}

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	go func() {
		// Nothing more comes but its end.
		_, _ = io.Copy(io.Discard, conn)

		cancel()
	}()

	exit := s.Serve(ctx, bytes.NewReader(in), frames{conn, frameStdout}, frames{conn, frameStderr})
	// Nobody may be there any more.
	_ = binary.Write(conn, binary.BigEndian, [2]uint32{frameExit, uint32(exit)}) //nolint:gosec // of our own
}

// Serve is a script as a process sees it: standard input, output and error. What is a failure of the transport
// elsewhere is the end of the process here.
func (s *Shell) Serve(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer) (exit int) {
	request, err := powershelltest.Read(stdin)
	if err != nil {
		if ctx.Err() == nil {
			s.t.Errorf("standard input of a script: %v", err)
		}
		return 1
	}

	written := 0
	output, err := s.do(ctx, request, func(piece []byte) {
		n, _ := stdout.Write(piece)
		written += n
	})

	if err != nil {
		return 1
	}

	// What nobody reads is no matter.
	_, _ = stdout.Write(output.Stdout[min(written, len(output.Stdout)):])
	_, _ = stderr.Write(output.Stderr)

	return output.ExitCode
}
