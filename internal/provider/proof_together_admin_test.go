package provider_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
)

// togetherAdmin is another administrator of a deployment. It counts its publishes in the document.
type togetherAdmin struct {
	host *shelld.Shell

	mu            sync.Mutex
	due           map[adminMoment]int // publishes that the round still needs
	published     int
	lost          int    // publishes of this round that an apply has overwritten
	before        string // the document before the last publish of a provider
	isOverwritten bool   // that publish overwrites one of the administrator
}

// adminMoment is a moment in the publish of a provider at which the administrator publishes.
type adminMoment string

const (
	outdating   adminMoment = "before the comparison"                          // the provider begins again
	overwritten adminMoment = "between the comparison and Publish-CsTopology"  // the apply fails
	following   adminMoment = "after the publish"                              // over the publish of the provider
	reverting   adminMoment = "after the publish, with the document before it" // the apply reports the difference
)

// newTogetherAdmin returns an administrator who does not publish yet.
func newTogetherAdmin(host *shelld.Shell) *togetherAdmin {
	a := &togetherAdmin{host: host}
	for _, step := range []shelld.Step{shelld.Read, shelld.Publishing, shelld.Published} {
		host.Inject(shelld.Fault{
			Script: shell.PublishTopology, At: step, Times: -1,
			Admin: func(document string) string { return a.at(step, document) },
		})
	}
	return a
}

// begin begins a round. The administrator publishes several times in it.
func (a *togetherAdmin) begin(round int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lost = 0
	a.due = map[adminMoment]int{outdating: 2, following: 1}
	switch round % 10 {
	case 0:
		a.due[overwritten] = 1
	case 5:
		a.due[reverting] = 1
	default:
	}
}

// at returns the document after a step of a publish: another one if the administrator publishes now.
func (a *togetherAdmin) at(step shelld.Step, document string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch step { //nolint:exhaustive // those of newTogetherAdmin
	case shelld.Read:
		a.isOverwritten = false
		if a.isDue(outdating) {
			return a.publish(document)
		}
	case shelld.Publishing:
		a.before = document
		if a.isDue(overwritten) {
			a.isOverwritten = true
			return a.publish(document)
		}
	case shelld.Published:
		switch {
		case a.isOverwritten: // its message is that of the overwritten publish
		case a.isDue(reverting):
			return a.publish(a.before)
		case a.isDue(following):
			return a.publish(document)
		}
	}
	return document
}

// isDue reports whether the administrator has to publish at a moment, and counts this publish.
func (a *togetherAdmin) isDue(moment adminMoment) bool {
	if a.due[moment] == 0 {
		return false
	}
	a.due[moment]--
	return true
}

// adminText returns the text that the administrator has published.
func adminText(n int) string { return fmt.Sprintf("Change %d of the administrator", n) }

var anyAdminText = regexp.MustCompile(`Change \d+ of the administrator`)

// publish returns the document with the next change. If the former change is missing, it is lost.
func (a *togetherAdmin) publish(document string) string {
	if !strings.Contains(document, adminText(a.published)) {
		a.lost++
	}
	a.published++
	return anyAdminText.ReplaceAllString(document, adminText(a.published))
}

// The messages about publishes of another administrator.
const (
	reportOverwritten = `it overwrote a change that another administrator published at the same time, in Sites\..* ` +
		`Publish-CsTopology -FileName 'C:\\ProgramData\\[^']+before\.xml' -Force; Enable-CsTopology`
	reportReverted = `the topology read back differs: .*(run terraform plan|its apply repairs it)`
)

// end ends a round. It checks that the administrator has published at each moment. The applies that have overwritten
// its change, and those whose change it has reverted, report this, and no others do. end returns the numbers of these
// applies: they did not complete.
func (a *togetherAdmin) end(t *testing.T, round int, applied []togetherResult) (incomplete []int) {
	t.Helper()
	document := string(a.host.Document())
	a.mu.Lock()
	defer a.mu.Unlock()
	for moment, n := range a.due {
		if n > 0 {
			t.Errorf("round %d: the administrator has not published %s", round, moment)
		}
	}
	lost := a.lost
	if !strings.Contains(document, adminText(a.published)) {
		lost++
		// After the message, the administrator publishes the change again.
		a.host.SetDocument([]byte(anyAdminText.ReplaceAllString(document, adminText(a.published))))
	}
	_, overwrites := a.due[overwritten]
	_, reverts := a.due[reverting]
	overwriting, reverted := reporting(applied, reportOverwritten), reporting(applied, reportReverted)
	if lost != len(overwriting) || (lost == 1) != overwrites || lost > 1 {
		t.Errorf("round %d: %d changes of the administrator are lost, and the applies %v report it", round, lost,
			overwriting)
	}
	if len(reverted) > 1 || (len(reverted) == 1) != reverts {
		t.Errorf("round %d: the applies %v report that their changes are missing", round, reverted)
	}
	return append(overwriting, reverted...)
}

// reporting returns the numbers of the applies whose output matches a regular expression.
func reporting(applied []togetherResult, want string) (numbers []int) {
	pattern := regexp.MustCompile(want)
	for i, r := range applied {
		if pattern.MatchString(r.output) {
			numbers = append(numbers, i)
		}
	}
	return numbers
}
