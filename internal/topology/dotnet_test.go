package topology_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// TestDurationsAgreeWithDotNet reads durations with this package and with XmlConvert.ToTimeSpan of .NET. This package
// never reads a duration that .NET refuses, and reads the same length of the others. It fails for those that no setting
// can have.
func TestDurationsAgreeWithDotNet(t *testing.T) {
	t.Parallel()
	durations := append(durationTexts(rand.New(rand.NewPCG(1, 2))),
		"P0Y0M0DT0H5M0S", "PT5M", "P1D", "P1M", "-PT5M", "PT0.5S", "00:05:00", "PT300.000S", "PT24H", "pt5m", "PT5M1H",
		"P", "P1Y13M", "1.00:00:00", "P1DT", "PT5.S", "PT.5S", "+PT5M", "PT1H1", "P99999D", "P106751D",
		"P106752D", "P292Y")
	dir := t.TempDir()
	input, output := filepath.Join(dir, "durations"), filepath.Join(dir, "results")
	if err := os.WriteFile(input, []byte(strings.Join(durations, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.RunPowerShell(t, filepath.Join("testdata", "read-durations.ps1"), input, output)
	results, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	ticks := strings.Fields(string(results))
	if len(ticks) != len(durations) {
		t.Fatalf("%d results for %d durations", len(ticks), len(durations))
	}
	const ticksPerSecond = 10_000_000
	read := 0
	for i, text := range durations {
		length, ok := topology.ParseDuration(text)
		theirs, err := strconv.ParseInt(ticks[i], 10, 64)
		switch {
		case err != nil && ok:
			t.Errorf("%q is read as %s, but .NET %s", text, length, ticks[i])
		case ok && (theirs%ticksPerSecond != 0 || time.Duration(theirs/ticksPerSecond)*time.Second != length):
			t.Errorf("%q is read as %s, but by .NET as %d ticks", text, length, theirs)
		case ok:
			read++
		case err == nil && theirs >= 0 && theirs%ticksPerSecond == 0 && !strings.Contains(text, ".") &&
			theirs/ticksPerSecond <= int64((1<<63-1)/time.Second):
			t.Errorf("%q is not read, but by .NET as %d ticks", text, theirs)
		}
	}
	t.Logf("%d durations, %d of them read", len(durations), read)
}

// durationTexts returns texts that are durations, and such that differ in one character.
func durationTexts(r *rand.Rand) []string {
	var texts []string
	for range 500 {
		var b strings.Builder
		b.WriteString("P")
		for _, unit := range "YMDTHMS" {
			switch {
			case unit == 'T':
				b.WriteString("T")
			case r.IntN(2) == 0:
				fmt.Fprintf(&b, "%d%c", r.IntN(100), unit)
			}
		}
		text := []byte(b.String())
		if r.IntN(2) == 0 {
			text[r.IntN(len(text))] = "0123456789YMDTHMS.:- pt"[r.IntN(23)]
		}
		texts = append(texts, string(text))
	}
	return texts
}
