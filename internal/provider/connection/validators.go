package connection

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/pathcheck"
)

var (
	_ validator.String = nonEmpty{}
	_ validator.String = plausiblePath{}
	_ validator.String = timeout{}
)

// nonEmpty refuses an empty text, which is often an unset variable.
type nonEmpty struct{}

func (nonEmpty) Description(context.Context) string { return "not empty" }

func (v nonEmpty) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (nonEmpty) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if isKnown(req.ConfigValue) && req.ConfigValue.ValueString() == "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Empty setting",
			req.Path.String()+" is empty. Set a value, or remove the argument (null).")
	}
}

// plausiblePath refuses a path with typical mistakes, and the content of a file in place of its path. The messages do
// not quote the text, because it can be a misplaced secret. If onServer is true, the path is one of the server with the
// management shell, whose system is Windows: no file has a name with such characters.
type plausiblePath struct{ onServer bool }

func (plausiblePath) Description(context.Context) string { return "a path" }

func (v plausiblePath) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v plausiblePath) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	find := mistakeIn
	if v.onServer {
		find = pathcheck.Find
	}
	// A null or unknown text is empty, which is no mistake.
	if mistake, found := find(req.ConfigValue.ValueString(), pathcheck.Argument); found {
		resp.Diagnostics.AddAttributeError(req.Path, mistake.Summary,
			fmt.Sprintf("%s %s. %s", req.Path, mistake.Fact, mistake.Advice))
	}
}

// mistakeIn returns the mistakes in a path of this host, unless a file has this name.
func mistakeIn(text string, origin pathcheck.Origin) (mistake pathcheck.Mistake, found bool) {
	if mistake, found = pathcheck.Find(text, origin); found {
		_, err := os.Lstat(text) //nolint:gosec // the user chooses the file
		found = err != nil
	}
	return mistake, found
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
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration",
			fmt.Sprintf("%[1]s is %[3]q, but must be %[2]s, such as 30s. Remove the argument to use the "+
				"default.", req.Path, v.text(), text))
	}
}
