package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// TestProofTogether changes one document with two and with eight processes of Terraform, which have their own states: a
// file, and a deployment on which another administrator publishes in each round. After each round the document has the
// changes of all. At the end, everything is destroyed, and the document is the original one.
//
// In some rounds, all processes pair one pool, which only one of them can. In others, an apply overwrites a publish of
// the administrator, or the reverse. The applies that did not complete report it, and the next apply completes them.
func TestProofTogether(t *testing.T) {
	t.Parallel()
	rounds := 1
	if testkit.IsProof() {
		rounds = 50
	}
	for _, processes := range []int{2, 8} {
		t.Run(fmt.Sprintf("file, %d processes", processes), func(t *testing.T) {
			t.Parallel()
			w := testkit.CLI(t)
			p := newTogether(t, processes, fmt.Sprintf("topology_file = %q",
				filepath.ToSlash(w.Path(testkit.DocumentName))))
			p.document = w.Document
			w.SetDocument(togetherEstate(processes).Document())
			p.run(t, rounds)
		})
		t.Run(fmt.Sprintf("deployment, %d processes", processes), func(t *testing.T) {
			t.Parallel()
			host := shelld.New(t, togetherEstate(processes).Document())
			p := newTogether(t, processes, "management_shell = {\n    local = { executable = "+
				stores.Quote(host.Executable())+" }\n  }")
			p.document, p.admin, p.contest = host.Document, newTogetherAdmin(host), 2
			p.run(t, rounds)
		})
	}
}

// togetherEstate returns an estate with five pools and one appliance for each process, and a pool for all. The
// administrator changes the description of the first site.
func togetherEstate(processes int) testkit.Estate {
	pools := []string{"common"}
	for i := range processes {
		pools = append(pools, strings.ReplaceAll("a# b# c# d# e#", "#", fmt.Sprint(i)))
	}
	e := cliEstate(strings.Join(pools, " "))
	for i := range 4 {
		e.Sites = append(e.Sites, testkit.Site{ID: 1 + i})
	}
	e.Sites[0].Description = adminText(0)
	for i := range processes {
		e.Sites = append(e.Sites, testkit.Site{ID: 100 + i, Branch: true})
		e.Appliances = append(e.Appliances, testkit.Appliance{
			FQDN: fmt.Sprintf("s%d", i), Site: 100 + i, Pool: fmt.Sprintf("a%d", i), NoBackup: true,
		})
	}
	return e
}

// together is a document that several processes of Terraform change.
type together struct {
	workspaces []*testkit.Workspace
	provider   string // configuration
	document   func() []byte
	admin      *togetherAdmin // nil for none
	contest    int            // the first round in which all processes pair one pool, which each tenth one repeats
}

// togetherResult is the result of a command in one workspace.
type togetherResult struct {
	err    error
	output string // folded
}

// String returns the exit code and the errors.
func (r togetherResult) String() string {
	_, errors, _ := strings.Cut(r.output, "Error: ")
	return fmt.Sprintf("%v\n%s", r.err, errors)
}

// newTogether returns the workspaces. Except at full size, more than two of them use providers in this process: their
// stores exclude each other as those of several processes do.
func newTogether(t *testing.T, processes int, arguments string) *together {
	t.Helper()
	p := &together{provider: strings.Replace(testkit.ProviderConfig, `topology_file = "topology.xml"`, arguments, 1)}
	for range processes {
		w := testkit.CLI(t)
		if processes > 2 && !testkit.IsProof() {
			serveHere(t, w)
		}
		p.workspaces = append(p.workspaces, w)
	}
	return p
}

// run makes the rounds, and destroys everything. Except at full size, more than two processes do not destroy.
func (p *together) run(t *testing.T, rounds int) {
	t.Helper()
	original := p.document()
	for round := range rounds {
		p.round(t, round)
	}
	if len(p.workspaces) > 2 && !testkit.IsProof() {
		return
	}
	everyone := p.numbers()
	p.assertSucceeded(t, everyone, p.all(t, everyone, "destroy"))
	if p.admin != nil {
		original = bytes.Replace(original, []byte(adminText(0)), []byte(adminText(p.admin.published)), 1)
		t.Logf("%d publishes of the administrator, %+v", p.admin.published, p.admin.host.Counts())
	}
	if diff := testkit.Diff(original, p.document()); diff != "" {
		t.Errorf("the document has changed:\n%s", diff)
	}
}

