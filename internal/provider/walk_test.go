package provider

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

const nice = "nice.contoso.com"

// TestSecondHalfOfAReplacement plans with a null state and the private data of the first half. The second half claims
// nothing again. The same plan without the data is another resource. TestCLIWarningsOfARemoval has the warnings.
func TestSecondHalfOfAReplacement(t *testing.T) {
	t.Parallel()
	for name, partner := range map[string]string{"other pools": nice, "the same pools": lyon} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, fourPools().Document())
			w := walkOn(d)
			state := w.state(paris)
			w.assertErrors("read", w.read(state, nil).Diagnostics)
			config := w.pair(partner, paris, nil)

			firstHalf := w.plan(state, config, nil)
			w.assertErrors("first half", firstHalf.diags)
			if firstHalf.replaces != (partner == nice) {
				t.Errorf("replaces: %t", firstHalf.replaces)
			}
			secondHalf := w.plan(w.none(), config, firstHalf.private)
			w.assertErrors("second half", secondHalf.diags)
			w.assertErrors("mirror", w.plan(w.none(), config, nil).diags, "PP-ONE", "declared by two resources")
			// A mark of another walk has no effect, such as the mark of the plan in an apply.
			w.assertErrors("old mark", w.plan(w.none(), config, walkOn(d).plan(state, config, nil).private).diags,
				"PP-ONE")

			// The apply plans the second half again, in a walk without the first half.
			w = walkOn(d)
			removal := w.plan(state, w.none(), nil)
			w.assertErrors("delete", w.apply(removal).Diagnostics)
			again := w.plan(w.none(), config, secondHalf.private)
			w.assertErrors("second half in the apply", again.diags)
			w.assertErrors("create", w.apply(again).Diagnostics)
			if w.state(partner).IsNull() {
				t.Error("the pair does not exist")
			}
		})
	}
}

// TestTaintedPair plans with a null state and no mark, after a read.
func TestTaintedPair(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	w := walkOn(d)
	state := w.state(paris)
	w.assertErrors("read", w.read(state, nil).Diagnostics)
	w.assertErrors("plan", w.plan(w.none(), w.pair(paris, lyon, nil), nil).diags)
	w.assertErrors("mirror", w.plan(w.none(), w.pair(lyon, paris, nil), nil).diags, "PP-ONE",
		"declared by two resources")
}

// TestTaintedPairWithOtherPools plans other pools with a null state, no mark and no read, as for a tainted resource in
// a plan without the refresh. The provider cannot recognize the resource, and the refusal names the way out.
func TestTaintedPairWithOtherPools(t *testing.T) {
	t.Parallel()
	w := walkOn(newDocument(t, fourPools().Document()))
	w.assertErrors("plan", w.plan(w.none(), w.pair(paris, nice, nil), nil).diags, "PP-FREE",
		"tainted", "without -refresh=false", "terraform untaint")
}

// TestMirrorPlannedFirst refuses a mirror of a pair, although it looks like the pair itself, tainted.
func TestMirrorPlannedFirst(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	t.Run("with a refresh", func(t *testing.T) {
		t.Parallel()
		w := walkOn(d)
		state := w.state(paris)
		w.assertErrors("read", w.read(state, nil).Diagnostics)
		w.plan(w.none(), w.pair(lyon, paris, nil), nil)
		w.assertErrors("the pair", w.plan(state, w.pair(paris, lyon, nil), nil).diags, "PP-ONE",
			"declared by two resources")
	})
	t.Run("without a refresh", func(t *testing.T) {
		t.Parallel()
		w := walkOn(d)
		state := walkOn(d).state(paris)
		var group sync.WaitGroup
		var mirror, pair planned
		group.Go(func() { mirror = w.plan(w.none(), w.pair(lyon, paris, nil), nil) })
		group.Go(func() { pair = w.plan(state, w.pair(paris, lyon, nil), nil) })
		group.Wait()
		w.assertErrors("one of the two", append(mirror.diags, pair.diags...), "PP-ONE", "declared by two resources")
	})
}

