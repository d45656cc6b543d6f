package shell

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// publication is one publish under way.
type publication struct {
	store *Store
	// ctx is the caller's; longer lasts until a publish that has begun is given up.
	ctx, longer context.Context //nolint:containedctx // a publication is a call

	id                string // of this publish
	base, next, after *topology.Document
	facts             powershell.PublishFacts
	faults            []powershell.Fault
	published         report // what Publish-CsTopology reported
	told              bool   // the script told what it did
	cause             error  // why it did not, or could not read the store
	notes             store.Report
}

// PublishReport publishes next if the store still holds base, and enables it. The errors are those of package store; a
// plain one does not occur.
func (s *Store) PublishReport(ctx context.Context, base, next []byte) (store.Report, error) {
	longer, cancel := outlive(ctx, grace)
	defer cancel()

	p := &publication{store: s, ctx: ctx, longer: longer, id: newID()}
	err := p.run(base, next) //nolint:contextcheck // what has begun outlives the call's context

	return p.notes, err
}

func (p *publication) run(base, next []byte) error {
	if err := p.ctx.Err(); err != nil {
		return p.notPublished("the time was over before it began: %w", context.Cause(p.ctx))
	}

	var err error
	if p.base, err = topology.Parse(base); err != nil {
		return p.notPublished("the topology that the change was made from: %w", err)
	}

	if p.next, err = topology.Parse(next); err != nil {
		return p.notPublished("the topology to publish: %w", err)
	}

	result, begun, err := p.start(base, next)
	p.faults = result.Faults

	p.told = len(result.Value) > 0 && json.Unmarshal(result.Value, &p.facts) == nil && p.facts.Outcome != ""

	var failed *powershell.Error

	p.notes.Warnings = append(p.notes.Warnings, withoutPointers(result.Warnings, p.facts)...)

	switch {
	case p.told:
		return p.answered(result, err)
	case errors.As(err, &failed) && !failed.OutcomeUnknown() && failed.Kind != powershell.Failed:
		return p.notPublished("%w", err)
	case err == nil:
		err = fmt.Errorf("the answer of %s on %s cannot be understood", powershell.PublishTopology, p.store.transport.Host())
	}

	p.cause = err

	return p.learn(begun)
}

// start runs the script. A context that ends before the script publishes stops it. After that the script is let finish:
// to stop it would leave a publish that nobody knows of. A transport that tells nothing of a running script leaves only the
// script's own look at the clock, and it is let finish in any case.
func (p *publication) start(base, next []byte) (result powershell.Result, begun bool, err error) {
	ctx, cancel := context.WithCancelCause(p.longer)
	defer cancel(nil)

	var seen atomic.Bool

	transport, watched := powershell.OnPublishing(p.store.transport, func() { seen.Store(true) })

	stop := context.AfterFunc(p.ctx, func() {
		if watched && !seen.Load() {
			cancel(context.Cause(p.ctx))
		}
	})
	defer stop()

	data := p.store.data(p.ctx)
	data.Run, data.BaseSHA256 = p.id, hash(base)
	data.Unpaired = topology.Unpaired(p.base.Topology(), p.next.Topology())

	result, err = powershell.Run(ctx, transport, powershell.PublishTopology, powershell.Input{Data: data, Document: string(next)})

	return result, seen.Load() || !watched, err
}

