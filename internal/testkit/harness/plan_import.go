package harness

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// importOf returns the import block of an instance, or nil.
func (r *run) importOf(a address) *importBlock {
	for _, i := range r.config.imports {
		if r.options.refreshOnly || r.options.beforeDestroy {
			break // such a plan imports nothing
		}
		if i.to.String() == a.String() {
			return &i
		}
	}
	return nil
}

// runImport imports an instance with an import block, and returns the instance and the id.
func (r *run) runImport(i *importBlock, a address) (*instance, string, diagnostics) {
	if i.id != nil {
		id, diags := r.scope.evaluate(i.id)
		if diags.failed() {
			return nil, "", diags
		}
		if !id.IsKnown() || id.IsNull() {
			return nil, "", errorf("Invalid import id argument", "The import id must be known and not null.")
		}
		imported, diags := r.importInstance(a, id.AsString(), nil)
		return imported, id.AsString(), diags
	}
	kind := r.served(a).schemas.identities[a.kind]
	value, diags := r.decodeIdentity(i.identity, kind)
	if diags.failed() {
		return nil, "", diags
	}
	imported, diags := r.importInstance(a, "", &tfprotov6.ResourceIdentityData{IdentityData: pack(value, kind)})
	return imported, "", diags
}

// decodeIdentity evaluates the identity argument of an import block. Omitted attributes are null.
func (r *run) decodeIdentity(e hcl.Expression, kind cty.Type) (cty.Value, diagnostics) {
	value, diags := r.scope.evaluate(e)
	if diags.failed() {
		return cty.NilVal, diags
	}
	given := value.AsValueMap()
	all := map[string]cty.Value{}
	for name, attribute := range kind.AttributeTypes() {
		all[name] = cty.NullVal(attribute)
		if v, ok := given[name]; ok {
			all[name] = v
		}
	}
	return cty.ObjectVal(all), nil
}
