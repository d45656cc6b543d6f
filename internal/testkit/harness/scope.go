package harness

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// scope evaluates the expressions of one walk.
type scope struct {
	config    *configuration
	functions map[string]function.Function
	// resource returns the value of a declared resource.
	resource func(address string) cty.Value
}

// repetition is the key and the value of an instance of a resource with for_each or count. It is zero without either.
type repetition struct{ key, value cty.Value }

// expressions returns the references in all expressions of a block.
func (b *block) expressions(spec hcldec.Spec) []hcl.Traversal {
	all := hcldec.Variables(b.body, spec)
	for _, e := range []hcl.Expression{b.forEach, b.count} {
		if e != nil {
			all = append(all, e.Variables()...)
		}
	}
	return all
}

// dependencies returns the addresses of the resources to which references lead, directly or through locals, sorted.
func (c *configuration) dependencies(traversals []hcl.Traversal) []string {
	found, seen := map[string]bool{}, map[string]bool{}
	var follow func([]hcl.Traversal)
	follow = func(traversals []hcl.Traversal) {
		for _, t := range traversals {
			if to, _ := addressIn(t); to != (address{}) {
				found[to.String()] = true
			}
			if name := localName(t); name != "" && !seen[name] && c.locals[name] != nil {
				seen[name] = true
				follow(c.locals[name].Variables())
			}
		}
	}
	follow(traversals)
	return slices.Sorted(maps.Keys(found))
}

func localName(t hcl.Traversal) string {
	if t.RootName() != "local" || len(t) < 2 {
		return ""
	}
	step, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		return ""
	}
	return step.Name
}

// checkReferences returns an error for a reference to a resource that is not declared, or to the resource itself.
func (c *configuration) checkReferences() diagnostics {
	var all []hcl.Traversal
	for key, b := range c.resources {
		own := b.syntaxReferences()
		if slices.Contains(c.dependencies(own), key) {
			return errorf("Self-referential block", "Configuration for %s may not refer to itself.", key)
		}
		all = append(all, own...)
		for _, name := range b.dependsOn {
			if c.resources[name] == nil {
				return errorf("Reference to undeclared resource",
					"A managed resource %s has not been declared in the root module.", name)
			}
		}
	}
	for _, b := range c.outputs {
		all = append(all, b.syntaxReferences()...)
	}
	for _, name := range c.dependencies(all) {
		if c.resources[name] == nil {
			return errorf("Reference to undeclared resource",
				"A managed resource %s has not been declared in the root module.", name)
		}
	}
	return nil
}

// syntaxReferences returns the references in a body, independent of its schema.
func (b *block) syntaxReferences() []hcl.Traversal {
	var all []hcl.Traversal
	for name, attribute := range b.syntax.Attributes {
		if name != "depends_on" {
			all = append(all, attribute.Expr.Variables()...)
		}
	}
	for _, inner := range b.syntax.Blocks {
		if inner.Type != "lifecycle" {
			for _, attribute := range inner.Body.Attributes {
				all = append(all, attribute.Expr.Variables()...)
			}
		}
	}
	return all
}

// decode evaluates the body of a block with a schema.
func (s *scope) decode(b *block, o *object, each repetition) (cty.Value, diagnostics) {
	spec := o.spec()
	context, diags := s.context(hcldec.Variables(b.body, spec), each)
	if diags.failed() {
		return cty.NilVal, diags
	}
	value, problems := hcldec.Decode(b.body, spec, context)
	for i := range problems {
		if problems[i].Subject == nil {
			problems[i].Subject = b.head.Ptr()
		}
	}
	out := fromHCL(problems)
	for i := range out {
		out[i].context, out[i].snippet = b.title, b.source(*out[i].subject)
	}
	return value, out
}

// evaluate returns the value of an expression outside a resource.
func (s *scope) evaluate(e hcl.Expression) (cty.Value, diagnostics) {
	context, diags := s.context(e.Variables(), repetition{})
	if diags.failed() {
		return cty.NilVal, diags
	}
	value, problems := e.Value(context)
	return value, fromHCL(problems)
}

