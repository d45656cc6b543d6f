package provider

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework-validators/helpers/validatordiag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// wholeNumber accepts a whole number from 0 to itself. It is for an attribute of the type number: for one of the type int64
// the framework converts before any validator runs, and calls 1.5 "Value %!s(*big.Float=1.5)", which is no integer.
type wholeNumber int64

var _ validator.Number = wholeNumber(0)

// Description says what is accepted.
func (limit wholeNumber) Description(context.Context) string {
	return fmt.Sprintf("must be a whole number from 0 to %d", int64(limit))
}

// MarkdownDescription is the same.
func (limit wholeNumber) MarkdownDescription(ctx context.Context) string {
	return limit.Description(ctx)
}

// ValidateNumber refuses any other number.
func (limit wholeNumber) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	n, accuracy := req.ConfigValue.ValueBigFloat().Int64()
	if accuracy != big.Exact || n < 0 || n > int64(limit) {
		resp.Diagnostics.Append(validatordiag.InvalidAttributeValueDiagnostic(req.Path, limit.Description(ctx), req.ConfigValue.String()))
	}
}

// int64OrNil returns a number that wholeNumber has accepted; nil for null.
func int64OrNil(value types.Number) *int64 {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	n, _ := value.ValueBigFloat().Int64()
	return &n
}