// round makes the changes of a round, and checks the document.
func (p *together) round(t *testing.T, round int) {
	t.Helper()
	everyone, isContest := p.numbers(), round%10 == p.contest
	want := map[string]string{}
	configs := make([]string, len(p.workspaces))
	for i, w := range p.workspaces {
		config, relationships := togetherConfig(i, round)
		configs[i] = p.provider + config
		maps.Copy(want, relationships)
		if config = configs[i]; isContest {
			config += cliPair("contest", fmt.Sprintf("e%d-common", i))
		}
		w.Write("main.tf", config)
	}
	if p.admin != nil {
		p.admin.begin(round)
	}
	applied := p.all(t, everyone, "apply")
	doc := p.document()
	var losers, incomplete []int
	if isContest {
		winner := p.checkContest(t, doc, applied)
		pair := fmt.Sprintf("e%d>common", winner)
		from, to, _ := strings.Cut(pair, ">")
		want[pair], want[to+">"+from] = togetherStandard, togetherStandard
		losers = slices.DeleteFunc(p.numbers(), func(i int) bool { return i == winner })
	}
	if p.admin != nil {
		incomplete = p.admin.end(t, round, applied)
	}
	p.assertSucceeded(t, slices.DeleteFunc(everyone, func(i int) bool {
		return slices.Contains(losers, i) || slices.Contains(incomplete, i)
	}), applied)
	for _, i := range incomplete {
		applyOrImport(t, p.workspaces[i], configs[i])
	}
	for _, i := range losers {
		p.workspaces[i].Write("main.tf", configs[i])
	}
	p.assertSucceeded(t, losers, p.all(t, losers, "apply"))
	if err := checkRelationships(p.document(), want); err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
}

// checkContest checks that exactly one process has paired the common pool, and that all others were refused. It returns
// the number of that process.
func (p *together) checkContest(t *testing.T, doc []byte, applied []togetherResult) (winner int) {
	t.Helper()
	pairs, err := pairsOf(doc)
	if err != nil {
		t.Fatal(err)
	}
	winners := slices.DeleteFunc(pairs, func(pair string) bool { return !strings.HasPrefix(pair, "common-") })
	if len(winners) != 1 {
		t.Fatalf("the pairs %q of the common pool", winners)
	}
	if _, err := fmt.Sscanf(winners[0], "common-e%d", &winner); err != nil {
		t.Fatal(err)
	}
	refusal := regexp.MustCompile(fmt.Sprintf(`Error: Pool is not free \(PP-FREE\) .*The pair common\S+ needs `+
		`common\.contoso\.com\. The topology links common\.contoso\.com to e%d\.contoso\.com`, winner))
	for i, r := range applied {
		if i != winner && (r.err == nil || !refusal.MatchString(r.output)) {
			t.Errorf("workspace %d is not refused, although %d has the pool: %s", i, winner, r)
		}
	}
	return winner
}

// numbers returns the numbers of all workspaces.
func (p *together) numbers() (all []int) {
	for i := range p.workspaces {
		all = append(all, i)
	}
	return all
}

// all runs a command in some of the workspaces at the same time. It returns the results by the number of the workspace.
func (p *together) all(t *testing.T, numbers []int, command string) []togetherResult {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	results := make([]togetherResult, len(p.workspaces))
	var running sync.WaitGroup
	for _, i := range numbers {
		running.Go(func() {
			var output bytes.Buffer
			cmd := p.workspaces[i].Command(ctx, command, "-auto-approve", "-no-color")
			cmd.Stdout, cmd.Stderr = &output, &output
			results[i].err = cmd.Run()
			results[i].output = testkit.Fold(output.String())
		})
	}
	running.Wait()
	return results
}

// assertSucceeded checks that the commands in some of the workspaces have succeeded.
func (p *together) assertSucceeded(t *testing.T, numbers []int, results []togetherResult) {
	t.Helper()
	for _, i := range numbers {
		if results[i].err != nil {
			t.Errorf("workspace %d: %s", i, results[i])
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

// togetherStandard are the settings of a pair that declares none.
const togetherStandard = "true 5m 10m"

// togetherConfig returns the configuration of a process in a round, and its relationships as relationshipsOf returns
// them. The next rounds replace, change and remove what the first one creates.
func togetherConfig(process, round int) (config string, relationships map[string]string) {
	name := func(text string) string { return strings.ReplaceAll(text, "#", fmt.Sprint(process)) }
	all := map[string]string{}
	add := func(resource, pair, settings string, extra ...string) {
		first, second, _ := strings.Cut(name(pair), "-")
		config += cliPair(resource, name(pair), extra...)
		all[first+">"+second], all[second+">"+first] = settings, settings
	}
	const standard, changed = togetherStandard, "false 7m 10m"
	switch round % 3 {
	case 0:
		add("one", "a#-b#", standard)
		add("two", "c#-d#", standard)
		config += cliBranch("branch", name("s# a#"))
		all[name("s#>a#")] = "true 2m 4m"
	case 1:
		add("one", "a#-c#", standard)
		add("two", "b#-d#", standard)
		config += cliBranch("branch", name("s# a#"), changedSettings...)
		all[name("s#>a#")] = "false 7m 4m"
	default:
		add("one", "a#-c#", changed, changedSettings...)
	}
	return config, all
}
