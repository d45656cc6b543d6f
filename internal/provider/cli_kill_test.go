//go:build unix

package provider_test

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/gofrs/flock"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// neverEnds is a resource that is created after all pairs and never completes, so that the run cannot end before it is
// killed.
const neverEnds = `
resource "terraform_data" "never_ends" {
  depends_on = [%s]
  provisioner "local-exec" {
    command = "cat never_written"
  }
}
`

// TestCLIKilled kills a run during its changes, together with its provider. The document has complete pairs and no
// lock. Another run can continue, and so can the same run after the import of the pairs that its state lacks.
func TestCLIKilled(t *testing.T) {
	t.Parallel()
	const n = 8
	var pools, names []string
	for i := range n {
		pools = append(pools, fmt.Sprintf("a%[1]d b%[1]d", i))
		names = append(names, fmt.Sprintf("lync_pool_pair.a%[1]d_b%[1]d", i))
	}
	config, pairs := cliPairs("a%[1]d-b%[1]d", n)
	for after := range 4 {
		t.Run(fmt.Sprintf("after %d", after), func(t *testing.T) {
			w := cliProcess(t, cliEstate(strings.Join(pools, " ")+" y z"))
			if err := syscall.Mkfifo(w.Path("never_written"), 0o600); err != nil {
				t.Fatal(err)
			}
			w.Config(config + fmt.Sprintf(neverEnds, strings.Join(names, ", ")))
			killApply(t, w, after)

			created, err := pairsOf(w.Document())
			if err != nil {
				t.Fatal(err)
			}
			if len(created) < after {
				t.Errorf("created %v, want at least %d pairs", created, after)
			}
			other := cliShared(t, w)
			other.Write("pair.tf", cliPair("other", "y-z"))
			other.MustRun("apply", "-auto-approve")
			assertPairs(t, w.Document(), append(created, "y-z")...)

			// A pair that was published just before the kill can be missing in the state. It is imported.
			w.Config(config)
			for _, pair := range created {
				name := strings.ReplaceAll(pair, "-", "_")
				if w.Resource("lync_pool_pair."+name) == nil {
					first, second, _ := strings.Cut(pair, "-")
					w.MustRun("import", "lync_pool_pair."+name, first+".contoso.com,"+second+".contoso.com")
				}
			}
			w.MustRun("apply", "-auto-approve")
			assertPairs(t, w.Document(), append(pairs, "y-z")...)
			assertNoChanges(t, w)
		})
	}
}

// killApply starts an apply, and kills it and its provider when a number of changes are complete and one more has
// begun.
func killApply(t *testing.T, w *testkit.Workspace, after int) {
	t.Helper()
	cmd := w.Command(t.Context(), "apply", "-auto-approve", "-parallelism=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the provider is in this group too
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	begun := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if !strings.Contains(lines.Text(), ": Creating...") {
			continue
		}
		if begun++; begun > after {
			if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
			break
		}
	}
	for lines.Scan() {
		continue // until all processes that could write have ended
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the run came to its end before it was killed")
	}
	// The lock is free when a provider that was about to write has ended.
	lock := flock.New(w.Path("." + testkit.DocumentName + ".lock"))
	if err := errors.Join(lock.Lock(), lock.Unlock()); err != nil {
		t.Fatal(err)
	}
}
