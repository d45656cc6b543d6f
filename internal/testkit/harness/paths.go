package harness

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// valuePath converts a path of the provider to names, keys and indexes.
func valuePath(path *tftypes.AttributePath) []any {
	var all []any
	for _, step := range path.Steps() {
		switch s := step.(type) {
		case tftypes.AttributeName:
			all = append(all, string(s))
		case tftypes.ElementKeyString:
			all = append(all, string(s))
		case tftypes.ElementKeyInt:
			all = append(all, int64(s))
		default:
			return all // an element of a set has no index
		}
	}
	return all
}

// valueAt returns the part of a value at a path, or null.
func valueAt(value cty.Value, path []any) cty.Value {
	for _, step := range path {
		if !value.IsKnown() {
			return cty.DynamicVal
		}
		if value.IsNull() {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		key := cty.NilVal
		switch s := step.(type) {
		case string:
			if value.Type().IsObjectType() {
				value = value.GetAttr(s)
				continue
			}
			key = cty.StringVal(s)
		case int64:
			key = cty.NumberVal(new(big.Float).SetInt64(s))
		}
		if !value.HasIndex(key).True() {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		value = value.Index(key)
	}
	return value
}

// withIgnored returns the configuration with prior values for the arguments in ignore_changes. Attributes that are only
// computed are null, as in every configuration.
func (b *block) withIgnored(schema *object, prior, config cty.Value) cty.Value {
	if prior.IsNull() || !b.ignoreAll && len(b.ignore) == 0 {
		return config
	}
	if b.ignoreAll {
		values := prior.AsValueMap()
		for name, a := range schema.attributes {
			if a.computed && !a.optional {
				values[name] = cty.NullVal(a.kind)
			}
		}
		return cty.ObjectVal(values)
	}
	values := config.AsValueMap()
	for _, name := range b.ignore {
		values[name] = prior.GetAttr(name)
	}
	return cty.ObjectVal(values)
}
