package provider

import (
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/publisher"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// addViolations adds violations on the attributes that they concern. Several errors on one attribute become one
// diagnostic: the first in the order of the catalogue is its summary, and the detail has all of them. Errors about the
// pair of another resource are on no attribute of this one.
func addViolations(
	diags *diag.Diagnostics, violations []resilience.Violation, at func(resilience.Violation) path.Path,
) {
	resilience.Sort(violations)
	type entry struct {
		path    path.Path
		pair    topology.PairID
		summary string
		details []string
	}
	var entries []*entry
	for _, v := range violations {
		where := at(v)
		if v.Elsewhere != (topology.PairID{}) {
			where = path.Empty()
		}
		if v.Severity != resilience.Error {
			diags.AddAttributeWarning(where, v.Summary(), violationText(v))
			continue
		}
		i := slices.IndexFunc(entries, func(e *entry) bool { return e.path.Equal(where) && e.pair == v.Elsewhere })
		text := violationText(v)
		if i < 0 {
			if v.Elsewhere != (topology.PairID{}) {
				text = "This message concerns a pair that another resource declares. " + text
			}
			entries = append(entries, &entry{where, v.Elsewhere, v.Summary(), []string{text}})
			continue
		}
		if v.Summary() != entries[i].summary {
			text = v.Summary() + ": " + text
		}
		entries[i].details = append(entries[i].details, text)
	}
	for _, e := range entries {
		detail := strings.Join(e.details, "\n\n")
		if e.path.Equal(path.Empty()) {
			diags.AddError(e.summary, detail)
		} else {
			diags.AddAttributeError(e.path, e.summary, detail)
		}
	}
}

// addError adds an error of the client. action is the failed operation with its object, such as "reading the pool x".
func addError(diags *diag.Diagnostics, action string, err error, at func(resilience.Violation) path.Path) {
	var rules *client.RuleError
	var failed *publisher.Error
	switch {
	case errors.As(err, &failed) && failed.Stage != publisher.NotWritten:
		diags.AddError("Error "+action, describeFailure(failed, err))
	case errors.As(err, &rules):
		addViolations(diags, rules.Violations, at)
	case errors.Is(err, client.ErrReadOnly):
		diags.AddError("Provider is read-only", "The provider is configured with read_only = true (or "+
			environment.ReadOnly+"), so nothing was changed. Set it to false to let Terraform write the topology.")
	case errors.Is(err, client.ErrUnknownLocation):
		diags.AddError("Topology not yet known",
			"The location of the topology document is not known yet, because another resource of this plan creates "+
				"it. Apply that resource first (terraform apply -target=...), or apply in two steps.")
	default:
		diags.AddError("Error "+action, errorText(err))
	}
}

// addCreationError adds an error of a creation. Terraform keeps no state of a failed creation. If the document has the
// object, or can have it, the detail includes the import block that adopts it.
func addCreationError(
	diags *diag.Diagnostics, action string, err error, at func(resilience.Violation) path.Path, block string,
) {
	var failed *publisher.Error
	if !errors.As(err, &failed) || failed.Stage == publisher.NotWritten {
		addError(diags, action, err, at)
		return
	}
	diags.AddError("Error "+action, describeFailure(failed, err)+"\n\nThe state does not contain the new object. "+
		"If the next plan shows that the object exists, import it with:\n\n"+block)
}

// describeFailure returns the detail of an error after a change that was published, or that is unconfirmed.
func describeFailure(failed *publisher.Error, err error) string {
	text := errorSentences(err)
	switch failed.Stage {
	case publisher.Missing:
		text += " Another program may have published at the same time: run terraform plan to see the current topology."
	case publisher.OthersLost:
		text += " The next plan shows what is missing."
	default:
	}
	return text
}

// addAttributeError adds an error about the object that an argument names.
func addAttributeError(diags *diag.Diagnostics, at path.Path, action string, err error) {
	if errors.Is(err, client.ErrUnknownLocation) {
		addError(diags, action, err, noAttribute)
		return
	}
	diags.AddAttributeError(at, "Error "+action, errorText(err))
}

// noAttribute returns the path of a violation that concerns no attribute.
func noAttribute(resilience.Violation) path.Path { return path.Empty() }
