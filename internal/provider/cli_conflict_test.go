package provider_test

import (
	"fmt"
	"testing"
)

// cliOrders makes Terraform plan x before y, or y before x.
var cliOrders = map[string]struct{ x, y string }{
	"in any order":    {},
	"the first last":  {x: "depends_on = [lync_pool_pair.y]"},
	"the first first": {y: "depends_on = [lync_pool_pair.x]"},
}

// TestCLIRefusedSharedPool declares one pool in two resources of one plan.
func TestCLIRefusedSharedPool(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ before, x, y string }{
		"both new":                 {"", "a-b", "a-c"},
		"both new, last and first": {"", "b-d", "a-b"},
		"one exists":               {cliPair("x", "a-b"), "a-b", "a-c"},
		"one exists and the other's pools are free but one": {cliPair("x", "a-b"), "a-b", "c-b"},
		"both exist and one changes":                        {cliPair("x", "a-b") + cliPair("y", "c-d"), "a-b", "b-c"},
		"both exist and change":                             {cliPair("x", "a-b") + cliPair("y", "c-d"), "a-d", "b-d"},
	} {
		for order, depends := range cliOrders {
			t.Run(name+", "+order, func(t *testing.T) {
				w := cliApplied(t, cliEstate("a b c d"), tt.before)
				before := w.Document()
				w.Config(cliPair("x", tt.x, depends.x) + cliPair("y", tt.y, depends.y))
				for _, parallelism := range []int{1, 2, 10} {
					w.MustFail(`\(PP-ONE\)`, "plan", fmt.Sprintf("-parallelism=%d", parallelism))
					assertDocument(t, w, before)
				}
			})
		}
	}
}

// TestCLIRefusedMirror declares the same pair in the opposite order. If the new resource is planned first and the other
// one depends on it, the only conflict is with the topology. The message covers that case too.
func TestCLIRefusedMirror(t *testing.T) {
	t.Parallel()
	for name, state := range map[string]string{"new": "", "existing": cliPair("x", "a-b")} {
		for order, depends := range cliOrders {
			t.Run(name+", "+order, func(t *testing.T) {
				w := cliApplied(t, cliEstate("a b"), state)
				before := w.Document()
				w.Config(cliPair("x", "a-b", depends.x) + cliPair("y", "b-a", depends.y))
				for _, args := range [][]string{{"plan"}, {"plan", "-refresh=false"}, {"plan", "-parallelism=1"}} {
					w.MustFail(`\(PP-ONE\)`, args...)
					assertDocument(t, w, before)
				}
			})
		}
	}
}

// TestCLIRefusedLinked declares a pool that has a link to another pool which the plan does not remove.
func TestCLIRefusedLinked(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		before, after string
		args          []string
		want          string
	}{
		"by no resource": {
			after: cliPair("y", "a-c"),
			want:  `Pool is not free \(PP-FREE\).* The topology links a\.contoso\.com to b\.contoso\.com`,
		},
		"by no resource, one at a time": {
			after: cliPair("y", "a-c"), args: []string{"-parallelism=1"},
			want: `\(PP-FREE\).* The topology links a\.contoso\.com to b\.contoso\.com`,
		},
		"by no resource, beside others": {
			before: cliPair("z", "e-f"), after: cliPair("y", "a-c") + cliPair("z", "e-f"),
			want: `\(PP-FREE\).* The topology links a\.contoso\.com to b\.contoso\.com`,
		},
		"by a resource that is not targeted": {
			before: cliPair("x", "c-d"), after: cliPair("y", "c-e"), args: []string{"-target=lync_pool_pair.y"},
			want: `\(PP-FREE\).* The topology links c\.contoso\.com to d\.contoso\.com`,
		},
		"by the other half of a swap, which is not targeted": {
			before: cliPair("x", "c-d") + cliPair("y", "e-f"), after: cliPair("x", "c-e") + cliPair("y", "d-f"),
			args: []string{
				"-target=lync_pool_pair.x",
			},
			want: `\(PP-FREE\).* The topology links e\.contoso\.com to f\.contoso\.com`,
		},
		"by a resource that waits for the other": {
			before: cliPair("x", "c-d"),
			after:  cliPair("y", "c-e") + cliPair("x", "d-f", "depends_on = [lync_pool_pair.y]"),
			want:   `\(PP-FREE\).* The topology links c\.contoso\.com to d\.contoso\.com`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliApplied(t, cliEstate("a b c d e f", "a-b"), tt.before)
			before := w.Document()
			w.Config(tt.after)
			w.MustFail(tt.want, append([]string{"plan"}, tt.args...)...)
			assertDocument(t, w, before)
			w.MustFail(tt.want, append([]string{"apply", "-auto-approve"}, tt.args...)...)
			assertDocument(t, w, before)
		})
	}
}

