package provider

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/helpers/validatordiag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// wholeNumber accepts whole numbers from 0 to its value. It validates attributes of type number, because for type int64
// the framework converts the value before any validator runs, and reports 1.5 as "Value %!s(*big.Float=1.5)".
type wholeNumber int64

var (
	_ validator.Number = wholeNumber(0)
	_ validator.String = wellFormed{}
	_ validator.String = wholeSeconds{}
)

func (limit wholeNumber) Description(context.Context) string {
	return fmt.Sprintf("must be a whole number from 0 to %d", int64(limit))
}

func (limit wholeNumber) MarkdownDescription(ctx context.Context) string {
	return limit.Description(ctx)
}

func (limit wholeNumber) ValidateNumber(
	ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse,
) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	n, accuracy := req.ConfigValue.ValueBigFloat().Int64()
	if accuracy != big.Exact || n < 0 || n > int64(limit) {
		resp.Diagnostics.Append(validatordiag.InvalidAttributeValueDiagnostic(req.Path, limit.Description(ctx),
			req.ConfigValue.String()))
	}
}

// int64OrNil returns a number that wholeNumber accepts; nil for null.
func int64OrNil(value types.Number) *int64 {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	n, _ := value.ValueBigFloat().Int64()
	return &n
}

// durationForm describes the form of a duration, with the units that make sense for an interval.
const durationForm = `Write numbers with the units h, m and s, such as "5m", "300s" or "1h30m".`

// wholeSeconds accepts the durations that a topology document can store. It is the only check of their form.
type wholeSeconds struct{}

func (wholeSeconds) Description(context.Context) string { return "a whole number of seconds" }

func (v wholeSeconds) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (wholeSeconds) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	switch d, err := time.ParseDuration(text); {
	case err != nil:
		resp.Diagnostics.AddAttributeError(req.Path, "Not a duration",
			fmt.Sprintf("%s is %q, which is not a duration. %s", req.Path, text, durationForm))
	case d%time.Second != 0:
		resp.Diagnostics.AddAttributeError(req.Path, "Not a whole number of seconds",
			fmt.Sprintf("%s is %q, which is not a whole number of seconds. The topology stores whole seconds only. %s",
				req.Path, text, durationForm))
	}
}

// wellFormed accepts texts that a pattern matches and that can be parsed. It quotes a text that it refuses, because the
// reason can be a character that is not visible.
type wellFormed struct {
	requirement string // follows the attribute in a sentence: "must be ..."
	pattern     *regexp.Regexp
	parse       func(text string) error // wraps the reason, such as "it is empty"
}

func (v wellFormed) Description(context.Context) string { return v.requirement }

func (v wellFormed) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v wellFormed) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	const shown = 300 // characters, more than a valid name has
	text := req.ConfigValue.ValueString()
	quoted := fmt.Sprintf("%.*q", shown, text)
	if err := v.parse(text); err != nil {
		quoted += fmt.Sprintf(" (%s)", errors.Unwrap(err))
	} else if v.pattern.MatchString(text) {
		return
	}
	resp.Diagnostics.Append(validatordiag.InvalidAttributeValueMatchDiagnostic(req.Path, v.Description(ctx), quoted))
}
