//go:build unix

package csmodule

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// The stand-ins for functions of the scripts. windows.ps1 uses those of faults.ps1.
var (
	//go:embed windows.ps1
	windows string
	//go:embed faults.ps1
	faults string
	//go:embed desktop.ps1
	desktop string
)

// setupFile is the suffix of the file with the [setup] of the host, beside [Host.Executable].
const setupFile = ".setup"

// Main becomes the PowerShell of a host if this process was started as its executable. Otherwise it returns. TestMain
// calls it first.
func Main() {
	text, err := os.ReadFile(os.Args[0] + setupFile)
	if err != nil {
		return
	}
	fmt.Fprintln(os.Stderr, "become PowerShell:", become(text))
	os.Exit(99)
}

// become replaces this process by PowerShell, which reads standard input with the stand-ins. It returns only if that
// fails.
func become(text []byte) error {
	var s setup
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	stdin, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	standIns := windows + faults
	if s.Desktop {
		standIns += desktop
	}
	if stdin, err = insert(stdin, standIns); err != nil {
		return err
	}
	file, err := os.CreateTemp("", "stdin")
	if err != nil {
		return err
	}
	_, err = file.Write(stdin)
	if _, seek := file.Seek(0, io.SeekStart); err != nil || seek != nil {
		return errors.Join(err, seek)
	}
	if err := errors.Join(os.Remove(file.Name()), unix.Dup2(int(file.Fd()), 0)); err != nil { //nolint:gosec // small
		return err
	}
	for name, value := range s.Environment {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	// #nosec G204 -- the PowerShell of the test
	return syscall.Exec(s.PowerShell, append([]string{s.PowerShell}, os.Args[1:]...), os.Environ())
}

// start is the beginning of the work of a script, after its functions.
const start = "\nInvoke-Lync {"

// insert adds functions to the script in standard input, after its own functions. Input that is not complete remains
// as it is.
func insert(stdin []byte, functions string) ([]byte, error) {
	block, rest, ok := bytes.Cut(stdin, []byte("."))
	if !ok {
		return stdin, nil
	}
	packed, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(block)), ""))
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	script, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	at := bytes.LastIndex(script, []byte(start))
	if at < 0 {
		return stdin, nil
	}
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err = io.WriteString(writer, string(script[:at])+"\n"+functions+string(script[at:]))
	if err := errors.Join(err, writer.Close()); err != nil {
		return nil, err
	}
	return append([]byte(base64.StdEncoding.EncodeToString(out.Bytes())+"\n."), rest...), nil
}
