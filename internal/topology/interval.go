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
	state  intervalState
}

type intervalState int

const (
	intervalAbsent     intervalState = iota // no such attribute
	intervalSet                             // a number of seconds
	intervalUnreadable                      // any other value
)

// IntervalOf returns an interval that is set.
func IntervalOf(length time.Duration) Interval { return Interval{length: length, state: intervalSet} }

// readInterval returns the interval in an attribute of a Backup.
func readInterval(backup *xmldoc.Element, attribute string) Interval {
	text, ok := backup.LookupAttr(attribute)
	if !ok {
		return Interval{}
	}
	length, ok := parseDuration(text)
	if !ok {
		return Interval{state: intervalUnreadable}
	}
	return IntervalOf(length)
}

// Length returns the length, and whether the interval is set.
func (i Interval) Length() (length time.Duration, ok bool) { return i.length, i.state == intervalSet }

// IsUnreadable reports whether the attribute is present but is not a valid xs:duration.
func (i Interval) IsUnreadable() bool { return i.state == intervalUnreadable }

// Satisfies reports whether the interval has the desired length. An absent interval satisfies an optional one.
func (i Interval) Satisfies(desired time.Duration, optional bool) bool {
	if i.state == intervalAbsent {
		return optional
	}
	return i == IntervalOf(desired)
}

var (
	xsDuration = regexp.MustCompile(`^P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,5})D)?` +
		`(T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.0+)?S)?)?$`)
	timeSpan = regexp.MustCompile(`^(?:(\d{1,5})\.)?(\d{1,2}):([0-5]?\d):([0-5]?\d)(?:\.0+)?$`)
)

// parseDuration reads an xs:duration in any spelling, or the [days.]hours:minutes:seconds of the cmdlets. It fails for
// a fraction of a second, for a year or a month, which have no fixed length, and for more than a time.Duration holds.
func parseDuration(text string) (length time.Duration, ok bool) {
	text = strings.TrimSpace(text)
	var parts []string // days, hours, minutes, seconds
	if m := xsDuration.FindStringSubmatch(text); m != nil {
		if number(m[1]) != 0 || number(m[2]) != 0 || m[4] == "T" || text == "P" {
			return 0, false
		}
		parts = []string{m[3], m[5], m[6], m[7]}
	} else if m := timeSpan.FindStringSubmatch(text); m != nil {
		parts = m[1:]
	} else {
		return 0, false
	}
	seconds := number(parts[0])*24*3600 + number(parts[1])*3600 + number(parts[2])*60 + number(parts[3])
	if seconds > int64(math.MaxInt64/time.Second) {
		return 0, false
	}
	return time.Duration(seconds) * time.Second, true
}

// number returns the value of digits that the expressions match, 0 for "". They match too few digits to overflow.
func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}

// formatDuration returns a duration as the product writes it, such as P0Y0M0DT0H5M0S.
func formatDuration(d time.Duration) string {
	hours, minutes, seconds := d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second
	return fmt.Sprintf("P0Y0M0DT%dH%dM%dS", hours, minutes, seconds)
}
