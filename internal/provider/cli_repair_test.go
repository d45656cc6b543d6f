package provider_test

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Two resources swap their partners: each needs pools that the other one gives up.
func TestCLI_swap(t *testing.T) {
	w := cliApplied(t, cliEstate("a b c d"), cliPair("x", "a-b")+cliPair("y", "c-d"))
	wantPairs(t, w.Document(), "a-b", "c-d")
	before := w.Document()

	w.Config(cliPair("x", "a-c") + cliPair("y", "b-d"))
	plan := w.PlanJSON()
	wantActions(t, plan, map[string]string{"x": "delete,create", "y": "delete,create"})
	wantSame(t, w, before)

	w.MustRun("apply", "-auto-approve")
	wantPairs(t, w.Document(), "a-c", "b-d")
	wantQuiet(t, w)
}

func TestCLI_ring(t *testing.T) {
	w := cliApplied(t, cliEstate(cliRingPools()), cliRing("k", 0))
	wantPairs(t, w.Document(), cliRingPairs(0)...)
	w.Config(cliRing("k", 1))
	w.MustRun("apply", "-auto-approve")
	wantPairs(t, w.Document(), cliRingPairs(1)...)
	wantQuiet(t, w)
	_ = testkit.Fold
}
func TestCLI_keys(t *testing.T) {
	w := cliApplied(t, cliEstate(cliRingPools()), cliRing("k", 0))
	wantPairs(t, w.Document(), cliRingPairs(0)...)
	w.Config(cliRing("m", 1))
	w.MustRun("apply", "-auto-approve")
	wantPairs(t, w.Document(), cliRingPairs(1)...)
	wantQuiet(t, w)
}