// context returns an evaluation context with the values of all references.
func (s *scope) context(traversals []hcl.Traversal, each repetition) (*hcl.EvalContext, diagnostics) {
	managed, data, locals := map[string]map[string]cty.Value{}, map[string]map[string]cty.Value{},
		map[string]cty.Value{}
	for _, t := range traversals {
		if to, _ := addressIn(t); to != (address{}) {
			kinds := managed
			if to.mode == modeData {
				kinds = data
			}
			if kinds[to.kind] == nil {
				kinds[to.kind] = map[string]cty.Value{}
			}
			kinds[to.kind][to.name] = s.resource(to.String())
		}
		if name := localName(t); name != "" && s.config.locals[name] != nil {
			value, diags := s.evaluate(s.config.locals[name])
			if diags.failed() {
				return nil, diags
			}
			locals[name] = value
		}
	}
	variables := map[string]cty.Value{
		"local":     cty.ObjectVal(locals),
		"path":      cty.ObjectVal(map[string]cty.Value{"module": cty.StringVal("."), "root": cty.StringVal(".")}),
		"terraform": cty.ObjectVal(map[string]cty.Value{"workspace": cty.StringVal("default")}),
	}
	for kind, names := range managed {
		variables[kind] = cty.ObjectVal(names)
	}
	dataKinds := map[string]cty.Value{}
	for kind, names := range data {
		dataKinds[kind] = cty.ObjectVal(names)
	}
	variables["data"] = cty.ObjectVal(dataKinds)
	if each.value != cty.NilVal {
		variables["each"] = cty.ObjectVal(map[string]cty.Value{"key": each.key, "value": each.value})
	} else if each.key != cty.NilVal {
		variables["count"] = cty.ObjectVal(map[string]cty.Value{"index": each.key})
	}
	return &hcl.EvalContext{Variables: variables, Functions: s.functions}, nil
}

// repetitions returns the instances of a resource. known is false if they depend on unknown values.
func (s *scope) repetitions(b *block) (all []repetition, known bool, diags diagnostics) {
	expression, expand := b.forEach, b.eachOf
	switch {
	case b.count != nil:
		expression, expand = b.count, b.countOf
	case b.forEach == nil:
		return []repetition{{}}, true, nil
	}
	value, diags := s.evaluate(expression)
	if diags.failed() || !value.IsKnown() {
		return nil, diags.failed(), diags
	}
	all, diags = expand(value)
	return all, true, diags
}

// eachOf returns the instances for a value of for_each.
func (b *block) eachOf(value cty.Value) (all []repetition, diags diagnostics) {
	if value.IsNull() || !value.CanIterateElements() || value.Type().IsListType() || value.Type().IsTupleType() ||
		value.Type().IsSetType() && (value.Type().ElementType() != cty.String || !value.IsWhollyKnown()) {
		return nil, errorf("Invalid for_each argument", "for_each of %s is %#v, want a map or a set of known strings.",
			b.address, value)
	}
	for it := value.ElementIterator(); it.Next(); {
		key, element := it.Element()
		if value.Type().IsSetType() {
			key = element
		}
		all = append(all, repetition{key, element})
	}
	return all, nil
}

// countOf returns the instances for a value of count.
func (b *block) countOf(value cty.Value) (all []repetition, diags diagnostics) {
	if value.IsNull() || value.Type() != cty.Number || !value.AsBigFloat().IsInt() || value.AsBigFloat().Sign() < 0 {
		return nil, errorf("Invalid count argument", "count of %s is %#v, want a whole number.", b.address, value)
	}
	n, _ := value.AsBigFloat().Int64()
	for i := range n {
		all = append(all, repetition{key: cty.NumberIntVal(i)})
	}
	return all, nil
}

// builtins returns the functions of the language that tests use.
func builtins() map[string]function.Function {
	return map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "can": tryfunc.CanFunc, "chunklist": stdlib.ChunklistFunc,
		"compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc, "contains": stdlib.ContainsFunc,
		"distinct": stdlib.DistinctFunc,
		"element":  stdlib.ElementFunc, "flatten": stdlib.FlattenFunc, "format": stdlib.FormatFunc,
		"formatlist": stdlib.FormatListFunc,
		"join":       stdlib.JoinFunc, "jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc,
		"keys":   stdlib.KeysFunc,
		"length": stdlib.LengthFunc, "lookup": stdlib.LookupFunc, "lower": stdlib.LowerFunc, "max": stdlib.MaxFunc,
		"merge": stdlib.MergeFunc, "min": stdlib.MinFunc, "range": stdlib.RangeFunc, "regex": stdlib.RegexFunc,
		"reverse": stdlib.ReverseListFunc, "setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc,
		"sort": stdlib.SortFunc, "split": stdlib.SplitFunc, "substr": stdlib.SubstrFunc, "title": stdlib.TitleFunc,
		"tobool": stdlib.MakeToFunc(cty.Bool), "tolist": stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)),
		"tomap": stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), "tonumber": stdlib.MakeToFunc(cty.Number),
		"toset": stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), "tostring": stdlib.MakeToFunc(cty.String),
		"trimprefix": stdlib.TrimPrefixFunc, "trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc,
		"try": tryfunc.TryFunc, "upper": stdlib.UpperFunc, "values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,
	}
}
