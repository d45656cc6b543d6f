package shelld

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
)

// run is one run of a script.
type run struct {
	*Shell
	number  int // of this run
	request powershelltest.Request
	outer   *powershelltest.Request // what opens the session that the script runs in, nil for none
	ctx     context.Context         //nolint:containedctx // a run is a call
	seen    func([]byte)
	faults  []Fault

	out      []byte // what came before the answer
	answer   map[string]any
	document string
	failed   bool
	errors   []powershelltest.Fault
	warnings []string

	killed error // why it was stopped
}

// stopped is how a script that was killed leaves.
type stopped struct{}

// has asks for a fault.
func (r *run) has(what func(Fault) bool) bool { return slices.ContainsFunc(r.faults, what) }

// alone starts the script of a connection that is lost while the script goes on.
func (r *run) alone() bool {
	i := slices.IndexFunc(r.faults, func(f Fault) bool { return f.Detached })
	if i < 0 {
		return false
	}

	gone, done := make(chan struct{}), make(chan struct{})
	r.faults[i].Notify = func() {
		// From here on nobody ends it and nobody hears of it.
		r.ctx, r.seen = context.WithoutCancel(r.ctx), func([]byte) {}

		close(gone)
	}

	go func() {
		defer close(done)

		r.work() //nolint:contextcheck // that is the fault
	}()

	select {
	case <-gone:
		return true
	case <-done:
		r.t.Errorf("%s never came to the step %q", r.request.Script, r.faults[i].At)
		return false
	}
}

// at passes a step, with all that happens there.
func (r *run) at(step Step) {
	for _, f := range r.faults {
		if f.At != step {
			continue
		}

		if f.Notify != nil {
			f.Notify()
		}

		if f.Admin != nil {
			r.mu.Lock()
			r.Shell.document = f.Admin(r.Shell.document)
			r.mu.Unlock()
		}

		if f.Lost {
			r.stop(ErrLost)
		}

		if f.Ended {
			r.stop(errSession)
		}

		if f.Hang {
			<-r.ctx.Done()
		}

		if f.Slow > 0 {
			timer := time.NewTimer(f.Slow)
			select {
			case <-timer.C:
			case <-r.ctx.Done():
				timer.Stop()
			}
		}
	}

	if r.ctx.Err() != nil {
		r.stop(context.Cause(r.ctx))
	}
}

func (r *run) stop(err error) {
	r.killed = err

	panic(stopped{})
}

// work does what the script does.
func (r *run) work() {
	defer func() {
		if reason := recover(); reason != nil {
			if _, ok := reason.(stopped); !ok {
				panic(reason)
			}
		}
	}()

	r.at(Connect)

	if r.outer == nil && r.needsHop() {
		r.fail(noHop)
		return
	}

	if r.has(func(f Fault) bool { return f.NoModule }) {
		r.fail(powershelltest.Fault{Message: "PSModulePath is C:\\", ID: "LyncModule", Category: "InvalidOperation"})
		return
	}

	switch powershell.Script(r.request.Script) {
	case powershell.GetTopology:
		r.count(func(c *Counts) { c.Loads++ })
		r.at(Read)
		r.answer = map[string]any{"module": "Lync", "module_version": "5.0.8308.0"}
		r.read(true)
	case powershell.SettleTopology:
		r.count(func(c *Counts) { c.Settles++ })

		r.settle()
	case powershell.EnableTopology:
		r.locked(r.enable)
	case powershell.PublishTopology:
		r.locked(r.publish)
	case powershell.BackupServiceStatus:
		r.backupService("Get-CsBackupServiceStatus")
	case powershell.BackupServiceSync:
		r.backupService("Invoke-CsBackupServiceSync")
	default:
		r.t.Errorf("the double knows no script %q", r.request.Script)
	}

	r.at(Answer)
}

func (r *run) count(add func(*Counts)) {
	r.mu.Lock()
	defer r.mu.Unlock()

	add(&r.counts)
}

// fail ends the script's own work with an error.
func (r *run) fail(fault powershelltest.Fault) {
	fault.Terminating = true
	r.errors = append(r.errors, fault)
	r.failed = true
}

// data is what the script was sent.
func (r *run) data() powershell.PublishData {
	var data powershell.PublishData
	if err := json.Unmarshal(r.request.Data, &data); err != nil {
		r.t.Errorf("the data of %s: %v", r.request.Script, err)
	}
	return data
}

// take takes the lock, or gives up after the time that the script was given.
func (r *run) take() bool {
	if r.has(func(f Fault) bool { return f.Busy }) {
		return false
	}

	// A lock that is free is taken, however late this runs.
	select {
	case r.lock <- struct{}{}:
		return true
	default:
	}

	timer := time.NewTimer(time.Duration(r.data().LockSeconds) * time.Second)
	defer timer.Stop()

	select {
	case r.lock <- struct{}{}:
		return true
	case <-timer.C:
		return false
	case <-r.ctx.Done():
		r.stop(context.Cause(r.ctx))
		return false
	}
}

// locked does what needs the lock.
func (r *run) locked(work func()) {
	if !r.take() {
		r.answer["outcome"] = "busy"
		return
	}

	defer func() { <-r.lock }()

	work()
}

// settle reads behind a publish that is under way.
func (r *run) settle() {
	locked := r.take()
	if locked {
		defer func() { <-r.lock }()

		r.mu.Lock()
		r.revoked[r.data().Run] = true
		r.mu.Unlock()
	}

	r.answer = map[string]any{"settled": locked}
	r.at(Read)
	r.read(true)
}

// read is Get-CsTopology -AsXml.
func (r *run) read(mayFail bool) bool {
	if mayFail && r.has(func(f Fault) bool { return f.ReadFails }) {
		r.fail(powershelltest.Fault{
			Message: r.text(`An error occurred: "System.Data.SqlClient.SqlException" "A network-related or instance-specific error occurred while ` +
				`establishing a connection to SQL Server."`),
			Cmdlet: "Get-CsTopology", Category: "InvalidOperation",
			ID:        "ProcessingFailed,Microsoft.Rtc.Management.Deployment.GetTopologyCmdlet",
			Exception: "System.Data.SqlClient.SqlException",
		})
		return false
	}

	r.mu.Lock()
	r.document = r.Shell.document
	r.mu.Unlock()

	return true
}

// text is a message, in another language if that is what the host speaks.
func (r *run) text(message string) string {
	if r.has(func(f Fault) bool { return f.Localized }) {
		return "Fehler beim Ausf\u00fchren des Befehls: \u00dcberpr\u00fcfung fehlgeschlagen"
	}
	return message
}

func (r *run) path(kind string) string {
	return fmt.Sprintf(`%s\20130101T000000Z-%08x.%s`, Folder, r.number, kind)
}
