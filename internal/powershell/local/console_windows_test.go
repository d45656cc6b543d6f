package local

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// The modes of the test of Ctrl+C. The argument of the console is the path of powershell.exe, that of powershell.exe an
// address.
const (
	modeConsole    = "console"
	modeInterrupts = "interrupts"
)

func init() {
	systemModes = map[string]func(string) error{modeConsole: interruptConsole, modeInterrupts: countInterrupts}
}

var (
	kernel32              = windows.NewLazySystemDLL("kernel32.dll")
	getConsoleProcessList = kernel32.NewProc("GetConsoleProcessList")
	setConsoleCtrlHandler = kernel32.NewProc("SetConsoleCtrlHandler")
)

// Ctrl+C in Terraform's console reaches Terraform and the provider, and not PowerShell.
func TestInterruptDoesNotReachPowerShell(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)

	powershell := startable(t, "powershell", modeInterrupts)
	terraform := startable(t, "terraform", modeConsole+" "+powershell)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()

	// It has a console of its own, so that Ctrl+C does not reach this process.
	cmd := exec.CommandContext(ctx, terraform) //nolint:gosec // the test binary
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NO_WINDOW}

	output, err := cmd.CombinedOutput()
	if want := "interrupts 0, processes of the console 1"; err != nil || strings.TrimSpace(string(output)) != want {
		t.Errorf("PowerShell received %q, want %q, %v", output, want, err)
	}
}

// interruptConsole runs a script in powershell.exe, interrupts the processes of its console and itself while the script
// runs, and prints the output of the script.
func interruptConsole(powershell string) error {
	if err := acceptInterrupts(); err != nil {
		return err
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)

	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // the caller ends the process
	if err != nil {
		return err
	}
	mode := modeInterrupts + " " + listener.Addr().String()
	if err := os.WriteFile(filepath.Clean(powershell)+modeFile, []byte(mode), 0o600); err != nil {
		return err
	}
	go func() {
		// The script runs when powershell.exe connects.
		if conn, err := listener.Accept(); err == nil {
			err := windows.GenerateConsoleCtrlEvent(windows.CTRL_C_EVENT, 0)
			if err == nil {
				<-interrupts
			}
			_ = conn.Close()
		}
	}()

	output, err := (&Transport{Executable: powershell}).Run(context.Background(), "", strings.NewReader(""))
	_, _ = os.Stdout.Write(output.Stdout)
	return err
}

// countInterrupts connects to an address, waits for the end of the connection, and prints how often the process was
// interrupted and how many processes its console has.
func countInterrupts(address string) error {
	if err := acceptInterrupts(); err != nil {
		return err
	}
	interrupts := make(chan os.Signal, 10)
	signal.Notify(interrupts, os.Interrupt)

	conn, err := net.Dial("tcp", address) //nolint:gosec,noctx // the test listens there
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, conn)

	processes := make([]uint32, 10)
	//nolint:gosec // required by the Windows API
	count, _, _ := getConsoleProcessList.Call(uintptr(unsafe.Pointer(&processes[0])), uintptr(len(processes)))
	_, err = fmt.Printf("interrupts %d, processes of the console %d\n", len(interrupts), count)
	return err
}

// acceptInterrupts makes this process receive Ctrl+C, also if a parent has disabled that.
func acceptInterrupts() error {
	if ok, _, err := setConsoleCtrlHandler.Call(0, 0); ok == 0 {
		return err
	}
	return nil
}