// answered goes on with what the script told.
func (p *publication) answered(result powershell.Result, err error) error {
	switch host := p.store.transport.Host(); p.facts.Outcome {
	case powershell.OutcomeCalled:
	case powershell.OutcomeConflict:
		return &store.ConflictError{Document: []byte(result.Document)}
	case powershell.OutcomeBusy:
		return p.notPublished("another run of the provider on %s has been publishing all the time. Try again when it is done; "+
			"if there is none, look for a powershell.exe that hangs there", host)
	case powershell.OutcomeLate:
		return p.notPublished("the time was over on %s before the publish began. Raise the timeout of the operation", host)
	case powershell.OutcomeFailedOver:
		// The other changes of this publish may go through.
		return &store.RefusedError{Reason: fmt.Sprintf("cannot publish the topology to %s: %s. A pool must keep its partner as long as it is "+
			"failed over (rule LC-NOFO): fail it back with Invoke-CsPoolFailBack, then apply again. Nothing was published", p.store.Location(), failedOver(p.facts.FailedOver))}
	default:
		if err == nil {
			err = fmt.Errorf("the script ended without a reason (outcome %q)", p.facts.Outcome)
		}

		return p.notPublished("%w", err)
	}

	p.noteFiles()

	if result.Document == "" {
		p.cause = fmt.Errorf("the topology could not be read after Publish-CsTopology on %s%s", p.store.transport.Host(), p.whatCameBack())

		return p.learn(true)
	}

	after, err := topology.Parse([]byte(result.Document))
	if err != nil {
		return &store.UnknownOutcomeError{Err: fmt.Errorf("the topology read from %s after the publish: %w", p.store.Location(), err)}
	}

	return p.judge(after)
}

func failedOver(states []powershell.PoolState) string {
	texts := make([]string, 0, len(states))
	for _, state := range states {
		texts = append(texts, fmt.Sprintf("%s is in the state %s", state.Pool, state.State))
	}

	return strings.Join(texts, ", ")
}

// learn finds out what became of a publish whose end was not seen: it connects again and reads until the time is over.
func (p *publication) learn(begun bool) error {
	ctx, cancel := p.longer, context.CancelFunc(func() {})
	if p.longer.Err() != nil || !begun && p.ctx.Err() != nil {
		// The script was stopped: most likely before it published, or while it hung. Most likely is not enough.
		ctx, cancel = context.WithTimeout(context.WithoutCancel(p.ctx), checkTime)
	}
	defer cancel()

	var last error

	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		after, err := p.settle(ctx)
		if err == nil {
			return p.judge(after)
		}

		last = err

		if !pause(ctx, wait) {
			break
		}
	}

	return &store.UnknownOutcomeError{Err: fmt.Errorf("%w\nThe topology could not be read since then from %s: %w\n"+
		"Run terraform plan when it can be read again, to see what is there", p.cause, p.store.Location(), last)}
}

// settle reads what the store holds once no publish is under way on the host, and keeps ours from being made later. One that is as wanted is good at once.
func (p *publication) settle(ctx context.Context) (*topology.Document, error) {
	data := p.store.data(ctx)
	data.Run = p.id

	result, err := powershell.Run(ctx, p.store.transport, powershell.SettleTopology, powershell.Input{Data: data})
	if err != nil {
		return nil, err
	}

	after, err := topology.Parse([]byte(result.Document))
	if err != nil {
		return nil, err
	}

	var facts powershell.SettleFacts
	if err := json.Unmarshal(result.Value, &facts); err != nil {
		return nil, fmt.Errorf("the answer of %s on %s cannot be understood: %w", powershell.SettleTopology, p.store.transport.Host(), err)
	}

	if !facts.Settled && !topology.Equivalent(p.next, after) {
		return nil, fmt.Errorf("a publish is still under way on %s", p.store.transport.Host())
	}

	return after, nil
}

