package powershell

import (
	"io"
	"regexp"
	"slices"
	"strconv"
)

// processPrefix starts the line in which the bootstrap reports the id of its process.
const processPrefix = "lync-process:"

var processLine = regexp.MustCompile(processPrefix + `([0-9]+)\r?\n`)

// endProcess ends the PowerShell process of another run. Its data is the id of the process.
var endProcess = NewScript("end-process", nil, embedded("end-process"))

// ProcessID returns the id that PowerShell reported of its own process on standard output.
func ProcessID(stdout []byte) (id int, ok bool) {
	match := processLine.FindSubmatch(stdout)
	if match == nil {
		return 0, false
	}
	id, err := strconv.Atoi(string(match[1]))
	return id, err == nil
}

// EndProcess returns a script, with its input, that ends the PowerShell process with this id on the host. A transport
// runs it when nothing else ends the process of an earlier run.
func EndProcess(id int) (script string, input io.Reader, err error) {
	input, err = encodeInput(endProcess, NewID(), Input{Data: map[string]int{"process": id}})
	return endProcess.text, input, err
}

// withoutProcessLine returns the output without the line with the id of the process.
func withoutProcessLine(stdout []byte) []byte {
	at := processLine.FindIndex(stdout)
	switch {
	case at == nil:
		return stdout
	case at[0] == 0:
		return stdout[at[1]:] // without a copy of an output that can be large
	default:
		return slices.Concat(stdout[:at[0]], stdout[at[1]:])
	}
}
