package shelld

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"slices"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// A real transport starts the double as a process. The process is a copy of the test binary. It relays its standard
// input to the double in the test's process and writes the double's output. If the process ends, the script is stopped.

// variable is an environment variable with the address of a double. It makes a test binary act as PowerShell.
const variable = "LYNC_TEST_SHELLD"

// Main acts as PowerShell and exits if a double started this process, otherwise it returns. TestMain calls it first.
func Main() {
	if address := os.Getenv(variable); address != "" {
		os.Exit(relay(address))
	}
	if address, err := os.ReadFile(os.Args[0] + addressFile); err == nil {
		os.Exit(relay(string(address)))
	}
}

// addressFile is the suffix of the file with the address of the double, beside [Shell.Executable].
const addressFile = ".address"

// Executable returns the path of an executable that acts as PowerShell until the test ends. It runs the test
// binary, whose TestMain must call [Main]. It needs no environment variable, so that concurrent tests can have their
// own.
func (s *Shell) Executable() string {
	// The path must be one word for every shell. The name of a test, and therefore t.TempDir, may have other
	// characters.
	dir, err := os.MkdirTemp("", "powershell")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = os.RemoveAll(dir) })

	path := testkit.Self(s.t, dir, "powershell")
	if err := os.WriteFile(path+addressFile, []byte(s.listen()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// The kinds of frames in a process's output. A frame has a kind, a length, and data. frameExit has the exit code
// instead of a length, and no data.
const (
	frameStdout = 1
	frameStderr = 2
	frameExit   = 3
)

// relay connects the process to the double at an address, and returns the exit code. Code 99 is an error of relay
// itself.
func relay(address string) int {
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, "relay:", err)
		return 99
	}

	if !slices.Equal(os.Args[1:], powershell.CommandLine("")[1:]) {
		return fail(fmt.Errorf("started with %q", os.Args[1:]))
	}
	fmt.Printf("lync-process:%d\r\n", os.Getpid()) // like the bootstrap script

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
	size := uint32(len(in)) //nolint:gosec // some MiB
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, size), in...)); err != nil {
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

// endProcess runs the script end-process.
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

// frames writes a stream of a process as frames.
type frames struct {
	conn net.Conn
	kind uint32
}

func (f frames) Write(p []byte) (int, error) {
	size := uint32(len(p)) //nolint:gosec // some MiB
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, f.kind), size)
	if _, err := f.conn.Write(append(head, p...)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Listen accepts processes until the test ends. It returns the environment variable, as NAME=VALUE, that makes a test
// binary with [Main] act as PowerShell.
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
			s.addProcesses(1)

			go func() {
				defer s.addProcesses(-1)
				defer func() { _ = conn.Close() }()

				s.process(conn)
			}()
		}
	}()
	return listener.Addr().String()
}

func (s *Shell) addProcesses(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.processes += n
	s.changed.Broadcast()
}

// WaitForProcesses waits until all processes have ended.
func (s *Shell) WaitForProcesses() {
	s.mu.Lock()
	defer s.mu.Unlock()

	for s.processes > 0 {
		s.changed.Wait()
	}
}

// process serves the connection of one process.
func (s *Shell) process(conn net.Conn) {
	var size uint32
	if binary.Read(conn, binary.BigEndian, &size) != nil {
		return // the process was killed
	}
	in := make([]byte, size)
	if _, err := io.ReadFull(conn, in); err != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	go func() {
		_, _ = io.Copy(io.Discard, conn) // until the process ends

		cancel()
	}()

	exit := s.Serve(ctx, bytes.NewReader(in), frames{conn, frameStdout}, frames{conn, frameStderr})
	// The process may have ended.
	_ = binary.Write(conn, binary.BigEndian, [2]uint32{frameExit, uint32(exit)}) //nolint:gosec // a small number
}

// Serve runs a script with the standard streams of a process and returns its exit code. It returns 1 where
// [Shell.RunWatched] returns an error.
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

	// The reader may have gone.
	_, _ = stdout.Write(output.Stdout[min(written, len(output.Stdout)):])
	_, _ = stderr.Write(output.Stderr)
	return output.ExitCode
}
