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

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// mountsVariable is set in the process that mounts file systems.
const mountsVariable = "LYNC_TEST_MOUNTS"

// mayMount is a variable because TestMain removes the environment variable.
var mayMount = os.Getenv(mountsVariable) != ""

// TestProofFileSystem applies changes on file systems that are full, read-only or limited by a quota, or become so at a
// step of the file store. The document is the one before the apply or the one after it. When the cause has gone, the
// next apply finishes.
//
// On a host that permits no mounts, the test is skipped, and at full size it fails. It is complete on a kernel whose
// tmpfs has no quotas, where testQuota is skipped: "quota at a step" returns the error of a quota at each step that can
// take space.
func TestProofFileSystem(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	if !mayMount {
		startMounting(t)
		return
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		cannotMount(t, "this host permits no mounts: %v", err)
	}
	t.Run("full", testFull)
	t.Run("no place for a file", testNoInode)
	t.Run("quota", testQuota)
	t.Run("full at a step", func(t *testing.T) {
		want := []string{
			provider.LockStep, provider.SweepStep, provider.CreateStep, provider.RightsStep, provider.WriteStep,
		}
		testAtEachStep(t, want, func(m *mounted, before []string, _ string) (mustFail bool, err error) {
			return !slices.Contains(before, provider.WriteStep), m.fill(0)
		})
	})
	t.Run("read-only at a step", func(t *testing.T) {
		want := append([]string{provider.SweepStep}, spaceSteps...)
		testAtEachStep(t, want, func(m *mounted, before []string, _ string) (mustFail bool, err error) {
			return !slices.Contains(before, provider.ReplaceStep), m.forbidChanges()
		})
	})
	t.Run("quota at a step", func(t *testing.T) {
		testAtEachStep(t, spaceSteps, func(m *mounted, _ []string, step string) (mustFail bool, err error) {
			if !slices.Contains(spaceSteps, step) {
				return false, nil
			}
			m.failure = syscall.EDQUOT
			return true, nil
		})
	})
}

// cannotMount skips the test, or fails it at full size.
func cannotMount(t *testing.T, format string, arguments ...any) {
	t.Helper()
	if testkit.IsProof() {
		t.Fatalf(format, arguments...)
	}
	t.Skipf(format, arguments...)
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
		cannotMount(t, "this host permits no mounts: %v", err)
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
	const pages, user = 256, 65534
	const covered = `: "quota at a step" returns the error of a quota instead`
	if os.Geteuid() != 0 {
		t.Skip("only root mounts a tmpfs with quotas" + covered)
	}
	m, err := newMounted(t, fmt.Sprintf("size=4m,usrquota,usrquota_block_hardlimit=%d", pages*pageSize))
	switch {
	case errors.Is(err, syscall.EINVAL): // an unknown option
		t.Skip("the tmpfs of this kernel has no quotas" + covered)
	case err != nil:
		cannotMount(t, "this host mounts no tmpfs with a quota: %v", err)
	}
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

// testAtEachStep limits the file system at each step of an apply. Except at full size, it does so at some steps. limit
// receives the steps before in this apply, and reports whether the apply cannot succeed. At full size, an apply fails
// at each of the kinds of steps want. The steps of operations at the same time have no fixed order, so a step is the
// n-th one of its kind.
func testAtEachStep(
	t *testing.T, want []string, limit func(m *mounted, before []string, step string) (mustFail bool, err error),
) {
	t.Helper()
	steps := mountedSteps(t)
	applies, failed := 0, map[string]bool{}
	for at, step := range steps {
		isSelected := slices.Index(steps, step) == at &&
			slices.Contains([]string{provider.LockStep, provider.WriteStep, provider.ReplaceStep}, step)
		if !testkit.IsProof() && !isSelected {
			continue
		}
		applies++
		t.Run(fmt.Sprintf("%d %s", at, step), func(t *testing.T) {
			m := mountTmpfs(t, "size=1m")
			m.begin()
			var before []string
			nth, mustFail := countOf(steps[:at+1], step), false
			m.at = func(next string) {
				if len(before) == 0 && next != provider.FirstStep {
					return // before the publish
				}
				if next == step && countOf(before, step) == nth-1 {
					var err error
					if mustFail, err = limit(m, before, step); err != nil {
						t.Error(err)
					}
				}
				before = append(before, next)
			}
			succeeded := m.apply("no space left on device|read-only file system|disk quota exceeded", m.empty)
			if succeeded && mustFail {
				t.Error("the apply succeeds although the file system was limited")
			}
			if !succeeded {
				failed[step] = true
			}
		})
	}
	t.Logf("%d applies; those with a limit at %d kinds of steps have failed", applies, len(failed))
	for _, step := range want {
		if testkit.IsProof() && !failed[step] {
			t.Errorf("no apply with a limit at the step %q has failed", step)
		}
	}
	if len(failed) == 0 {
		t.Error("no apply has failed")
	}
}

// mountedSteps returns the steps of the publishes of an apply.
func mountedSteps(t *testing.T) []string {
	t.Helper()
	m := mountTmpfs(t, "size=1m")
	m.begin()
	var steps []string
	m.at = func(step string) {
		if len(steps) > 0 || step == provider.FirstStep {
			steps = append(steps, step)
		}
	}
	if !m.apply("", func() {}) {
		t.Fatal("the apply has failed")
	}
	return steps
}
