package provider_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"
	"golang.org/x/sys/unix"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/store/file"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// pageSize is the unit in which a tmpfs allocates space.
const pageSize = 4096

// spaceSteps are the steps that can take space on a file system. Each of them can fail a publish.
var spaceSteps = []string{
	provider.LockStep, provider.CreateStep, provider.RightsStep, provider.WriteStep, provider.FlushStep,
	provider.ReplaceStep,
}

// changeSteps are the steps that change a file system: spaceSteps, and removals, which do not fail a publish.
var changeSteps = append([]string{provider.SweepStep, provider.RemoveStep}, spaceSteps...)

// mounted is a document on a file system of its own, and a workspace that changes it.
type mounted struct {
	t     *testing.T
	dir   string
	owner int // of the document
	w     *testkit.Workspace

	mu        sync.Mutex
	published [][]byte // the document before an apply, and those that it would have published
	// at is called before each step of the file store, unless it is nil. It can set failure, which fails this step.
	at      func(step string)
	failure error
	// isReadOnly makes all changeSteps fail.
	isReadOnly bool
}

// mountTmpfs mounts a tmpfs with options.
func mountTmpfs(t *testing.T, options string) *mounted {
	t.Helper()
	m, err := newMounted(t, options)
	if err != nil {
		cannotMount(t, "this host mounts no tmpfs with %s: %v", options, err)
	}
	return m
}

// newMounted is mountTmpfs without the end of the test if the host does not mount the tmpfs.
func newMounted(t *testing.T, options string) (*mounted, error) {
	t.Helper()
	m := &mounted{t: t, dir: t.TempDir()}
	if err := unix.Mount("tmpfs", m.dir, "tmpfs", 0, options); err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if err := unix.Unmount(m.dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	m.w = onHarness(t, func(string) terraform.Provider {
		return provider.NewWithStore("test", func(path string) store.Store { return file.NewForTest(path, m.step) })()
	})
	return m, nil
}

// step records a document that is about to be published, and calls at. It fails the step if a limit does.
func (m *mounted) step(step, path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if step == provider.ReplaceStep {
		doc, err := os.ReadFile(path) //nolint:gosec // the temporary file
		if err != nil {
			return err
		}
		m.published = append(m.published, doc)
	}
	if m.at != nil {
		m.at(step)
	}
	if m.isReadOnly && slices.Contains(changeSteps, step) {
		return syscall.EROFS
	}
	failure := m.failure
	m.failure = nil
	return failure
}

// begin writes the document, makes a first apply, and declares the changes of the next one.
func (m *mounted) begin() {
	m.t.Helper()
	doc := cliEstate("a b c d e f").Document()
	if err := errors.Join(os.WriteFile(m.path(), doc, 0o600), os.Chown(m.path(), m.owner, -1)); err != nil {
		m.t.Fatal(err)
	}
	m.config(cliPair("x", "a-b") + cliPair("y", "c-d"))
	m.w.MustRun("apply", "-auto-approve")
	m.config(cliPair("x", "a-b", "automatic_failover = false") + cliPair("z", "e-f"))
	m.published = [][]byte{m.read()}
}

func (m *mounted) path() string { return filepath.Join(m.dir, testkit.DocumentName) }

func (m *mounted) config(text string) {
	m.t.Helper()
	m.w.Write("main.tf", strings.Replace(testkit.ProviderConfig, `"topology.xml"`, fmt.Sprintf("%q", m.path()), 1)+text)
}

func (m *mounted) read() []byte {
	m.t.Helper()
	doc, err := os.ReadFile(m.path())
	if err != nil {
		m.t.Fatal(err)
	}
	return doc
}

// apply applies the changes, and again after release has ended what limits the file system. It reports whether the
// first apply succeeded. Otherwise its output matches the regular expression want.
func (m *mounted) apply(want string, release func()) (succeeded bool) {
	m.t.Helper()
	first := m.w.Run("apply", "-auto-approve", "-parallelism=10")
	m.mu.Lock()
	m.at = nil
	published := m.published
	m.mu.Unlock()
	doc := m.read()
	switch succeeded = first.ExitCode == 0; {
	case succeeded:
		assertPairs(m.t, doc, "a-b", "e-f")
	case !slices.ContainsFunc(published, func(d []byte) bool { return bytes.Equal(d, doc) }):
		m.t.Fatalf("the document of %d bytes is none of the %d published ones:\n%s", len(doc), len(published),
			first.Output)
	default:
		assertOutput(m.t, testkit.Fold(first.Output), want)
	}
	release()
	m.w.MustRun("apply", "-auto-approve")
	assertPairs(m.t, m.read(), "a-b", "e-f")
	assertNoChanges(m.t, m.w)
	m.assertNoTemporary()
	return succeeded
}

// assertNoTemporary checks that no temporary file is left after one more publish.
func (m *mounted) assertNoTemporary() {
	m.t.Helper()
	m.config(cliPair("x", "a-b") + cliPair("z", "e-f"))
	m.w.MustRun("apply", "-auto-approve")
	if left, err := filepath.Glob(filepath.Join(m.dir, ".*.tmp")); err != nil || len(left) > 0 {
		m.t.Errorf("temporary files: %q (%v)", left, err)
	}
}

// filler is the path of the file that takes the free space.
func (m *mounted) filler() string { return filepath.Join(m.dir, "filler") }

// fill takes all space except for a number of pages.
func (m *mounted) fill(free int) error {
	f, err := os.OpenFile(m.filler(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	for err == nil {
		_, err = f.Write(make([]byte, pageSize))
	}
	if errors.Is(err, syscall.ENOSPC) {
		err = nil
	}
	info, failed := f.Stat()
	if failed == nil {
		failed = f.Truncate(info.Size() - int64(free*pageSize))
	}
	return errors.Join(err, failed, f.Close())
}

// forbidChanges makes the file system read-only. As long as a file is open for writing, only an error in the file
// system itself does that. The steps then fail as they do after such an error.
func (m *mounted) forbidChanges() error {
	err := unix.Mount("", m.dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
	if errors.Is(err, unix.EBUSY) {
		m.isReadOnly = true
		return nil
	}
	return err
}

// empty removes the filler and permits changes again.
func (m *mounted) empty() {
	m.t.Helper()
	m.mu.Lock()
	m.isReadOnly = false
	m.mu.Unlock()
	err := unix.Mount("", m.dir, "", unix.MS_REMOUNT, "")
	if removal := os.Remove(m.filler()); !errors.Is(removal, os.ErrNotExist) {
		err = errors.Join(err, removal)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}
