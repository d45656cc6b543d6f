package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// repair is a change of a configuration in which resources need pools of each other.
type repair struct {
	estate        testkit.Estate
	before, after string
	args          []string          // arguments of plan and apply
	actions       map[string]string // some of the actions of the plan
	want          []string          // the pairs at the end
	slowToo       bool              // also on a slow store
}

func (r repair) check(t *testing.T, plan testkit.Plan) {
	t.Helper()
	for resource, want := range r.actions {
		if got := plan.ResourceChange("lync_pool_pair." + resource).Actions(); got != want {
			t.Errorf("%s: %s, want %s", resource, got, want)
		}
	}
}

// repairCases returns such changes. Some are changes of a ring of that many pairs, which are more than Terraform's
// concurrent operations.
func repairCases(pairs int) map[string]repair {
	four, ring := cliEstate("a b c d"), cliEstate(cliRingPools(pairs))
	last := fmt.Sprintf("%02d", pairs-1)
	replaced := map[string]string{"x": "delete,create", "y": "delete,create"}
	return map[string]repair{
		"swap": {
			estate: four, before: cliPair("x", "a-b") + cliPair("y", "c-d"),
			after:   cliPair("x", "a-c") + cliPair("y", "b-d"),
			actions: replaced, want: []string{"a-c", "b-d"}, slowToo: true,
		},
		"swap without refresh": {
			estate: four, before: cliPair("x", "a-b") + cliPair("y", "c-d"),
			after: cliPair("x", "a-c") + cliPair("y", "b-d"),
			args:  []string{"-refresh=false"}, actions: replaced, want: []string{"a-c", "b-d"},
		},
		"swap under other addresses": {
			estate: four, before: cliPair("x", "a-b") + cliPair("y", "c-d"),
			after:   cliPair("v", "a-c") + cliPair("w", "b-d"),
			actions: map[string]string{"x": "delete", "y": "delete", "v": "create", "w": "create"},
			want:    []string{"a-c", "b-d"},
		},
		"exchange of complete pairs": {
			estate: four, before: cliPair("x", "a-b") + cliPair("y", "c-d"),
			after:   cliPair("x", "c-d") + cliPair("y", "a-b"),
			actions: replaced, want: []string{"a-b", "c-d"},
		},
		"after a removal": {
			estate: four, before: cliPair("x", "a-b"), after: cliPair("y", "a-c"),
			actions: map[string]string{"x": "delete", "y": "create"}, want: []string{"a-c"},
		},
		"after a removal, beside an unchanged pair": {
			estate: cliEstate("a b c d e f"), before: cliPair("x", "a-b") + cliPair("y", "c-d") + cliPair("z", "e-f"),
			after:   cliPair("x", "b-d") + cliPair("z", "e-f"),
			actions: map[string]string{"x": "delete,create", "y": "delete", "z": "no-op"}, want: []string{"b-d", "e-f"},
		},
		// w is removed before x, on which it depends. The creation of y begins before the removal of x, and has to wait
		// for it.
		"after a removal that has to wait": {
			estate: cliEstate("a b c d e f"), before: cliPair("x", "a-b") + cliPair("w", "e-f",
				"depends_on = [lync_pool_pair.x]"), after: cliPair("y", "a-c"),
			actions: map[string]string{"x": "delete", "w": "delete", "y": "create"}, want: []string{"a-c"},
			slowToo: true,
		},
		// As before, with more waiting creations than concurrent operations: one creation must be acknowledged early
		// before w can be removed.
		"after removals that have to wait, with blocked creations in all operations": ringAfterRemoval(12),
		"ring": {
			estate: ring, before: cliRing("k", pairs, 0), after: cliRing("k", pairs, 1),
			actions: map[string]string{`ring["k00"]`: "delete,create", `ring["k` + last + `"]`: "delete,create"},
			want:    cliRingPairs(pairs, 1), slowToo: true,
		},
		"ring with other keys": {
			estate: ring, before: cliRing("k", pairs, 0), after: cliRing("m", pairs, 1),
			actions: map[string]string{`ring["k00"]`: "delete", `ring["k` + last + `"]`: "delete",
				`ring["m00"]`: "create", `ring["m` + last + `"]`: "create"},
			want: cliRingPairs(pairs, 1), slowToo: true,
		},
	}
}

// ringAfterRemoval returns a ring of pairs. All of them change, each under another address, after the removal of a pair
// that depends on all of them.
func ringAfterRemoval(pairs int) repair {
	r := repair{estate: cliEstate(cliRingPools(pairs) + " y z"), want: cliRingPairs(pairs, 1),
		actions: map[string]string{"w": "delete"}}
	old := cliRingPairs(pairs, 0)
	for i := range pairs {
		before, after := fmt.Sprintf("k%02d", i), fmt.Sprintf("m%02d", i)
		r.before += cliPair(before, old[i])
		r.after += cliPair(after, r.want[i])
		r.actions[before], r.actions[after] = "delete", "create"
	}
	r.before += cliPair("w", "y-z", "depends_on = [lync_pool_pair."+
		strings.Join(slices.Sorted(maps.Keys(r.actions))[:pairs], ", lync_pool_pair.")+"]")
	return r
}

// TestCLIRepair changes resources that need pools of each other, at Terraform's default parallelism.
func TestCLIRepair(t *testing.T) {
	t.Parallel()
	pairs := 45
	if stores.Chosen() != stores.File || testing.Short() {
		pairs = 14 // still more than Terraform's concurrent operations
	}
	for name, tt := range repairCases(pairs) {
		t.Run(name, func(t *testing.T) {
			w := cliApplied(t, tt.estate, tt.before)
			before := w.Document()

			w.Config(tt.after)
			tt.check(t, w.PlanJSON(tt.args...))
			assertDocument(t, w, before)

			// Without a saved plan, one run of Terraform plans and applies.
			out := w.MustRun(append([]string{"apply", "-auto-approve"}, tt.args...)...)
			assertNotInconsistent(t, out)
			assertPairs(t, w.Document(), tt.want...)
			assertNoChanges(t, w)
		})
	}
}

// TestCLIRepairOneAtATime plans with a parallelism of 1, in which the plan cannot see that a pool is released later.
// The apply of a plan with the default parallelism succeeds.
func TestCLIRepairOneAtATime(t *testing.T) {
	w := cliApplied(t, cliEstate("a b c d"), cliPair("x", "a-b")+cliPair("y", "c-d"))
	before := w.Document()
	w.Config(cliPair("x", "a-c") + cliPair("y", "b-d"))

	out := w.MustFail(`\(PP-FREE\)`, "plan", "-parallelism=1")
	assertOutput(t, out, `The topology links [a-d]\.contoso\.com to [a-d]\.contoso\.com`)
	assertOutput(t, out, `plan with the default -parallelism`)
	assertOutput(t, out, `take two steps`)
	assertDocument(t, w, before)

	plan := w.PlanJSON()
	assertNotInconsistent(t, w.MustRun("apply", "-parallelism=1", plan.File))
	assertPairs(t, w.Document(), "a-c", "b-d")
	assertNoChanges(t, w)
}
