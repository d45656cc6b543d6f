package provider_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// killCases returns 300 kills at full size: 200 at the steps in their order, the others at random moments. Otherwise it
// returns three: after a publish that the state lacks, within a write, and at a random moment.
func killCases(t *testing.T, whole []killResult) []killCase {
	t.Helper()
	const seed = 20
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, seed)) //nolint:gosec // repeatable
	moment := func(r killResult) time.Duration { return 1 + time.Duration(random.Int64N(int64(r.took))) }
	if !testkit.IsProof() {
		return []killCase{
			{provider.Kill{Victim: provider.KillBoth, Step: "flush the directory", Nth: 2}, 10, 0, true},
			{provider.Kill{Victim: provider.KillProvider, Step: "write the temporary file", Nth: 1}, 10, 0, false},
			{provider.Kill{Victim: provider.KillTerraform}, 10, moment(whole[0]), false},
		}
	}
	var cases []killCase
	victims := []string{provider.KillProvider, provider.KillTerraform, provider.KillBoth}
	for i := range 300 {
		r := whole[i%len(whole)]
		c := killCase{
			Kill:        provider.Kill{Victim: victims[random.IntN(len(victims))]},
			parallelism: r.c.parallelism, losesState: random.IntN(2) == 0,
		}
		if i%3 == 0 {
			c.after = moment(r)
		} else {
			at := i / 3 * len(r.steps) / 100
			c.Step = r.steps[at]
			c.Nth = countOf(r.steps[:at+1], c.Step)
		}
		cases = append(cases, c)
	}
	return cases
}

// countOf returns how many of the steps are of one kind.
func countOf(steps []string, kind string) (n int) {
	for _, step := range steps {
		if step == kind {
			n++
		}
	}
	return n
}

// killCase is an apply that is killed at a step or after a time.
type killCase struct {
	provider.Kill
	parallelism int
	after       time.Duration // 0 for a kill at a step

	// losesState is true if the state is that before the apply, as that of a backend that stores it at the end.
	losesState bool
}

func (c killCase) String() string {
	text := fmt.Sprintf("%s at %s %d with %d operations", c.Victim, c.Step, c.Nth, c.parallelism)
	if c.after > 0 {
		text = fmt.Sprintf("%s after %s with %d operations", c.Victim, c.after.Round(time.Millisecond), c.parallelism)
	}
	if c.losesState {
		text += " without its state"
	}
	return text
}
