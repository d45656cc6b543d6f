package provider_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// killTries limits the applies of one case that are not killed because they end before.
const killTries = 8

// killResult is what an apply left.
type killResult struct {
	w         *testkit.Workspace
	c         killCase
	code      int
	output    string
	took      time.Duration
	steps     []string
	published [][]byte // the first document, and those that were or would have been published, in their order
}

// kill makes applies until one is killed. Another random moment replaces one at which the apply has already ended.
func (p *killProof) kill(t *testing.T, c killCase) killResult {
	t.Helper()
	random := rand.New(rand.NewPCG(killSeed, uint64(c.number))) //nolint:gosec // repeatable
	for range killTries {
		if c.within > 0 {
			c.after = 1 + time.Duration(random.Int64N(int64(c.within)))
		}
		r := p.run(t, c)
		if r.isKilled() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.killed[c.position()]++
			return r
		}
		t.Logf("the apply was not killed (exit code %d, after %s)", r.code, r.took)
		c.within = min(c.within, r.took)
	}
	t.Fatalf("none of %d applies was killed", killTries)
	return killResult{}
}

// isKilled reports whether the apply was killed as its case describes.
func (r killResult) isKilled() bool {
	if r.code == 0 || r.c.Victim != provider.KillProvider && runtime.GOOS != "windows" && r.code != -1 {
		return false
	}
	if r.c.Step != "" && r.c.Victim != provider.KillTerraform && !r.endsAtStep() {
		return false
	}
	return r.c.Step == "" || countOf(r.steps, r.c.Step) >= r.c.Nth
}

// endsAtStep reports whether the last step is that of the case, as it is after a kill of the provider there.
func (r killResult) endsAtStep() bool {
	return len(r.steps) > 0 && r.steps[len(r.steps)-1] == r.c.Step && countOf(r.steps, r.c.Step) == r.c.Nth
}

// possible returns the documents that the apply can have left: the last one whose replacement had ended, and the one
// whose replacement had begun. Without a kill, and if the provider was killed at a step, the former is the only one:
// the provider does nothing between the kill and the step before.
func (r killResult) possible() [][]byte {
	begun, ended := 0, 0
	for _, step := range r.steps {
		switch step {
		case provider.ReplaceStep:
			begun++
		case provider.FlushDirectoryStep:
			ended = begun
		}
	}
	last := r.published[ended : ended+1]
	if begun == ended || begun >= len(r.published) || r.c.Step == provider.ReplaceStep && r.endsAtStep() {
		return last
	}
	return slices.Concat(last, r.published[begun:begun+1])
}

// checkDocument checks that the document is one that the apply can have left.
func (r killResult) checkDocument(t *testing.T, doc []byte) {
	t.Helper()
	possible := r.possible()
	if slices.ContainsFunc(possible, func(d []byte) bool { return bytes.Equal(d, doc) }) {
		return
	}
	at := slices.IndexFunc(r.published, func(d []byte) bool { return bytes.Equal(d, doc) })
	t.Fatalf("the document of %d bytes is none of %d possible ones, but number %d (-1 for none) of %d; steps:\n%s\n%s",
		len(doc), len(possible), at, len(r.published), strings.Join(r.steps, "\n"), r.output)
}

// collect reads the files that the provider has written.
func (p *killProof) collect(t *testing.T, r *killResult) {
	t.Helper()
	steps, err := os.ReadFile(filepath.Join(r.c.Folder, provider.KilledSteps))
	if err == nil {
		r.steps = strings.Split(strings.TrimSuffix(string(steps), "\n"), "\n")
	}
	r.published = [][]byte{p.files[testkit.DocumentName]}
	names, err := filepath.Glob(filepath.Join(r.c.Folder, provider.KilledPublished+"*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r.published = append(r.published, text)
	}
}
