package provider_test

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// upgrade, setCentral and removePool return a changed copy of an estate.
func upgrade(e testkit.Estate, pools ...string) testkit.Estate {
	return cliChange(e, func(p *testkit.Pool) { p.Version = 7 }, pools...)
}

func setCentral(e testkit.Estate, active, standby string) testkit.Estate {
	e = cliChange(e, func(p *testkit.Pool) { p.Central = testkit.Active }, active)
	return cliChange(e, func(p *testkit.Pool) { p.Central = testkit.Standby }, standby)
}

func removePool(e testkit.Estate, pool string) testkit.Estate {
	var remaining []testkit.Pool
	for _, p := range e.Pools {
		if p.FQDN != pool {
			remaining = append(remaining, p)
		}
	}
	e.Pools = remaining
	return e
}

func cliChange(e testkit.Estate, change func(*testkit.Pool), pools ...string) testkit.Estate {
	e.Pools = append([]testkit.Pool(nil), e.Pools...)
	for i := range e.Pools {
		for _, name := range pools {
			if e.Pools[i].FQDN == name {
				change(&e.Pools[i])
			}
		}
	}
	return e
}

// TestCLIChangedSincePlan changes the document after the plan was saved. The apply does what was planned, or refuses
// and leaves the document unchanged. Terraform never reports an inconsistent result.
func TestCLIChangedSincePlan(t *testing.T) {
	t.Parallel()
	const settings = `failure_detection_interval = "7m"`
	free, paired := cliEstate("a b c d"), cliEstate("a b c d", "a-b")
	renamed := func(e testkit.Estate) testkit.Estate {
		e.Sites = []testkit.Site{{ID: 1, Name: "Renamed"}, {ID: 2}, {ID: 3}, {ID: 4}}
		return e
	}
	named := func(e testkit.Estate, from, to string) testkit.Estate {
		e.Backups = []testkit.Backup{{From: from, To: to}}
		return e
	}
	x, none := cliPair("x", "a-b"), ""
	update, other := cliPair("x", "a-b", settings), cliPair("x", "a-c")
	for name, tt := range map[string]struct {
		before, after testkit.Estate // of the document
		config        string         // of a resource x, which is in the state if the pair a-b exists
		refused       string         // regular expression for the error of the apply
		want          []string       // the pairs at the end, if something is published
		same          bool           // nothing is published
	}{
		"site renamed, create":  {before: free, after: renamed(free), config: x, want: []string{"a-b"}},
		"site renamed, update":  {before: paired, after: renamed(paired), config: update, want: []string{"a-b"}},
		"site renamed, replace": {before: paired, after: renamed(paired), config: other, want: []string{"a-c"}},
		"site renamed, destroy": {before: paired, after: renamed(paired), config: none},

		"members upgraded, create": {before: free, after: upgrade(free, "a", "b"), config: x,
			want: []string{"a-b"}},
		"one upgraded, create": {before: free, after: upgrade(free, "a"), config: x, refused: `\(PP-VERSION\)`,
			same: true},
		"members upgraded, update": {before: paired, after: upgrade(paired, "a", "b"), config: update,
			want: []string{"a-b"}},
		"one upgraded, update": {before: paired, after: upgrade(paired, "a"), config: update,
			want: []string{"a-b"}},
		"one upgraded, destroy": {before: paired, after: upgrade(paired, "a"), config: none},
		"both upgraded, replace": {before: paired, after: upgrade(paired, "a", "c"), config: other,
			want: []string{"a-c"}},
		"new one upgraded, replace": {before: paired, after: upgrade(paired, "c"), config: other,
			refused: `\(PP-VERSION\).*Nothing was written`, same: true},
		"new one paired by others, replace": {before: paired, after: cliEstate("a b c d", "a-b", "c-d"), config: other,
			refused: `\(PP-FREE\).*links c\.contoso\.com to d\.contoso\.com.*Nothing was written`, same: true},
		"new one removed, replace": {before: paired, after: removePool(paired, "c"), config: other,
			refused: `\(PP-EXIST\).*Nothing was written`, same: true},
		"new one named by a third, replace": {before: paired, after: named(paired, "d", "c"), config: other,
			refused: `\(PP-ONE\).*d\.contoso\.com names c\.contoso\.com`, same: true},
		"new one names the member that stays, replace": {before: paired, after: named(paired, "c", "a"), config: other,
			refused: `\(PP-FREE\).*"former" \{.*terraform import lync_pool_pair\.former.*Nothing was written`,
			same:    true},
		"old partner upgraded, replace": {before: paired, after: upgrade(paired, "b"), config: other,
			want: []string{"a-c"}},

		"Central Management failed over, update": {before: setCentral(paired, "a", "b"),
			after: setCentral(paired, "b", "a"), config: update, want: []string{"a-b"}},
		"Central Management failed over, destroy": {before: setCentral(paired, "a", "b"),
			after: setCentral(paired, "b", "a"), config: none},
		"Central Management failed over, replace": {before: setCentral(paired, "a", "b"),
			after: setCentral(paired, "b", "a"), config: other, want: []string{"a-c"}},
		"Central Management moved, create": {before: setCentral(free, "a", ""),
			after: setCentral(free, "d", ""), config: x, want: []string{"a-b"}},
		"Central Management moved into the pair, create": {before: setCentral(free, "d", ""),
			after: setCentral(free, "b", ""), config: x, want: []string{"a-b"}},
		"Central Management moved to a third one, update": {before: setCentral(paired, "a", "b"),
			after: setCentral(paired, "d", ""), config: update, want: []string{"a-b"}},

		"pool removed, create": {before: free, after: removePool(free, "b"), config: x, refused: `\(PP-EXIST\)`,
			same: true},
		"pool removed, update": {before: paired, after: removePool(free, "b"), config: update,
			refused: `The topology no longer links`, same: true},
		"pool removed, destroy": {before: paired, after: removePool(free, "b"), config: none, same: true},
		"pool removed, replace": {before: paired, after: removePool(free, "b"), config: other, want: []string{"a-c"}},

		"paired elsewhere, create": {before: free, after: cliEstate("a b c d", "a-c"), config: x,
			refused: `\(PP-FREE\).* The topology links a\.contoso\.com to c\.contoso\.com`, same: true},
		"paired by others, create": {before: free, after: paired, config: x,
			refused: `\(PP-FREE\).* exists already.* import \{`, same: true},
		"ended by others, update": {before: paired, after: free, config: update,
			refused: `The topology no longer links`, same: true},
		"ended by others, destroy": {before: paired, after: free, config: none, same: true},
		"ended by others, replace": {before: paired, after: free, config: other, want: []string{"a-c"}},
		"paired otherwise, update": {before: paired, after: cliEstate("a b c d", "a-c", "b-d"), config: update,
			refused: `The topology no longer links`, same: true},
		"paired otherwise, destroy": {before: paired, after: cliEstate("a b c d", "a-c", "b-d"), config: none,
			same: true},
		"paired otherwise, replace": {before: paired, after: cliEstate("a b c d", "a-d"), config: other,
			refused: `\(PP-FREE\).* The topology links a\.contoso\.com to d\.contoso\.com`, same: true},
		"done already by others, replace": {before: paired, after: cliEstate("a b c d", "a-c"), config: other,
			refused: `\(PP-FREE\).* exists already`, same: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := cliWorkspace(t, tt.before)
			if len(tt.before.Pairs) > 0 {
				w.Config(x)
				w.MustRun("import", "lync_pool_pair.x", "a.contoso.com,b.contoso.com")
			}
			w.Config(tt.config)
			plan := w.PlanJSON()
			if len(plan.Actions()) != 1 {
				t.Fatalf("the plan has %v", plan.Actions())
			}
			changed := tt.after.Document()
			w.SetDocument(changed)
			if tt.refused != "" {
				assertNotInconsistent(t, w.MustFail(tt.refused, "apply", plan.File))
			} else {
				assertNotInconsistent(t, w.MustRun("apply", plan.File))
			}
			if tt.same {
				assertDocument(t, w, changed)
				return
			}
			assertPairs(t, w.Document(), tt.want...)
			if tt.refused == "" {
				assertNoChanges(t, w)
			}
		})
	}
}
