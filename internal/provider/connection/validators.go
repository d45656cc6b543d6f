package connection

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/pathcheck"
)

var (
	_ validator.String = nonEmpty{}
	_ validator.String = timeout{}
)

// nonEmpty refuses an empty text, which is often an unset variable. If isPath is true, it also refuses the content of a
// file in place of its path, and typical mistakes in paths. The messages do not quote the text, because it can be a
// misplaced secret.
type nonEmpty struct{ isPath bool }

func (v nonEmpty) Description(context.Context) string {
	if v.isPath {
		return "the path of a file"
	}
	return "not empty"
}

func (v nonEmpty) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v nonEmpty) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	switch text := req.ConfigValue.ValueString(); {
	case !isKnown(req.ConfigValue):
	case text == "":
		resp.Diagnostics.AddAttributeError(req.Path, "Empty setting",
			req.Path.String()+" is empty. Give it a value, or leave it out (null).")
	case v.isPath:
		validatePath(text, req.Path, &resp.Diagnostics)
	}
}

// mistakeIn returns the mistake in a path, unless a file has this name.
func mistakeIn(text string, origin pathcheck.Origin) (mistake pathcheck.Mistake, found bool) {
	if mistake, found = pathcheck.Find(text, origin); found {
		_, err := os.Lstat(text) //nolint:gosec // the user chooses the file
		found = err != nil
	}
	return mistake, found
}

// validatePath refuses a path with a typical mistake, unless a file has this name. A text with line breaks is rather
// the content of the file, unless it is like a path of Windows.
func validatePath(text string, at path.Path, diags *diag.Diagnostics) {
	mistake, found := mistakeIn(text, pathcheck.Argument)
	if !found {
		return
	}
	if strings.ContainsAny(text, "\r\n") && mistake.Example == "" {
		diags.AddAttributeError(at, "Unusable setting",
			at.String()+" is a text of several lines. Give the path of the file, and not what is in it. If it is the "+
				"path, remove the line break at its end.")
		return
	}
	diags.AddAttributeError(at, mistake.Summary, fmt.Sprintf("%s %s. %s", at, mistake.Fact, mistake.Advice))
}

// timeout accepts durations from one second to limit; a limit of zero means none.
type timeout struct{ limit time.Duration }

func (v timeout) allows(d time.Duration) bool {
	return d >= time.Second && (v.limit == 0 || d <= v.limit)
}

func (v timeout) Description(context.Context) string { return v.text() }

func (v timeout) text() string {
	if v.limit == 0 {
		return "a duration of at least 1s"
	}
	return fmt.Sprintf("a duration from 1s to %.0fs", v.limit.Seconds())
}

func (v timeout) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v timeout) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !isKnown(req.ConfigValue) {
		return
	}
	text := req.ConfigValue.ValueString()
	if d, err := time.ParseDuration(text); err != nil || !v.allows(d) {
		resp.Diagnostics.AddAttributeError(req.Path, "Unusable duration",
			fmt.Sprintf("%s takes %s, such as 30s, and is %q. Leave it out for the default.", req.Path, v.text(), text))
	}
}
