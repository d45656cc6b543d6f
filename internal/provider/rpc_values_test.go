package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/output"
)

// oddValues returns values of an object type, and of other types, that a call must survive: null, unknown, an object
// whose attributes are null or unknown, one whose collections have null and unknown elements, and values of other
// types.
func oddValues(kind tftypes.Object) map[string]tftypes.Value {
	values := map[string]tftypes.Value{
		"null":     tftypes.NewValue(kind, nil),
		"unknown":  tftypes.NewValue(kind, tftypes.UnknownValue),
		"a string": tftypes.NewValue(tftypes.String, "x"),
		"a number": tftypes.NewValue(tftypes.Number, 7),
		"other type": tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{}},
			map[string]tftypes.Value{}),
	}
	for name, leaf := range map[string]any{"null": nil, "unknown": tftypes.UnknownValue} {
		attributes, elements := map[string]tftypes.Value{}, map[string]tftypes.Value{}
		for attribute, of := range kind.AttributeTypes {
			attributes[attribute] = tftypes.NewValue(of, leaf)
			elements[attribute] = withElement(of, leaf)
		}
		values[name+" attributes"] = tftypes.NewValue(kind, attributes)
		values[name+" elements"] = tftypes.NewValue(kind, elements)
	}
	return values
}

// withElement returns a value of a type: a collection with one element that is leaf, an object with such attributes,
// and leaf itself for a primitive type.
func withElement(of tftypes.Type, leaf any) tftypes.Value {
	switch of := of.(type) {
	case tftypes.List:
		return tftypes.NewValue(of, []tftypes.Value{tftypes.NewValue(of.ElementType, leaf)})
	case tftypes.Set:
		return tftypes.NewValue(of, []tftypes.Value{tftypes.NewValue(of.ElementType, leaf)})
	case tftypes.Map:
		return tftypes.NewValue(of, map[string]tftypes.Value{"a.contoso.com": tftypes.NewValue(of.ElementType, leaf)})
	case tftypes.Object:
		attributes := map[string]tftypes.Value{}
		for name, kind := range of.AttributeTypes {
			attributes[name] = withElement(kind, leaf)
		}
		return tftypes.NewValue(of, attributes)
	default:
		return tftypes.NewValue(of, leaf)
	}
}

// caller calls a configured provider and reports panics as failures of the test.
type caller struct {
	t      *testing.T
	server output.Server
}

// survives calls f and checks that it returns: a panic of the provider would end Terraform's run.
func (c caller) survives(call string, f func() error) {
	c.t.Helper()
	defer func() {
		if cause := recover(); cause != nil {
			c.t.Errorf("%s panics: %v", call, cause)
		}
	}()
	_ = f() // an error of the protocol is an answer
}

func pack(value tftypes.Value) *tfprotov6.DynamicValue {
	packed, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		return &tfprotov6.DynamicValue{}
	}
	return &packed
}

// TestCallsSurviveOddValues calls every method of every object with null, unknown and wrongly typed values. No
// configuration causes most of them, but a module test, a mock or another client of the protocol can.
func TestCallsSurviveOddValues(t *testing.T) {
	t.Parallel()
	d := newDocument(t, allKindsEstate().Document())
	all := NewServer(testProvider(t, ""))
	newServedWalk(t, all, pairType, d.arguments())
	schemas, err := all.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	c := caller{t, all}
	for name, schema := range schemas.ResourceSchemas {
		c.callResource(name, schema)
	}
	for name, schema := range schemas.DataSourceSchemas {
		for odd, value := range oddValues(objectType(t, schema)) {
			config := pack(value)
			c.survives(name+" data, "+odd, func() error {
				_, validated := all.ValidateDataResourceConfig(t.Context(),
					&tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: config})
				_, read := all.ReadDataSource(t.Context(),
					&tfprotov6.ReadDataSourceRequest{TypeName: name, Config: config})
				return firstError(validated, read)
			})
		}
	}
	for name, schema := range schemas.ListResourceSchemas {
		for odd, value := range oddValues(objectType(t, schema)) {
			c.survives(name+" list, "+odd, func() error { return c.list(name, pack(value)) })
		}
	}
	for name, schema := range schemas.ActionSchemas {
		for odd, value := range oddValues(objectType(t, schema.Schema)) {
			c.survives(name+" action, "+odd, func() error { return c.act(name, pack(value)) })
		}
	}
	for name, function := range schemas.Functions {
		for _, argument := range []tftypes.Value{
			tftypes.NewValue(function.Parameters[0].Type, nil),
			tftypes.NewValue(function.Parameters[0].Type, tftypes.UnknownValue),
			tftypes.NewValue(tftypes.String, "x"),
			withElement(function.Parameters[0].Type, tftypes.UnknownValue),
		} {
			c.survives(fmt.Sprint(name, " function, ", argument), func() error {
				_, err := all.CallFunction(t.Context(),
					&tfprotov6.CallFunctionRequest{Name: name, Arguments: []*tfprotov6.DynamicValue{pack(argument)}})
				return err
			})
		}
	}
}

