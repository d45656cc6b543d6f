package testkit

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// maxEdits limits the work of a diff. If documents differ more, the diff removes all lines and adds all lines.
const maxEdits = 6000

// Diff returns the lines that differ between the decoded documents, with the prefix "-" or "+", without context and
// line numbers. It is empty only if the documents are identical byte for byte: a different encoding or line ending
// produces lines too. Documents without line endings are split between elements.
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

// crlf reports whether every line ending of text is CRLF.
func crlf(text string) bool {
	n := strings.Count(text, "\r\n")
	return n > 0 && n == strings.Count(text, "\n") && n == strings.Count(text, "\r")
}

// splitLines splits text into lines. It marks a last line without a line ending.
func splitLines(text string) []string {
	lines := strings.Split(text, "\n")
	last := len(lines) - 1
	if lines[last] == "" {
		return lines[:last]
	}
	lines[last] += " (no line end)"
	return lines
}

// diffLines returns the shortest edit script from a to b, by Myers' greedy algorithm, without the common prefix and
// suffix.
func diffLines(a, b []string) []string {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	// furthest[d][(k+d)/2] is the largest index in a that d edits reach on diagonal k. k has the parity of d.
	var furthest [][]int32
	reach := func(d, k int) int {
		if d < 0 || k < -d || k > d {
			return -1
		}
		return int(furthest[d][(k+d)/2])
	}
	for d := 0; d <= len(a)+len(b); d++ {
		if d > maxEdits {
			return replaceAll(a, b)
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

// trace returns the edits of the path of d edits that reaches the end of a and b.
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

// replaceAll returns edits that remove all lines of a and add all lines of b.
func replaceAll(a, b []string) []string {
	var edits []string
	for _, line := range a {
		edits = append(edits, "-"+line)
	}
	for _, line := range b {
		edits = append(edits, "+"+line)
	}
	return edits
}
