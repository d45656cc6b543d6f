package topology

import (
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	const unreadable = -1
	for text, want := range map[string]time.Duration{
		"P0Y0M0DT0H5M0S":       5 * time.Minute,
		"PT5M":                 5 * time.Minute,
		"PT300S":               5 * time.Minute,
		"PT300.00S":            5 * time.Minute,
		" PT5M\n":              5 * time.Minute,
		"P0DT0H5M":             5 * time.Minute,
		"P1D":                  24 * time.Hour,
		"P0Y0M1DT1H1M1S":       25*time.Hour + 61*time.Second,
		"PT25H":                25 * time.Hour,
		"P0D":                  0,
		"PT0S":                 0,
		"00:05:00":             unreadable,
		"0:5:0":                unreadable,
		"1.00:00:01":           unreadable,
		"00:05:00.0000000":     unreadable,
		"PT0000000000300S":     5 * time.Minute,
		"P":                    unreadable,
		"PT":                   unreadable,
		"P1DT":                 unreadable,
		"P0M":                  0,
		"P1Y":                  365 * 24 * time.Hour,
		"P1M":                  30 * 24 * time.Hour,
		"P12M":                 365 * 24 * time.Hour,
		"P1Y13M1D":             (2*365 + 30 + 1) * 24 * time.Hour,
		"PT0.5S":               unreadable,
		"PT5.S":                unreadable,
		"-PT5M":                unreadable,
		"PT5":                  unreadable,
		"PT5S1M":               unreadable,
		"pt5m":                 unreadable,
		"300":                  unreadable,
		"5m":                   unreadable,
		"00:60:00":             unreadable,
		"05:00":                unreadable,
		"00:05:00.5":           unreadable,
		"":                     unreadable,
		"soon":                 unreadable,
		"PT99999999999999999S": unreadable,
		// Longer than a time.Duration. The second one would overflow to about five minutes.
		"P99999DT999999999H999999999M999999999S": unreadable,
		"PT5124095H576M":                         unreadable,
		"PT10248191H9M":                          unreadable,
		"PT2562047H":                             2562047 * time.Hour,
		"PT2562048H":                             unreadable,
	} {
		got, ok := parseDuration(text)
		switch {
		case want == unreadable && ok:
			t.Errorf("%q: %s, want none", text, got)
		case want != unreadable && (!ok || got != want):
			t.Errorf("%q: %s, %t, want %s", text, got, ok, want)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0:                          "P0Y0M0DT0H0M0S",
		30 * time.Second:           "P0Y0M0DT0H0M30S",
		5 * time.Minute:            "P0Y0M0DT0H5M0S",
		3725 * time.Second:         "P0Y0M0DT1H2M5S",
		24 * time.Hour:             "P0Y0M0DT24H0M0S",
		24*time.Hour - time.Second: "P0Y0M0DT23H59M59S",
	} {
		if got := formatDuration(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
		if back, ok := parseDuration(want); !ok || back != d {
			t.Errorf("%s is read as %s, %t", want, back, ok)
		}
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	const five = 5 * time.Minute
	for name, c := range map[string]struct {
		backup                string // the start tag
		length                time.Duration
		isSet, isUnreadable   bool
		satisfies, ifOptional bool // an interval of five minutes
	}{
		"set":        {`<Backup FailureDetectionInterval="PT5M"/>`, five, true, false, true, true},
		"another":    {`<Backup FailureDetectionInterval="PT6M"/>`, 6 * time.Minute, true, false, false, false},
		"zero":       {`<Backup FailureDetectionInterval="PT0S"/>`, 0, true, false, false, false},
		"absent":     {`<Backup/>`, 0, false, false, false, true},
		"unreadable": {`<Backup FailureDetectionInterval="soon"/>`, 0, false, true, false, false},
		"empty":      {`<Backup FailureDetectionInterval=""/>`, 0, false, true, false, false},
	} {
		doc, err := xmldoc.Parse([]byte(c.backup))
		if err != nil {
			t.Fatal(err)
		}
		i := readInterval(doc.Root(), attrFailureDetection)
		if length, ok := i.Length(); length != c.length || ok != c.isSet {
			t.Errorf("%s: length %s, %t", name, length, ok)
		}
		if i.IsUnreadable() != c.isUnreadable {
			t.Errorf("%s: unreadable is %t", name, i.IsUnreadable())
		}
		if got := i.Satisfies(five, false); got != c.satisfies {
			t.Errorf("%s: satisfies is %t", name, got)
		}
		if got := i.Satisfies(five, true); got != c.ifOptional {
			t.Errorf("%s: satisfies, if it is optional, is %t", name, got)
		}
	}
}

func TestSettingsDifference(t *testing.T) {
	t.Parallel()
	five, ten := IntervalOf(5*time.Minute), IntervalOf(10*time.Minute)
	settingsOf := func(failover bool, failure, failback Interval) Settings {
		return Settings{AutomaticFailover: failover, FailureDetection: failure, FailbackDetection: failback}
	}
	desired := DesiredSettings{
		AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute,
	}
	const failover = "automatic failover of a.contoso.com is not true"
	const failure = "the failure detection interval of a.contoso.com is not 5m0s"
	const failback = "the failback detection interval of a.contoso.com is not 10m0s"
	for name, c := range map[string]struct {
		is   Settings
		want string
	}{
		"equal":             {settingsOf(true, five, ten), ""},
		"switch":            {settingsOf(false, five, ten), failover},
		"failure":           {settingsOf(true, ten, ten), failure},
		"failback":          {settingsOf(true, five, five), failback},
		"failure missing":   {settingsOf(true, Interval{}, ten), failure},
		"failback missing":  {settingsOf(true, five, Interval{}), failback},
		"everything absent": {Settings{}, failover},
	} {
		if got := c.is.Difference(MustParseFQDN("a.contoso.com"), desired); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
