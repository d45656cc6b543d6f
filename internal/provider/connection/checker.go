package connection

import (
	"encoding/pem"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/message"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/pathcheck"
)

// checker collects the errors of one transport's settings, each on its attribute. The checks run twice: at validation,
// when values can be unknown and the environment can differ from that of the run, and in Configure, when the settings
// are complete.
type checker struct {
	at       path.Path
	complete bool
	diags    diag.Diagnostics
}

// addError adds an error whose detail begins with the attribute, because Terraform shows only the first line of the
// provider's block as its place.
func (c *checker) addError(attribute, summary, format string, args ...any) {
	at := c.at.AtName(attribute)
	c.diags.AddAttributeError(at, summary, at.String()+" "+fmt.Sprintf(format, args...))
}

// require refuses a setting that is missing. A setting that the environment can supply is required only if the settings
// are complete. An empty variable means that no environment variable replaces the attribute.
func (c *checker) require(attribute string, value attr.Value, variable, description string) {
	switch {
	case !value.IsNull():
	case variable == "":
		c.addError(attribute, "Missing setting", "is not set. Set it to %s.", description)
	case c.complete:
		c.addError(attribute, "Missing setting", "is neither in the configuration nor in the environment. "+
			"Set it, or the environment variable %s, to %s.", variable, description)
	}
}

// setting is an attribute and its value.
type setting struct {
	attribute string
	value     attr.Value
}

// exclude refuses settings that have no effect together with another one. An unknown value can still become null.
func (c *checker) exclude(reason string, settings ...setting) {
	for _, s := range settings {
		if !s.value.IsNull() && !s.value.IsUnknown() {
			c.addError(s.attribute, "Conflicting settings", "has no effect %s. Remove one of the two.", reason)
		}
	}
}

// addUnusable adds the error with which a transport refuses a setting. It does nothing if err is nil.
func (c *checker) addUnusable(attribute string, err error) {
	if err != nil {
		at := c.at.AtName(attribute)
		c.diags.AddAttributeError(at, "Invalid setting", at.String()+": "+message.Sentence(withAdvice(err)))
	}
}

// hostPattern refuses URLs and addresses with a user. They can contain a password, so no message quotes the value.
// Another validator refuses an empty host.
var hostPattern = regexp.MustCompile(`^[^@/\s]*$`)

func (c *checker) checkHost(host types.String) {
	c.require("host", host, environment.Host, "the name of the server with the management shell")
	if isKnown(host) && !hostPattern.MatchString(host.ValueString()) {
		c.addError("host", "Invalid setting", "is not just the name or address of a host. Omit the scheme, user, "+
			"port and path, as in lync01.contoso.com.")
	}
}

// checkPEM reports whether the text is known and in PEM. It refuses any other known text without quoting it.
func (c *checker) checkPEM(attribute string, text types.String) bool {
	if !isKnown(text) {
		return false
	}
	block, _ := pem.Decode([]byte(text.ValueString()))
	if block == nil {
		c.addError(attribute, "Invalid setting", "is not a complete text in PEM, from -----BEGIN to -----END. Set "+
			"the text itself, for example with file(\"...\"), not a path.")
	}
	return block != nil
}

// checkExecutable refuses an executable that the transport refuses, unless it has a typical mistake in a path. A
// validator refuses those.
func (c *checker) checkExecutable(executable types.String, try func(executable string) error) {
	if !isKnown(executable) {
		return
	}
	if _, found := pathcheck.Find(executable.ValueString(), pathcheck.Argument); !found {
		c.addUnusable("executable", try(executable.ValueString()))
	}
}

// fillText sets an unset text from the environment.
func fillText(value *types.String, variable string) {
	if text := os.Getenv(variable); value.IsNull() && text != "" {
		*value = types.StringValue(text)
	}
}

// fillPath sets an unset path from the environment. It refuses a path with a typical mistake, unless a file has this
// name.
func (c *checker) fillPath(attribute string, value *types.String, variable string) {
	text := os.Getenv(variable)
	if !value.IsNull() || text == "" {
		return
	}
	if mistake, found := mistakeIn(text, pathcheck.Variable); found {
		c.addError(attribute, mistake.Summary, "comes from the environment variable %s, which %s. "+
			"%s", variable, mistake.Fact,
			mistake.Advice)
		return
	}
	*value = types.StringValue(text)
}

// fillNumber sets an unset number from the environment. It refuses numbers outside of 1 to limit.
func (c *checker) fillNumber(attribute string, value *types.Int64, variable string, limit int64) {
	text := os.Getenv(variable)
	if !value.IsNull() || text == "" {
		return
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 || n > limit {
		c.addError(attribute, "Invalid environment variable",
			"comes from the environment variable %s, which is not a number in the allowed range. Set the variable to "+
				"a number from 1 to %d.",
			variable, limit)
		return
	}
	*value = types.Int64Value(n)
}

// fillTimeout sets an unset timeout from the environment.
func (c *checker) fillTimeout(attribute string, value *types.String, variable string, valid timeout) {
	text := os.Getenv(variable)
	if !value.IsNull() || text == "" {
		return
	}
	if d, err := time.ParseDuration(text); err != nil || !valid.allows(d) {
		c.addError(attribute, "Invalid environment variable",
			"comes from the environment variable %s, which is not a duration in the allowed range. Set the variable "+
				"to a duration such as 30s, %s.",
			variable, valid.text())
		return
	}
	*value = types.StringValue(text)
}

// newTransport makes a transport. With CredSSP the host logs in to itself with the credentials.
func (c *checker) newTransport(
	credSSP types.Bool, user, password string, create func() (powershell.Transport, error),
) powershell.Transport {
	t, err := create()
	if err != nil {
		c.diags.AddAttributeError(c.at, "Invalid setting", message.Sentence(message.Capitalise(withAdvice(err))))
		return nil
	}
	if credSSP.ValueBool() {
		t = powershell.CredSSP(t, user, password)
	}
	return t
}

// isKnown reports whether a text is neither null nor unknown.
func isKnown(value types.String) bool { return !value.IsNull() && !value.IsUnknown() }

// duration returns a duration that a validator has accepted; zero for null.
func duration(value types.String) time.Duration {
	if value.IsNull() {
		return 0
	}
	d, err := time.ParseDuration(value.ValueString())
	invariant.Check(err, "a validator has accepted the duration")
	return d
}
