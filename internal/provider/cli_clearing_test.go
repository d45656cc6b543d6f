package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// clearing is the way out that a refused creation shows: what to declare for a moment, and the two commands.
var clearing = regexp.MustCompile(`(resource "lync_pool_pair" "former" \{ pools = \["\S+", "\S+"\] \}) terraform (import \S+ \S+) terraform (destroy \S+ "\S+")`)

// unquoted is what a shell makes of a command.
func shellWords(command string) []string { return strings.Fields(strings.ReplaceAll(command, `"`, "")) }

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
			left := cliEstate("a b c d", tt.remaining...)
			if len(tt.remaining) > 0 { // with Central Management
				for _, pools := range [][]testkit.Pool{e.Pools, left.Pools} {
					pools[0].Central, pools[1].Central = testkit.Active, testkit.Standby
				}
			}
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
			// An import block does not do: Terraform plans the pair as whole, beside what is wanted.
			w.Write("import.tf", "import {\n  to = lync_pool_pair.former\n  id = \""+strings.Trim(strings.Fields(way[2])[2], `"`)+"\"\n}\n")
			w.MustFail(`\(PP-(ONE|FREE)\)`, "plan")
			w.Write("import.tf", "")
			w.MustRun(shellWords(way[2])...)
			destroyed := w.MustRun(append(shellWords(way[3]), "-auto-approve")...)
			if stays := len(tt.remaining) > 0; strings.Contains(destroyed, "LC-STALE") == stays || strings.Contains(destroyed, "CM-UNPAIR") {
				t.Errorf("what is warned of is not what is given up:\n%s", destroyed)
			}
			assertDocument(t, w, left.Document())
			w.Config(cliPair("x", tt.wanted))
			w.MustRun("apply", "-auto-approve")
			assertPairs(t, w.Document(), append(tt.remaining, tt.wanted)...)
		})
	}
}

// Pairs that are there already are refused; nothing warns of what their creation would bring.
func TestCLIExistingPairs(t *testing.T) {
	e := cliEstate("a b c d e f", "a-b", "c-d", "e-f")
	e.Pools[2].Central, e.Pools[3].Central = testkit.Active, testkit.Standby
	e.Pools[4].Version, e.Pools[5].Version = 7, 7
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
