package harness

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hcldec"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// object is the schema of a block or of a nested attribute.
type object struct {
	attributes map[string]*attribute
	blocks     map[string]*object // nesting mode single only
	version    int64
}

// attribute is the schema of an attribute. If it is a nested attribute, nested is the schema of its elements.
type attribute struct {
	kind                         cty.Type
	required, optional, computed bool
	nested                       *object
	nesting                      tfprotov6.SchemaObjectNestingMode
}

// schemas are the schemas of one provider.
type schemas struct {
	provider   *object
	managed    map[string]*object
	data       map[string]*object
	identities map[string]cty.Type
	functions  map[string]*tfprotov6.Function
}

// lookup returns the schema of a resource type, or nil.
func (s *schemas) lookup(mode, kind string) *object {
	if mode == modeData {
		return s.data[kind]
	}
	return s.managed[kind]
}

func newSchemas(
	resp *tfprotov6.GetProviderSchemaResponse, ids *tfprotov6.GetResourceIdentitySchemasResponse,
) (*schemas, error) {
	s := &schemas{
		managed: map[string]*object{}, data: map[string]*object{}, identities: map[string]cty.Type{},
		functions: resp.Functions,
	}
	var err error
	if s.provider, err = newObject(resp.Provider); err != nil {
		return nil, err
	}
	for name, schema := range resp.ResourceSchemas {
		if s.managed[name], err = newObject(schema); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", name, err)
		}
	}
	for name, schema := range resp.DataSourceSchemas {
		if s.data[name], err = newObject(schema); err != nil {
			return nil, fmt.Errorf("schema of data source %s: %w", name, err)
		}
	}
	if ids == nil {
		return s, nil
	}
	for name, schema := range ids.IdentitySchemas {
		attributes := map[string]cty.Type{}
		for _, a := range schema.IdentityAttributes {
			if attributes[a.Name], err = ctyType(a.Type); err != nil {
				return nil, fmt.Errorf("identity schema of %s: %w", name, err)
			}
		}
		s.identities[name] = cty.Object(attributes)
	}
	return s, nil
}

func newObject(schema *tfprotov6.Schema) (*object, error) {
	if schema == nil || schema.Block == nil {
		return &object{}, nil
	}
	o, err := blockObject(schema.Block)
	if err == nil {
		o.version = schema.Version
	}
	return o, err
}

func blockObject(block *tfprotov6.SchemaBlock) (*object, error) {
	o := &object{blocks: map[string]*object{}}
	var err error
	if o.attributes, err = newAttributes(block.Attributes); err != nil {
		return nil, err
	}
	for _, b := range block.BlockTypes {
		if b.Nesting != tfprotov6.SchemaNestedBlockNestingModeSingle {
			return nil, fmt.Errorf("block %s: unsupported nesting mode %s", b.TypeName, b.Nesting)
		}
		if o.blocks[b.TypeName], err = blockObject(b.Block); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func newAttributes(from []*tfprotov6.SchemaAttribute) (map[string]*attribute, error) {
	all := map[string]*attribute{}
	for _, a := range from {
		kind, err := ctyType(a.ValueType())
		if err != nil {
			return nil, fmt.Errorf("attribute %s: %w", a.Name, err)
		}
		added := &attribute{kind: kind, required: a.Required, optional: a.Optional, computed: a.Computed}
		if a.NestedType != nil {
			nested, err := newAttributes(a.NestedType.Attributes)
			if err != nil {
				return nil, err
			}
			added.nested, added.nesting = &object{attributes: nested}, a.NestedType.Nesting
		}
		all[a.Name] = added
	}
	return all, nil
}

// kind returns the type of values with this schema.
func (o *object) kind() cty.Type {
	kinds := map[string]cty.Type{}
	for name, a := range o.attributes {
		kinds[name] = a.kind
	}
	for name, b := range o.blocks {
		kinds[name] = b.kind()
	}
	return cty.Object(kinds)
}

// configKind returns the type of configurations with this schema, in which attributes that are not required are
// optional.
func (o *object) configKind() cty.Type {
	kinds, optional := map[string]cty.Type{}, []string{}
	for name, a := range o.attributes {
		kinds[name] = a.configKind()
		if !a.required {
			optional = append(optional, name)
		}
	}
	return cty.ObjectWithOptionalAttrs(kinds, optional)
}

func (a *attribute) configKind() cty.Type {
	if a.nested == nil {
		return a.kind
	}
	return a.collection(a.nested.configKind())
}

// collection returns the type of a nested attribute with elements of the given type.
func (a *attribute) collection(element cty.Type) cty.Type {
	switch a.nesting {
	case tfprotov6.SchemaObjectNestingModeList:
		return cty.List(element)
	case tfprotov6.SchemaObjectNestingModeSet:
		return cty.Set(element)
	case tfprotov6.SchemaObjectNestingModeMap:
		return cty.Map(element)
	default:
		return element
	}
}

// spec returns the specification that decodes a body.
func (o *object) spec() hcldec.ObjectSpec {
	spec := hcldec.ObjectSpec{}
	for name, a := range o.attributes {
		spec[name] = &hcldec.AttrSpec{Name: name, Type: a.configKind(), Required: a.required}
	}
	for name, b := range o.blocks {
		spec[name] = &hcldec.BlockSpec{TypeName: name, Nested: b.spec()}
	}
	return spec
}

// empty returns the value of an empty body.
func (o *object) empty() cty.Value {
	values := map[string]cty.Value{}
	for name, kind := range o.kind().AttributeTypes() {
		values[name] = cty.NullVal(kind)
	}
	return cty.ObjectVal(values)
}

// ctyType converts a type of terraform-plugin-go to cty.
func ctyType(kind tftypes.Type) (cty.Type, error) {
	element := func(inner tftypes.Type, wrap func(cty.Type) cty.Type) (cty.Type, error) {
		kind, err := ctyType(inner)
		if err != nil {
			return cty.NilType, err
		}
		return wrap(kind), nil
	}
	switch k := kind.(type) {
	case tftypes.List:
		return element(k.ElementType, cty.List)
	case tftypes.Set:
		return element(k.ElementType, cty.Set)
	case tftypes.Map:
		return element(k.ElementType, cty.Map)
	case tftypes.Object:
		attributes := map[string]cty.Type{}
		for name, attribute := range k.AttributeTypes {
			var err error
			if attributes[name], err = ctyType(attribute); err != nil {
				return cty.NilType, err
			}
		}
		return cty.Object(attributes), nil
	}
	switch {
	case kind.Is(tftypes.String):
		return cty.String, nil
	case kind.Is(tftypes.Number):
		return cty.Number, nil
	case kind.Is(tftypes.Bool):
		return cty.Bool, nil
	case kind.Is(tftypes.DynamicPseudoType):
		return cty.DynamicPseudoType, nil
	default:
		return cty.NilType, fmt.Errorf("unsupported type %s", kind)
	}
}
