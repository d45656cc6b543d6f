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

// diagnostic is an error or a warning of the provider or of the harness.
type diagnostic struct {
	Severity string `json:"severity"` // error or warning
	Summary  string `json:"summary"`
	Detail   string `json:"detail"`
	Address  string `json:"address,omitempty"` // address of the resource
	Range    any    `json:"range,omitempty"`   // position in the configuration

	subject *hcl.Range
	context string // title of the block that contains the subject
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

// errorsOnly returns the diagnostics without warnings.
func (d diagnostics) errorsOnly() diagnostics {
	return slices.DeleteFunc(slices.Clone(d), func(one diagnostic) bool { return one.Severity != severityError })
}

// sorted returns the diagnostics in the order of Terraform: warnings first, then by position in the configuration.
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

// consolidated returns the diagnostics with only the first of several warnings with the same summary, as the command
// line does. It keeps all warnings without a position in the configuration.
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

// String returns the diagnostics in the form of the command line, without boxes.
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

// jsonLines returns the diagnostics in the form of the command line with -json.
func (d diagnostics) jsonLines() string {
	var out strings.Builder
	for _, one := range d.sorted() {
		if one.subject != nil {
			at := *one.subject
			if at.Empty() { // in Terraform a range has at least one character
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

// fromProvider converts the provider's diagnostics for a block. The subject is the argument at the diagnostic's path.
func fromProvider(from []*tfprotov6.Diagnostic, b *block, address string) diagnostics {
	var all diagnostics
	for _, d := range from {
		severity := severityError
		if d.Severity == tfprotov6.DiagnosticSeverityWarning {
			severity = severityWarning
		}
		one := diagnostic{Severity: severity, Summary: d.Summary, Detail: d.Detail}
		if b != nil { // without a configuration, Terraform omits the address
			one.Address = address
			one.subject, one.context = b.subject(d.Attribute), b.title
			one.snippet = b.source(*one.subject)
		}
		all = append(all, one)
	}
	return all
}

// subject returns the range of the argument at a path, or the start of the body if it has no such argument.
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

// item returns the expression of one item of an object literal. It returns nil if the expression is not an object
// literal or has no such item.
func item(object hclsyntax.Expression, step tftypes.AttributePathStep) hclsyntax.Expression {
	literal, ok := object.(*hclsyntax.ObjectConsExpr)
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
