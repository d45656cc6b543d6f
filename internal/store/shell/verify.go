package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// judge decides by what the store holds after the publish.
func (p *publication) judge(after *topology.Document) error {
	p.after = after
	p.result.Document = after.Bytes()
	p.readReport("Publish-CsTopology", p.facts.Publish, &p.report)

	failed := !p.answered || len(p.report.faults) > 0 || p.facts.Publish != nil && p.facts.Publish.Errors > 0

	switch {
	case topology.Equivalent(p.next, after):
	case topology.Equivalent(p.base, after):
		return p.unchanged(failed)
	case failed && len(topology.Compare(p.next, p.base, after).Ours) == 0:
		return p.notPublished("Publish-CsTopology on %s failed, and another administrator has published in the meantime%s",
			p.store.transport.Host(), p.whatCameBack())
	}

	if overwrite := p.overwrite(); overwrite != nil {
		p.result.Alarm = overwrite
		if p.facts.Enable == nil {
			p.result.NotEnabled = errors.New(overwrite.String())
		}
		return nil
	}

	switch {
	case !p.answered:
		p.warn("The end of the publish on %s was not seen (%v), but the topology is there. Whether another administrator's publish of the same "+
			"moment was overwritten could not be checked: the backup of what was there before is in the folder of backups on that host.",
			p.store.transport.Host(), p.cause)
	case failed:
		p.warn("Publish-CsTopology on %s told of errors, but the topology is there.%s", p.store.transport.Host(), p.whatCameBack())
	}

	if signature := p.next.Topology().Signature; signature != "" && signature == after.Topology().Signature {
		p.warn("The store kept the Signature of the topology through this publish. Whether it should give a new one is not known; with the " +
			"same one Topology Builder may not notice that a project downloaded before is older than this topology: download the " +
			"topology before every edit there.")
	}

	enabled := p.store.enableAgain(p.ctx, p.longer, p.facts.Enable, p.faultsOf("Enable-CsTopology"), &p.result)

	p.result.NotEnabled = enabled

	if difference := topology.Compare(p.base, p.next, after); len(difference.Ours) > 0 {
		p.result.Difference = strings.Join(difference.Ours, ", ")
		if enabled != nil {
			p.result.NotEnabled = fmt.Errorf("after the publish the topology differs from what was published, in %s, and it could not be enabled: %w",
				p.result.Difference, enabled)
		}
		return nil
	} else if !difference.IsEmpty() {
		p.warn("After the publish the topology differs from what was published in parts that this change does not touch: %s. "+
			"Somebody else may have published at the same time.", difference)
	}

	switch urls := p.simpleURLs(); {
	case urls == nil:
	case enabled != nil:
		p.warn("%s", urls) // the error is that the topology is not in effect
	default:
		p.result.Alarm = urls
	}
	return nil
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

	if p.report.speaksOfDocument(p.faultsOf("Publish-CsTopology")) {
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

// overwrite returns the publish that ours replaced, nil for none. It compares the backup, which is what the store held
// directly before, with the base.
func (p *publication) overwrite() *store.Overwrite {
	backup := p.facts.Backup

	switch {
	case !p.answered:
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

	overwrite := &store.Overwrite{
		Theirs: backup.Path, Ours: ours, Host: p.store.transport.Host(), Changed: "parts that cannot be told, because that file cannot be read",
		Restore: "Publish-CsTopology -FileName '" + strings.ReplaceAll(backup.Path, "'", "''") + "' -Force; Enable-CsTopology",
	}

	if held, err := topology.Parse([]byte(backup.Text)); err == nil {
		difference := topology.Compare(p.base, p.base, held)
		if difference.IsEmpty() {
			return nil
		}

		overwrite.Changed = difference.String()
	}

	return overwrite
}

// unread stands for simple URLs that could not be read.
const unread = "?"

// simpleURLs returns how the simple URLs differ from those before the publish, nil if they do not.
func (p *publication) simpleURLs() *store.SimpleURLChange {
	before, after := p.facts.URLsBefore, p.facts.URLsAfter
	if !p.answered || slices.Contains(before, unread) || slices.Contains(after, unread) {
		p.warn("Whether the simple URLs are as they were before the publish could not be checked on %s: look at Get-CsSimpleUrlConfiguration.",
			p.store.transport.Host())

		return nil
	}

	if slices.Equal(before, after) {
		return nil
	}

	return &store.SimpleURLChange{Before: before, After: after}
}
