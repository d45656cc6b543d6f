package provider_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/stores"
)

// TestProofTogether changes one document with two and with eight processes of Terraform, which have their own states: a
// file, and a deployment on which another administrator publishes between. After each round the document has the
// changes of all. At the end, everything is destroyed, and the document is the original one.
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
			p.document, p.admin = host.Document, &togetherAdmin{t: t, host: host}
			p.run(t, rounds)
		})
	}
}

// togetherEstate returns an estate with four pools and one appliance for each process. The administrator changes the
// description of the first site.
func togetherEstate(processes int) testkit.Estate {
	var pools []string
	for i := range processes {
		pools = append(pools, strings.ReplaceAll("a# b# c# d#", "#", fmt.Sprint(i)))
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

// togetherAdmin is another administrator of a deployment. It counts its publishes in the document.
type togetherAdmin struct {
	t         *testing.T
	host      *shelld.Shell
	published atomic.Int64
}

// adminText returns the text that the administrator has published.
func adminText(n int64) string { return fmt.Sprintf("Change %d of the administrator", n) }

// publish publishes a change over a document, which has the former change.
func (a *togetherAdmin) publish(document string) string {
	n := a.published.Add(1)
	if !strings.Contains(document, adminText(n-1)) {
		a.t.Errorf("change %d of the administrator is lost", n-1)
	}
	return strings.Replace(document, adminText(n-1), adminText(n), 1)
}

// together is a document that several processes of Terraform change.
type together struct {
	workspaces []*testkit.Workspace
	provider   string // configuration
	document   func() []byte
	admin      *togetherAdmin // nil for none
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
	original := testkit.Decode(p.document())
	for round := range rounds {
		want := map[string]string{}
		for i, w := range p.workspaces {
			config, relationships := togetherConfig(i, round)
			w.Write("main.tf", p.provider+config)
			maps.Copy(want, relationships)
		}
		if p.admin != nil {
			// Between the reading and the publish of a provider.
			p.admin.host.Inject(shelld.Fault{
				Script: shell.PublishTopology, At: shelld.Read, Times: 3, Admin: p.admin.publish,
			})
		}
		p.all(t, "apply")
		if err := checkRelationships(p.document(), want); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	if len(p.workspaces) > 2 && !testkit.IsProof() {
		return
	}
	p.all(t, "destroy")
	if p.admin != nil {
		original = strings.Replace(original, adminText(0), adminText(p.admin.published.Load()), 1)
		t.Logf("%d publishes of the administrator, %+v", p.admin.published.Load(), p.admin.host.Counts())
	}
	if diff := testkit.Diff([]byte(original), []byte(testkit.Decode(p.document()))); diff != "" {
		t.Errorf("the document has changed:\n%s", diff)
	}
}

// all runs a command in all workspaces at the same time. All succeed.
func (p *together) all(t *testing.T, command string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	outputs, failures := make([]bytes.Buffer, len(p.workspaces)), make([]error, len(p.workspaces))
	var running sync.WaitGroup
	for i, w := range p.workspaces {
		running.Go(func() {
			cmd := w.Command(ctx, command, "-auto-approve")
			cmd.Stdout, cmd.Stderr = &outputs[i], &outputs[i]
			failures[i] = cmd.Run()
		})
	}
	running.Wait()
	for i, err := range failures {
		if err != nil {
			t.Errorf("%s in workspace %d: %v\n%s", command, i, err, outputs[i].String())
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

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
	const standard, changed = "true 5m 10m", "false 7m 10m"
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
