package provider_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// killSeed makes the kills repeatable.
const killSeed = 20

// killCounts returns the numbers of kills at steps and at random moments.
func killCounts() (atSteps, atMoments int) {
	if testkit.IsProof() {
		return 200, 100
	}
	return 2, 1
}

// killCases returns the kills. At full size, there is one at each step of the apply with ten concurrent operations, of
// the provider or of both processes. Those that remain of the kills at steps are at random steps of the apply with one
// operation at a time, which has more steps. Otherwise there are three: after a publish that the state lacks, within a
// write, and at a random moment.
func killCases(t *testing.T, whole []killResult) []killCase {
	t.Helper()
	if !testkit.IsProof() {
		return []killCase{
			{
				Kill:        provider.Kill{Victim: provider.KillBoth, Step: provider.FlushDirectoryStep, Nth: 2},
				parallelism: 10, losesState: true,
			},
			{Kill: provider.Kill{Victim: provider.KillProvider, Step: provider.WriteStep, Nth: 1}, parallelism: 10},
			{Kill: provider.Kill{Victim: provider.KillTerraform}, parallelism: 10, within: whole[0].took, number: 2},
		}
	}
	atSteps, atMoments := killCounts()
	ten, one := whole[0], whole[1]
	rest := atSteps - len(ten.steps)
	if rest <= 0 || rest > len(one.steps) {
		t.Fatalf("applies with %d and %d steps do not permit %d kills", len(ten.steps), len(one.steps), atSteps)
	}
	random := rand.New(rand.NewPCG(killSeed, killSeed)) //nolint:gosec // repeatable
	victims := []string{provider.KillProvider, provider.KillBoth, provider.KillTerraform}
	var cases []killCase
	add := func(r killResult, c killCase) {
		c.parallelism, c.number, c.losesState = r.c.parallelism, len(cases), random.IntN(2) == 0
		cases = append(cases, c)
	}
	for at := range ten.steps {
		add(ten, killCase{Kill: ten.killAt(at, victims[random.IntN(2)])})
	}
	for _, at := range oneOfEachKind(one.steps, random)[:rest] {
		add(one, killCase{Kill: one.killAt(at, victims[random.IntN(3)])})
	}
	for i := range atMoments {
		r := whole[i%2]
		add(r, killCase{Kill: provider.Kill{Victim: victims[random.IntN(3)]}, within: r.took})
	}
	return cases
}

// oneOfEachKind returns the indexes of steps in a random order: one of each kind, then another one of each kind, and so
// on.
func oneOfEachKind(steps []string, random *rand.Rand) []int {
	order := random.Perm(len(steps))
	nth, seen := map[int]int{}, map[string]int{}
	for _, at := range order {
		seen[steps[at]]++
		nth[at] = seen[steps[at]]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(nth[a], nth[b]) })
	return order
}

// killAt returns the kill at one of the steps of an apply.
func (r killResult) killAt(at int, victim string) provider.Kill {
	return provider.Kill{Victim: victim, Step: r.steps[at], Nth: countOf(r.steps[:at+1], r.steps[at])}
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

// killCase is an apply that is killed at a step or at a random moment.
type killCase struct {
	provider.Kill
	parallelism int
	within      time.Duration // the random moment is within this time; 0 for a kill at a step
	number      int           // seed of the random moment

	// losesState is true if the state is that before the apply, as that of a backend that stores it at the end.
	losesState bool

	after time.Duration // the random moment, which kill sets
}

func (c killCase) String() string {
	text := fmt.Sprintf("%s at %s %d with %d operations", c.Victim, c.Step, c.Nth, c.parallelism)
	if c.within > 0 {
		text = fmt.Sprintf("%s at a moment with %d operations", c.Victim, c.parallelism)
	}
	if c.losesState {
		text += " without its state"
	}
	return text
}

// position returns the place of the kill, which is the same for all random moments of applies of one kind.
func (c killCase) position() killPosition { return killPosition{c.parallelism, c.Step, c.Nth} }

// killPosition is a step of an apply, "" for a random moment.
type killPosition struct {
	parallelism int
	step        string
	nth         int
}

// summarize prints and checks the number of kills. At full size, each step of the apply with ten concurrent operations
// had one.
func (p *killProof) summarize(t *testing.T, whole []killResult) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	atSteps, atMoments := 0, 0
	for position, n := range p.killed {
		if position.step == "" {
			atMoments += n
		} else {
			atSteps += n
		}
	}
	for _, r := range whole {
		kinds := map[string]bool{}
		reached := 0
		for at := range r.steps {
			k := r.killAt(at, "")
			isKilled := p.killed[killPosition{r.c.parallelism, k.Step, k.Nth}] > 0
			if isKilled {
				reached++
				kinds[k.Step] = true
			} else if testkit.IsProof() && r.c.parallelism == 10 {
				t.Errorf("no apply with 10 operations was killed at step %d (%s %d)", at, k.Step, k.Nth)
			}
		}
		all := slices.Compact(slices.Sorted(slices.Values(r.steps)))
		if testkit.IsProof() && len(kinds) < len(all) {
			t.Errorf("parallelism %d: kills at the kinds of steps %q only, want %q", r.c.parallelism,
				slices.Sorted(maps.Keys(kinds)), all)
		}
		t.Logf("parallelism %d: kills at %d of %d steps, of %d of %d kinds", r.c.parallelism, reached, len(r.steps),
			len(kinds), len(all))
	}
	t.Logf("%d kills at steps, %d at random moments; %d applies needed import blocks, %d of them a refresh; Terraform "+
		"left %d incomplete states", atSteps, atMoments, p.imports, p.refreshed, p.torn)
	if wantSteps, wantMoments := killCounts(); atSteps != wantSteps || atMoments != wantMoments {
		t.Errorf("%d kills at steps and %d at random moments, want %d and %d", atSteps, atMoments, wantSteps,
			wantMoments)
	}
}
