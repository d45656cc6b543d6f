package file

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// The tests in this file start the test binary as helper processes that share a document.
const (
	envRole  = "LYNC_STORE_FILE_HELPER"
	envCount = "LYNC_STORE_FILE_COUNT"
	envStep  = "LYNC_STORE_FILE_STEP"

	// exitCrashed is the exit code of a helper with the role "crash".
	exitCrashed = 77
)

// TestHelperProcess is the main function of a helper process.
func TestHelperProcess(t *testing.T) {
	role := os.Getenv(envRole)
	if role == "" {
		t.Skip("runs only in helper processes")
	}
	s := New("topology.xml") // in the working directory, which the test has set

	switch role {
	case "count":
		n, err := strconv.Atoi(os.Getenv(envCount))
		if err != nil {
			t.Fatal(err)
		}
		announce()

		for range n {
			increment(t, s)
		}

	case "crash":
		index, err := strconv.Atoi(os.Getenv(envStep))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		s.before = func(at step, path string) error {
			if n++; n <= index {
				return nil
			}
			if at == stepWrite {
				// Simulate a crash during the write.
				_ = os.WriteFile(path, newDocument[:len(newDocument)/2], 0o600)
			}
			os.Exit(exitCrashed) // without deferred calls
			return nil
		}

		t.Fatalf("did not crash: %v", s.publish(t.Context(), oldDocument, newDocument))

	case "hold":
		s.before = func(at step, _ string) error {
			if at == stepReplace {
				announce()
			}
			return nil
		}

		t.Fatalf("was not killed: %v", s.publish(t.Context(), oldDocument, []byte("of the helper")))
	}
}

// announce reports to the test that the helper is ready, and waits until the test closes its standard input.
func announce() {
	fmt.Println("ready")

	_, _ = io.Copy(io.Discard, os.Stdin)
}

// helper is a helper process for the document in a directory.
type helper struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func start(t *testing.T, role, path string, env ...string) *helper {
	t.Helper()

	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestHelperProcess$") //nolint:gosec // this binary
	cmd.Env = append(os.Environ(), append(env, envRole+"="+role)...)
	cmd.Dir = filepath.Dir(path)
	cmd.Stderr = os.Stderr

	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &helper{cmd: cmd, in: in, out: bufio.NewReader(out)}
}

// ready waits for the announcement.
func (h *helper) ready(t *testing.T) {
	t.Helper()

	if line, err := h.out.ReadString('\n'); err != nil || line != "ready\n" {
		t.Fatalf("the helper printed %q (%v)", line, err)
	}
}

// wait returns the output and the result of the helper.
func (h *helper) wait() (string, error) {
	out, _ := io.ReadAll(h.out)
	return string(out), h.cmd.Wait()
}

// number returns a document with a number. It is large, and a partial document is detectable.
func number(n int) []byte { return bytes.Repeat(fmt.Appendf(nil, "%07d\n", n), 4096) }

func parseNumber(t *testing.T, doc []byte) int {
	t.Helper()

	line, _, _ := strings.Cut(string(doc), "\n")

	n, err := strconv.Atoi(line)
	if err != nil || !bytes.Equal(doc, number(n)) {
		t.Fatalf("the document of %d bytes is incomplete or mixed", len(doc))
	}
	return n
}

// increment adds one to the number in a document. It repeats the publish after a conflict.
func increment(t *testing.T, s *Store) {
	t.Helper()

	for {
		doc, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = s.publish(t.Context(), doc, number(parseNumber(t, doc)+1))
		if err == nil {
			return
		}
		if !errors.Is(err, store.ErrConflict) {
			t.Fatal(err)
		}
	}
}

func TestProcessesLoseNoUpdate(t *testing.T) {
	t.Parallel()

	const processes, each = 4, 50

	path := writeDocument(t, number(0))

	// Two paths to one document, where the system has links.
	link := filepath.Join(t.TempDir(), "topology.xml")
	_ = os.Symlink(path, link)

	if _, err := os.Stat(link); err != nil {
		link = path
	}
	var helpers []*helper

	for i := range processes {
		p := path
		if i%2 == 1 {
			p = link
		}
		helpers = append(helpers, start(t, "count", p, envCount+"="+strconv.Itoa(each)))
	}
	for _, h := range helpers {
		h.ready(t)
	}
	for _, h := range helpers {
		if err := h.in.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, h := range helpers {
		if out, err := h.wait(); err != nil {
			t.Errorf("helper: %v\n%s", err, out)
		}
	}
	wantDocument(t, path, number(processes*each))
}

func TestGoroutinesLoseNoUpdate(t *testing.T) {
	t.Parallel()

	const goroutines, each = 4, 25

	path := writeDocument(t, number(0))
	shared := New(path)

	t.Run("all", func(t *testing.T) {
		for i := range goroutines {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()

				s := shared
				if i%2 == 1 {
					s = New(path)
				}
				for range each {
					increment(t, s)
				}
			})
		}
	})

	wantDocument(t, path, number(goroutines*each))
}

func TestKilledProcessLeavesNoStaleLock(t *testing.T) {
	t.Parallel()

	path := writeDocument(t, oldDocument)
	h := start(t, "hold", path)
	h.ready(t)

	// The helper holds the lock and has written its temporary file.
	if left := temporaries(t, path); len(left) != 1 {
		t.Errorf("temporary files of the helper: %q", left)
	}
	if err := h.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if out, err := h.wait(); err == nil {
		t.Fatalf("the helper ended without a kill:\n%s", out)
	}
	if left := temporaries(t, path); len(left) != 1 {
		t.Errorf("temporary files of the killed helper: %q", left)
	}
	if err := New(path).publish(t.Context(), oldDocument, newDocument); err != nil {
		t.Fatal(err)
	}
	wantDocument(t, path, newDocument)
}

func TestCrashLeavesOldOrNew(t *testing.T) {
	t.Parallel()

	for _, when := range steps(t) {
		t.Run(when.String(), func(t *testing.T) {
			t.Parallel()

			path := writeDocument(t, oldDocument)

			out, err := start(t, "crash", path, envStep+"="+strconv.Itoa(when.index)).wait()

			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != exitCrashed {
				t.Fatalf("the helper did not crash: %v\n%s", err, out)
			}

			// The hook runs before its step. Before the replacement, the file has the old document.
			want := newDocument
			if when.isBefore(stepReplace) || when.isAt(stepReplace) {
				want = oldDocument
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the document is %q, want %q", got, want)
			}

			// The next publish succeeds and removes temporary files.
			if err := New(path).publish(t.Context(), got, []byte("third")); err != nil {
				t.Fatal(err)
			}
			wantDocument(t, path, []byte("third"))
		})
	}
}

// temporaries lists the temporary files of a document.
func temporaries(t *testing.T, path string) []string {
	t.Helper()

	found, err := filepath.Glob(filepath.Join(filepath.Dir(path), temporaryPrefix(path)+"*"+temporarySuffix))
	if err != nil {
		t.Fatal(err)
	}
	return found
}
