package shell

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
)

// enablePauses are the pauses before Enable-CsTopology is tried again. What keeps it from its work for a moment, such as a
// directory that has not replicated yet, is over after a while; what is not, such as missing rights, stays.
var enablePauses = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute}

// Enable runs Enable-CsTopology. The result has its warnings and its report.
func (s *Store) Enable(ctx context.Context) (store.Result, error) {
	longer, cancel := outlive(ctx, grace)
	defer cancel()

	var result store.Result
	if err := ctx.Err(); err != nil {
		return result, err //nolint:wrapcheck // the caller names the change
	}
	err := s.enableAgain(ctx, longer, nil, nil, &result)
	return result, err
}

// enableAgain looks at what the script that published said of Enable-CsTopology, and runs that again while it fails and
// there is time. One that has begun is let finish, as a publish is.
func (s *Store) enableAgain(ctx, longer context.Context, facts *ReportFacts, faults []powershell.Fault, notes *store.Result) error {
	var err error
	if facts != nil {
		err = s.enabled(facts, faults, notes)
	} else {
		err = s.enable(longer, notes)
	}

	for _, wait := range enablePauses {
		if err == nil || !s.options.Pause(ctx, wait) {
			break
		}

		err = s.enable(longer, notes)
	}

	return err
}

// enable runs the script once.
func (s *Store) enable(ctx context.Context, notes *store.Result) error {
	result, err := powershell.Run(ctx, s.transport, EnableTopology, powershell.Input{Data: s.data(ctx)})

	var facts PublishFacts

	told := len(result.Value) > 0 && json.Unmarshal(result.Value, &facts) == nil
	notes.Warnings = append(notes.Warnings, withoutPointers(result.Warnings, facts)...)

	if told {
		switch {
		case facts.Outcome == OutcomeBusy:
			return fmt.Errorf("another run of the provider on %s has been publishing all the time. Try again when it is done", s.transport.Host())
		case facts.Enable != nil:
			if facts.Enable.Path != "" {
				notes.Files = append(notes.Files, store.File{What: "report of Enable-CsTopology", Path: facts.Enable.Path})
			}

			return s.enabled(facts.Enable, result.Faults, notes)
		}
	}

	if err == nil {
		err = fmt.Errorf("the answer of %s on %s cannot be understood", EnableTopology, s.transport.Host())
	}

	return err
}

// enabled reads what Enable-CsTopology told: any error, its own or in its report, means that it did not do all its work.
func (s *Store) enabled(facts *ReportFacts, faults []powershell.Fault, notes *store.Result) error {
	var told report

	readReport("Enable-CsTopology", s.transport.Host(), facts, &told, notes)

	if facts.Errors == 0 && len(told.faults) == 0 {
		return nil
	}

	var text strings.Builder

	for _, fault := range faults {
		text.WriteString("\n" + fault.String())
	}

	for _, fault := range told.faults {
		text.WriteString("\nIn the report: " + fault.String())
	}

	if facts.Path != "" {
		text.WriteString("\nThe report is on " + s.transport.Host() + ": " + facts.Path)
	}

	return fmt.Errorf("Enable-CsTopology on %s failed%s\nThe account needs, besides what publishing needs, full control of the "+ //nolint:staticcheck // the name of a cmdlet
		"file shares of the pools", s.transport.Host(), text.String())
}
