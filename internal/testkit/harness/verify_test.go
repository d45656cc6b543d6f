package harness

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// pairLike returns the schema of a resource with every kind of attribute that the provider has.
func pairLike() *object {
	text := func(required, optional, computed bool) *attribute {
		return &attribute{kind: cty.String, required: required, optional: optional, computed: computed}
	}
	setting := &object{
		attributes: map[string]*attribute{"interval": text(false, true, true), "note": text(false, true, false)},
	}
	return &object{
		attributes: map[string]*attribute{
			"name": text(true, false, false), "interval": text(false, true, true), "id": text(false, false, true),
			"each": {
				kind: cty.Map(setting.kind()), optional: true, nested: setting,
				nesting: tfprotov6.SchemaObjectNestingModeMap,
			},
		},
		blocks: map[string]*object{"timeouts": {attributes: map[string]*attribute{"create": text(false, true, false)}}},
	}
}

func settings(interval, note cty.Value) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{"interval": interval, "note": note})
}

var (
	null  = cty.NullVal(cty.String)
	later = cty.UnknownVal(cty.String)
)

// pairValue returns a value of pairLike. Other attributes than those in set are null.
func pairValue(set map[string]cty.Value) cty.Value {
	all := pairLike().empty().AsValueMap()
	for name, value := range set {
		all[name] = value
	}
	return cty.ObjectVal(all)
}

func each(key string, value cty.Value) cty.Value {
	return cty.MapVal(map[string]cty.Value{key: value})
}

func TestProposed(t *testing.T) {
	t.Parallel()
	a, b := cty.StringVal("a"), cty.StringVal("b")
	for name, test := range map[string]struct{ prior, config, want cty.Value }{
		"creation": {
			prior: cty.NullVal(pairLike().kind()), config: pairValue(map[string]cty.Value{"name": a}),
			want: pairValue(map[string]cty.Value{"name": a}),
		},
		"computed values stay": {
			prior:  pairValue(map[string]cty.Value{"name": a, "interval": b, "id": b}),
			config: pairValue(map[string]cty.Value{"name": b}),
			want:   pairValue(map[string]cty.Value{"name": b, "interval": b, "id": b}),
		},
		"the configuration wins": {
			prior:  pairValue(map[string]cty.Value{"name": a, "interval": b}),
			config: pairValue(map[string]cty.Value{"name": a, "interval": later}),
			want:   pairValue(map[string]cty.Value{"name": a, "interval": later}),
		},
		"elements of a map by key": {
			prior:  pairValue(map[string]cty.Value{"each": each("x", settings(a, a))}),
			config: pairValue(map[string]cty.Value{"each": each("x", settings(null, null))}),
			want:   pairValue(map[string]cty.Value{"each": each("x", settings(a, null))}),
		},
		"an element with another key": {
			prior:  pairValue(map[string]cty.Value{"each": each("x", settings(a, a))}),
			config: pairValue(map[string]cty.Value{"each": each("y", settings(null, null))}),
			want:   pairValue(map[string]cty.Value{"each": each("y", settings(null, null))}),
		},
		"removal": {
			prior: pairValue(nil), config: cty.NullVal(pairLike().kind()), want: cty.NullVal(pairLike().kind()),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pairLike().proposed(test.prior, test.config); !got.RawEquals(test.want) {
				t.Errorf("got  %#v\nwant %#v", got, test.want)
			}
		})
	}
}

func TestPlanFaults(t *testing.T) {
	t.Parallel()
	a, b := cty.StringVal("a"), cty.StringVal("b")
	for name, test := range map[string]struct {
		prior, config, planned cty.Value
		want                   string // path of the fault, or empty
	}{
		"computed values": {
			pairValue(nil), pairValue(map[string]cty.Value{"name": a}),
			pairValue(map[string]cty.Value{"name": a, "id": later, "interval": b}), "",
		},
		"another name": {
			pairValue(nil), pairValue(map[string]cty.Value{"name": a}), pairValue(map[string]cty.Value{"name": b}),
			".name",
		},
		"prior name": {
			pairValue(map[string]cty.Value{"name": b}), pairValue(map[string]cty.Value{"name": a}),
			pairValue(map[string]cty.Value{"name": b}), "",
		},
		"another interval": {
			pairValue(nil), pairValue(map[string]cty.Value{"interval": a}),
			pairValue(map[string]cty.Value{"interval": b}), ".interval",
		},
		"unset note": {
			pairValue(nil), pairValue(map[string]cty.Value{"each": each("x", settings(null, null))}),
			pairValue(map[string]cty.Value{"each": each("x", settings(a, a))}), ".note",
		},
		"element gone": {
			pairValue(nil), pairValue(map[string]cty.Value{"each": each("x", settings(null, null))}),
			pairValue(map[string]cty.Value{"each": each("y", settings(null, null))}), ".each",
		},
		"planned for removal": {pairValue(nil), pairValue(nil), cty.NullVal(pairLike().kind()), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := pairLike().planFaults("it", test.prior, test.config, test.planned)
			if name == "planned for removal" {
				test.want = "it: only one of"
			}
			if (test.want == "") != (len(got) == 0) || !strings.Contains(strings.Join(got, "\n"), test.want) {
				t.Errorf("the faults are %q, want %q", got, test.want)
			}
		})
	}
}

