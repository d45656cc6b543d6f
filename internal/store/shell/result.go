package shell

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

func failedOver(states []PoolState) string {
	texts := make([]string, 0, len(states))
	for _, state := range states {
		texts = append(texts, fmt.Sprintf("%s is in the state %s", state.Pool, state.State))
	}

	return strings.Join(texts, ", ")
}

// readReport notes the warnings of a report and where it is.
func (p *publication) readReport(cmdlet string, facts *ReportFacts, into *report) {
	readReport(cmdlet, p.store.transport.Host(), facts, into, &p.result)
}

func readReport(cmdlet, host string, facts *ReportFacts, into *report, notes *store.Result) {
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
func withoutPointers(warnings []string, facts PublishFacts) []string {
	return slices.DeleteFunc(slices.Clone(warnings), func(warning string) bool {
		return slices.ContainsFunc([]*ReportFacts{facts.Publish, facts.Enable}, func(report *ReportFacts) bool {
			return report != nil && report.Path != "" && strings.Contains(warning, report.Path)
		})
	})
}

// noteFiles notes where backup, topology and reports are on the host.
func (p *publication) noteFiles() {
	add := func(what, path string) {
		if path != "" {
			p.result.Files = append(p.result.Files, store.File{What: what, Path: path})
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

	for _, fault := range p.report.faults {
		text.WriteString("\nIn the report: " + fault.String())
	}

	if files := p.result.FileList(); files != "" {
		text.WriteString("\nOn " + p.store.transport.Host() + ":\n" + files)
	}

	return text.String()
}

func (p *publication) warn(format string, args ...any) {
	p.result.Warnings = append(p.result.Warnings, fmt.Sprintf(format, args...))
}

func (p *publication) notPublished(format string, args ...any) error {
	return &store.NotPublishedError{Err: fmt.Errorf("cannot publish the topology to %s: "+format, append([]any{p.store.Location()}, args...)...)}
}
