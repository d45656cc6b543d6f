package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// clearing matches the steps that the error of a refused creation shows: the resource to declare, and the two commands.
var clearing = regexp.MustCompile(`(resource "lync_pool_pair" "former" \{ pools = \["\S+", "\S+"\] \}) terraform ` +
	`(import \S+ \S+) terraform (destroy \S+ "\S+")`)

// shellWords returns the words of a command, as a shell splits them.
func shellWords(command string) []string { return strings.Fields(strings.ReplaceAll(command, `"`, "")) }

// TestCLIClearing removes links that no resource declares with exactly the commands in the error, also if one of the
// two pools is in a pair. Then the pair can be created.
func TestCLIClearing(t *testing.T) {
	t.Parallel()
	oneWay := testkit.Backup{From: "c", To: "a"}
	for name, tt := range map[string]struct {
		pairs     []string
		oneWay    bool
		desired   string
		rule      string
		remaining []string
	}{
		"a pool names a member": {oneWay: true, desired: "a-b", rule: "PP-ONE"},
		"a member names a pool": {oneWay: true, desired: "c-d", rule: "PP-FREE"},
		"a member names a pool that is paired": {pairs: []string{"a-b"}, oneWay: true, desired: "c-d", rule: "PP-FREE",
			remaining: []string{"a-b"}},
		"a member is paired": {pairs: []string{"a-b"}, desired: "a-c", rule: "PP-FREE"},
	} {
		t.Run(name, func(t *testing.T) {
			e := cliEstate("a b c d", tt.pairs...)
			cleared := cliEstate("a b c d", tt.remaining...)
			if len(tt.remaining) > 0 { // the pair that stays has Central Management
				for _, pools := range [][]testkit.Pool{e.Pools, cleared.Pools} {
					pools[0].Central, pools[1].Central = testkit.Active, testkit.Standby
				}
			}
			if tt.oneWay {
				e.Backups = append(e.Backups, oneWay)
			}
			w := cliWorkspace(t, e)
			w.Config(cliPair("x", tt.desired))
			text := w.MustFail(`\(`+tt.rule+`\)`, "plan")
			steps := clearing.FindStringSubmatch(text)
			if steps == nil {
				t.Fatalf("the error shows no steps:\n%s", text)
			}
			w.Config(cliPair("x", tt.desired) + steps[1] + "\n")
			// An import block does not work: Terraform plans the complete pair beside the desired one.
			w.Write("import.tf", "import {\n  to = lync_pool_pair.former\n  id = \""+
				strings.Trim(strings.Fields(steps[2])[2], `"`)+"\"\n}\n")
			w.MustFail(`\(PP-(ONE|FREE)\)`, "plan")
			w.Write("import.tf", "")
			w.MustRun(shellWords(steps[2])...)
			destroyed := w.MustRun(append(shellWords(steps[3]), "-auto-approve")...)
			if stays := len(tt.remaining) > 0; strings.Contains(destroyed, "LC-STALE") == stays ||
				strings.Contains(destroyed, "CM-UNPAIR") {
				t.Errorf("the warnings are not those of the removed links:\n%s", destroyed)
			}
			assertDocument(t, w, cleared.Document())
			w.Config(cliPair("x", tt.desired))
			w.MustRun("apply", "-auto-approve")
			assertPairs(t, w.Document(), append(tt.remaining, tt.desired)...)
		})
	}
}

// TestCLIExistingPairs refuses pairs that exist. It does not warn of the consequences of their creation.
func TestCLIExistingPairs(t *testing.T) {
	e := cliEstate("a b c d e f", "a-b", "c-d", "e-f")
	e.Pools[2].Central, e.Pools[3].Central = testkit.Active, testkit.Standby
	e.Pools[4].Version, e.Pools[5].Version = 7, 7
	w := cliWorkspace(t, e)
	w.Config(cliPair("x", "a-b") + cliPair("y", "c-d") + cliPair("z", "e-f"))
	text := w.MustFail(`\(PP-FREE\)`, "plan")
	for _, pair := range []string{"a.contoso.com,b.contoso.com", "c.contoso.com,d.contoso.com",
		"e.contoso.com,f.contoso.com"} {
		if !strings.Contains(text, `id = "`+pair+`"`) {
			t.Errorf("no import block for %s:\n%s", pair, text)
		}
	}
	for _, rule := range []string{"CM-PAIR", "PP-SHAPE"} {
		if strings.Contains(text, rule) {
			t.Errorf("%s warns of a creation that is refused:\n%s", rule, text)
		}
	}
}