func TestResultFaults(t *testing.T) {
	t.Parallel()
	a, b := cty.StringVal("a"), cty.StringVal("b")
	set := func(values ...cty.Value) cty.Value { return cty.SetVal(values) }
	for name, test := range map[string]struct {
		planned, actual cty.Value
		want            string
	}{
		"equal":               {each("x", a), each("x", a), ""},
		"was unknown":         {each("x", later), each("x", a), ""},
		"unknown, not null":   {later.RefineNotNull(), null, "outside of what was planned"},
		"another value":       {each("x", a), each("x", b), "was cty.StringVal"},
		"now null":            {a, null, "now null"},
		"was null":            {null, a, "was null"},
		"still unknown":       {a, later, "now unknown"},
		"element vanished":    {each("x", a), each("y", a), "has vanished"},
		"element appeared":    {each("x", a), cty.MapVal(map[string]cty.Value{"x": a, "y": a}), "has appeared"},
		"another element":     {set(a), set(b), "does not correlate"},
		"set of unknown":      {set(later, a), set(b, a), ""},
		"set with one more":   {set(a), set(a, b), "length changed"},
		"attribute of object": {settings(a, a), settings(a, b), ".note"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := resultFaults("it", test.planned, test.actual)
			if (test.want == "") != (len(got) == 0) || !strings.Contains(strings.Join(got, "\n"), test.want) {
				t.Errorf("the faults are %q, want %q", got, test.want)
			}
		})
	}
}

func TestWalkOrder(t *testing.T) {
	t.Parallel()
	ran := make(chan string, 10)
	step := func(name string, fails bool) *vertex {
		return &vertex{run: func() diagnostics {
			ran <- name
			if fails {
				return errorf("failed", "%s", name)
			}
			return nil
		}}
	}
	g := graph{
		"a": step("a", false), "b": step("b", true), "c": step("c", false), "d": step("d", false),
		"e": step("e", false),
	}
	g.connect("b", "a")
	g.connect("c", "b")
	g.connect("d", "c", "a")
	g.connect("e", "a", "nothing")
	diags := g.walk(make(chan struct{}, 1))
	close(ran)
	var order []string
	for name := range ran {
		order = append(order, name)
	}
	if order[0] != "a" || len(order) != 3 || slices.Contains(order, "c") || slices.Contains(order, "d") {
		t.Errorf("the steps that ran are %v: b fails, so c and d must not run", order)
	}
	if len(diags) != 1 {
		t.Errorf("the diagnostics are %v", diags)
	}
	g.connect("a", "e")
	if diags := g.walk(make(chan struct{}, 1)); !diags.failed() || !strings.Contains(diags.String(), "Cycle: ") {
		t.Errorf("no cycle is reported: %v", diags)
	}
}

// TestWalkSlots verifies that with one slot, steps run in the order in which they became ready.
func TestWalkSlots(t *testing.T) {
	t.Parallel()
	for range 50 {
		var order []string
		step := func(name string, after ...string) *vertex {
			return &vertex{counted: true, after: after, run: func() diagnostics {
				order = append(order, name)
				return nil
			}}
		}
		graph{"a1": step("a1"), "b1": step("b1"), "a2": step("a2", "a1"),
			"b2": step("b2", "b1")}.walk(make(chan struct{}, 1))
		if len(order) != 4 || order[0][1] != '1' || order[1][1] != '1' {
			t.Fatalf("the order is %v", order)
		}
	}
}
