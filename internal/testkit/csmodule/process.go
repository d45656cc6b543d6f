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
)

// The stand-ins for functions of the scripts. windows.ps1 uses those of faults.ps1.
var (
	//go:embed windows.ps1
	windows string
	//go:embed faults.ps1
	faults string
	//go:embed desktop.ps1
	desktop string
	//go:embed entry.ps1
	entry string
)

// setupFile is the suffix of the file with the [setup] of the host, beside [Host.Executable].
const setupFile = ".setup"

// Main becomes the PowerShell of a host if this process was started as its executable. Otherwise it returns. TestMain
// calls it first.
func Main() {
	mainSession()
	if s, err := readSetup(os.Args[0] + setupFile); !errors.Is(err, os.ErrNotExist) {
		if err == nil {
			err = become(s)
		}
		end("become PowerShell", err)
	}
}

// end ends this process.
func end(attempt string, err error) {
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", attempt, err)
	os.Exit(99)
}

func readSetup(path string) (s setup, err error) {
	text, err := os.ReadFile(path) //nolint:gosec // a file of the test
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// standIns returns the stand-ins for functions of the scripts.
func (s setup) standIns() string {
	all := windows + faults
	if s.Desktop {
		all += desktop
	}
	return all
}

// become runs PowerShell in the place of this process, with the stand-ins in its standard input. It returns only if
// that fails.
func become(s setup) error {
	stdin, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	functions := s.standIns()
	if s.Entry {
		functions += entry
	}
	if stdin, err = insert(stdin, functions); err != nil {
		return err
	}
	for name, value := range s.Environment {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return replace(s.PowerShell, stdin)
}

// start is the beginning of the work of a script, after its functions.
const start = "\nInvoke-Lync {"

// insert adds functions to the script in standard input, after its own functions. Input that is not complete remains
// as it is.
func insert(stdin []byte, functions string) ([]byte, error) {
	script, rest, err := unpack(stdin)
	if script == "" || err != nil {
		return stdin, err
	}
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	_, err = io.WriteString(writer, insertText(script, functions))
	if err := errors.Join(err, writer.Close()); err != nil {
		return nil, err
	}
	return append([]byte(base64.StdEncoding.EncodeToString(out.Bytes())+"\n."), rest...), nil
}

// unpack returns the script in standard input, and the rest. Input that is not complete has no script.
func unpack(stdin []byte) (script string, rest []byte, err error) {
	block, rest, ok := bytes.Cut(stdin, []byte("."))
	if !ok {
		return "", nil, nil
	}
	packed, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(block)), ""))
	if err != nil {
		return "", nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", nil, err
	}
	text, err := io.ReadAll(reader)
	return string(text), rest, err
}

// insertText adds functions to a script, after its own functions.
func insertText(script, functions string) string {
	at := strings.LastIndex(script, start)
	if at < 0 {
		return script
	}
	return script[:at] + "\n" + functions + script[at:]
}
