package topology

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// Interval is a detection interval of a Backup as the document has it: set to a length, absent, or unreadable. The zero
// value is absent. Two intervals are equal if their state and length are, however the document spells them.
type Interval struct {
	length time.Duration
	state  attributeState
}

// attributeState is the state of a setting in an attribute of a Backup.
type attributeState int

const (
	attributeAbsent     attributeState = iota // no such attribute
	attributeSet                              // a value of the type of the setting
	attributeUnreadable                       // any other value
)

// IntervalOf returns an interval that is set.
func IntervalOf(length time.Duration) Interval { return Interval{length: length, state: attributeSet} }

// readInterval returns the interval in an attribute of a Backup.
func readInterval(backup *xmldoc.Element, attribute string) Interval {
	text, ok := backup.LookupAttr(attribute)
	if !ok {
		return Interval{}
	}
	length, ok := parseDuration(text)
	if !ok {
		return Interval{state: attributeUnreadable}
	}
	return IntervalOf(length)
}

// Length returns the length, and whether the interval is set.
func (i Interval) Length() (length time.Duration, ok bool) { return i.length, i.state == attributeSet }

// IsUnreadable reports whether the attribute is present but is not an xs:duration of whole seconds.
func (i Interval) IsUnreadable() bool { return i.state == attributeUnreadable }

// Satisfies reports whether the interval has the desired length. An absent interval satisfies an optional one.
func (i Interval) Satisfies(desired time.Duration, optional bool) bool {
	if i.state == attributeAbsent {
		return optional
	}
	return i == IntervalOf(desired)
}

var xsDuration = regexp.MustCompile(`^P(?:0*(\d{1,9})Y)?(?:0*(\d{1,9})M)?(?:0*(\d{1,9})D)?` +
	`(T(?:0*(\d{1,9})H)?(?:0*(\d{1,9})M)?(?:0*(\d{1,9})(?:\.0+)?S)?)?$`)

// parseDuration reads an xs:duration in any spelling, with the length that .NET gives it: a year has 365 days, and a
// month that remains after whole years has 30. It fails for every text that .NET refuses, such as 00:05:00. It also
// fails for a negative duration, for a fraction of a second, and for more than a time.Duration holds, which no setting
// can have.
func parseDuration(text string) (length time.Duration, ok bool) {
	text = strings.TrimSpace(text)
	m := xsDuration.FindStringSubmatch(text)
	if m == nil || m[4] == "T" || text == "P" {
		return 0, false
	}
	years, months := number(m[1]), number(m[2])
	days := (years+months/12)*365 + months%12*30 + number(m[3])
	seconds := days*24*3600 + number(m[5])*3600 + number(m[6])*60 + number(m[7])
	if seconds > int64(math.MaxInt64/time.Second) {
		return 0, false
	}
	return time.Duration(seconds) * time.Second, true
}

// number returns the value of digits that the expression matches, 0 for "". It matches too few digits to overflow.
func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}

// formatDuration returns a duration as the product writes it, such as P0Y0M0DT0H5M0S.
func formatDuration(d time.Duration) string {
	hours, minutes, seconds := d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second
	return fmt.Sprintf("P0Y0M0DT%dH%dM%dS", hours, minutes, seconds)
}
