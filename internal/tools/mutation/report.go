package main

import (
	"errors"
	"fmt"
	"strings"
)

// parseEquivalents returns the places of the listed mutants, as [place.String] writes them, with the reasons. An empty
// line separates paragraphs: the place in three lines, then the reason. Lines that start with "#" are comments.
func parseEquivalents(text string) (map[string]string, error) {
	equivalents := map[string]string{}
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			kept = append(kept, strings.TrimRight(line, "\r\n"))
		}
	}
	for paragraph := range strings.SplitSeq(strings.Join(kept, "\n"), "\n\n") {
		paragraph = strings.Trim(paragraph, "\n")
		if paragraph == "" {
			continue
		}
		lines := strings.SplitN(paragraph, "\n", 4)
		if len(lines) < 4 || !strings.HasPrefix(lines[1], "- ") || !strings.HasPrefix(lines[2], "+") {
			return nil, fmt.Errorf("testdata/equivalent.txt: this is not a place and a reason:\n%s", paragraph)
		}
		listed := strings.Join(lines[:3], "\n")
		if _, twice := equivalents[listed]; twice {
			return nil, fmt.Errorf("testdata/equivalent.txt lists this twice:\n%s", listed)
		}
		equivalents[listed] = lines[3]
	}
	return equivalents, nil
}

// count has the numbers of a sample. The killed mutants include the endless ones.
type count struct{ mutants, killed, endless, equivalent, survived int }

func (c count) String() string {
	return fmt.Sprintf("%d mutants, %d killed (%d%%), %d by a limit, %d equivalent, %d survived", c.mutants,
		c.killed, c.share(), c.endless, c.equivalent, c.survived)
}

// share returns the share of killed mutants in percent, rounded down. It is 0 for no mutants.
func (c count) share() int { return 100 * c.killed / max(1, c.mutants) }

// summarize counts results. A mutant that survives is equivalent if it is listed.
func summarize(results []result, equivalents map[string]string) count {
	var c count
	for _, r := range results {
		c.mutants++
		_, listed := equivalents[r.mutant.String()]
		switch {
		case r.outcome == killed:
			c.killed++
		case r.outcome == endless:
			c.killed++
			c.endless++
		case listed:
			c.equivalent++
		default:
			c.survived++
		}
	}
	return c
}

// verdict returns why a run fails, nil if it does not. least is the least share of killed mutants, in percent.
func verdict(results []result, equivalents map[string]string, least int) error {
	if len(results) == 0 {
		return errors.New("there is no such mutant in the sample")
	}
	var wrong []error
	for _, r := range results {
		if _, listed := equivalents[r.mutant.String()]; listed && r.outcome != survived {
			wrong = append(wrong, fmt.Errorf("the tests kill a mutant of testdata/equivalent.txt:\n%s", r.mutant))
		}
	}
	c := summarize(results, equivalents)
	if c.survived > 0 {
		wrong = append(wrong, fmt.Errorf("%d mutants survive: add a test for each, or list it in "+
			"internal/tools/mutation/testdata/equivalent.txt with the reason why it behaves the same", c.survived))
	}
	if c.share() < least {
		wrong = append(wrong, fmt.Errorf("%d%% of the mutants were killed, less than %d%%", c.share(), least))
	}
	return errors.Join(wrong...)
}
