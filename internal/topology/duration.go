package topology

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	xsDuration = regexp.MustCompile(`^P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,5})D)?(T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.0+)?S)?)?$`)
	timeSpan   = regexp.MustCompile(`^(?:(\d{1,5})\.)?(\d{1,2}):([0-5]?\d):([0-5]?\d)(?:\.0+)?$`)
)

// parseDuration reads an xs:duration, in any spelling, or the hours:minutes:seconds of the cmdlets. It returns nil for
// what is not a whole, unambiguous number of seconds (a year or a month has no fixed length) or beyond all measure.
func parseDuration(text string) *time.Duration {
	text = strings.TrimSpace(text)
	var parts []string // days, hours, minutes, seconds
	if m := xsDuration.FindStringSubmatch(text); m != nil {
		if number(m[1]) != 0 || number(m[2]) != 0 || m[4] == "T" || text == "P" {
			return nil
		}
		parts = []string{m[3], m[5], m[6], m[7]}
	} else if m := timeSpan.FindStringSubmatch(text); m != nil {
		parts = m[1:]
	} else {
		return nil
	}
	seconds := number(parts[0])*24*3600 + number(parts[1])*3600 + number(parts[2])*60 + number(parts[3])
	if seconds > int64(math.MaxInt64/time.Second) {
		return nil
	}
	total := time.Duration(seconds) * time.Second
	return &total
}

// number reads the digits that the expressions let through, of which there are too few to overflow; none is zero.
func number(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}

// formatDuration writes a duration as the product does: P0Y0M0DT0H5M0S.
func formatDuration(d time.Duration) string {
	return fmt.Sprintf("P0Y0M0DT%dH%dM%dS", int64(d/time.Hour), int64(d%time.Hour/time.Minute), int64(d%time.Minute/time.Second))
}
