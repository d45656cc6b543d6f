package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
	terraform "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// killSlots limits the number of concurrent applies that are killed.
var killSlots = make(chan struct{}, runtime.NumCPU())

// TestProofKilled kills the provider, Terraform or both in an apply with creations, updates, removals and replacements:
// at the steps of the file store, and at random moments. The document is then the one that the last replacement has
// left, see killResult.possible. Another state can change it at once. The next apply finishes, or prints the import
// blocks with which it does.
//
// At full size, there are 200 kills at steps and 100 at random moments. Each step of the apply with ten concurrent
// operations has a kill of the provider. The apply with one operation at a time has more steps than there are kills:
// the remaining kills are at random steps of it, evenly distributed over the kinds of steps.
func TestProofKilled(t *testing.T) {
	t.Parallel()
	modes := []int{10}
	if testkit.IsProof() {
		modes = []int{10, 1}
	}
	p := newKillProof(t)
	// An apply without a kill shows the steps, the time that they take, and the document at the end.
	var whole []killResult
	for _, parallelism := range modes {
		r := p.whole(t, parallelism)
		whole = append(whole, r)
		t.Logf("parallelism %d: %d publishes with %d steps", parallelism, len(r.published)-1, len(r.steps))
	}
	t.Run("kills", func(t *testing.T) {
		for i, c := range killCases(t, whole) {
			t.Run(fmt.Sprintf("%d %s", i, c), func(t *testing.T) {
				t.Parallel()
				p.check(t, p.kill(t, c))
			})
		}
	})
	p.summarize(t, whole)
}

// killProof has the files of an apply that is not yet made, and counts results.
type killProof struct {
	providers string // folder with the provider that ends at a step
	files     map[string][]byte
	after     string // configuration

	mu        sync.Mutex
	final     string // the document at the end, in a comparable form
	killed    map[killPosition]int
	imports   int // applies that needed import blocks
	refreshed int // applies that needed a refresh before
	torn      int // states that Terraform left incomplete
}

// newKillProof applies the first configuration and plans the second one.
func newKillProof(t *testing.T) *killProof {
	t.Helper()
	p := &killProof{providers: t.TempDir(), files: map[string][]byte{}, killed: map[killPosition]int{}}
	w := testkit.CLIWith(t, p.providers)
	testkit.Self(t, p.providers, "terraform-provider-lync")
	before, after := killConfigs()
	p.after = w.ProviderConfig() + after
	w.SetDocument(killEstate().Document())
	w.Config(before)
	serveHere(t, w)
	w.MustRun("apply", "-auto-approve")
	w.Config(after)
	w.MustRun("plan", "-out=killed.tfplan")
	for _, name := range []string{"main.tf", "killed.tfplan", "terraform.tfstate", testkit.DocumentName} {
		text, err := os.ReadFile(w.Path(name))
		if err != nil {
			t.Fatal(err)
		}
		p.files[name] = text
	}
	return p
}

// whole makes the apply without a kill. Of concurrent operations, a slow host makes more publishes than others, whose
// steps a kill would not reach on each run. At full size, whole therefore returns the shortest of several applies.
func (p *killProof) whole(t *testing.T, parallelism int) (shortest killResult) {
	t.Helper()
	attempts := 1
	if testkit.IsProof() && parallelism > 1 {
		attempts = 5
	}
	for range attempts {
		r := p.run(t, killCase{parallelism: parallelism})
		if r.code != 0 {
			t.Fatalf("the apply without a kill fails:\n%s", r.output)
		}
		p.check(t, r)
		if shortest.steps == nil || len(r.steps) < len(shortest.steps) {
			shortest = r
		}
	}
	return shortest
}