// TestPoolOfAKeptPair claims a pool of a pair with a second resource, which is planned after the pair or at the
// same time.
func TestPoolOfAKeptPair(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	for _, refresh := range []bool{true, false} {
		w := walkOn(d)
		state := walkOn(d).state(paris)
		if refresh {
			w.assertErrors("read", w.read(state, nil).Diagnostics)
		}
		w.assertErrors("the pair", w.plan(state, w.pair(paris, lyon, nil), nil).diags)
		w.assertErrors("the other", w.plan(w.none(), w.pair(nice, paris, nil), nil).diags, "PP-ONE",
			"paris.contoso.com would be in two pairs of this configuration")

		w = walkOn(d)
		var group sync.WaitGroup
		var other, pair planned
		group.Go(func() { other = w.plan(w.none(), w.pair(nice, paris, nil), nil) })
		group.Go(func() { pair = w.plan(state, w.pair(paris, lyon, nil), nil) })
		group.Wait()
		w.assertErrors("one of the two", append(other.diags, pair.diags...), "PP-ONE",
			"paris.contoso.com would be in two pairs of this configuration")
	}
}

// TestApplyRefusesInterveningChanges plans on one document and applies on another. The apply refuses before anything is
// written.
func TestApplyRefusesInterveningChanges(t *testing.T) {
	t.Parallel()
	d := newDocument(t, allKindsEstate().Document())
	w := walkOn(d)
	plan := w.plan(w.none(), w.pair(paris, lyon, nil), nil)
	w.assertErrors("plan", plan.diags)
	upgraded := allKindsEstate()
	upgraded.Pools[1].Version = 7
	d.replaceWith(upgraded.Document())()
	w.assertErrors("apply", walkOn(d).apply(plan).Diagnostics, "PP-VERSION")
	d.assertContent(upgraded.Document())
}

func TestWarningsOfAPlan(t *testing.T) {
	t.Parallel()
	estate := allKindsEstate()
	estate.Backups = nil
	estate.Pools = append(estate.Pools, testkit.Pool{FQDN: "central", Site: 2, Central: testkit.Active})
	d := newDocument(t, estate.Document())
	for name, test := range map[string]struct {
		a, b      string
		arguments map[string]tftypes.Value
		want      []string
	}{
		"none": {a: paris, b: lyon, want: []string{}},
		"editions, site, servers": {a: paris, b: "small.contoso.com",
			want: []string{"PP-EDITION", "PP-SITE", "PP-SYNC3"}},
		"shape":              {a: "sfb1.contoso.com", b: "sfb2.contoso.com", want: []string{"PP-SHAPE"}},
		"Central Management": {a: paris, b: "central.contoso.com", want: []string{"CM-PAIR"}},
		"more than 84,400 seconds": {a: paris, b: lyon,
			arguments: map[string]tftypes.Value{"failback_detection_interval": text("84401s")},
			want:      []string{"VF-RANGE"}},
		"exactly 84,400 seconds": {a: paris, b: lyon,
			arguments: map[string]tftypes.Value{"failback_detection_interval": text("84400s")}, want: []string{}},
		"short and in a hurry": {a: paris, b: lyon, arguments: map[string]tftypes.Value{
			"failure_detection_interval": text("30s"), "failback_detection_interval": text("30s"),
			"automatic_failover": tftypes.NewValue(tftypes.Bool, false),
		}, want: []string{"VF-GAP", "VF-MIN90", "VF-ON"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := walkOn(d)
			plan := w.plan(w.none(), w.pair(test.a, test.b, test.arguments), nil)
			w.assertErrors("plan", plan.diags)
			if got := rules(plan.diags, tfprotov6.DiagnosticSeverityWarning); !slices.Equal(got, test.want) {
				t.Errorf("the warnings are %q, not %q", got, test.want)
			}
		})
	}
}

