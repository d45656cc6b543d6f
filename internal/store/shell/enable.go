package shell

import (
	"context"
	"fmt"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// enablePauses are the pauses before each further attempt at Enable-CsTopology. Some causes of a failure disappear
// within this time, such as a domain controller that has not replicated yet. Others remain, such as missing rights.
var enablePauses = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute}

// Enable runs Enable-CsTopology. The result has its warnings and its report.
func (s *Store) Enable(ctx context.Context) (store.Result, error) {
	extended, cancel := extend(ctx, grace)
	defer cancel()
	var result store.Result
	if err := ctx.Err(); err != nil {
		return result, err //nolint:wrapcheck // the caller names the change
	}
	err := s.enableWithRetry(ctx, extended, nil, nil, &result)
	return result, err
}

// enableWithRetry runs Enable-CsTopology until it succeeds or the attempts or ctx end. facts and faults are those of an
// attempt that was made already, nil for none. An attempt that has begun continues after ctx ends, until extended ends.
func (s *Store) enableWithRetry(
	ctx, extended context.Context, facts *ReportFacts, faults []powershell.Fault, result *store.Result,
) error {
	var err error
	if facts != nil {
		err = s.enableError(facts, faults, result)
	} else {
		err = s.enable(extended, result)
	}
	for _, wait := range enablePauses {
		if err == nil || !s.options.Pause(ctx, wait) {
			break
		}
		err = s.enable(extended, result)
	}
	return err
}

// enable makes one attempt at Enable-CsTopology.
func (s *Store) enable(ctx context.Context, result *store.Result) error {
	data := s.data(ctx)
	output, err := powershell.Run(ctx, s.transport, EnableTopology, powershell.Input{Data: data})
	var facts PublishFacts
	decodeErr := s.decode(EnableTopology, output, &facts)
	result.Warnings = append(result.Warnings, withoutReportPaths(output.Warnings, facts)...)
	switch {
	case decodeErr != nil:
	case facts.Outcome == OutcomeBusy:
		return busyError(s.transport.Host(), data)
	case facts.Enable != nil:
		if facts.Enable.Path != "" {
			result.Files = append(result.Files, store.File{
				What: "report of Enable-CsTopology", Path: facts.Enable.Path,
			})
		}
		return s.enableError(facts.Enable, output.Faults, result)
	}
	switch {
	case err != nil:
		return err
	case decodeErr != nil:
		return decodeErr
	default:
		return fmt.Errorf("cannot interpret the result of %s on %s: it has no outcome of Enable-CsTopology",
			EnableTopology, s.transport.Host())
	}
}

// enableError returns the error of an attempt at Enable-CsTopology, nil if it succeeded, and adds the warnings of its
// report to the result. Any error of the cmdlet or in its report means that the topology is not completely in effect.
func (s *Store) enableError(facts *ReportFacts, faults []powershell.Fault, result *store.Result) error {
	report := readReport("Enable-CsTopology", s.transport.Host(), facts, result)
	if facts.Errors == 0 && len(report.faults) == 0 {
		return nil
	}
	text := faultLines(faults, report)
	if facts.Path != "" {
		text += "\nThe report is on " + s.transport.Host() + ": " + facts.Path
	}
	//nolint:staticcheck // the text begins with the name of a cmdlet
	return fmt.Errorf("Enable-CsTopology on %s failed%s\nIn addition to the rights to publish, the account needs full "+
		"control of the file shares of the pools", s.transport.Host(), text)
}
