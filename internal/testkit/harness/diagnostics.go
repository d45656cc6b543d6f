package harness

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// diagnostic is an error or a warning, of the provider or of the harness itself.
type diagnostic struct {
	Severity string `json:"severity"` // error or warning
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Address  string `json:"address,omitempty"` // of the resource
	Range    any    `json:"range,omitempty"`   // in the configuration

	subject *hcl.Range
	context string // the block that the subject is in
	snippet string
}

const (
	severityError   = "error"
	severityWarning = "warning"
)

type diagnostics []diagnostic

func errorf(summary, format string, arguments ...any) diagnostics {
	return diagnostics{{Severity: severityError, Summary: summary, Detail: fmt.Sprintf(format, arguments...)}}
}

func (d diagnostics) failed() bool {
	return slices.ContainsFunc(d, func(one diagnostic) bool { return one.Severity == severityError })
}

// errorsOnly leaves out the warnings.
func (d diagnostics) errorsOnly() diagnostics {
	return slices.DeleteFunc(slices.Clone(d), func(one diagnostic) bool { return one.Severity != severityError })
}

// sorted has warnings first, then the order of the configuration, as Terraform prints them.
func (d diagnostics) sorted() diagnostics {
	all := slices.Clone(d)
	slices.SortStableFunc(all, func(a, b diagnostic) int {
		if a.Severity != b.Severity {
			return strings.Compare(b.Severity, a.Severity)
		}
		switch {
		case a.subject == nil && b.subject == nil:
			return 0
		case a.subject == nil:
			return -1
		case b.subject == nil:
			return 1
		case a.subject.Filename != b.subject.Filename:
			return strings.Compare(a.subject.Filename, b.subject.Filename)
		default:
			return a.subject.Start.Byte - b.subject.Start.Byte
		}
	})
	return all
}

// consolidated keeps, of several warnings with one summary, the first, as the command line does. Warnings
// without a place in the configuration stay.
func (d diagnostics) consolidated() diagnostics {
	var all diagnostics
	first := map[string]int{}
	more := map[string]int{}
	for _, one := range d {
		if one.Severity == severityWarning && one.subject != nil {
			if _, seen := first[one.Summary]; seen {
				more[one.Summary]++
				continue
			}
			first[one.Summary] = len(all)
		}
		all = append(all, one)
	}
	for summary, n := range more {
		all[first[summary]].Detail += fmt.Sprintf("\n\n(and %d more similar)", n)
	}
	return all
}

// String is the diagnostics as the command line prints them, without boxes around them.
func (d diagnostics) String() string {
	var out strings.Builder
	for _, one := range d.sorted().consolidated() {
		fmt.Fprintf(&out, "\n%s: %s\n\n", strings.ToUpper(one.Severity[:1])+one.Severity[1:], one.Summary)
		if one.Address != "" {
			fmt.Fprintf(&out, "  with %s,\n", one.Address)
		}
		if one.subject != nil {
			fmt.Fprintf(&out, "  on %s line %d, %s:\n%s\n", one.subject.Filename, one.subject.Start.Line, one.context,
				one.snippet)
		}
		fmt.Fprintf(&out, "\n%s\n", one.Detail)
	}
	return out.String()
}

// jsonLines is the diagnostics as the command line prints them with -json.
func (d diagnostics) jsonLines() string {
	var out strings.Builder
	for _, one := range d.sorted() {
		if one.subject != nil {
			at := *one.subject
			if at.Empty() { // Terraform marks at least one character
				at.End.Byte++
				at.End.Column++
			}
			position := func(p hcl.Pos) map[string]int {
				return map[string]int{"line": p.Line, "column": p.Column, "byte": p.Byte}
			}
			one.Range = map[string]any{"filename": at.Filename, "start": position(at.Start), "end": position(at.End)}
		}
		line, err := json.Marshal(map[string]any{"type": "diagnostic", "diagnostic": one})
		must(err)
		out.Write(append(line, '\n'))
	}
	return out.String()
}

// fromHCL converts the diagnostics of an expression or a body.
func fromHCL(from hcl.Diagnostics) diagnostics {
	var all diagnostics
	for _, d := range from {
		severity := severityError
		if d.Severity == hcl.DiagWarning {
			severity = severityWarning
		}
		all = append(all, diagnostic{Severity: severity, Summary: d.Summary, Detail: d.Detail, subject: d.Subject})
	}
	return all
}

// fromProvider converts what the provider returned for a block. The subject is the argument that a path names.
func fromProvider(from []*tfprotov6.Diagnostic, b *block, address string) diagnostics {
	var all diagnostics
	for _, d := range from {
		severity := severityError
		if d.Severity == tfprotov6.DiagnosticSeverityWarning {
			severity = severityWarning
		}
		one := diagnostic{Severity: severity, Summary: d.Summary, Detail: d.Detail}
		if b != nil { // without a configuration Terraform names no resource
			one.Address = address
			one.subject, one.context = b.subject(d.Attribute), b.title
			one.snippet = b.source(*one.subject)
		}
		all = append(all, one)
	}
	return all
}

// subject is the range of the argument that a path leads to, or the start of the body if there is none.
func (b *block) subject(path *tftypes.AttributePath) *hcl.Range {
	start := b.syntax.MissingItemRange()
	if path == nil || len(path.Steps()) == 0 {
		return &start
	}
	name, ok := path.Steps()[0].(tftypes.AttributeName)
	if !ok {
		return &start
	}
	argument, ok := b.syntax.Attributes[string(name)]
	if !ok {
		return &start
	}
	found := argument.Expr
	for _, step := range path.Steps()[1:] {
		inner := item(found, step)
		if inner == nil {
			break
		}
		found = inner
	}
	at := found.Range()
	return &at
}

// item is the expression of one element in the literal of an object, nil if it is not written as one.
func item(of hclsyntax.Expression, step tftypes.AttributePathStep) hclsyntax.Expression {
	literal, ok := of.(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil
	}
	key := ""
	switch s := step.(type) {
	case tftypes.ElementKeyString:
		key = string(s)
	case tftypes.AttributeName:
		key = string(s)
	}
	for _, i := range literal.Items {
		if value, diags := i.KeyExpr.Value(nil); !diags.HasErrors() && value.AsString() == key {
			return i.ValueExpr
		}
	}
	return nil
}
