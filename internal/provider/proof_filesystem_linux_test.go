package provider_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// mountsVariable is set in the process that mounts file systems.
const mountsVariable = "LYNC_TEST_MOUNTS"

// mayMount is a variable because TestMain removes the environment variable.
var mayMount = os.Getenv(mountsVariable) != ""

// TestProofFileSystem applies changes on file systems that are full, read-only or limited by a quota, or become so at a
// step of the file store. The document is the one before the apply or the one after it. When the cause has gone, the
// next apply finishes.
func TestProofFileSystem(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	if !mayMount {
		startMounting(t)
		return
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	t.Run("full", testFull)
	t.Run("no place for a file", testNoInode)
	t.Run("quota", testQuota)
	t.Run("full at a step", func(t *testing.T) {
		testAtEachStep(t, func(m *mounted, _ string) error {
			if err := m.fill(0); err != nil {
				t.Error(err)
			}
			return nil // the step shows it
		})
	})
	t.Run("read-only at a step", func(t *testing.T) {
		testAtEachStep(t, func(m *mounted, _ string) error { return m.forbidWrites() })
	})
	t.Run("quota at a step", func(t *testing.T) {
		// Few systems have a quota for tests, so that each step fails that can take space.
		takeSpace := []string{lockStep, createStep, rightsStep, writeStep, flushStep, replaceStep}
		testAtEachStep(t, func(_ *mounted, step string) error {
			if !slices.Contains(takeSpace, step) {
				return nil
			}
			return syscall.EDQUOT
		})
	})
}

// startMounting runs this test in a process that has its own mounts. There, root cannot exceed quotas.
func startMounting(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestProofFileSystem$", "-test.v") //nolint:gosec // itself
	cmd.Env = append(os.Environ(), mountsVariable+"=1")
	if testkit.IsProof() {
		cmd.Env = append(cmd.Env, "LYNC_TEST_PROOF=1")
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	done := make(chan error)
	go func() {
		// Capabilities belong to a thread. Without an unlock, it ends with this goroutine.
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			// If this fails, the test of the quota does too.
			_ = unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_RESOURCE, 0, 0, 0)
		}
		done <- cmd.Run()
	}()
	err = <-done
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		t.Skipf("this host permits no mounts: %v", err)
	case err != nil:
		t.Fatalf("%v\n%s", err, output.String())
	}
	t.Log(output.String())
}

// testFull applies with each number of free pages.
func testFull(t *testing.T) {
	m := mountTmpfs(t, "size=1m")
	applyWithLess(m, "no space left on device", m.fill)
}

// testQuota is testFull with a quota of the owner of the document.
func testQuota(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a tmpfs with quotas")
	}
	const pages, user = 256, 65534
	m := mountTmpfs(t, fmt.Sprintf("size=4m,usrquota,usrquota_block_hardlimit=%d", pages*pageSize))
	m.owner = user
	applyWithLess(m, "disk quota exceeded", func(free int) error {
		used := (len(m.read()) + pageSize - 1) / pageSize
		err := os.WriteFile(m.filler(), make([]byte, (pages-used-free)*pageSize), 0o600)
		return errors.Join(err, os.Chown(m.filler(), user, -1))
	})
}

// applyWithLess applies with each number of free pages, until the new document has place beside the old one. Except at
// full size, it leaves some numbers out.
func applyWithLess(m *mounted, want string, fill func(free int) error) {
	m.t.Helper()
	step := 1
	if !testkit.IsProof() {
		step = 24
	}
	for free := 0; ; free += step {
		m.begin()
		if err := fill(free); err != nil {
			m.t.Fatal(err)
		}
		if !m.apply(want, m.empty) {
			m.w.MustRun("destroy", "-auto-approve")
			continue
		}
		if free == 0 {
			m.t.Error("no page is sufficient")
		}
		m.t.Logf("%d pages are sufficient", free)
		return
	}
}

// testNoInode applies without place for another file.
func testNoInode(t *testing.T) {
	m := mountTmpfs(t, "size=1m,nr_inodes=8")
	m.begin()
	var fillers []string
	for {
		f, err := os.CreateTemp(m.dir, "filler")
		if errors.Is(err, syscall.ENOSPC) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		fillers = append(fillers, f.Name())
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if m.apply("no space left on device", func() {
		for _, name := range fillers {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}) {
		t.Error("a publish needs no file")
	}
}

// testAtEachStep limits the file system at each step of a publish. Except at full size, it does so at some steps. limit
// returns the error of the step.
func testAtEachStep(t *testing.T, limit func(m *mounted, step string) error) {
	t.Helper()
	steps := mountedSteps(t)
	applies, failed := 0, 0
	for at, step := range steps {
		isSelected := slices.Index(steps, step) == at &&
			slices.Contains([]string{lockStep, writeStep, replaceStep}, step)
		if !testkit.IsProof() && !isSelected {
			continue
		}
		applies++
		t.Run(fmt.Sprintf("%d %s", at, step), func(t *testing.T) {
			m := mountTmpfs(t, "size=1m")
			m.begin()
			n := 0
			m.at = func(step string) (err error) {
				if n == 0 && step != steps[0] {
					return nil // before the publish
				}
				if n == at {
					err = limit(m, step)
				}
				n++
				return err
			}
			if !m.apply("no space left on device|read-only file system|disk quota exceeded", m.empty) {
				failed++
			}
		})
	}
	t.Logf("%d of %d applies have failed", failed, applies)
	if failed == 0 {
		t.Error("no apply has failed")
	}
}

// mountedSteps returns the steps of the publishes of an apply.
func mountedSteps(t *testing.T) []string {
	t.Helper()
	m := mountTmpfs(t, "size=1m")
	m.begin()
	var steps []string
	m.at = func(step string) error {
		if len(steps) > 0 || step == firstStep {
			steps = append(steps, step)
		}
		return nil
	}
	if !m.apply("", func() {}) {
		t.Fatal("the apply has failed")
	}
	return steps
}
