package resilience

import (
	"slices"
	"testing"
)

func TestNewPolicy(t *testing.T) {
	t.Parallel()
	_, problems := NewPolicy(false, []string{
		"PP-SITE", "PP-ONE", "pp-site", "PP-VERSION", "PP-SELF", "BR-CENTRAL", "PP-EDGEHOP",
	})
	var got []string
	for _, p := range problems {
		got = append(got, p.ID+" "+p.Reason)
	}
	want := []string{
		"PP-ONE always is an error, and errors cannot be ignored",
		"pp-site is not the id of a rule",
		"PP-SELF always is an error, and errors cannot be ignored",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAllowedToIgnore(t *testing.T) {
	t.Parallel()
	allowed := AllowedToIgnore()
	if !slices.IsSorted(allowed) {
		t.Errorf("not sorted: %v", allowed)
	}
	for _, r := range Rules() {
		_, problems := NewPolicy(false, []string{r.ID})
		if slices.Contains(allowed, r.ID) == (len(problems) > 0) {
			t.Errorf("%s: named as allowed is %v, problems are %v", r.ID, slices.Contains(allowed, r.ID), problems)
		}
		// Those that are an error in one form only may be named for the other.
		both := slices.Contains([]string{"PP-VERSION", "VF-RANGE", "TD-NAME"}, r.ID)
		if slices.Contains(allowed, r.ID) != (r.Severity != Error || both) {
			t.Errorf("%s (%s): allowed is %v", r.ID, r.Severity, slices.Contains(allowed, r.ID))
		}
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	violationOf := func(id string, severity Severity) Violation {
		rule, known := Lookup(id)
		if !known {
			t.Fatalf("no rule %s", id)
		}
		return Violation{Rule: rule, Severity: severity}
	}
	all := []Violation{
		violationOf("PP-ONE", Error), violationOf("PP-VERSION", Error), violationOf("PP-VERSION", Unsupported),
		violationOf("PP-EDITION", Unsupported), violationOf("PP-SITE", Discouraged),
		violationOf("PP-SHARED", Discouraged), violationOf("PP-SHARED", Error), violationOf("PP-EDGEHOP", Info),
		violationOf("BR-CENTRAL", Unsupported),
	}
	tests := map[string]struct {
		strict              bool
		ignored             []string
		onChange, onRefresh string
	}{
		"default": {
			onChange: "!PP-ONE !PP-VERSION ~PP-VERSION ~PP-EDITION -PP-SITE -PP-SHARED !PP-SHARED ~BR-CENTRAL",
			onRefresh: "!PP-ONE !PP-VERSION ~PP-VERSION ~PP-EDITION -PP-SITE -PP-SHARED !PP-SHARED .PP-EDGEHOP " +
				"~BR-CENTRAL",
		},
		"strict": {
			strict:   true,
			onChange: "!PP-ONE !PP-VERSION !PP-VERSION !PP-EDITION -PP-SITE -PP-SHARED !PP-SHARED ~BR-CENTRAL",
			onRefresh: "!PP-ONE !PP-VERSION ~PP-VERSION ~PP-EDITION -PP-SITE -PP-SHARED !PP-SHARED .PP-EDGEHOP " +
				"~BR-CENTRAL",
		},
		"ignored wins over strict, and silences no error": {
			strict:    true,
			ignored:   []string{"PP-EDITION", "PP-VERSION", "PP-SHARED", "PP-EDGEHOP", "BR-CENTRAL", "PP-ONE"},
			onChange:  "!PP-ONE !PP-VERSION -PP-SITE !PP-SHARED",
			onRefresh: "!PP-ONE !PP-VERSION -PP-SITE !PP-SHARED",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			policy, _ := NewPolicy(tt.strict, tt.ignored)
			if got := ids(policy.OnChange(all)); got != tt.onChange {
				t.Errorf("on change: got %s, want %s", got, tt.onChange)
			}
			if got := ids(policy.OnRefresh(all)); got != tt.onRefresh {
				t.Errorf("on refresh: got %s, want %s", got, tt.onRefresh)
			}
			if all[3].Severity != Unsupported {
				t.Error("the violations given were changed")
			}
		})
	}
	var zero Policy
	if got := ids(zero.OnChange(all)); got != tests["default"].onChange {
		t.Errorf("zero policy: got %s", got)
	}
}
