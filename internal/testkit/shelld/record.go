package shelld

import (
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
)

// The statements of the scripts at which errors occur.
const (
	cmdletCall = "& $command @all 2>$null 3>$null"
	throwing   = "throw (New-Object Management.Automation.ErrorRecord"
)

// add adds an error of a cmdlet to the answer.
func (r *run) add(fault powershelltest.Fault) {
	fault.Position = position(r.request.Text, cmdletCall)
	if fault.Cmdlet == "" {
		fault.Position = position(r.request.Text, throwing)
	}
	fault.Causes = []string{}
	r.errors = append(r.errors, fault)
}

// fail ends the script with a terminating error.
func (r *run) fail(fault powershelltest.Fault) {
	fault.Terminating = true
	r.add(fault)
	r.failed = true
}

// maxPositionLine is the number of characters of a line that a position shows.
const maxPositionLine = 69

// position returns the position message of PowerShell for a statement of a script.
func position(script, statement string) string {
	before, _, ok := strings.Cut(script, statement)
	if !ok {
		return ""
	}
	column := len(before) - strings.LastIndexByte(before, '\n') - 1
	line, _, _ := strings.Cut(script[len(before)-column:], "\n")
	length := len(statement)
	if statement == throwing {
		length = len(line) - column
	}
	if len(line) > maxPositionLine {
		line = line[:maxPositionLine] + " ..."
		length = min(length, maxPositionLine-column)
	}
	return fmt.Sprintf("At line:%d char:%d\r\n+ %s\r\n+ %s%s", strings.Count(before, "\n")+1, column+1, line,
		strings.Repeat(" ", column), strings.Repeat("~", length))
}
