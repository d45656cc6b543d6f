package shelld_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/shelld"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// errorRecorder is a testing.TB that records errors instead of failing.
type errorRecorder struct {
	testing.TB
	errors []string
}

func (w *errorRecorder) Errorf(format string, args ...any) {
	w.errors = append(w.errors, fmt.Sprintf(format, args...))
}

func text(estate testkit.Estate) string {
	estate.Encoding = testkit.UTF8
	return string(estate.Document())
}

func publish(t *testing.T, double *shelld.Shell, next string) {
	t.Helper()

	base := string(double.Document())
	data := shell.PublishData{Run: strings.Repeat("0", 32), BaseSHA256: powershell.Hash([]byte(base)), LockSeconds: 1}

	if _, err := powershell.Run(t.Context(), double, shell.PublishTopology,
		powershell.Input{Data: data, Document: next}); err != nil {
		t.Fatal(err)
	}
	if string(double.Document()) != next {
		t.Error("the store does not hold what was published")
	}
}

// TestPublishFaults verifies that a publish that adds a fault to the topology fails the test.
func TestPublishFaults(t *testing.T) {
	t.Parallel()

	base := text(testkit.Paired())
	begin := strings.Index(base, "<Backup ")
	half := base[:begin] + base[strings.Index(base, "</Backup>")+len("</Backup>"):]
	double := string(testkit.DuplicateService([]byte(base), "1-Registrar-1"))

	for name, tc := range map[string]struct{ from, to, want string }{
		"no change":                {base, base, ""},
		"incomplete pair":          {base, half, "incomplete pair"},
		"existing incomplete pair": {half, half, ""},
		"completed pair":           {half, base, ""},
		"duplicate":                {base, double, "duplicate service 1-Registrar-1"},
		"existing duplicate":       {double, double, ""},
		"missing reference": {
			base, strings.Replace(base, `<ServiceId SiteId="2" RoleName="Registrar" Instance="1" />`,
				`<ServiceId SiteId="2" RoleName="Registrar" Instance="9" />`, 1),
			"missing service 2-Registrar-9",
		},
		"two active stores": {
			base, strings.ReplaceAll(base, `IsActive="false"`, `IsActive="true"`), "active Central Management",
		},
		"no topology": {base, "<Topology/>", "not a topology"},
		"several partners": {
			text(threePools("a", "b")), text(threePools("a", "b", "b", "c")), "additional partner of b.contoso.com",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := &errorRecorder{TB: t}
			publish(t, shelld.New(w, []byte(tc.from)), tc.to)

			if all := strings.Join(w.errors, "\n"); tc.want == "" && all != "" || !strings.Contains(all, tc.want) {
				t.Errorf("the errors are %q, want %q", all, tc.want)
			}
		})
	}
}

// threePools returns an estate of three pools with pairs, given as a list of their members.
func threePools(members ...string) testkit.Estate {
	estate := testkit.Estate{Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "c"}}}
	for i := 0; i < len(members); i += 2 {
		pair := testkit.Pair{A: members[i], B: members[i+1]}
		if i > 0 {
			// A Registrar can have only one Backup.
			pair.NoBackup = []string{members[i]}
		}
		estate.Pairs = append(estate.Pairs, pair)
	}
	return estate
}

// TestReorder verifies that a reordered document with a new signature is equivalent.
func TestReorder(t *testing.T) {
	t.Parallel()

	base := text(testkit.Paired())
	double := shelld.New(t, []byte(base))
	double.Reorder()
	double.RenewSignature()

	data := shell.PublishData{Run: strings.Repeat("0", 32), BaseSHA256: powershell.Hash([]byte(base)), LockSeconds: 1}
	if _, err := powershell.Run(t.Context(), double, shell.PublishTopology,
		powershell.Input{Data: data, Document: base}); err != nil {
		t.Fatal(err)
	}
	before, err := topology.Parse([]byte(base))
	if err != nil {
		t.Fatal(err)
	}
	after, err := topology.Parse(double.Document())
	if err != nil {
		t.Fatal(err)
	}
	if string(double.Document()) == base || !topology.Equivalent(before, after) ||
		before.Topology().Signature == after.Topology().Signature {
		t.Error("the text or the signature is unchanged, or the topologies are not equivalent")
	}
}

// TestFaultTimes verifies that a fault affects the given number of runs.
func TestFaultTimes(t *testing.T) {
	t.Parallel()

	double := shelld.New(t, []byte(text(testkit.Paired())))
	double.Inject(shelld.Fault{Script: shell.GetTopology, NotStarted: true, Times: 2},
		shelld.Fault{Script: shell.EnableTopology, NotStarted: true})

	load := func() error {
		_, err := powershell.Run(t.Context(), double, shell.GetTopology, powershell.Input{})
		return err
	}

	for i := range 2 {
		if err := load(); !errors.Is(err, powershell.NotStarted) {
			t.Errorf("run %d: %v", i, err)
		}
	}
	if err := load(); err != nil {
		t.Error(err)
	}
	double.Inject(shelld.Fault{NotStarted: true, Times: -1})

	for range 2 {
		if load() == nil {
			t.Error("no fault in a run with Times -1")
		}
	}
	double.ClearFaults()

	if err := load(); err != nil {
		t.Error(err)
	}
	if counts := double.Counts(); counts != (shelld.Counts{Runs: 6, Loads: 2}) {
		t.Errorf("%+v", counts)
	}
}