// judge decides by what the store holds after the publish.
func (p *publication) judge(after *topology.Document) error {
	p.after = after
	p.notes.Document = after.Bytes()
	p.readReport("Publish-CsTopology", p.facts.Publish, &p.published)

	failed := !p.told || len(p.published.faults) > 0 || p.facts.Publish != nil && p.facts.Publish.Errors > 0

	switch {
	case topology.Equivalent(p.next, after):
	case topology.Equivalent(p.base, after):
		return p.unchanged(failed)
	case failed && len(topology.Compare(p.next, p.base, after).Ours) == 0:
		return p.notPublished("Publish-CsTopology on %s failed, and another administrator has published in the meantime%s",
			p.store.transport.Host(), p.whatCameBack())
	}

	if err := p.overwrote(); err != nil {
		return err
	}

	switch {
	case !p.told:
		p.warn("The end of the publish on %s was not seen (%v), but the topology is there. Whether another administrator's publish of the same "+
			"moment was overwritten could not be checked: the backup of what was there before is in the folder of backups on that host.",
			p.store.transport.Host(), p.cause)
	case failed:
		p.warn("Publish-CsTopology on %s told of errors, but the topology is there.%s", p.store.transport.Host(), p.whatCameBack())
	}

	enabled := p.store.enableAgain(p.ctx, p.longer, p.facts.Enable, p.faultsOf("Enable-CsTopology"), &p.notes)

	if difference := topology.Compare(p.base, p.next, after); len(difference.Ours) > 0 {
		return &store.DifferentError{Difference: strings.Join(difference.Ours, ", "), Enabled: enabled == nil, Err: enabled}
	} else if !difference.None() {
		p.warn("After the publish the topology differs from what was published in parts that this change does not touch: %s. "+
			"Somebody else may have published at the same time.", difference)
	}

	urls := p.simpleURLs(enabled == nil)

	if enabled != nil {
		if urls != nil {
			p.notes.Warnings = append(p.notes.Warnings, urls.Error())
		}

		return &store.NotEnabledError{Err: enabled}
	}

	return urls
}

// unchanged is the error of a publish that left the store as it was. Where everything that came back speaks of the
// document, the document is to blame.
func (p *publication) unchanged(failed bool) error {
	host := p.store.transport.Host()

	if p.cause != nil {
		if p.ctx.Err() != nil {
			return p.notPublished("the time was over before the publish on %s was made (%w)", host, context.Cause(p.ctx))
		}

		return p.notPublished("%w\nThe topology was read again and is as it was", p.cause)
	}

	if p.published.speaksOfDocument(p.faultsOf("Publish-CsTopology")) {
		return &store.RefusedError{
			Reason: fmt.Sprintf("Publish-CsTopology on %s refused the topology, and nothing was published", host),
			Err:    errors.New(strings.TrimPrefix(p.whatCameBack(), "\n")),
		}
	}

	if !failed {
		return p.notPublished("Publish-CsTopology on %s told of no error, but the topology was read again and is as it was; somebody else may "+
			"have published the old one in the same moment. Look at the report, then apply again.%s", host, p.whatCameBack())
	}

	return p.notPublished("Publish-CsTopology on %s did not publish: the topology was read again and is as it was.%s\n"+
		"The account needs to be in RTCUniversalServerAdmins and, where setup was not delegated with Grant-CsSetupPermission, a domain "+
		"administrator; SQL Server and Active Directory must let it in from that host", host, p.whatCameBack())
}

// overwrote looks at the backup, which is what the store held when it was written over.
func (p *publication) overwrote() error {
	backup := p.facts.Backup

	switch {
	case !p.told:
		return nil // said with the rest
	case backup == nil || backup.Path == "":
		p.warn("Publish-CsTopology left no backup on %s, so that nobody can tell whether another administrator's publish of the same moment "+
			"was overwritten.", p.store.transport.Host())

		return nil
	case backup.Same:
		return nil
	}

	ours := ""
	if p.facts.Wanted != nil {
		ours = p.facts.Wanted.Path
	}

	overwrote := &store.OverwroteError{
		Theirs: backup.Path, Ours: ours, Host: p.store.transport.Host(), Changed: "parts that cannot be told, because that file cannot be read",
		Restore: "Publish-CsTopology -FileName '" + strings.ReplaceAll(backup.Path, "'", "''") + "' -Force; Enable-CsTopology",
		Enabled: p.facts.Enable != nil,
	}

	if held, err := topology.Parse([]byte(backup.Text)); err == nil {
		difference := topology.Compare(p.base, p.base, held)
		if difference.None() {
			return nil
		}

		overwrote.Changed = difference.String()
	}

	return overwrote
}

// unread stands for simple URLs that could not be read.
const unread = "?"