// run makes the apply in a workspace of its own, and kills it.
func (p *killProof) run(t *testing.T, c killCase) killResult {
	t.Helper()
	w := testkit.CLIWith(t, p.providers)
	for name, text := range p.files {
		w.Write(name, string(text))
	}
	c.Folder = t.TempDir()
	text, err := json.Marshal(c.Kill)
	if err != nil {
		t.Fatal(err)
	}
	killSlots <- struct{}{}
	defer func() { <-killSlots }()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := w.Command(ctx, "apply", fmt.Sprintf("-parallelism=%d", c.parallelism), "killed.tfplan")
	cmd.Env = append(cmd.Env, provider.KillVariable+"="+string(text))
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if c.after > 0 {
		timer := time.AfterFunc(c.after, func() {
			if c.Victim != provider.KillProvider {
				_ = cmd.Process.Kill() // fails if it has ended
			}
			if c.Victim != provider.KillTerraform {
				_ = in.Close() // ends the provider
			}
		})
		defer timer.Stop()
	}
	_ = cmd.Wait() // the exit code is in the state of the process
	r := killResult{w: w, c: c, code: cmd.ProcessState.ExitCode(), output: output.String(), took: time.Since(began)}
	// A provider without Terraform completes its publish. It ends with its standard input.
	lock := flock.New(w.Path("." + testkit.DocumentName + ".lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	_ = lock.Unlock() // the file is closed
	_ = in.Close()
	alive := flock.New(filepath.Join(c.Folder, provider.KilledAlive))
	if err := alive.Lock(); err != nil {
		t.Fatal(err)
	}
	_ = alive.Unlock()
	p.collect(t, &r)
	return r
}

// check checks the document that an apply left, and completes the apply.
func (p *killProof) check(t *testing.T, r killResult) {
	t.Helper()
	doc := r.w.Document()
	r.checkDocument(t, doc)
	if err := checkKilled(p.files[testkit.DocumentName], doc); err != nil {
		t.Fatalf("%v\n%s", err, r.output)
	}

	// No lock is left: another state publishes at once.
	other := onHarness(t, func(dir string) terraform.Provider { return provider.ForTest(t, dir) })
	other.Write("main.tf", strings.Replace(testkit.ProviderConfig, `"topology.xml"`,
		fmt.Sprintf("%q", filepath.ToSlash(r.w.Path(testkit.DocumentName))), 1)+cliPair("other", "y-z"))
	other.MustRun("apply", "-auto-approve")

	p.complete(t, r)
	doc = r.w.Document()
	if err := checkRelationships(doc, killedRelationships(true)); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(r.w.Path("." + testkit.DocumentName + ".*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("temporary files: %q (%v)", left, err)
	}
	final := killedText(doc)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.final == "" {
		p.final = final
	}
	if diff := testkit.Diff([]byte(p.final), []byte(final)); diff != "" {
		t.Errorf("the document differs from that of an apply without a kill:\n%s", diff)
	}
}

// complete runs the next apply. If it fails, its output has import blocks with which it succeeds.
func (p *killProof) complete(t *testing.T, r killResult) {
	t.Helper()
	state, err := os.ReadFile(r.w.Path("terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	torn := 0
	if !json.Valid(state) {
		torn++ // Terraform writes the file of a state in place
	}
	if torn > 0 || r.c.losesState {
		r.w.Write("terraform.tfstate", string(p.files["terraform.tfstate"]))
	}
	serveHere(t, r.w)
	imported, refreshed := applyOrImport(t, r.w, p.after)
	assertNoChanges(t, r.w)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.imports += imported
	p.refreshed += refreshed
	p.torn += torn
}

// applyOrImport runs an apply with a configuration. If it fails, its output has import blocks. With these it succeeds,
// or prints those of resources that depend on the imported ones, which a failed plan does not reach. imported is 1 if
// the apply needed import blocks, refreshed is 1 if it needed a refresh before.
func applyOrImport(t *testing.T, w *testkit.Workspace, config string) (imported, refreshed int) {
	t.Helper()
	blocks := map[string]string{}
	for {
		w.Write("main.tf", config+strings.Join(slices.Sorted(maps.Values(blocks)), ""))
		r := w.Run("apply", "-auto-approve")
		assertNotInconsistent(t, r.Output)
		if r.ExitCode == 0 {
			return min(len(blocks), 1), refreshed
		}
		found := importBlocks(config, r.Output)
		maps.DeleteFunc(found, func(address, _ string) bool { return blocks[address] != "" })
		if len(found) == 0 {
			t.Fatalf("the next apply fails, and prints no other import block than %q:\n%s", blocks, r.Output)
		}
		for address := range found {
			if refreshed == 0 && w.Resource(address) != nil { // Terraform would ignore the block
				assertOutput(t, testkit.Fold(r.Output), "run terraform apply -refresh-only first")
				w.MustRun("apply", "-refresh-only", "-auto-approve")
				refreshed++
			}
		}
		maps.Copy(blocks, found)
	}
}
