package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// clearing is the way out that a refused creation shows: what to declare for a moment, and the two commands.
var clearing = regexp.MustCompile(`(resource "lync_pool_pair" "former" \{ pools = \["\S+", "\S+"\] \}) terraform (import \S+ \S+) terraform (destroy \S+ \S+)`)

// What ties a pool and is declared by no resource is cleared by the commands in the error, to the byte, also where one of
// the two pools is in a pair of its own. Then the pair can be created.
func TestCLIClearing(t *testing.T) {
	t.Parallel()
	oneWay := testkit.Backup{From: "c", To: "a"}
	for name, tt := range map[string]struct {
		pairs     []string
		oneWay    bool
		wanted    string
		rule      string
		remaining []string
	}{
		"a pool names a member":                {oneWay: true, wanted: "a-b", rule: "PP-ONE"},
		"a member names a pool":                {oneWay: true, wanted: "c-d", rule: "PP-FREE"},
		"a member names a pool that is paired": {pairs: []string{"a-b"}, oneWay: true, wanted: "c-d", rule: "PP-FREE", remaining: []string{"a-b"}},
		"a member is paired":                   {pairs: []string{"a-b"}, wanted: "a-c", rule: "PP-FREE"},
	} {
		t.Run(name, func(t *testing.T) {
			e := cliEstate("a b c d", tt.pairs...)
			cleared := cliEstate("a b c d", tt.remaining...).Document()
			if tt.oneWay {
				e.Backups = append(e.Backups, oneWay)
			}
			w := cliWorkspace(t, e)
			w.Config(cliPair("x", tt.wanted))
			text := w.MustFail(`\(`+tt.rule+`\)`, "plan")
			way := clearing.FindStringSubmatch(text)
			if way == nil {
				t.Fatalf("no way out is shown:\n%s", text)
			}
			w.Config(cliPair("x", tt.wanted) + way[1] + "\n")
			w.MustRun(strings.Fields(way[2])...)
			w.MustRun(append(strings.Fields(way[3]), "-auto-approve")...)
			wantSame(t, w, cleared)
			w.Config(cliPair("x", tt.wanted))
			w.MustRun("apply", "-auto-approve")
			wantPairs(t, w.Document(), append(tt.remaining, tt.wanted)...)
		})
	}
}

// Pairs that are there already are refused; nothing warns of what their creation would bring.
func TestCLIExistingPairs(t *testing.T) {
	e := cliEstate("a b c d e f", "a-b", "c-d", "e-f")
	e.Pools[2].Central, e.Pools[3].Central = testkit.Active, testkit.Standby
	w := cliWorkspace(t, e)
	w.Config(cliPair("x", "a-b") + cliPair("y", "c-d") + cliPair("z", "e-f"))
	text := w.MustFail(`\(PP-FREE\)`, "plan")
	for _, pair := range []string{"a.contoso.com,b.contoso.com", "c.contoso.com,d.contoso.com", "e.contoso.com,f.contoso.com"} {
		if !strings.Contains(text, `id = "`+pair+`"`) {
			t.Errorf("no import block for %s:\n%s", pair, text)
		}
	}
	for _, rule := range []string{"CM-PAIR", "PP-SHAPE"} {
		if strings.Contains(text, rule) {
			t.Errorf("%s warns of a creation that is none:\n%s", rule, text)
		}
	}
}