// simpleURLs compares them with those before.
func (p *publication) simpleURLs(enabled bool) error {
	before, after := p.facts.URLsBefore, p.facts.URLsAfter
	if !p.told || slices.Contains(before, unread) || slices.Contains(after, unread) {
		p.warn("Whether the simple URLs are as they were before the publish could not be checked on %s: look at Get-CsSimpleUrlConfiguration.",
			p.store.transport.Host())

		return nil
	}

	if slices.Equal(before, after) {
		return nil
	}

	return &store.SimpleURLsError{Before: before, After: after, Enabled: enabled}
}

// readReport notes the warnings of a report and where it is.
func (p *publication) readReport(cmdlet string, facts *powershell.ReportFacts, into *report) {
	readReport(cmdlet, p.store.transport.Host(), facts, into, &p.notes)
}

func readReport(cmdlet, host string, facts *powershell.ReportFacts, into *report, notes *store.Report) {
	if facts == nil {
		return
	}

	var err error
	if *into, err = parseReport(string(facts.Text)); err != nil {
		notes.Warnings = append(notes.Warnings, fmt.Sprintf("%s on %s: %v", cmdlet, host, err))
	}

	for _, warning := range into.warnings {
		notes.Warnings = append(notes.Warnings, fmt.Sprintf("%s on %s warned: %s", cmdlet, host, warning))
	}
}

// withoutPointers leaves out the warnings of cmdlets that only say where their report is, in whatever language.
func withoutPointers(warnings []string, facts powershell.PublishFacts) []string {
	return slices.DeleteFunc(slices.Clone(warnings), func(warning string) bool {
		return slices.ContainsFunc([]*powershell.ReportFacts{facts.Publish, facts.Enable}, func(report *powershell.ReportFacts) bool {
			return report != nil && report.Path != "" && strings.Contains(warning, report.Path)
		})
	})
}

// noteFiles notes where backup, topology and reports are on the host.
func (p *publication) noteFiles() {
	add := func(what, path string) {
		if path != "" {
			p.notes.Files = append(p.notes.Files, store.File{What: what, Path: path})
		}
	}

	if p.facts.Backup != nil {
		add("backup of what was there before", p.facts.Backup.Path)
	}

	if p.facts.Wanted != nil {
		add("topology to publish", p.facts.Wanted.Path)
	}

	if p.facts.Publish != nil {
		add("report of Publish-CsTopology", p.facts.Publish.Path)
	}

	if p.facts.Enable != nil {
		add("report of Enable-CsTopology", p.facts.Enable.Path)
	}
}

// faultsOf are the errors of one cmdlet.
func (p *publication) faultsOf(cmdlet string) []powershell.Fault {
	var faults []powershell.Fault

	for _, fault := range p.faults {
		// The product writes some of its names in other letters: Publish-CSTopology.
		if strings.EqualFold(fault.Cmdlet, cmdlet) {
			faults = append(faults, fault)
		}
	}

	return faults
}

// whatCameBack is all that was told of Publish-CsTopology, and where to read more, on lines of their own.
func (p *publication) whatCameBack() string {
	var text strings.Builder

	faults := p.faultsOf("Publish-CsTopology")
	if len(faults) == 0 {
		faults = p.faults
	}

	for _, fault := range faults {
		text.WriteString("\n" + fault.String())
	}

	for _, fault := range p.published.faults {
		text.WriteString("\nIn the report: " + fault.String())
	}

	if files := p.notes.String(); files != "" {
		text.WriteString("\nOn " + p.store.transport.Host() + ":\n" + files)
	}

	return text.String()
}

func (p *publication) warn(format string, args ...any) {
	p.notes.Warnings = append(p.notes.Warnings, fmt.Sprintf(format, args...))
}

func (p *publication) notPublished(format string, args ...any) error {
	return &store.NotPublishedError{Err: fmt.Errorf("cannot publish the topology to %s: "+format, append([]any{p.store.Location()}, args...)...)}
}
