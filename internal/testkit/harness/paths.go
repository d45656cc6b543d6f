package harness

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// valuePath is a path of the provider as names, keys and indexes.
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
			return all // an element of a set has no name
		}
	}
	return all
}

// valueAt is the part of a value that a path leads to, or null.
func valueAt(of cty.Value, path []any) cty.Value {
	for _, step := range path {
		if !of.IsKnown() {
			return cty.DynamicVal
		}
		if of.IsNull() {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		key := cty.NilVal
		switch s := step.(type) {
		case string:
			if of.Type().IsObjectType() {
				of = of.GetAttr(s)
				continue
			}
			key = cty.StringVal(s)
		case int64:
			key = cty.NumberVal(new(big.Float).SetInt64(s))
		}
		if !of.HasIndex(key).True() {
			return cty.NullVal(cty.DynamicPseudoType)
		}
		of = of.Index(key)
	}
	return of
}

// ignored is a configuration in which the arguments of ignore_changes have their prior values.
func (b *block) ignored(prior, config cty.Value) cty.Value {
	if prior.IsNull() || !b.ignoreAll && len(b.ignore) == 0 {
		return config
	}
	if b.ignoreAll {
		return prior
	}
	values := config.AsValueMap()
	for _, name := range b.ignore {
		values[name] = prior.GetAttr(name)
	}
	return cty.ObjectVal(values)
}