// TestCLICreateBeforeDestroy creates a replacement first, for which a pool would need two partners. Terraform decides
// about the old pair.
func TestCLICreateBeforeDestroy(t *testing.T) {
	t.Parallel()
	const first = "lifecycle {\n    create_before_destroy = true\n  }"

	// Another change is applied first, so the provider recognizes the apply, in which Terraform plans again.
	// Create refuses after it has waited for the pool, and Terraform restores its state.
	t.Run("after another change", func(t *testing.T) {
		const depends = "depends_on = [lync_pool_pair.z]"
		w := applyConfig(cliTerraform(t, cliEstate("a b c d e")), cliPair("x", "a-b", first))
		w.Config(cliPair("x", "a-c", first, depends) + cliPair("z", "d-e"))
		out := w.MustFail(`The topology links a\.contoso\.com to b\.contoso\.com`, "apply", "-auto-approve")
		assertOutput(t, out, `create_before_destroy cannot work`)
		assertOutput(t, out, `next terraform apply`)
		assertNotInconsistent(t, out)
		assertPairs(t, w.Document(), "a-b", "d-e")

		w.Config(cliPair("x", "a-c", depends) + cliPair("z", "d-e"))
		assertNotInconsistent(t, w.MustRun("apply", "-auto-approve"))
		assertPairs(t, w.Document(), "a-c", "d-e")
		assertNoChanges(t, w)
	})

	// With the same pools every plan passes, and every apply fails. The advice of both leads out.
	t.Run("the same pools", func(t *testing.T) {
		w := applyConfig(cliTerraform(t, cliEstate("a b")), cliPair("x", "a-b", first))
		before := w.Document()
		out := w.MustFail(`\(PP-FREE\)`, "apply", "-auto-approve", "-replace=lync_pool_pair.x")
		assertOutput(t, out, `create_before_destroy cannot work`)
		out = w.MustRun("plan")
		assertOutput(t, out, `\(PP-RENAME\)`)
		assertOutput(t, out, `deposed object of create_before_destroy`)

		w.Config(cliPair("x", "a-b"))
		w.MustRun("state", "rm", "lync_pool_pair.x")
		w.MustRun("import", "lync_pool_pair.x", "a.contoso.com,b.contoso.com")
		assertDocument(t, w, before)
		assertNoChanges(t, w)
	})

	// As the first call of an apply, the creation looks like a plan. Terraform keeps the old pair as a deposed object,
	// which it would remove only after the creation. A separate destroy removes it.
	t.Run("first", func(t *testing.T) {
		w := applyConfig(cliTerraform(t, cliEstate("a b c")), cliPair("x", "a-b", first))
		before := w.Document()
		w.Config(cliPair("x", "a-c", first))
		out := w.MustFail(`The topology links a\.contoso\.com to b\.contoso\.com`, "apply", "-auto-approve")
		assertOutput(t, out, `create_before_destroy cannot work`)
		assertNotInconsistent(t, out)
		assertDocument(t, w, before)

		w.Config(cliPair("x", "a-c"))
		w.MustRun("destroy", "-auto-approve", "-target=lync_pool_pair.x")
		assertPairs(t, w.Document())
		assertNotInconsistent(t, w.MustRun("apply", "-auto-approve"))
		assertPairs(t, w.Document(), "a-c")
		assertNoChanges(t, w)
	})
}
