package provider_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestCLILifecycle plans and applies the operations of Terraform on a pair. It checks the document before and after.
func TestCLILifecycle(t *testing.T) {
	t.Parallel()
	const (
		one = `resource "lync_pool_pair" "all" {
  for_each = { one = ["a.contoso.com", "b.contoso.com"] }
  pools    = each.value
}
`
		uno = `resource "lync_pool_pair" "all" {
  for_each = { uno = ["a.contoso.com", "b.contoso.com"] }
  pools    = each.value
}
`
		moved = `moved {
  from = lync_pool_pair.all["one"]
  to   = lync_pool_pair.all["uno"]
}
`
	)
	x, y := cliPair("x", "a-b"), cliPair("y", "c-d")
	for name, tt := range map[string]struct {
		before, after string
		first         []string // commands that run after the first apply
		args          []string // arguments of plan
		actions       map[string]string
		want          []string
		same          bool // the final document is that after the first apply, to the byte
		empty         bool // the final document is that before the first apply, to the byte
	}{
		"create": {after: x, actions: map[string]string{"x": "create"},
			want: []string{"a-b"}},
		"create without refresh": {after: x, args: []string{"-refresh=false"},
			actions: map[string]string{"x": "create"}, want: []string{"a-b"}},
		"nothing to do": {before: x, after: x, want: []string{"a-b"}, same: true},
		"nothing to do, without refresh": {before: x, after: x, args: []string{"-refresh=false"},
			want: []string{"a-b"}, same: true},
		"nothing to do, refresh only": {before: x, after: x, args: []string{"-refresh-only"},
			want: []string{"a-b"}, same: true},
		"other partner": {before: x, after: cliPair("x", "a-c"),
			actions: map[string]string{"x": "delete,create"}, want: []string{"a-c"}},
		"other partner, without refresh": {before: x, after: cliPair("x", "a-c"),
			args: []string{"-refresh=false"}, actions: map[string]string{"x": "delete,create"}, want: []string{"a-c"}},
		"replace": {before: x, after: x,
			args: []string{"-replace=lync_pool_pair.x"}, actions: map[string]string{"x": "delete,create"},
			want: []string{"a-b"}, same: true},
		"replace without refresh": {before: x, after: x,
			args:    []string{"-replace=lync_pool_pair.x", "-refresh=false"},
			actions: map[string]string{"x": "delete,create"}, want: []string{"a-b"}, same: true},
		"replace one of two": {before: x + y, after: x + y,
			args: []string{"-replace=lync_pool_pair.x"}, actions: map[string]string{"x": "delete,create"},
			want: []string{"a-b", "c-d"}},
		"replace with other partner": {before: x, after: cliPair("x", "a-c"),
			args: []string{"-replace=lync_pool_pair.x"}, actions: map[string]string{"x": "delete,create"},
			want: []string{"a-c"}},
		"tainted": {before: x, after: x,
			first: []string{"taint", "lync_pool_pair.x"}, actions: map[string]string{"x": "delete,create"},
			want: []string{"a-b"}, same: true},
		"tainted, one at a time": {before: x, after: x,
			first: []string{"taint", "lync_pool_pair.x"}, args: []string{"-parallelism=1"},
			actions: map[string]string{"x": "delete,create"}, want: []string{"a-b"}, same: true},
		"tainted, with other partner": {before: x, after: cliPair("x", "a-c"),
			first: []string{"taint", "lync_pool_pair.x"}, actions: map[string]string{"x": "delete,create"},
			want: []string{"a-c"}},
		"tainted, in a swap": {before: x + y,
			after: cliPair("x", "a-c") + cliPair("y", "b-d"), first: []string{"taint", "lync_pool_pair.x"},
			actions: map[string]string{"x": "delete,create", "y": "delete,create"}, want: []string{"a-c", "b-d"}},
		"tainted, no longer declared": {before: x, first: []string{"taint", "lync_pool_pair.x"},
			actions: map[string]string{"x": "delete"}, empty: true},
		"tainted, its pool goes elsewhere": {before: x, after: cliPair("y", "a-c"),
			first: []string{"taint", "lync_pool_pair.x"}, actions: map[string]string{"x": "delete", "y": "create"},
			want: []string{"a-c"}},
		"key renamed": {before: one, after: uno,
			actions: map[string]string{`all["one"]`: "delete", `all["uno"]`: "create"}, want: []string{"a-b"},
			same: true},
		"key renamed, without refresh": {before: one, after: uno, args: []string{"-refresh=false"},
			actions: map[string]string{`all["one"]`: "delete", `all["uno"]`: "create"}, want: []string{"a-b"},
			same: true},
		"key renamed and moved": {before: one, after: uno + moved, want: []string{"a-b"}, same: true},
		"renamed to another name": {before: x, after: cliPair("z", "a-b"),
			actions: map[string]string{"x": "delete", "z": "create"}, want: []string{"a-b"}, same: true},
		"removed": {before: x, actions: map[string]string{"x": "delete"}, empty: true},
		"removed, without refresh": {before: x, args: []string{"-refresh=false"},
			actions: map[string]string{"x": "delete"}, empty: true},
		"destroyed": {before: x + y, after: x + y, args: []string{"-destroy"},
			actions: map[string]string{"x": "delete", "y": "delete"}, empty: true},
		"destroyed, without refresh": {before: x + y, after: x + y, args: []string{"-destroy", "-refresh=false"},
			actions: map[string]string{"x": "delete", "y": "delete"}, empty: true},
		"one of two destroyed": {before: x + y, after: x + y, args: []string{"-destroy", "-target=lync_pool_pair.x"},
			actions: map[string]string{"x": "delete"}, want: []string{"c-d"}},
		"target": {after: x + y, args: []string{"-target=lync_pool_pair.x"}, actions: map[string]string{"x": "create"},
			want: []string{"a-b"}},
		"target, beside one that would be in conflict": {before: y, after: x + cliPair("y", "b-c"),
			args: []string{"-target=lync_pool_pair.x"}, actions: map[string]string{"x": "create"},
			want: []string{"a-b", "c-d"}},
	} {
		t.Run(name, func(t *testing.T) {
			estate := cliEstate("a b c d")
			unpaired := estate.Document()
			w := cliApplied(t, estate, tt.before)
			if tt.first != nil {
				w.MustRun(tt.first...)
			}
			before := w.Document()

			w.Config(tt.after)
			if tt.actions == nil {
				// The exit code is not reliable: with -refresh-only Terraform reports changes although its output says
				// that there are none (hashicorp/terraform#36403).
				assertOutput(t, w.MustRun(append([]string{"plan"}, tt.args...)...), `No changes\.|has moved to`)
			}
			plan := w.PlanJSON(tt.args...)
			assertActions(t, plan, tt.actions)
			assertDocument(t, w, before)

			assertNotInconsistent(t, w.MustRun("apply", plan.File))
			assertPairs(t, w.Document(), tt.want...)
			if tt.same {
				assertDocument(t, w, before)
			}
			if tt.empty {
				assertDocument(t, w, unpaired)
			}
			if len(tt.args) == 0 {
				assertNoChanges(t, w)
			}
		})
	}
}

// TestCLIRefreshOnlyTakesDrift plans and refreshes after a setting of both pools was changed outside of Terraform.
func TestCLIRefreshOnlyTakesDrift(t *testing.T) {
	w := cliApplied(t, cliEstate("a b"), cliPair("x", "a-b"))
	first := w.Document()
	w.SetDocument(testkit.Encode(strings.ReplaceAll(testkit.Decode(first), "T0H5M0S", "T0H7M0S"), first))

	assertNoChangesWith(t, w, "-refresh=false")
	w.MustRun("apply", "-refresh-only", "-auto-approve")
	if got := w.Resource("lync_pool_pair.x")["failure_detection_interval"]; got != "7m" {
		t.Errorf("after the refresh the argument is %v, want 7m", got)
	}
	assertActions(t, w.PlanJSON("-refresh=false"), map[string]string{"x": "update"})
	w.MustRun("apply", "-auto-approve", "-refresh=false")
	assertDocument(t, w, first)
	assertNoChanges(t, w)
}
