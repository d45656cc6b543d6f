package harness

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// proposed returns the proposed new state: the configuration, with prior values for computed attributes that it leaves
// unset. A null prior value counts as an object of nulls.
//
// Terraform correlates the elements of nested sets by their values. No schema of this provider has settable attributes
// in a nested set. Therefore proposed uses the configuration for nested sets.
func (o *object) proposed(prior, config cty.Value) cty.Value {
	if config.IsNull() {
		if prior.IsNull() {
			return prior
		}
		return config
	}
	if !config.IsKnown() {
		return config
	}
	if prior.IsNull() {
		prior = o.empty()
	}
	return o.merged(prior, config)
}

func (o *object) merged(prior, config cty.Value) cty.Value {
	values := map[string]cty.Value{}
	for name, a := range o.attributes {
		values[name] = a.merged(member(prior, name), config.GetAttr(name))
	}
	for name, b := range o.blocks {
		inConfig := config.GetAttr(name)
		values[name] = inConfig
		if inConfig.IsKnown() && !inConfig.IsNull() {
			values[name] = b.proposed(member(prior, name), inConfig)
		}
	}
	return cty.ObjectVal(values)
}

// member returns an attribute of an object. The attributes of a null object are null.
func member(object cty.Value, name string) cty.Value {
	if object.IsKnown() && object.IsNull() {
		return cty.NullVal(object.Type().AttributeType(name))
	}
	return object.GetAttr(name)
}

func (a *attribute) merged(prior, config cty.Value) cty.Value {
	switch {
	case a.computed && config.IsKnown() && config.IsNull():
		return prior
	case a.nested == nil || !config.IsKnown() || config.IsNull():
		return config
	}
	switch a.nesting {
	case tfprotov6.SchemaObjectNestingModeSingle:
		return a.nested.merged(prior, config)
	case tfprotov6.SchemaObjectNestingModeMap, tfprotov6.SchemaObjectNestingModeList:
		return a.mergedElements(prior, config)
	default:
		return config
	}
}

// mergedElements merges the elements of maps by key and those of lists by index.
func (a *attribute) mergedElements(prior, config cty.Value) cty.Value {
	if config.LengthInt() == 0 {
		return config
	}
	keys, values := map[string]cty.Value{}, []cty.Value{}
	for it := config.ElementIterator(); it.Next(); {
		key, value := it.Element()
		switch {
		case !prior.IsKnown():
			value = a.nested.mergedElement(cty.UnknownVal(a.nested.kind()), value)
		case !prior.IsNull() && prior.HasIndex(key).True():
			value = a.nested.mergedElement(prior.Index(key), value)
		}
		values = append(values, value)
		if a.nesting == tfprotov6.SchemaObjectNestingModeMap {
			keys[key.AsString()] = value
		}
	}
	if a.nesting == tfprotov6.SchemaObjectNestingModeMap {
		return cty.MapVal(keys)
	}
	return cty.ListVal(values)
}

func (o *object) mergedElement(prior, config cty.Value) cty.Value {
	if !config.IsKnown() || config.IsNull() {
		return config
	}
	return o.merged(prior, config)
}

// placeholder returns the planned value of a data source that is read during apply. Computed attributes are unknown.
func (o *object) placeholder(config cty.Value) cty.Value {
	return o.merged(cty.UnknownVal(o.kind()), config)
}
