package resilience

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// shown returns the violations that a change shows by default, under strict support, and under strict support with the
// rules about versions ignored.
func shown(t *testing.T, violations []Violation) (byDefault, strictly, ignored string) {
	t.Helper()
	strict, _ := NewPolicy(true, nil)
	ignoring, problems := NewPolicy(true, []string{"PP-VERSION", "PP-SHAPE", "BR-VGT", "VERSION-UNKNOWN"})
	if problems != nil {
		t.Fatal(problems)
	}
	return ids(Policy{}.OnChange(violations)), ids(strict.OnChange(violations)), ids(ignoring.OnChange(violations))
}

// The rules of 2019 apply to a version that is not known. Nothing is refused because of the number alone.
func TestVersionsOfANewPair(t *testing.T) {
	t.Parallel()
	const later, rest = 9, 10
	for name, test := range map[string]struct {
		a, b, followed          int // the version of a complete pair, 0 for none
		want, strictly, ignored string
		texts                   []string
	}{
		"2019":                    {a: v2019, b: v2019, want: "~PP-SHAPE", strictly: "!PP-SHAPE"},
		"2019 with a shape":       {a: v2019, b: v2019, followed: v2019},
		"2019 with a later shape": {a: v2019, b: v2019, followed: later, want: "~PP-SHAPE", strictly: "!PP-SHAPE"},
		"later": {a: later, b: later, want: "~PP-SHAPE", strictly: "~PP-SHAPE",
			texts: []string{"for a pair of ServiceVersion 9,", "would have the elements of Lync Server 2013."}},
		"later with the shape of 2019": {a: later, b: later, followed: v2019, want: "~PP-SHAPE", strictly: "~PP-SHAPE",
			texts: []string{"would have the elements of Skype for Business Server 2019."}},
		"later with a shape": {a: later, b: later, followed: later},
		"later than later":   {a: rest, b: rest, followed: later, want: "~PP-SHAPE", strictly: "~PP-SHAPE"},
		"2019 and later": {a: v2019, b: later,
			want: "~PP-VERSION ~PP-SHAPE ~PP-SHAPE", strictly: "~PP-VERSION ~PP-SHAPE ~PP-SHAPE",
			texts: []string{"a.contoso.com runs Skype for Business Server 2019, and b.contoso.com runs " +
				"ServiceVersion 9."}},
		"2019 with a shape, and later": {a: later, b: v2019, followed: v2019,
			want: "~PP-VERSION ~PP-SHAPE", strictly: "~PP-VERSION ~PP-SHAPE"},
		"two later ones": {a: later, b: rest, followed: later,
			want: "~PP-VERSION ~PP-SHAPE", strictly: "~PP-VERSION ~PP-SHAPE"},
		"2015 and later": {a: v2015, b: later, want: "!PP-VERSION", strictly: "!PP-VERSION", ignored: "!PP-VERSION"},
		"2013 and later": {a: later, b: v2013, want: "!PP-VERSION", strictly: "!PP-VERSION", ignored: "!PP-VERSION"},
		"2010 and later": {a: v2010, b: later, want: "!PP-10-13 ~PP-SHAPE", strictly: "!PP-10-13 ~PP-SHAPE",
			ignored: "!PP-10-13"},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			d.Standard("a", 1, test.a)
			d.Standard("b", 2, test.b)
			if test.followed != 0 {
				testkit.WritePair(d.Standard("x", 1, test.followed), d.Standard("y", 2, test.followed))
			}
			violations := Create(modelOf(t, d), desired("a.contoso.com", "b.contoso.com"))
			got, strictly, ignored := shown(t, violations)
			if got != test.want || strictly != test.strictly || ignored != test.ignored {
				t.Errorf("got %q, strictly %q, ignored %q", got, strictly, ignored)
			}
			assertTexts(t, violations, test.texts...)
		})
	}
}

