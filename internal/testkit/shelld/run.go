package shelld

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/store/shell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// run is one run of a script.
type run struct {
	*Shell
	number  int // number of this run, from 1
	request powershelltest.Request
	outer   *powershelltest.Request // script that opens the session in which request runs, or nil
	ctx     context.Context         //nolint:containedctx // a run is a call
	seen    func([]byte)
	faults  []Fault

	out      []byte // output before the answer
	answer   map[string]any
	document string
	failed   bool
	errors   []powershelltest.Fault
	warnings []string

	killed error // reason why the script was stopped, or nil
}

// stopped is the panic value that unwinds a stopped script.
type stopped struct{}

// has reports whether a fault of this run meets a condition.
func (r *run) has(condition func(Fault) bool) bool { return slices.ContainsFunc(r.faults, condition) }

// detach runs the script in a goroutine until the connection is lost. The script then continues. detach reports whether
// the script has reached the step at which the connection is lost.
func (r *run) detach() bool {
	i := slices.IndexFunc(r.faults, func(f Fault) bool { return f.Detached })
	if i < 0 {
		return false
	}
	gone, done := make(chan struct{}), make(chan struct{})
	r.faults[i].Notify = func() {
		// From this step on, the caller can neither stop the script nor receive its output.
		r.ctx, r.seen = context.WithoutCancel(r.ctx), func([]byte) {}

		close(gone)
	}

	go func() {
		defer close(done)

		r.work() //nolint:contextcheck // the fault replaces the context
	}()

	select {
	case <-gone:
		return true
	case <-done:
		r.t.Errorf("%s ended before step %q", r.request.Script, r.faults[i].At)
		return false
	}
}

// at applies all faults of a step.
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
			r.Shell.document = testkit.StoredText([]byte(f.Admin(r.Shell.document)))
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

// unlessStopped calls do, and returns when it ends or the script is stopped.
func (r *run) unlessStopped(do func()) {
	defer func() {
		if reason := recover(); reason != nil {
			if _, ok := reason.(stopped); !ok {
				panic(reason)
			}
		}
	}()
	do()
}

// printMark writes the line of a mark.
func (r *run) printMark(nonce, name string) {
	line := []byte("\r\n{lync:" + nonce + ":" + name + "}\r\n")
	r.out = append(r.out, line...)
	// A transport may deliver a line in several pieces.
	r.seen(line[:20])
	r.seen(line[20:])
}

// work runs the script until it ends or is stopped.
func (r *run) work() { r.unlessStopped(r.steps) }

// steps is work without an end by a stop.
func (r *run) steps() {
	r.at(Connect)

	if r.outer == nil && r.needsHop() {
		r.fail(noHop)
		return
	}
	if r.has(func(f Fault) bool { return f.NoModule }) {
		r.fail(powershelltest.Fault{
			Message: "PSModulePath is C:\\", ID: "LyncModule", Category: "InvalidOperation",
			Exception: "System.InvalidOperationException",
		})
		return
	}
	switch r.request.Script {
	case shell.GetTopology.String():
		r.count(func(c *Counts) { c.Loads++ })
		r.at(Read)
		r.answer = map[string]any{"module": "Lync", "module_version": "5.0.8308.0"}
		r.read(true)
	case shell.ReadBackTopology.String():
		r.count(func(c *Counts) { c.ReadBacks++ })

		r.readBack()
	case shell.EnableTopology.String():
		r.withLock(r.enable)
	case shell.PublishTopology.String():
		r.withLock(r.publish)
	case shell.BackupServiceStatus.String():
		r.backupService("Get-CsBackupServiceStatus")
	case shell.BackupServiceSync.String():
		r.backupService("Invoke-CsBackupServiceSync")
	default:
		r.t.Errorf("the double does not support script %q", r.request.Script)
	}
	r.at(Answer)
}

func (r *run) count(add func(*Counts)) {
	r.mu.Lock()
	defer r.mu.Unlock()

	add(&r.counts)
}

// data returns the data of the script.
func (r *run) data() shell.PublishData {
	var data shell.PublishData
	if err := json.Unmarshal(r.request.Data, &data); err != nil {
		r.t.Errorf("the data of %s: %v", r.request.Script, err)
	}
	return data
}

// acquireLock acquires the lock within the script's time limit, and reports whether it succeeded.
func (r *run) acquireLock() bool {
	if r.has(func(f Fault) bool { return f.Busy }) {
		return false
	}

	// A free lock is acquired even if the time limit has passed.
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

// withLock runs work with the lock. If the lock is busy, the outcome is "busy".
func (r *run) withLock(work func()) {
	if !r.acquireLock() {
		r.answer["outcome"] = "busy"
		return
	}
	defer func() { <-r.lock }()

	work()
}

// readBack waits for the end of a publish, revokes one that has not begun, and reads the topology.
func (r *run) readBack() {
	locked := r.acquireLock()
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

// read runs Get-CsTopology -AsXml and reports whether it succeeded.
func (r *run) read(mayFail bool) bool {
	if mayFail && r.has(func(f Fault) bool { return f.ReadFails }) {
		r.fail(powershelltest.Fault{
			Message: r.text(`An error occurred: "System.Data.SqlClient.SqlException" ` +
				`"A network-related or instance-specific error occurred while establishing a connection to ` +
				`SQL Server."`),
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

// text returns a message in the language of the host.
func (r *run) text(message string) string {
	if r.has(func(f Fault) bool { return f.Localized }) {
		return "Fehler beim Ausf\u00fchren des Befehls: \u00dcberpr\u00fcfung fehlgeschlagen"
	}
	return message
}

func (r *run) path(kind string) string {
	return fmt.Sprintf(`%s\20130101T000000Z-%08x.%s`, Folder, r.number, kind)
}
