package diagram_test

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/diagram"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Up to twelve pools are drawn in their sites, more are grouped by pair.
func TestMermaidForms(t *testing.T) {
	e := testkit.Estate{Sites: []testkit.Site{{ID: 1, Name: "Paris"}}}
	for n := range 13 {
		e.Pools = append(e.Pools, testkit.Pool{FQDN: fmt.Sprintf("pool%d", n)})
	}
	grouped := mermaid(t, e, diagram.Options{})
	if !strings.Contains(grouped, `subgraph unpaired["Unpaired pools: 13"]`) ||
		strings.Contains(grouped, `["Paris"]`) {
		t.Errorf("13 pools are drawn as\n%s", grouped)
	}
	e.Pools = e.Pools[:12]
	e.Appliances = []testkit.Appliance{{FQDN: "sba", Pool: "pool1"}} // no Front End pool
	if small := mermaid(t, e, diagram.Options{}); !strings.Contains(small, `subgraph s1["Paris"]`) ||
		strings.Contains(small, "unpaired") {
		t.Errorf("12 pools are drawn as\n%s", small)
	}
}

// part is one box of a grouped drawing: the pools in it, and both ends of each line.
type part struct {
	boxes, ends []string
}

// partsOf reads a grouped drawing, and returns the boxes and the lines of each part.
func partsOf(text string) map[string]*part {
	parts, current := map[string]*part{}, ""
	box := regexp.MustCompile(`\b(\w+)[\[(]+"([^"]*)"[\])]+`)
	ends := regexp.MustCompile(`^    (\w+) .* (\w+)$`)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if name, isStart := strings.CutPrefix(line, "  subgraph "); isStart {
			current, _, _ = strings.Cut(name, "[")
			parts[current] = &part{}
		} else if strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, "    direction ") {
			for _, match := range box.FindAllStringSubmatch(line, -1) {
				parts[current].boxes = append(parts[current].boxes, match[2])
			}
			if match := ends.FindStringSubmatch(box.ReplaceAllString(line, "$1")); match != nil {
				parts[current].ends = append(parts[current].ends, match[1:]...)
			}
		}
	}
	return parts
}

// In a grouped drawing, every pool has one box in the pairs, the other pools or the faults. A pool of a fault can have
// one there and one elsewhere. No line leaves the part in which it starts.
func TestEveryPoolIsInOnePart(t *testing.T) {
	for name, e := range map[string]testkit.Estate{"every part": everyPart(), "sixty pools": sixtyPools()} {
		text := mermaid(t, e, diagram.Options{})
		outside, inFaults := map[string]int{}, map[string]int{}
		for id, p := range partsOf(text) {
			count := outside
			if id == "faults" {
				count = inFaults
			}
			for _, label := range p.boxes {
				pool, _, _ := strings.Cut(label, ".")
				count[pool]++
			}
			_, body, _ := strings.Cut(text, "subgraph "+id+"[")
			body, _, _ = strings.Cut(body, "\n  end\n")
			for _, end := range p.ends {
				if !regexp.MustCompile(`\b` + end + `[\[(]`).MatchString(body) {
					t.Errorf("%s: a line of %s ends at %s, which is not in it:\n%s", name, id, end, text)
				}
			}
		}
		for _, p := range e.Pools {
			pool := strings.ToLower(p.FQDN)
			if n, faults := outside[pool], inFaults[pool]; n > 1 || faults > 1 || n+faults == 0 {
				t.Errorf("%s: %s is drawn %d times in faults, %d times elsewhere:\n%s", name, pool, faults, n, text)
			}
		}
	}
}

// Without a fault, nothing is red, and no legend has a version or a line that does not occur.
func TestLegend(t *testing.T) {
	pair := func(version int) testkit.Estate {
		return testkit.Estate{
			Pools: []testkit.Pool{{FQDN: "a", Version: version}, {FQDN: "b", Site: 2, Version: version}},
			Pairs: []testkit.Pair{{A: "a", B: "b"}},
		}
	}
	old := pair(5)
	old.Pairs, old.Backups = nil, []testkit.Backup{{From: "a", To: "b"}}
	broken := pair(6)
	broken.Pairs[0].NoService = []string{"a"}
	withAppliance := pair(6)
	withAppliance.Sites = []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3, Branch: true, Parent: 1}}
	withAppliance.Appliances = []testkit.Appliance{{FQDN: "s", Site: 3, Pool: "a"}}
	for name, c := range map[string]struct {
		estate  testkit.Estate
		entries []string
	}{
		"2010":  {old, []string{"Lync Server 2010", "Thin arrow: backup registrar"}},
		"2013":  {pair(6), []string{"Lync Server 2013", "Thick arrow: pair"}},
		"2015":  {pair(7), []string{"Skype for Business Server 2015", "Thick arrow: pair"}},
		"2019":  {pair(8), []string{"Skype for Business Server 2019, Subscription Edition", "Thick arrow: pair"}},
		"9":     {pair(9), []string{"ServiceVersion 9", "Thick arrow: pair"}},
		"fault": {broken, []string{"Lync Server 2013", "Fault"}},
		"appliance": {withAppliance, []string{"Lync Server 2013",
			"Thick arrow: pair<br/>Thin arrow: backup registrar"}},
	} {
		text := mermaid(t, c.estate, diagram.Options{DrawAppliances: true})
		var entries []string
		_, legend, _ := strings.Cut(text, "subgraph legend[\"Legend\"]\n")
		legend, _, _ = strings.Cut(legend, "\n  end\n")
		entry := regexp.MustCompile(`"([^"]*)"`)
		for _, match := range entry.FindAllStringSubmatch(legend, -1) {
			entries = append(entries, match[1])
		}
		slices.Sort(entries)
		slices.Sort(c.entries)
		if !slices.Equal(entries, c.entries) {
			t.Errorf("%s: the legend has %q, want %q:\n%s", name, entries, c.entries, text)
		}
		if strings.Contains(text, "#c00") != (name == "fault") {
			t.Errorf("%s: red is in the drawing: %t\n%s", name, name != "fault", text)
		}
	}
}

// The text on each colour has the contrast that WCAG 2.2 requires at level AAA for a product version, and at level AA
// for a fault.
func TestContrast(t *testing.T) {
	definition := regexp.MustCompile(`classDef (\w+) fill:(#\w+),.*color:(#\w+)`)
	seen := map[string]float64{}
	for _, match := range definition.FindAllStringSubmatch(mermaid(t, everyPart(), diagram.Options{}), -1) {
		fill, text := luminance(match[2]), luminance(match[3])
		seen[match[1]] = (max(fill, text) + 0.05) / (min(fill, text) + 0.05)
	}
	if classes := slices.Sorted(maps.Keys(seen)); len(classes) != 6 {
		t.Fatalf("got the styles %q", classes)
	}
	for class, contrast := range seen {
		if contrast < 4.5 || class != "fault" && contrast < 7 {
			t.Errorf("%s has a contrast of %.1f", class, contrast)
		}
	}
}

// luminance returns the relative luminance of a colour, as WCAG defines it.
func luminance(colour string) float64 {
	digits := colour[1:]
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	var sum float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		value, _ := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		channel := float64(value) / 255
		if channel <= 0.04045 {
			sum += weight * channel / 12.92
		} else {
			sum += weight * math.Pow((channel+0.055)/1.055, 2.4)
		}
	}
	return sum
}
