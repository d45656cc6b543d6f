package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// cliBranches returns an estate of Standard Edition pools a, b, c and d, with appliances on a, each in its own branch
// site.
func cliBranches(appliances int, change ...func(*testkit.Estate)) testkit.Estate {
	e := testkit.Estate{}
	for i := range 4 {
		e.Sites = append(e.Sites, testkit.Site{ID: 1 + i})
		e.Pools = append(e.Pools, testkit.Pool{FQDN: string(rune('a' + i)), Site: 1 + i})
	}
	for i := range appliances {
		e.Sites = append(e.Sites, testkit.Site{ID: 100 + i, Branch: true})
		e.Appliances = append(e.Appliances, testkit.Appliance{FQDN: fmt.Sprintf("s%d", i), Site: 100 + i, Pool: "a"})
	}
	for _, c := range change {
		c(&e)
	}
	return e
}

// cliBranch returns a resource for an appliance on a pool, written "s0 a".
func cliBranch(name, association string, extra ...string) string {
	appliance, pool, _ := strings.Cut(association, " ")
	return fmt.Sprintf("resource \"lync_branch_backup\" %q {\n  appliance   = %q\n  backup_pool = %q\n  %s\n}\n",
		name, appliance+".contoso.com", pool+".contoso.com", strings.Join(extra, "\n  "))
}

func withoutBackups(e *testkit.Estate) {
	for i := range e.Appliances {
		e.Appliances[i].NoBackup = true
	}
}

func onPool(pool string) func(*testkit.Estate) {
	return func(e *testkit.Estate) {
		for i := range e.Appliances {
			e.Appliances[i].Pool = pool
		}
	}
}

func withPairs(pairs ...string) func(*testkit.Estate) {
	return func(e *testkit.Estate) {
		for _, pair := range pairs {
			a, b, _ := strings.Cut(pair, "-")
			e.Pairs = append(e.Pairs, testkit.Pair{A: a, B: b})
		}
	}
}

// TestCLIBranchAdoption adopts many appliances that match their configuration. It writes nothing and has no warnings.
func TestCLIBranchAdoption(t *testing.T) {
	const appliances = 120
	w := cliWorkspace(t, cliBranches(appliances))
	before := w.Document()
	w.Config(fmt.Sprintf(`resource "lync_branch_backup" "all" {
  for_each    = toset([for i in range(%d) : format("s%%d.contoso.com", i)])
  appliance   = each.value
  backup_pool = "a.contoso.com"
}
`, appliances))
	out := w.MustRun("apply", "-auto-approve")
	assertDocument(t, w, before)
	if strings.Contains(out, "Warning: ") && !strings.Contains(out, "development overrides") ||
		strings.Contains(out, "(BR-") {
		t.Errorf("the output has warnings:\n%s", out)
	}
	if values := w.Resource(`lync_branch_backup.all["s119.contoso.com"]`); values["adopted"] != true {
		t.Errorf("adopted is %v", values["adopted"])
	}
	assertNoChanges(t, w)
}

