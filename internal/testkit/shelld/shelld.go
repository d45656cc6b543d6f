package shelld

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// HostName is the name of the host.
const HostName = "fe1.contoso.com"

// Folder is the folder of the host's backups and reports.
const Folder = `C:\ProgramData\terraform-provider-lync`

// Counts are the numbers of runs of scripts and cmdlets, whether or not they succeeded.
type Counts struct {
	Runs      int // scripts
	Loads     int // get-topology
	ReadBacks int // read-back-topology
	Publishes int // Publish-CsTopology
	Enables   int // Enable-CsTopology
	Passwords int // passwords that the host received for a session to itself
	Entries   int // sessions that the host opened to itself
}

// Shell is the test double of a host. Its methods may be called concurrently.
type Shell struct {
	t    testing.TB
	lock chan struct{} // the lock of the scripts

	mu       sync.Mutex
	document string
	urls     []string
	states   map[string]string
	revoked  map[string]bool // ids of runs that must not publish
	faults   []Fault
	counts   Counts
	texts    map[string]string // texts of scripts by name, which must be constant
	requests []powershelltest.Request
	reorder  bool
	renew    bool
	backups  backups
	hop      *credential // credential that the store requires, or nil

	// processes is the number of connected processes. changed signals its changes.
	processes int
	changed   *sync.Cond
}

var _ powershell.Watched = (*Shell)(nil)

// New returns a host with a store that holds document.
func New(t testing.TB, document []byte) *Shell {
	s := &Shell{
		t: t, lock: make(chan struct{}, 1), document: testkit.StoredText(document), states: map[string]string{},
		revoked: map[string]bool{}, texts: map[string]string{},
		urls: []string{
			"Global Dialin * https://dialin.contoso.com", "Global Meet contoso.com https://meet.contoso.com",
		},
	}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// Inject adds faults. Each run has all faults for its script.
func (s *Shell) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.faults = append(s.faults, faults...)
}

// ClearFaults removes all faults.
func (s *Shell) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.faults = nil
}

// Reorder makes the store return published documents with another order of services, another spelling of durations and
// other white space.
func (s *Shell) Reorder() { s.mu.Lock(); defer s.mu.Unlock(); s.reorder = true }

// RenewSignature makes each publish change the document's Signature. It is not known whether the product does that.
func (s *Shell) RenewSignature() { s.mu.Lock(); defer s.mu.Unlock(); s.renew = true }

// SetPoolState sets the PoolState of a pool, such as FailedOver. All other pools are Active.
func (s *Shell) SetPoolState(pool, state string) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.states[pool] = state
}

// Document returns the document in the store.
func (s *Shell) Document() []byte { s.mu.Lock(); defer s.mu.Unlock(); return []byte(s.document) }

// SetDocument replaces the document, as a publish by another administrator does.
func (s *Shell) SetDocument(document []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()

	s.document = testkit.StoredText(document)
}

// Counts returns the numbers of runs.
func (s *Shell) Counts() Counts { s.mu.Lock(); defer s.mu.Unlock(); return s.counts }

// Requests returns all requests in the order of their arrival.
func (s *Shell) Requests() []powershelltest.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Unwatched returns the double as a transport that does not deliver output before the end of a script.
func (s *Shell) Unwatched() powershell.Transport { return struct{ powershell.Transport }{s} }

// Host returns [HostName].
func (*Shell) Host() string { return HostName }

// Close does nothing.
func (*Shell) Close() error { return nil }

// Run runs a script.
func (s *Shell) Run(ctx context.Context, script string, input io.Reader) (powershell.Output, error) {
	return s.RunWatched(ctx, script, input, func([]byte) {})
}

// RunWatched runs a script and passes the output that precedes its answer to seen.
func (s *Shell) RunWatched(
	ctx context.Context, script string, input io.Reader, seen func([]byte),
) (powershell.Output, error) {
	request, err := powershelltest.Read(powershell.Stdin(script, input))
	if err != nil {
		s.t.Errorf("standard input of a script: %v", err)
		return powershell.Output{}, err
	}
	return s.do(ctx, request, seen)
}

// do runs a script.
func (s *Shell) do(ctx context.Context, request powershelltest.Request, seen func([]byte)) (powershell.Output, error) {
	r := &run{Shell: s, request: request, ctx: ctx, seen: seen, answer: map[string]any{}}
	if request.Inner != nil {
		r.outer, r.request = &request, *request.Inner
	}
	if name := r.request.Script; name == shell.PublishTopology.String() || name == shell.EnableTopology.String() {
		r.answer["outcome"] = shell.OutcomeNone
	}
	r.begin()

	if r.has(func(f Fault) bool { return f.NotStarted }) {
		return powershell.Output{},
			&powershell.StartError{Err: errors.New("dial tcp: lookup " + HostName + ": no such host")}
	}
	if r.outer != nil {
		refused := r.enter()
		if r.killed != nil {
			return powershell.Output{}, r.killed
		}
		if refused != nil {
			return powershell.Output{Stdout: []byte(r.outer.Format(*refused))}, nil
		}
	}
	if r.has(func(f Fault) bool { return f.Detached }) {
		if r.detach() {
			return powershell.Output{}, ErrLost
		}
	} else {
		r.work()
	}
	if r.killed != nil && !errors.Is(r.killed, errSession) {
		return powershell.Output{Stdout: r.out}, r.killed
	}
	return r.output(), nil
}

// begin counts the run and selects its faults.
func (r *run) begin() {
	r.mu.Lock()
	defer r.mu.Unlock()

	r.counts.Runs++
	r.number = r.counts.Runs

	name := r.request.Script
	r.checkConstant(r.request)

	if r.outer != nil {
		r.checkConstant(*r.outer)
		r.requests = append(r.requests, *r.outer)
	} else {
		r.requests = append(r.requests, r.request)
	}
	r.Shell.faults = slices.DeleteFunc(r.Shell.faults, func(f Fault) bool { return f.Times == -2 })
	for i := range r.Shell.faults {
		f := &r.Shell.faults[i]
		if f.Script != nil && f.Script.String() != name {
			continue
		}
		r.faults = append(r.faults, *f)

		switch f.Times {
		case -1:
		case 0, 1:
			f.Times = -2 // used up
		default:
			f.Times--
		}
	}
}

// checkConstant fails the test if the text of a script differs from earlier runs, or contains FinalizeUninstall, which
// could publish an empty topology. The caller holds mu.
func (r *run) checkConstant(request powershelltest.Request) {
	name := request.Script
	if text, ok := r.texts[name]; ok && text != request.Text {
		r.t.Errorf("the text of %s is not constant", name)
	}
	r.texts[name] = request.Text

	if strings.Contains(strings.ToLower(request.Text), "finalizeuninstall") {
		r.t.Errorf("the text of %s contains FinalizeUninstall", name)
	}
}

// sign replaces the Signature of a document.
func sign(document string, number int) string {
	begin := strings.Index(document, ` Signature="`)
	if begin < 0 {
		return document
	}
	begin += len(` Signature="`)
	end := begin + strings.IndexByte(document[begin:], '"')
	return document[:begin] + fmt.Sprintf("00000000-0000-4000-8000-%012d", number) + document[end:]
}
