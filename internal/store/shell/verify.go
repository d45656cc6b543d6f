package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
	"github.com/lync-iac/terraform-provider-lync/internal/sentence"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// verify determines the outcome of the publish from the document that the store has afterwards.
func (p *publication) verify(after *topology.Document) error {
	p.result.Document = after.Bytes()
	p.report = readReport("Publish-CsTopology", p.store.transport.Host(), p.facts.Publish, &p.result)
	failed := !p.hasFacts || len(p.report.faults) > 0 || p.facts.Publish != nil && p.facts.Publish.Errors > 0
	switch {
	case topology.Equivalent(p.next, after):
	case topology.Equivalent(p.base, after):
		return p.unchanged(failed)
	case failed && len(topology.Compare(p.next, p.base, after).Ours) == 0:
		return p.notPublished("Publish-CsTopology on %s failed, and another administrator has published in the "+
			"meantime%s",
			p.store.transport.Host(), p.response())
	}
	if overwrite := p.overwrite(); overwrite != nil {
		p.result.Alarm = overwrite
		if p.facts.Enable == nil {
			p.result.NotEnabled = errors.New(overwrite.String())
		}
		return nil
	}
	p.published(after, failed)
	return nil
}

// published completes the result of a publish that was made and that overwrote no other one. It enables the topology if
// the script did not.
func (p *publication) published(after *topology.Document, failed bool) {
	switch {
	case !p.hasFacts:
		p.warn("The end of the publish on %s was not observed (%v), but the topology was published. The provider "+
			"could not check whether this overwrote a publish that another administrator made at the same time. The "+
			"backup of the previous topology is in the folder of backups on that "+
			"host.", p.store.transport.Host(), p.cause)
	case failed:
		p.warn("Publish-CsTopology on %s reported errors, but the topology was published.%s",
			p.store.transport.Host(), p.response())
	}
	if signature := p.next.Topology().Signature; signature != "" && signature == after.Topology().Signature {
		p.warn("This publish did not change the Signature of the topology. Whether a publish should change the " +
			"Signature is unknown. If the Signature stays the same, Topology Builder may not detect that a project " +
			"is older than this topology. Download the topology in Topology Builder before every edit.")
	}
	notEnabled := p.store.enableWithRetry(p.ctx, p.extended, p.facts.Enable, p.faultsOf("Enable-CsTopology"), &p.result)
	p.result.NotEnabled = notEnabled

	difference := topology.Compare(p.base, p.next, after)
	if len(difference.Ours) > 0 {
		p.result.Difference = strings.Join(difference.Ours, ", ")
		if notEnabled != nil {
			p.result.NotEnabled = fmt.Errorf("after the publish, the topology in the store differs from the published "+
				"document in %s, and it could not be enabled: %w", p.result.Difference, notEnabled)
		}
		return
	}
	if !difference.IsEmpty() {
		p.warn("After the publish, the topology in the store differs from the published document in parts that this "+
			"change does not touch: %s. Another program may have published at the same time.", difference)
	}
	switch change := p.simpleURLChange(); {
	case change == nil:
	case notEnabled != nil:
		p.warn("%s", change) // NotEnabled is the failure to report
	default:
		p.result.Alarm = change
	}
}

