package main

import (
	"encoding/json"
	"fmt"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// providerSchema converts the schemas of a provider from the types of the protocol to those of Terraform's JSON.
func providerSchema(
	from *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse,
) (*tfjson.ProviderSchema, error) {
	var c converter
	to := &tfjson.ProviderSchema{
		ConfigSchema:             c.schema("provider", from.Provider),
		ResourceSchemas:          each("resource", from.ResourceSchemas, c.schema),
		DataSourceSchemas:        each("data source", from.DataSourceSchemas, c.schema),
		EphemeralResourceSchemas: each("ephemeral resource", from.EphemeralResourceSchemas, c.schema),
		ListResourceSchemas:      each("list resource", from.ListResourceSchemas, c.schema),
		ActionSchemas:            each("action", from.ActionSchemas, c.action),
		Functions:                each("function", from.Functions, c.function),
		ResourceIdentitySchemas:  each("identity", identities.IdentitySchemas, c.identity),
	}
	return to, c.err
}

// each converts the values of a map. kind describes them in errors.
func each[From, To any](kind string, from map[string]From, convert func(where string, from From) To) map[string]To {
	to := make(map[string]To, len(from))
	for name, f := range from {
		to[name] = convert(kind+" "+name, f)
	}
	return to
}

// converter converts schemas. Its methods record the first error in err.
type converter struct{ err error }

func (c *converter) fail(where string, err error) {
	if c.err == nil && err != nil {
		c.err = fmt.Errorf("%s: %w", where, err)
	}
}

func (c *converter) schema(where string, from *tfprotov6.Schema) *tfjson.Schema {
	if from == nil {
		return nil
	}
	return &tfjson.Schema{Version: unsigned(from.Version), Block: c.block(where, from.Block)}
}

func (c *converter) action(where string, from *tfprotov6.ActionSchema) *tfjson.ActionSchema {
	return &tfjson.ActionSchema{Block: c.block(where, from.Schema.Block)}
}

func (c *converter) block(where string, from *tfprotov6.SchemaBlock) *tfjson.SchemaBlock {
	to := &tfjson.SchemaBlock{
		Attributes:      c.attributes(where, from.Attributes),
		NestedBlocks:    make(map[string]*tfjson.SchemaBlockType, len(from.BlockTypes)),
		Description:     from.Description,
		DescriptionKind: kind(from.DescriptionKind),
		Deprecated:      from.Deprecated,
	}
	for _, b := range from.BlockTypes {
		to.NestedBlocks[b.TypeName] = c.nestedBlock(where+"."+b.TypeName, b)
	}
	return to
}

func (c *converter) nestedBlock(where string, from *tfprotov6.SchemaNestedBlock) *tfjson.SchemaBlockType {
	return &tfjson.SchemaBlockType{
		NestingMode: c.blockNesting(where, from.Nesting),
		Block:       c.block(where, from.Block),
		MinItems:    unsigned(from.MinItems),
		MaxItems:    unsigned(from.MaxItems),
	}
}

func (c *converter) attributes(where string, from []*tfprotov6.SchemaAttribute) map[string]*tfjson.SchemaAttribute {
	to := make(map[string]*tfjson.SchemaAttribute, len(from))
	for _, a := range from {
		to[a.Name] = c.attribute(where+"."+a.Name, a)
	}
	return to
}

func (c *converter) attribute(where string, from *tfprotov6.SchemaAttribute) *tfjson.SchemaAttribute {
	to := &tfjson.SchemaAttribute{
		Description:     from.Description,
		DescriptionKind: kind(from.DescriptionKind),
		Deprecated:      from.Deprecated,
		Required:        from.Required,
		Optional:        from.Optional,
		Computed:        from.Computed,
		Sensitive:       from.Sensitive,
		WriteOnly:       from.WriteOnly,
	}
	// One of the two is set, never both.
	if from.NestedType != nil {
		to.AttributeNestedType = &tfjson.SchemaNestedAttributeType{
			Attributes:  c.attributes(where, from.NestedType.Attributes),
			NestingMode: c.objectNesting(where, from.NestedType.Nesting),
		}
	} else {
		c.setType(where, &to.AttributeType, from.Type)
	}
	return to
}

func (c *converter) identity(where string, from *tfprotov6.ResourceIdentitySchema) *tfjson.IdentitySchema {
	to := &tfjson.IdentitySchema{
		Version:    unsigned(from.Version),
		Attributes: make(map[string]*tfjson.IdentityAttribute, len(from.IdentityAttributes)),
	}
	for _, a := range from.IdentityAttributes {
		attribute := &tfjson.IdentityAttribute{
			Description:       a.Description,
			RequiredForImport: a.RequiredForImport,
			OptionalForImport: a.OptionalForImport,
		}
		c.setType(where+"."+a.Name, &attribute.IdentityType, a.Type)
		to.Attributes[a.Name] = attribute
	}
	return to
}

func (c *converter) function(where string, from *tfprotov6.Function) *tfjson.FunctionSignature {
	to := &tfjson.FunctionSignature{
		Description:        from.Description,
		Summary:            from.Summary,
		DeprecationMessage: from.DeprecationMessage,
	}
	c.setType(where, &to.ReturnType, from.Return.Type)
	for _, p := range from.Parameters {
		to.Parameters = append(to.Parameters, c.parameter(where, p))
	}
	if from.VariadicParameter != nil {
		to.VariadicParameter = c.parameter(where, from.VariadicParameter)
	}
	return to
}

func (c *converter) parameter(where string, from *tfprotov6.FunctionParameter) *tfjson.FunctionParameter {
	to := &tfjson.FunctionParameter{
		Name:        from.Name,
		Description: from.Description,
		IsNullable:  from.AllowNullValue,
	}
	c.setType(where+"."+from.Name, &to.Type, from.Type)
	return to
}

// setType converts a type by way of JSON. The library of the protocol and Terraform use the same JSON for types.
func (c *converter) setType(where string, to json.Unmarshaler, from tftypes.Type) {
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	c.fail(where, err)
}

var blockNestings = map[tfprotov6.SchemaNestedBlockNestingMode]tfjson.SchemaNestingMode{
	tfprotov6.SchemaNestedBlockNestingModeSingle: tfjson.SchemaNestingModeSingle,
	tfprotov6.SchemaNestedBlockNestingModeGroup:  tfjson.SchemaNestingModeGroup,
	tfprotov6.SchemaNestedBlockNestingModeList:   tfjson.SchemaNestingModeList,
	tfprotov6.SchemaNestedBlockNestingModeSet:    tfjson.SchemaNestingModeSet,
	tfprotov6.SchemaNestedBlockNestingModeMap:    tfjson.SchemaNestingModeMap,
}

var objectNestings = map[tfprotov6.SchemaObjectNestingMode]tfjson.SchemaNestingMode{
	tfprotov6.SchemaObjectNestingModeSingle: tfjson.SchemaNestingModeSingle,
	tfprotov6.SchemaObjectNestingModeList:   tfjson.SchemaNestingModeList,
	tfprotov6.SchemaObjectNestingModeSet:    tfjson.SchemaNestingModeSet,
	tfprotov6.SchemaObjectNestingModeMap:    tfjson.SchemaNestingModeMap,
}

func (c *converter) blockNesting(where string, from tfprotov6.SchemaNestedBlockNestingMode) tfjson.SchemaNestingMode {
	to, known := blockNestings[from]
	if !known {
		c.fail(where, fmt.Errorf("unknown nesting %s", from))
	}
	return to
}

func (c *converter) objectNesting(where string, from tfprotov6.SchemaObjectNestingMode) tfjson.SchemaNestingMode {
	to, known := objectNestings[from]
	if !known {
		c.fail(where, fmt.Errorf("unknown nesting %s", from))
	}
	return to
}

func kind(from tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	if from == tfprotov6.StringKindMarkdown {
		return tfjson.SchemaDescriptionKindMarkdown
	}
	return tfjson.SchemaDescriptionKindPlain
}

// unsigned converts versions and numbers of items, which are signed in the protocol.
func unsigned(n int64) uint64 {
	return uint64(max(n, 0))
}
