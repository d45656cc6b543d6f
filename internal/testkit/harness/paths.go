package harness

import (
	"math/big"

	"github.com/hashicorp/hcl/v2"
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
	for _, t := range b.ignore {
		name := t.RootName()
		if len(t) == 1 {
			values[name] = prior.GetAttr(name)
			continue
		}
		values[name] = b.ignoredWithin(prior.GetAttr(name), values[name], t[1:])
	}
	return cty.ObjectVal(values)
}

// ignoredWithin replaces a nested part of a configuration by the prior one.
func (b *block) ignoredWithin(prior, config cty.Value, rest hcl.Traversal) cty.Value {
	if len(rest) == 0 {
		return prior
	}
	if prior.IsNull() || config.IsNull() || !config.IsKnown() {
		return config
	}
	values := config.AsValueMap()
	name := ""
	switch step := rest[0].(type) {
	case hcl.TraverseAttr:
		name = step.Name
	case hcl.TraverseIndex:
		name = step.Key.AsString()
	}
	before, was := prior.AsValueMap()[name]
	inner, is := values[name]
	switch {
	case !was && len(rest) == 1:
		delete(values, name)
	case was && (is || len(rest) == 1):
		values[name] = b.ignoredWithin(before, inner, rest[1:])
	}
	if config.Type().IsMapType() {
		if len(values) == 0 {
			return cty.MapValEmpty(config.Type().ElementType())
		}
		return cty.MapVal(values)
	}
	return cty.ObjectVal(values)
}