// unchanged returns the error of a publish after which the store has the base. It is a [store.RefusedError] only if
// every error of the response concerns the document.
func (p *publication) unchanged(failed bool) error {
	host := p.store.transport.Host()
	if p.cause != nil {
		if p.ctx.Err() != nil {
			return p.notPublished("the operation ended before the publish on %s was made (%w)", host,
				context.Cause(p.ctx))
		}
		return p.notPublished("%w\nThe topology was read again and is unchanged", p.cause)
	}
	// A script with many errors returns only some of them.
	hasAllFaults := p.facts.Publish == nil || p.facts.Publish.Errors <= len(p.faults)
	if hasAllFaults && p.report.concernsDocument(p.faultsOf("Publish-CsTopology")) {
		return &store.RefusedError{
			Reason: fmt.Sprintf("Publish-CsTopology on %s refused the topology, and nothing was published", host),
			Err:    errors.New(strings.TrimPrefix(p.response(), "\n")),
		}
	}
	if !failed {
		return p.notPublished("%w", &Error{Kind: NoEffect, Text: fmt.Sprintf("Publish-CsTopology on %s reported no "+
			"error, but the topology was read again and is unchanged. Another administrator may have published the "+
			"previous topology at the same time.%s", host, p.response())})
	}
	if p.report.isUnparsed(p.faultsOf("Publish-CsTopology")) {
		return p.notPublished("Publish-CsTopology on %s could not parse the file with the topology. The topology was "+
			"read again and is unchanged.%s\nThe cause is that file, not the permissions of the account. Please "+
			"report this with the errors above and the first line of the file", host, p.response())
	}
	return p.notPublished("Publish-CsTopology on %s did not publish: the topology was read again and is unchanged.%s\n"+
		"The account must be a member of RTCUniversalServerAdmins and, unless setup was delegated with "+
		"Grant-CsSetupPermission, a domain administrator. SQL Server and Active Directory must accept it from that "+
		"host",
		host, p.response())
}

// overwrite returns the publish of another administrator that this publish replaced, or nil. It compares the backup,
// which is the content of the store immediately before the publish, with the base.
func (p *publication) overwrite() *store.Overwrite {
	backup := p.facts.Backup
	switch {
	case !p.hasFacts:
		return nil // published warns of it
	case backup != nil && backup.Untrusted != "":
		p.warn("The backup that Publish-CsTopology left on %s %s. The provider did not read it, and cannot check "+
			"whether this publish overwrote one that another administrator made at the same time.",
			p.store.transport.Host(), backup.Untrusted)
		return nil
	case backup != nil && backup.Unreadable != "":
		p.warnUnreadable(backup.Unreadable)
		return nil
	case backup == nil || backup.Path == "":
		p.warn("Publish-CsTopology left no backup on %s. The provider cannot check whether this publish overwrote one "+
			"that another administrator made at the same time.", p.store.transport.Host())
		return nil
	case backup.Same:
		return nil
	}
	overwrite := &store.Overwrite{
		Theirs:  backup.Path,
		Host:    p.store.transport.Host(),
		Changed: "parts that are unknown because that file is too long for the result of the script",
		Restore: "Publish-CsTopology -FileName " + argument.PowerShell(backup.Path) + " -Force; Enable-CsTopology",
	}
	if p.facts.Wanted != nil {
		overwrite.Ours = p.facts.Wanted.Path
	}
	if backup.Text == "" {
		return overwrite
	}
	previous, err := topology.Parse(topology.EncodeText(string(backup.Text)))
	if err != nil {
		p.warnUnreadable(err.Error())
		return nil
	}
	difference := topology.Compare(p.base, p.base, previous)
	if difference.IsEmpty() {
		return nil
	}
	overwrite.Changed = difference.String()
	return overwrite
}

// warnUnreadable adds the warning about a backup that cannot be read or parsed.
func (p *publication) warnUnreadable(reason string) {
	p.warn("%s", sentence.Then(fmt.Sprintf("The backup that Publish-CsTopology left on %s cannot be read: %s",
		p.store.transport.Host(), reason), "The provider cannot check whether this publish overwrote one that another "+
		"administrator made at the same time."))
}

// unreadURLs stands for simple URLs that the script could not read.
const unreadURLs = "?"

// simpleURLChange returns the difference between the simple URLs before and after the publish, or nil.
func (p *publication) simpleURLChange() *store.SimpleURLChange {
	before, after := p.facts.URLsBefore, p.facts.URLsAfter
	if !p.hasFacts || slices.Contains(before, unreadURLs) || slices.Contains(after, unreadURLs) {
		p.warn("The provider could not check on %s whether the simple URLs changed with the publish. Check the output "+
			"of Get-CsSimpleUrlConfiguration.", p.store.transport.Host())
		return nil
	}
	if slices.Equal(before, after) {
		return nil
	}
	return &store.SimpleURLChange{Before: before, After: after}
}
