package harness

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// planFaults returns the violations of a planned value. A planned attribute must equal the configuration or the prior
// state, unless it is computed and unset.
func (o *object) planFaults(path string, prior, config, planned cty.Value) []string {
	switch {
	case planned.IsKnown() && planned.IsNull() != config.IsNull():
		return []string{path + ": only one of planned value and configuration is null"}
	case !planned.IsKnown():
		return []string{path + ": the planned value is unknown as a whole"}
	case planned.IsNull():
		return nil
	}
	var faults []string
	for name, a := range o.attributes {
		faults = append(faults,
			a.planFaults(path+"."+name, member(prior, name), config.GetAttr(name), planned.GetAttr(name))...)
	}
	for name, b := range o.blocks {
		if inConfig := config.GetAttr(name); inConfig.IsKnown() {
			faults = append(faults,
				b.planFaults(path+"."+name, member(prior, name), inConfig, planned.GetAttr(name))...)
		}
	}
	slices.Sort(faults)
	return faults
}

func (a *attribute) planFaults(path string, prior, config, planned cty.Value) []string {
	unset := config.IsKnown() && config.IsNull()
	switch {
	case isSame(planned, config):
		return nil
	case isSame(planned, prior) && !prior.IsNull() && !unset:
		return nil
	case a.computed && (!a.optional || unset):
		return nil
	case a.nested != nil && config.IsKnown() && !config.IsNull() && planned.IsKnown() && !planned.IsNull():
		return a.nestedPlanFaults(path, prior, config, planned)
	default:
		return []string{
			fmt.Sprintf("%s: planned %#v, neither the configuration's %#v nor the prior value %#v", path, planned,
				config, prior),
		}
	}
}

func (a *attribute) nestedPlanFaults(path string, prior, config, planned cty.Value) []string {
	if a.nesting == tfprotov6.SchemaObjectNestingModeSingle {
		return a.nested.planFaults(path, prior, config, planned)
	}
	if a.nesting == tfprotov6.SchemaObjectNestingModeSet {
		return nil // elements of sets cannot be correlated
	}
	if config.LengthInt() != planned.LengthInt() {
		return []string{path + ": the numbers of elements in plan and configuration differ"}
	}
	var faults []string
	for it := planned.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if !config.HasIndex(key).True() {
			faults = append(faults, fmt.Sprintf("%s: element %#v is not in the configuration", path, key))
			continue
		}
		was := cty.NullVal(a.nested.kind())
		if prior.IsKnown() && !prior.IsNull() && prior.HasIndex(key).True() {
			was = prior.Index(key)
		}
		for name, inner := range a.nested.attributes {
			faults = append(faults, inner.planFaults(fmt.Sprintf("%s[%#v].%s", path, key, name), member(was, name),
				member(config.Index(key), name), member(value, name))...)
		}
	}
	return faults
}

// isSame reports whether two values are equal. It compares unknown parts only by type.
func isSame(a, b cty.Value) bool { return unrefined(a).RawEquals(unrefined(b)) }

func unrefined(v cty.Value) cty.Value {
	out, err := cty.Transform(v, func(_ cty.Path, inner cty.Value) (cty.Value, error) {
		if !inner.IsKnown() {
			return cty.UnknownVal(inner.Type()), nil
		}
		return inner, nil
	})
	must(err)
	return out
}

// resultFaults returns the differences between a final value and the planned value. A value that was planned as unknown
// can become any value within its refinements.
func resultFaults(path string, planned, actual cty.Value) []string {
	switch {
	case !planned.IsKnown():
		if in := planned.Range().Includes(actual); in.IsKnown() && in.False() {
			return []string{fmt.Sprintf("%s: %#v is outside of what was planned, %#v", path, actual, planned)}
		}
		return nil
	case !actual.IsKnown():
		return []string{path + ": was known, but now unknown"}
	case planned.IsNull() && actual.IsNull():
		return nil
	case planned.IsNull():
		return []string{fmt.Sprintf("%s: was null, but now %#v", path, actual)}
	case actual.IsNull():
		return []string{fmt.Sprintf("%s: was %#v, but now null", path, planned)}
	}
	switch kind := planned.Type(); {
	case kind.IsObjectType():
		var faults []string
		for name := range kind.AttributeTypes() {
			faults = append(faults, resultFaults(path+"."+name, planned.GetAttr(name), actual.GetAttr(name))...)
		}
		slices.Sort(faults)
		return faults
	case kind.IsMapType() || kind.IsListType() || kind.IsTupleType():
		return elementFaults(path, planned, actual)
	case kind.IsSetType():
		return setFaults(path, planned, actual)
	case !actual.RawEquals(planned):
		return []string{fmt.Sprintf("%s: was %#v, but now %#v", path, planned, actual)}
	default:
		return nil
	}
}

func elementFaults(path string, planned, actual cty.Value) []string {
	var faults []string
	for it := planned.ElementIterator(); it.Next(); {
		key, value := it.Element()
		if !actual.HasIndex(key).True() {
			faults = append(faults, fmt.Sprintf("%s: element %#v has vanished", path, key))
			continue
		}
		faults = append(faults, resultFaults(fmt.Sprintf("%s[%#v]", path, key), value, actual.Index(key))...)
	}
	for it := actual.ElementIterator(); it.Next(); {
		if key, _ := it.Element(); !planned.HasIndex(key).True() {
			faults = append(faults, fmt.Sprintf("%s: new element %#v has appeared", path, key))
		}
	}
	return faults
}

// setFaults compares sets. Each element must match an element of the other set.
func setFaults(path string, planned, actual cty.Value) []string {
	if actual.LengthInt() > planned.LengthInt() {
		return []string{fmt.Sprintf("%s: length changed from %d to %d", path, planned.LengthInt(), actual.LengthInt())}
	}
	var faults []string
	matches := func(p, a cty.Value) bool { return len(resultFaults(path, p, a)) == 0 }
	for _, p := range planned.AsValueSlice() {
		if !slices.ContainsFunc(actual.AsValueSlice(), func(a cty.Value) bool { return matches(p, a) }) {
			faults = append(faults,
				fmt.Sprintf("%s: planned element %#v does not correlate with any element in actual", path, p))
		}
	}
	for _, a := range actual.AsValueSlice() {
		if !slices.ContainsFunc(planned.AsValueSlice(), func(p cty.Value) bool { return matches(p, a) }) {
			faults = append(faults, fmt.Sprintf("%s: element %#v was not planned", path, a))
		}
	}
	return faults
}

// must panics on an error that cannot occur.
func must(err error) {
	if err != nil {
		panic("harness: " + err.Error())
	}
}
