package shell

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// decode decodes the value that a script returned.
func (s *Store) decode(script *powershell.Script, result powershell.Result, facts any) error {
	err := powershell.Guard(func() error { return json.Unmarshal(result.Value, facts) })
	if err != nil {
		return fmt.Errorf("cannot interpret the result of %s on %s: %w", script, s.transport.Host(), err)
	}
	return nil
}

// describeStates returns the states of pools for a message.
func describeStates(states []PoolState) string {
	texts := make([]string, 0, len(states))
	for _, state := range states {
		texts = append(texts, fmt.Sprintf("%s is in the state %s", state.Pool, state.State))
	}
	return strings.Join(texts, ", ")
}

// readReport parses the report of a cmdlet and adds its warnings to the result. Without facts the report is empty.
func readReport(cmdlet, host string, facts *ReportFacts, result *store.Result) report {
	if facts == nil {
		return report{}
	}
	parsed, err := parseReport(string(facts.Text))
	if err != nil {
		result.Warnings = append(result.Warnings, fmt.Sprintf("%s on %s: %v", cmdlet, host, err))
	}
	for _, warning := range parsed.warnings {
		result.Warnings = append(result.Warnings, fmt.Sprintf("%s on %s warned: %s", cmdlet, host, warning))
	}
	return parsed
}

// withoutReportPaths removes the warnings of cmdlets that only name the path of a report. Their text depends on the
// language of the host.
func withoutReportPaths(warnings []string, facts PublishFacts) []string {
	return slices.DeleteFunc(slices.Clone(warnings), func(warning string) bool {
		return slices.ContainsFunc([]*ReportFacts{facts.Publish, facts.Enable}, func(report *ReportFacts) bool {
			return report != nil && report.Path != "" && strings.Contains(warning, report.Path)
		})
	})
}

// addFiles adds the backup, the published topology and the reports on the host to the result.
func (p *publication) addFiles() {
	add := func(what, path string) {
		if path != "" {
			p.result.Files = append(p.result.Files, store.File{What: what, Path: path})
		}
	}
	if p.facts.Backup != nil {
		add("backup of the previous topology", p.facts.Backup.Path)
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

// faultsOf returns the errors of one cmdlet.
func (p *publication) faultsOf(cmdlet string) []powershell.Fault {
	var faults []powershell.Fault
	for _, fault := range p.faults {
		// The product spells some names with other letter cases: Publish-CSTopology.
		if strings.EqualFold(fault.Cmdlet, cmdlet) {
			faults = append(faults, fault)
		}
	}
	return faults
}

// response returns the errors of Publish-CsTopology and the files on the host for a message, each on a line of its own.
func (p *publication) response() string {
	faults := p.faultsOf("Publish-CsTopology")
	if len(faults) == 0 {
		faults = p.faults
	}
	text := faultLines(faults, p.report)
	if files := p.result.FileList(); files != "" {
		text += "\nOn " + p.store.transport.Host() + ":\n" + files
	}
	return text
}

// faultLines returns the errors of a cmdlet and of its report for a message. Each starts a line.
func faultLines(faults []powershell.Fault, report report) string {
	var text strings.Builder
	for _, fault := range faults {
		text.WriteString("\n" + fault.String())
	}
	for _, fault := range report.faults {
		text.WriteString("\nIn the report: " + fault.String())
	}
	return text.String()
}

// warn adds a warning to the result.
func (p *publication) warn(format string, args ...any) {
	p.result.Warnings = append(p.result.Warnings, fmt.Sprintf(format, args...))
}

// notPublished returns the error of a publish that was not made.
func (p *publication) notPublished(format string, args ...any) error {
	return &store.NotPublishedError{Err: fmt.Errorf("cannot publish the topology to %s: "+format,
		append([]any{p.store.Location()}, args...)...)}
}
