package main

import (
	"fmt"
	"io"
	"log"
	"strings"
	"time"
	"unicode/utf8"
)

// row is a line of the table.
type row struct {
	what        string
	ours, other string // the two quantities of the ratio
	ratio       float64
	bar         float64 // 0 for a line without one
}

// table has the rows in the order of their measurement.
type table struct{ rows []row }

// add adds a row and logs it.
func (t *table) add(r row) {
	t.rows = append(t.rows, r)
	log.Printf("%s", strings.Join(r.cells(), " | "))
}

// duration adds a row for two durations.
func (t *table) duration(what string, ours, other time.Duration, bar float64) {
	t.add(row{what, seconds(ours), seconds(other), float64(ours) / float64(other), bar})
}

// seconds returns a duration with three significant digits.
func seconds(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.3g ms", d.Seconds()*1e3)
	default:
		return fmt.Sprintf("%.3g µs", d.Seconds()*1e6)
	}
}

// cells returns the texts of a row.
func (r row) cells() []string {
	if r.bar == 0 {
		return []string{r.what, r.ours, r.other, fmt.Sprintf("%.2f", r.ratio), "", ""}
	}
	mark := "yes"
	if r.ratio > r.bar {
		mark = "**no**"
	}
	return []string{r.what, r.ours, r.other, fmt.Sprintf("%.2f", r.ratio), fmt.Sprintf("%.2f", r.bar), mark}
}

// print writes the table in Markdown, with aligned columns.
func (t *table) print(w io.Writer) {
	lines := [][]string{{"What", "Provider", "Compared with", "Ratio", "Bar", "Within"}}
	for _, r := range t.rows {
		lines = append(lines, r.cells())
	}
	widths := make([]int, len(lines[0]))
	for _, cells := range lines {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for i, cells := range lines {
		for j, cell := range cells {
			fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell)))
		}
		fmt.Fprintln(w, "|")
		if i == 0 {
			fmt.Fprintln(w, "|"+strings.Repeat("---|", len(cells)))
		}
	}
}
