package harness

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// validate runs the validation walk with which Terraform begins a plan: the provider validates each block once. Values
// of other resources are unknown.
func (r *run) validate() diagnostics {
	output := func(_ string, b *block) diagnostics {
		_, diags := r.scope.evaluate(b.syntax.Attributes["value"].Expr)
		return diags
	}
	configure := func() diagnostics {
		_, diags := r.providerConfig()
		return diags
	}
	diags := r.steps(configure, r.validateResource, output).walk(r.slots)
	for name := range r.config.locals {
		_, more := r.scope.evaluate(r.config.locals[name])
		diags = append(diags, more...)
	}
	return diags
}

func (r *run) validateResource(b *block) diagnostics {
	return r.inSlot(func() diagnostics {
		schema, each := r.schema(b.address), repetition{}
		if b.forEach != nil {
			each = repetition{cty.UnknownVal(cty.String), cty.DynamicVal}
		} else if b.count != nil {
			each.key = cty.UnknownVal(cty.Number)
		}
		value, diags := r.scope.decode(b, schema, each)
		if diags.failed() {
			return diags
		}
		if b.forEach == nil && b.count == nil {
			r.mu.Lock()
			r.values[b.address.String()] = cty.UnknownVal(schema.kind())
			r.mu.Unlock()
		}
		return append(diags, r.validateConfig(b, b.address, value)...)
	})
}

// validateConfig lets the provider validate the configuration of a resource.
func (r *run) validateConfig(b *block, a address, value cty.Value) diagnostics {
	server, config := r.served(a).server, pack(value, r.schema(a).kind())
	if a.mode == modeData {
		resp, err := server.ValidateDataResourceConfig(r.ctx,
			&tfprotov6.ValidateDataResourceConfigRequest{TypeName: a.kind, Config: config})
		if err != nil {
			return errorf("Provider failed", "ValidateDataResourceConfig: %s", err)
		}
		return fromProvider(resp.Diagnostics, b, a.String())
	}
	resp, err := server.ValidateResourceConfig(r.ctx,
		&tfprotov6.ValidateResourceConfigRequest{TypeName: a.kind, Config: config})
	if err != nil {
		return errorf("Provider failed", "ValidateResourceConfig: %s", err)
	}
	return fromProvider(resp.Diagnostics, b, a.String())
}
