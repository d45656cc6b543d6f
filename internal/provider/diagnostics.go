package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// addViolations puts violated rules on the attributes they concern. Of several errors on one attribute the first of
// the catalogue gives the summary and the others follow in the detail.
func addViolations(diags *diag.Diagnostics, violations []resilience.Violation, at func(resilience.Violation) path.Path) {
	resilience.Sort(violations)
	type place struct {
		path    path.Path
		summary string
		details []string
	}
	var places []*place
	for _, v := range violations {
		where := at(v)
		if v.Severity != resilience.Error {
			diags.AddAttributeWarning(where, v.Summary(), v.Text())
			continue
		}
		i := 0
		for i < len(places) && !places[i].path.Equal(where) {
			i++
		}
		if i == len(places) {
			places = append(places, &place{path: where, summary: v.Summary(), details: []string{v.Text()}})
			continue
		}
		text := v.Text()
		if v.Summary() != places[i].summary {
			text = v.Summary() + ": " + text
		}
		places[i].details = append(places[i].details, text)
	}
	for _, p := range places {
		diags.AddAttributeError(p.path, p.summary, strings.Join(p.details, "\n\n"))
	}
}

// addError words an error of the client; tried says what was tried, on what.
func addError(diags *diag.Diagnostics, tried string, err error, at func(resilience.Violation) path.Path) {
	var rules *client.RuleError
	var refusal *topology.Refusal
	switch {
	case errors.As(err, &rules):
		addViolations(diags, rules.Violations, at)
	case errors.As(err, &refusal):
		diags.AddError(refusal.Summary, fmt.Sprintf("%s\n\nThis was met while %s. Nothing was written.", refusal.Detail, tried))
	case errors.Is(err, client.ErrReadOnly):
		diags.AddError("Provider is read-only", capitalise(client.ErrReadOnly.Error())+".")
	case errors.Is(err, client.ErrUnknownLocation):
		diags.AddError("Topology not known yet", capitalise(client.ErrUnknownLocation.Error())+".")
	default:
		diags.AddError("Error "+tried, capitalise(sentence(err.Error())))
	}
}

// addAttributeError words an error about what an argument names.
func addAttributeError(diags *diag.Diagnostics, at path.Path, tried string, err error) {
	if errors.Is(err, client.ErrUnknownLocation) {
		addError(diags, tried, err, nowhere)
		return
	}
	diags.AddAttributeError(at, "Error "+tried, capitalise(sentence(err.Error())))
}

// sentence ends a text with a full stop, unless it ends one or in a block to copy.
func sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".}") {
		return text
	}
	return text + "."
}

// nowhere is the place of a violation where there are no arguments.
func nowhere(resilience.Violation) path.Path { return path.Empty() }

// capitalise begins a sentence with a capital letter, unless it begins with the name of a host.
func capitalise(text string) string {
	if first, _, _ := strings.Cut(text, " "); text == "" || strings.Contains(first, ".") {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