// TestCLIBranchLifecycle plans and applies the operations of Terraform on a branch backup.
func TestCLIBranchLifecycle(t *testing.T) {
	t.Parallel()
	x := cliBranch("x", "s0 a")
	for name, tt := range map[string]struct {
		estate        testkit.Estate
		before, after string
		first         []string // commands that run after the first apply
		args          []string // arguments of plan
		actions       map[string]string
		wantOutput    string // regular expression for the output of the plan
		want          testkit.Estate
	}{
		"replaced, adopted": {
			estate: cliBranches(2), before: x, after: x, args: []string{"-replace=lync_branch_backup.x"},
			actions: map[string]string{"lync_branch_backup.x": "delete,create"}, want: cliBranches(2),
		},
		"replaced, written": {
			estate: cliBranches(2, withoutBackups), before: x, after: x,
			args:    []string{"-replace=lync_branch_backup.x"},
			actions: map[string]string{"lync_branch_backup.x": "delete,create"},
			want:    cliBranches(2, withoutBackups, func(e *testkit.Estate) { e.Appliances[0].NoBackup = false }),
		},
		"another appliance": {
			estate: cliBranches(2, withoutBackups), before: x, after: cliBranch("x", "s1 a"),
			actions:    map[string]string{"lync_branch_backup.x": "delete,create"},
			wantOutput: `An appliance loses its backup registrar \(BR-ONE\)`,
			want:       cliBranches(2, withoutBackups, func(e *testkit.Estate) { e.Appliances[1].NoBackup = false }),
		},
		"tainted": {
			estate: cliBranches(1, withoutBackups), before: x, after: x,
			first:   []string{"taint", "lync_branch_backup.x"},
			actions: map[string]string{"lync_branch_backup.x": "delete,create"}, want: cliBranches(1),
		},
		"removed, adopted": {
			estate: cliBranches(1), before: x, actions: map[string]string{"lync_branch_backup.x": "delete"},
			wantOutput: `The association of an appliance stays \(BR-ONE\)`, want: cliBranches(1),
		},
		"another name": {
			estate: cliBranches(1), before: x, after: cliBranch("y", "s0 a"),
			actions: map[string]string{"lync_branch_backup.x": "delete", "lync_branch_backup.y": "create"},
			want:    cliBranches(1),
		},
		"another name, written by the old one": {
			estate: cliBranches(1, withoutBackups), before: x, after: cliBranch("y", "s0 a"),
			actions: map[string]string{"lync_branch_backup.x": "delete", "lync_branch_backup.y": "create"},
			want:    cliBranches(1),
		},
		"another name, moved": {
			estate: cliBranches(1), before: x, after: cliBranch("y", "s0 a") +
				"moved {\n  from = lync_branch_backup.x\n  to = lync_branch_backup.y\n}\n", want: cliBranches(1),
		},
		"settings that differ": {
			estate: cliBranches(1), after: cliBranch("x", "s0 a", `failure_detection_interval = "3m"`),
			actions:    map[string]string{"lync_branch_backup.x": "create"},
			wantOutput: `adopted appliance will change \(BR-ONE\).*This changes the failure detection interval from 2m to 3m`,
			want:       cliBranches(1, func(e *testkit.Estate) { e.Appliances[0].Failure = 3 * 60e9 }),
		},
		"moved to another pool": {
			estate: cliBranches(1), before: x, after: cliBranch("x", "s0 b"),
			actions:    map[string]string{"lync_branch_backup.x": "update"},
			wantOutput: `\(BR-MOVE\).*moves from a\.contoso\.com to b\.contoso\.com`, want: cliBranches(1, onPool("b")),
		},
		"moved, without refresh": {
			estate: cliBranches(1), before: x, after: cliBranch("x", "s0 b"), args: []string{"-refresh=false"},
			actions: map[string]string{"lync_branch_backup.x": "update"}, want: cliBranches(1, onPool("b")),
		},
		"three appliances of one site": {
			estate: cliBranches(3, func(e *testkit.Estate) {
				e.Appliances[1].Site, e.Appliances[2].Site = 100, 100
			}),
			after: x + cliBranch("y", "s1 a") + cliBranch("z", "s2 a"),
			actions: map[string]string{"lync_branch_backup.x": "create", "lync_branch_backup.y": "create",
				"lync_branch_backup.z": "create"},
			wantOutput: `\(BR-TWO\)`,
			want: cliBranches(3, func(e *testkit.Estate) {
				e.Appliances[1].Site, e.Appliances[2].Site = 100, 100
			}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliWorkspace(t, tt.estate)
			w.Config(tt.before)
			w.MustRun("apply", "-auto-approve")
			if tt.first != nil {
				w.MustRun(tt.first...)
			}
			before := w.Document()
			w.Config(tt.after)
			output := w.MustRun(append([]string{"plan"}, tt.args...)...)
			assertOutput(t, testkit.Fold(output), tt.wantOutput)
			if n := strings.Count(output, "(BR-TWO)"); n > 1 {
				t.Errorf("the output has BR-TWO %d times", n)
			}
			plan := w.PlanJSON(tt.args...)
			if got := plan.Actions(); !maps.Equal(got, tt.actions) {
				t.Fatalf("the plan has %v, want %v", got, tt.actions)
			}
			assertDocument(t, w, before)
			assertNotInconsistent(t, w.MustRun("apply", plan.File))
			assertDocument(t, w, tt.want.Document())
			assertNoChanges(t, w)
		})
	}
}

// TestCLIBranchBesidePairs changes appliances and pairs of the same pools in one apply.
func TestCLIBranchBesidePairs(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		estate        testkit.Estate
		before, after string
		actions       map[string]string
		pairs         []string
		pool          string // the pool of s0
		partner       string // its partner, in the state after the next refresh
	}{
		"created together": {
			estate: cliBranches(1, withoutBackups), after: cliPair("p", "a-b") + cliBranch("x", "s0 a"),
			actions: map[string]string{"lync_pool_pair.p": "create", "lync_branch_backup.x": "create"},
			pairs:   []string{"a-b"}, pool: "a", partner: "b",
		},
		"moved while its pools are re-paired": {
			estate: cliBranches(1, withPairs("a-b", "c-d")),
			before: cliImport("p", "a-b") + cliImport("q", "c-d") + cliBranch("x", "s0 a"),
			after:  cliPair("p", "a-c") + cliPair("q", "b-d") + cliBranch("x", "s0 b"),
			actions: map[string]string{"lync_pool_pair.p": "delete,create", "lync_pool_pair.q": "delete,create",
				"lync_branch_backup.x": "update"},
			pairs: []string{"a-c", "b-d"}, pool: "b", partner: "d",
		},
		"removed together": {
			estate: cliBranches(1, withPairs("a-b")), before: cliImport("p", "a-b") + cliBranch("x", "s0 a"),
			actions: map[string]string{"lync_pool_pair.p": "delete", "lync_branch_backup.x": "delete"}, pool: "a",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliWorkspace(t, tt.estate)
			w.Config(tt.before)
			w.MustRun("apply", "-auto-approve")
			w.Config(tt.after)
			plan := w.PlanJSON()
			if got := plan.Actions(); !maps.Equal(got, tt.actions) {
				t.Fatalf("the plan has %v, want %v", got, tt.actions)
			}
			assertNotInconsistent(t, w.MustRun("apply", plan.File))
			pairs, err := pairsOf(w.Document())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(pairs, tt.pairs) {
				t.Errorf("the document has the pairs %v, want %v", pairs, tt.pairs)
			}
			assertNoChanges(t, w)
			if tt.after == "" {
				return
			}
			w.MustRun("apply", "-auto-approve", "-refresh-only")
			values := w.Resource("lync_branch_backup.x")
			if values["user_services_pool"] != tt.pool+".contoso.com" ||
				values["backup_pool_partner"] != tt.partner+".contoso.com" {
				t.Errorf("the state has %v and %v", values["user_services_pool"], values["backup_pool_partner"])
			}
		})
	}
}