func objectType(t *testing.T, schema *tfprotov6.Schema) tftypes.Object {
	t.Helper()
	object, ok := schema.ValueType().(tftypes.Object)
	if !ok {
		t.Fatalf("%s is not an object", schema.ValueType())
	}
	return object
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// callResource calls every method of a resource with every pair of odd values for state and configuration.
func (c caller) callResource(name string, schema *tfprotov6.Schema) {
	ctx := c.t.Context()
	values := oddValues(objectType(c.t, schema))
	for oddState, state := range values {
		prior := pack(state)
		c.survives(name+" read, "+oddState, func() error {
			_, err := c.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: name, CurrentState: prior})
			return err
		})
		for oddConfig, value := range values {
			config, call := pack(value), strings.Join([]string{name, "plan and apply", oddState, oddConfig}, ", ")
			c.survives(call, func() error {
				_, validated := c.server.ValidateResourceConfig(ctx,
					&tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: config})
				_, planned := c.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
					TypeName: name, PriorState: prior, ProposedNewState: config, Config: config,
				})
				_, applied := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
					TypeName: name, PriorState: prior, PlannedState: config, Config: config,
				})
				return firstError(validated, planned, applied)
			})
		}
	}
	for _, id := range []string{"", ",", "x", "a.contoso.com,b.contoso.com", strings.Repeat("a.", 2000), "\x00"} {
		c.survives(fmt.Sprintf("%s import %q", name, id), func() error {
			_, err := c.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: name, ID: id})
			return err
		})
	}
	for _, raw := range []string{"", "null", "{}", "[]", `{"pools": 1}`, `{"id": null}`} {
		c.survives(name+" upgrade "+raw, func() error {
			_, state := c.server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
				TypeName: name, RawState: &tfprotov6.RawState{JSON: []byte(raw)},
			})
			_, identity := c.server.UpgradeResourceIdentity(ctx, &tfprotov6.UpgradeResourceIdentityRequest{
				TypeName: name, RawIdentity: &tfprotov6.RawState{JSON: []byte(raw)},
			})
			return firstError(state, identity)
		})
	}
}

func (c caller) list(name string, config *tfprotov6.DynamicValue) error {
	ctx := c.t.Context()
	_, validated := c.server.ValidateListResourceConfig(ctx,
		&tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: config})
	stream, err := c.server.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: name, Config: config, Limit: 9})
	if err != nil {
		return err
	}
	for range stream.Results {
	}
	return validated
}

func (c caller) act(name string, config *tfprotov6.DynamicValue) error {
	ctx := c.t.Context()
	_, validated := c.server.ValidateActionConfig(ctx,
		&tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config})
	_, planned := c.server.PlanAction(ctx, &tfprotov6.PlanActionRequest{ActionType: name, Config: config})
	stream, err := c.server.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: name, Config: config})
	if err != nil {
		return err
	}
	for range stream.Events {
	}
	return firstError(validated, planned)
}