func TestVersionsOfAnAppliance(t *testing.T) {
	t.Parallel()
	const later, rest = 9, 10
	for name, test := range map[string]struct {
		appliance, pool         int
		want, strictly, ignored string
	}{
		"later on 2019":      {appliance: later, pool: v2019, want: "~BR-VGT", strictly: "~BR-VGT"},
		"later on later":     {appliance: later, pool: later},
		"later than later":   {appliance: rest, pool: later, want: "~BR-VGT", strictly: "~BR-VGT"},
		"earlier than later": {appliance: later, pool: rest},
		"2015 on later":      {appliance: v2015, pool: later},
		"later on 2015":      {appliance: later, pool: v2015, want: "~BR-VGT", strictly: "!BR-VGT"},
		"2019 on 2015":       {appliance: v2019, pool: v2015, want: "~BR-VGT", strictly: "!BR-VGT"},
		"2010 on later":      {appliance: v2010, pool: later},
		"later on 2010":      {appliance: later, pool: v2010, want: "~BR-VGT", strictly: "!BR-VGT"},
		"2013 on 2010": {appliance: v2013, pool: v2010, want: "!BR-V13-10", strictly: "!BR-V13-10",
			ignored: "!BR-V13-10"},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			d.Branch(3, "Nantes", 1)
			d.Appliance("sba", 3, test.appliance, d.Standard("a", 1, test.pool)).Registrar.Backups = nil
			got, strictly, ignored := shown(t, BranchCreate(modelOf(t, d), topology.DesiredBranch{
				Appliance: fqdn("sba"), Pool: fqdn("a"), Settings: &goodBranch,
			}))
			if got != test.want || strictly != test.strictly || ignored != test.ignored {
				t.Errorf("got %q, strictly %q, ignored %q", got, strictly, ignored)
			}
		})
	}
}

// A finding for each unknown version has all pools and appliances of the version.
func TestUnknownVersions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		build func(d *testkit.Draft)
		want  string
		texts []string
	}{
		"2019": {build: func(d *testkit.Draft) {
			testkit.WritePair(d.Standard("a", 1, v2019), d.Standard("b", 2, v2019))
		}},
		"a later pair": {build: func(d *testkit.Draft) {
			testkit.WritePair(d.Standard("a", 1, 9), d.Standard("b", 2, 9))
			d.Branch(3, "Nantes", 1)
		}, want: ".VERSION-UNKNOWN", texts: []string{
			"a.contoso.com and b.contoso.com have the service version 9. The latest version that this provider knows " +
				"is 8, Skype for Business Server 2019.",
		}},
		"2019 and later": {build: func(d *testkit.Draft) {
			testkit.WritePair(d.Standard("a", 1, v2019), d.Standard("b", 2, 9))
		}, want: "~PP-VERSION .VERSION-UNKNOWN", texts: []string{"b.contoso.com has the service version 9."}},
		"two later ones, a Director and an appliance": {build: func(d *testkit.Draft) {
			d.Branch(3, "Nantes", 1)
			a := d.Standard("a", 1, 10)
			testkit.WritePair(a, d.Standard("b", 2, 9))
			d.Director("dir", 1, 9)
			d.Appliance("sba", 3, 9, a)
		}, want: "~PP-VERSION .VERSION-UNKNOWN .VERSION-UNKNOWN", texts: []string{
			"a.contoso.com has the service version 10.",
			"b.contoso.com, dir.contoso.com and sba.contoso.com have the service version 9.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			test.build(d)
			found := Findings(modelOf(t, d), nil)
			if got := ids(found); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			assertTexts(t, found, test.texts...)
			ignoring, _ := NewPolicy(false, []string{"VERSION-UNKNOWN"})
			if got := ids(ignoring.OnRefresh(found)); strings.Contains(got, "VERSION-UNKNOWN") {
				t.Errorf("an ignored rule is among the findings: %q", got)
			}
		})
	}
}