// cliImport returns an existing pair with its import block.
func cliImport(name, pair string) string {
	first, second, _ := strings.Cut(pair, "-")
	return cliPair(name, pair) + fmt.Sprintf("import {\n  to = lync_pool_pair.%s\n  id = "+
		"\"%s.contoso.com,%s.contoso.com\"\n}\n", name, first, second)
}

// TestCLIBranchUnknown plans an appliance and a pool whose names come from a resource of the same plan. The plan does
// not refuse unknown values.
func TestCLIBranchUnknown(t *testing.T) {
	w := cliWorkspace(t, cliBranches(1, withoutBackups))
	w.Config(`resource "terraform_data" "names" {
  input = { appliance = "S0.contoso.com", pool = "a.contoso.com", interval = "3m" }
}

resource "lync_branch_backup" "x" {
  appliance                  = terraform_data.names.output.appliance
  backup_pool                = terraform_data.names.output.pool
  failure_detection_interval = terraform_data.names.output.interval
}
`)
	assertNotInconsistent(t, w.MustRun("apply", "-auto-approve"))
	assertDocument(t, w, cliBranches(1, func(e *testkit.Estate) { e.Appliances[0].Failure = 3 * 60e9 }).Document())
	assertNoChanges(t, w)
}

// TestCLIBranchChangedSincePlan changes the document between plan and apply. The apply is refused before it writes, or
// it succeeds.
func TestCLIBranchChangedSincePlan(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first         testkit.Estate
		before, after string
		between       testkit.Estate
		fails         string
	}{
		"moved away before a creation": {first: cliBranches(1), after: cliBranch("x", "s0 a"),
			between: cliBranches(1, onPool("b")), fails: `\(BR-ONE\)`},
		"written before a creation": {first: cliBranches(1, withoutBackups), after: cliBranch("x", "s0 a"),
			between: cliBranches(1)},
		"removed before a move": {first: cliBranches(1), before: cliBranch("x", "s0 a"),
			after: cliBranch("x", "s0 b"), between: cliBranches(0), fails: `\(BR-EXIST\)`},
		"moved elsewhere before a move": {first: cliBranches(1), before: cliBranch("x", "s0 a"),
			after: cliBranch("x", "s0 b"), between: cliBranches(1, onPool("c"))},
		"paired before a move": {first: cliBranches(1), before: cliBranch("x", "s0 a"),
			after: cliBranch("x", "s0 b"), between: cliBranches(1, withPairs("b-c"))},
		"removed before a removal": {first: cliBranches(1, withoutBackups), before: cliBranch("x", "s0 a"),
			between: cliBranches(0)},
		"moved before a removal": {first: cliBranches(1, withoutBackups), before: cliBranch("x", "s0 a"),
			between: cliBranches(1, onPool("c"))},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliWorkspace(t, tt.first)
			w.Config(tt.before)
			w.MustRun("apply", "-auto-approve")
			w.Config(tt.after)
			plan := w.PlanJSON()
			between := tt.between.Document()
			w.SetDocument(between)
			if tt.fails != "" {
				assertNotInconsistent(t, w.MustFail(tt.fails, "apply", plan.File))
				assertDocument(t, w, between)
				return
			}
			assertNotInconsistent(t, w.MustRun("apply", plan.File))
			if tt.after == "" {
				assertDocument(t, w, between)
			}
			assertNoChanges(t, w)
		})
	}
}

// TestCLIEmptyImportID checks that the error for an empty import id shows the form of an id.
func TestCLIEmptyImportID(t *testing.T) {
	w := cliWorkspace(t, cliBranches(1))
	w.Config(cliPair("p", "a-b") + cliBranch("x", "s0 a"))
	w.MustFail(`is not an import id of a pool pair. The id is`, "import", "lync_pool_pair.p", "")
	w.MustFail(`is not an import id of a branch backup. The id is`, "import", "lync_branch_backup.x", "")
}
