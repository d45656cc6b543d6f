package testkit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// maxEdits bounds the work of a diff; documents further apart are shown as one block taken out and one put in.
const maxEdits = 6000

// Diff returns the lines of the decoded texts that differ, "-" and "+" in front, without context and line numbers. It
// is empty exactly when the documents are the same to the byte: a change of encoding or of line ends is a line too.
// Documents without line ends are cut between elements.
func Diff(before, after []byte) string {
	if bytes.Equal(before, after) {
		return ""
	}
	var out strings.Builder
	if from, to := encodingOf(before), encodingOf(after); from != to {
		fmt.Fprintf(&out, "-encoding %s\n+encoding %s\n", from, to)
	}
	a, b := Decode(before), Decode(after)
	if crlf(a) && crlf(b) {
		a, b = strings.ReplaceAll(a, "\r\n", "\n"), strings.ReplaceAll(b, "\r\n", "\n")
	}
	if !strings.Contains(a, "\n") && !strings.Contains(b, "\n") {
		a, b = strings.ReplaceAll(a, "><", ">\n<"), strings.ReplaceAll(b, "><", ">\n<")
	}
	for _, line := range diffLines(splitLines(a), splitLines(b)) {
		out.WriteString(strings.ReplaceAll(line, "\r", "\u240d") + "\n")
	}
	return out.String()
}

// crlf says whether every line end of the text is CRLF.
func crlf(text string) bool {
	n := strings.Count(text, "\r\n")
	return n > 0 && n == strings.Count(text, "\n") && n == strings.Count(text, "\r")
}

// splitLines cuts text into lines. The last one is marked when it has no end, so that this shows.
func splitLines(text string) []string {
	lines := strings.Split(text, "\n")
	last := len(lines) - 1
	if lines[last] == "" {
		return lines[:last]
	}
	lines[last] += " (no line end)"
	return lines
}

// diffLines is the greedy algorithm of Myers on what is left between the common start and end.
func diffLines(a, b []string) []string {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	// furthest[d][(k+d)/2] is how far in a a path of d edits comes on diagonal k, which is every second one.
	var furthest [][]int32
	reach := func(d, k int) int {
		if d < 0 || k < -d || k > d {
			return -1
		}
		return int(furthest[d][(k+d)/2])
	}
	for d := 0; d <= len(a)+len(b); d++ {
		if d > maxEdits {
			return block(a, b)
		}
		row := make([]int32, d+1)
		furthest = append(furthest, row)
		for k := -d; k <= d; k += 2 {
			x := 0
			if d > 0 {
				x = max(reach(d-1, k-1)+1, reach(d-1, k+1))
			}
			for x < len(a) && x-k >= 0 && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			row[(k+d)/2] = int32(x) //nolint:gosec // a line number
			if x >= len(a) && x-k >= len(b) {
				return trace(a, b, d, reach)
			}
		}
	}
	return nil
}

// trace walks back along the path that arrived and collects its edits.
func trace(a, b []string, d int, reach func(d, k int) int) []string {
	var edits []string
	x, y := len(a), len(b)
	for ; d > 0; d-- {
		k := x - y
		if deleted, inserted := reach(d-1, k-1)+1, reach(d-1, k+1); deleted > inserted {
			x, y = deleted-1, deleted-k
			edits = append(edits, "-"+a[x])
		} else {
			x, y = inserted, inserted-k-1
			edits = append(edits, "+"+b[y])
		}
	}
	slices.Reverse(edits)
	return edits
}

func block(a, b []string) []string {
	var edits []string
	for _, line := range a {
		edits = append(edits, "-"+line)
	}
	for _, line := range b {
		edits = append(edits, "+"+line)
	}
	return edits
}
