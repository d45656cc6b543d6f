//go:build unix

package powershell_test

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// exists tells whether a process runs. One that has ended and that nobody asks about any more counts as gone.
func exists(id int) bool {
	if syscall.Kill(id, 0) != nil {
		return false
	}

	status, err := os.ReadFile("/proc/" + strconv.Itoa(id) + "/stat")

	return err != nil || !strings.Contains(string(status), ") Z ")
}