// TestWarningsOfARepair checks that the plan of a repair warns of the values that it writes, and only of those.
func TestWarningsOfARepair(t *testing.T) {
	t.Parallel()
	short := testkit.Backup{Failure: time.Minute} // less than VF-MIN90 permits
	long := testkit.Backup{}
	for name, test := range map[string]struct {
		drifted testkit.Estate
		want    []string
	}{
		"nothing": {drifted: pairWith(short, short), want: []string{}},
		"another setting": {drifted: pairWith(testkit.Backup{Failure: short.Failure, Failback: time.Hour},
			testkit.Backup{Failure: short.Failure, Failback: time.Hour}), want: []string{}},
		"the argument": {drifted: pairWith(long, long), want: []string{"VF-MIN90", "VF-MIN90"}},
		"one pool":     {drifted: pairWith(long, short), want: []string{"VF-MIN90"}},
		"a Backup": {drifted: fourPools(noBackup("paris", "lyon"),
			backup(testkit.Backup{From: "paris", To: "lyon", Failure: short.Failure})), want: []string{"VF-MIN90"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, pairWith(short, short).Document())
			state := walkOn(d).state(paris)
			d.replaceWith(test.drifted.Document())()
			w := walkOn(d)
			read := w.read(state, nil)
			w.must(nil, read.Diagnostics)
			plan := w.plan(w.unpack(w.resource, read.NewState), w.pair(paris, lyon,
				map[string]tftypes.Value{"failure_detection_interval": text("60s")}), nil)
			w.must(nil, plan.diags)
			if got := rules(plan.diags, tfprotov6.DiagnosticSeverityWarning); !slices.Equal(got, test.want) {
				t.Errorf("the warnings are %q, not %q", got, test.want)
			}
		})
	}
}

func TestWarningsOfADestroy(t *testing.T) {
	t.Parallel()
	d := newDocument(t, fourPools().Document())
	w := walkOn(d)
	plan := w.plan(w.state(paris), w.none(), nil)
	w.assertErrors("plan", plan.diags)
	if got := rules(plan.diags, tfprotov6.DiagnosticSeverityWarning); !slices.Equal(got,
		[]string{"CM-UNPAIR", "LC-NOFO", "LC-STALE"}) {
		t.Errorf("the warnings are %q", got)
	}
}

// TestPathOfASetting checks the attribute of an error, down to the entry of per_pool.
func TestPathOfASetting(t *testing.T) {
	t.Parallel()
	d := newDocument(t, allKindsEstate().Document())
	w := walkOn(d)
	for _, test := range []struct {
		arguments map[string]tftypes.Value
		want      string
	}{
		{map[string]tftypes.Value{"failure_detection_interval": text("1s")},
			`AttributeName("failure_detection_interval"): Detection`},
		{map[string]tftypes.Value{"failback_detection_interval": text("25h")},
			`AttributeName("failback_detection_interval"): Detection`},
		{
			map[string]tftypes.Value{"per_pool": w.perPool("LYON.contoso.com.",
				map[string]tftypes.Value{"failure_detection_interval": text("1s")})},
			`AttributeName("per_pool").ElementKeyString("LYON.contoso.com.").` +
				`AttributeName("failure_detection_interval"): Detection`,
		},
		{map[string]tftypes.Value{"pools": poolSet(paris, "director.contoso.com")}, `AttributeName("pools"): Director`},
	} {
		again := walkOn(d)
		again.assertErrors(test.want, again.plan(again.none(), again.pair(paris, lyon, test.arguments), nil).diags,
			test.want)
	}
}

// TestOneWarningForAnUnknownFile counts the warnings about an unknown document.
func TestOneWarningForAnUnknownFile(t *testing.T) {
	t.Parallel()
	w := newWalk(t, map[string]tftypes.Value{"topology_file": tftypes.NewValue(tftypes.String, tftypes.UnknownValue)})
	if !slices.Equal(w.warnings, []string{"Topology not yet known"}) {
		t.Errorf("Configure warns of %q", w.warnings)
	}
	for _, config := range []tftypes.Value{w.pair(paris, lyon, nil), w.pair(nice, "metz.contoso.com", nil)} {
		if plan := w.plan(w.none(), config, nil); len(plan.diags) > 0 {
			t.Errorf("the plan has the diagnostics %v", plan.diags)
		}
	}
	state := walkOn(newDocument(t, fourPools().Document())).state(paris)
	read := w.read(state, nil)
	if len(read.Diagnostics) > 0 || !w.unpack(w.resource, read.NewState).Equal(state) {
		t.Errorf("the read has the diagnostics %v and returns %s", read.Diagnostics,
			w.unpack(w.resource, read.NewState))
	}
	w.assertPairIdentity("read", read.NewIdentity, lyon, paris)
}
