// Package output makes the texts printable that a provider server returns for Terraform to print. Every answer of the
// provider passes it, so that no other code has to know what a terminal does with a text of a document or a host.
package output

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/printable"
)

// cleanDiagnostics makes diagnostics printable in place. The summary and the detail together have at most
// [printable.MaxText] bytes.
func cleanDiagnostics(diags []*tfprotov6.Diagnostic) {
	for _, d := range diags {
		if d == nil {
			continue
		}
		d.Summary = printable.Line(d.Summary)
		d.Detail = printable.Shorten(printable.Clean(d.Detail), printable.MaxText-len(d.Summary))
		d.Attribute = cleanPath(d.Attribute)
	}
}

// cleanPath returns a path up to the first key that is not printable. Terraform then shows the collection that has it.
func cleanPath(path *tftypes.AttributePath) *tftypes.AttributePath {
	steps := path.Steps()
	for i, step := range steps {
		if key, ok := step.(tftypes.ElementKeyString); ok && printable.Line(string(key)) != string(key) {
			return tftypes.NewAttributePathWithSteps(steps[:i])
		}
	}
	return path
}

// cleanError makes the text of an error printable. An error with a printable text stays, with its type.
func cleanError(err error) error {
	if err == nil {
		return nil
	}
	if text := printable.Text(err.Error()); text != err.Error() {
		return errors.New(text)
	}
	return err
}
