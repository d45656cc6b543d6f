package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/output"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/printed"
)

// tour calls the methods of all objects of a provider, as Terraform does, and checks what Terraform can print of the
// responses: the texts, the identities, and the values that do not come from the configuration.
type tour struct {
	t          *testing.T
	source     string // of the texts, for the messages
	given      string // the text of the configuration; empty if the configuration is valid
	server     output.Server
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities map[string]*tfprotov6.ResourceIdentitySchema
}

// newTour returns a tour of a provider on a store that is not configured yet.
func newTour(t *testing.T, source, given string, open func(location) store.Store) *tour {
	t.Helper()
	v := &tour{t: t, source: source, given: given, server: NewServer(newWithStore("test", open)())}
	var err error
	if v.schemas, err = v.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{}); err != nil {
		t.Fatal(err)
	}
	identities, err := v.server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	v.identities = identities.IdentitySchemas
	return v
}

// configure validates and applies a configuration of the provider.
func (v *tour) configure(arguments map[string]tftypes.Value) {
	v.t.Helper()
	kind := objectType(v.t, v.schemas.Provider)
	config := pack(objectWith(kind, arguments))
	valid, err := v.server.ValidateProviderConfig(v.t.Context(),
		&tfprotov6.ValidateProviderConfigRequest{Config: config})
	v.check("validate the provider", valid, err)
	configured, err := v.server.ConfigureProvider(v.t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config})
	v.check("configure the provider", configured, err)
}

// run calls all objects. Their configuration has the given text in every place, or else is valid.
func (v *tour) run() {
	v.t.Helper()
	for name := range v.schemas.ResourceSchemas {
		v.resource(name)
	}
	for name, schema := range v.schemas.DataSourceSchemas {
		v.dataSource(name, schema)
	}
	for name, schema := range v.schemas.ListResourceSchemas {
		v.list(name, schema)
	}
	for name, schema := range v.schemas.ActionSchemas {
		v.action(name, schema.Schema)
	}
	names := tftypes.Map{ElementType: tftypes.String}
	partners := map[string]tftypes.Value{paris + v.given: text(lyon + v.given)}
	result, err := v.server.CallFunction(v.t.Context(), &tfprotov6.CallFunctionRequest{Name: "pool_pairs",
		Arguments: []*tfprotov6.DynamicValue{pack(tftypes.NewValue(names, partners))}})
	v.check("pool_pairs", result, err)
}

func (v *tour) resource(name string) {
	v.t.Helper()
	ctx, schema := v.t.Context(), v.schemas.ResourceSchemas[name]
	kind := objectType(v.t, schema)
	none, config := pack(tftypes.NewValue(kind, nil)), pack(v.config(schema))
	valid, err := v.server.ValidateResourceConfig(ctx,
		&tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: config})
	v.check(name+" validate", valid, err)
	v.change(name, kind, none, config)
	for _, id := range []string{v.given, paris + v.given, paris + "," + lyon + v.given, "sba.contoso.com"} {
		imported, err := v.server.ImportResourceState(ctx,
			&tfprotov6.ImportResourceStateRequest{TypeName: name, ID: id})
		v.check(name+" import", imported, err)
		if err != nil {
			continue
		}
		for _, object := range imported.ImportedResources {
			v.values(name+" import", kind, object.State)
			v.identity(name, object.Identity)
			defer v.change(name, kind, object.State, none)
		}
	}
	identityKind := v.identities[name].ValueType()
	identity := pack(filled(identityKind, paris+v.given))
	imported, err := v.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: name,
		Identity: &tfprotov6.ResourceIdentityData{IdentityData: identity}})
	v.check(name+" import by identity", imported, err)

	read, err := v.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: name,
		CurrentState: pack(filled(kind, paris+v.given))})
	v.check(name+" read", read, err)
	for _, raw := range []string{`{"id": "` + v.given + `"}`, `{"` + v.given + `": 1}`, v.given} {
		state, err := v.server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
			TypeName: name, RawState: &tfprotov6.RawState{JSON: []byte(raw)}})
		v.check(name+" upgrade", state, err)
		upgraded, err := v.server.UpgradeResourceIdentity(ctx, &tfprotov6.UpgradeResourceIdentityRequest{
			TypeName: name, RawIdentity: &tfprotov6.RawState{JSON: []byte(raw)}})
		v.check(name+" upgrade of the identity", upgraded, err)
	}
}

// change plans a change from a state to a configuration. Unless the plan fails, it applies the plan and reads the
// result.
func (v *tour) change(name string, kind tftypes.Type, state, config *tfprotov6.DynamicValue) {
	v.t.Helper()
	ctx := v.t.Context()
	plan, err := v.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: name, PriorState: state, ProposedNewState: config, Config: config})
	v.check(name+" plan", plan, err)
	if err != nil {
		return
	}
	v.values(name+" plan", kind, plan.PlannedState)
	v.identity(name, plan.PlannedIdentity)
	if len(errorsOf(plan.Diagnostics)) > 0 {
		return
	}
	applied, err := v.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: name, PriorState: state, PlannedState: plan.PlannedState, Config: config,
		PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity})
	v.check(name+" apply", applied, err)
	if err != nil {
		return
	}
	v.values(name+" apply", kind, applied.NewState)
	v.identity(name, applied.NewIdentity)
	read, err := v.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{TypeName: name,
		CurrentState: applied.NewState, CurrentIdentity: applied.NewIdentity, Private: applied.Private})
	v.check(name+" read", read, err)
	if err == nil {
		v.values(name+" read", kind, read.NewState)
		v.identity(name, read.NewIdentity)
	}
}

func (v *tour) dataSource(name string, schema *tfprotov6.Schema) {
	v.t.Helper()
	config := pack(v.config(schema))
	valid, err := v.server.ValidateDataResourceConfig(v.t.Context(),
		&tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: config})
	v.check(name+" validate", valid, err)
	read, err := v.server.ReadDataSource(v.t.Context(),
		&tfprotov6.ReadDataSourceRequest{TypeName: name, Config: config})
	v.check(name+" read", read, err)
	if err == nil {
		v.values(name+" read", objectType(v.t, schema), read.State)
	}
}

func (v *tour) list(name string, schema *tfprotov6.Schema) {
	v.t.Helper()
	config := pack(v.config(schema))
	valid, err := v.server.ValidateListResourceConfig(v.t.Context(),
		&tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: config})
	v.check(name+" list validate", valid, err)
	stream, err := v.server.ListResource(v.t.Context(), &tfprotov6.ListResourceRequest{TypeName: name, Config: config,
		IncludeResource: true, Limit: 9})
	v.check(name+" list", stream, err)
	if err != nil {
		return
	}
	for result := range stream.Results {
		v.identity(name, result.Identity)
		v.values(name+" list", objectType(v.t, v.schemas.ResourceSchemas[name]), result.Resource)
	}
}

func (v *tour) action(name string, schema *tfprotov6.Schema) {
	v.t.Helper()
	config := pack(v.config(schema))
	valid, err := v.server.ValidateActionConfig(v.t.Context(),
		&tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config})
	v.check(name+" validate", valid, err)
	plan, err := v.server.PlanAction(v.t.Context(), &tfprotov6.PlanActionRequest{ActionType: name, Config: config})
	v.check(name+" plan", plan, err)
	stream, err := v.server.InvokeAction(v.t.Context(),
		&tfprotov6.InvokeActionRequest{ActionType: name, Config: config})
	v.check(name+" invoke", stream, err)
}

// config returns the configuration of an object.
func (v *tour) config(schema *tfprotov6.Schema) tftypes.Value {
	kind, arguments := objectType(v.t, schema), map[string]tftypes.Value{}
	if v.given == "" {
		for name, value := range map[string]tftypes.Value{
			"pools": poolSet(nice, "metz.contoso.com"), "failed_pools": poolSet(lyon),
			"appliance": text("sba.contoso.com"), "backup_pool": text(lyon), "fqdn": text(lyon), "pool": text(lyon),
			"diagram_appliances": text("names"),
		} {
			if of, found := kind.AttributeTypes[name]; found && of.Equal(value.Type()) {
				arguments[name] = value
			}
		}
		return objectWith(kind, arguments)
	}
	for _, attribute := range schema.Block.Attributes {
		if attribute.Required || attribute.Optional {
			arguments[attribute.Name] = filled(kind.AttributeTypes[attribute.Name], v.given)
		}
	}
	for _, block := range schema.Block.BlockTypes {
		arguments[block.TypeName] = filled(kind.AttributeTypes[block.TypeName], v.given)
	}
	return objectWith(kind, arguments)
}

// filled returns a value of a type with a text in every place.
func filled(of tftypes.Type, content string) tftypes.Value {
	switch of := of.(type) {
	case tftypes.List:
		return tftypes.NewValue(of, []tftypes.Value{filled(of.ElementType, content)})
	case tftypes.Set:
		return tftypes.NewValue(of, []tftypes.Value{filled(of.ElementType, content)})
	case tftypes.Map:
		return tftypes.NewValue(of, map[string]tftypes.Value{content: filled(of.ElementType, content)})
	case tftypes.Object:
		attributes := map[string]tftypes.Value{}
		for name, kind := range of.AttributeTypes {
			attributes[name] = filled(kind, content)
		}
		return tftypes.NewValue(of, attributes)
	}
	if of.Is(tftypes.String) {
		return text(content)
	}
	return tftypes.NewValue(of, nil)
}

// check checks the texts of a response.
func (v *tour) check(call string, response any, err error) {
	v.t.Helper()
	for _, fault := range append(printed.Faults(response), printed.Faults(err)...) {
		v.t.Errorf("%s: %s: %s", v.source, call, fault)
	}
}

// values checks the texts of a value. Of an object with a configuration that has other texts it checks the id.
func (v *tour) values(call string, of tftypes.Type, packed *tfprotov6.DynamicValue) {
	v.t.Helper()
	if packed == nil || len(packed.MsgPack) == 0 {
		return
	}
	value, err := packed.Unmarshal(of)
	if err != nil {
		v.t.Fatalf("%s: %s: %v", v.source, call, err)
	}
	_ = tftypes.Walk(value, func(path *tftypes.AttributePath, part tftypes.Value) (bool, error) {
		steps := path.Steps()
		if v.given != "" && len(steps) > 0 && steps[0] != tftypes.AttributeName("id") {
			return false, nil
		}
		var content string
		if part.IsKnown() && !part.IsNull() && part.Type().Is(tftypes.String) && part.As(&content) == nil {
			v.fault(call, path, content)
		}
		if len(steps) > 0 {
			if key, ok := steps[len(steps)-1].(tftypes.ElementKeyString); ok {
				v.fault(call, path, string(key))
			}
		}
		return true, nil
	})
}

func (v *tour) fault(call string, path *tftypes.AttributePath, content string) {
	v.t.Helper()
	if fault := printed.Fault(content); fault != "" {
		v.t.Errorf("%s: %s: %s: %s", v.source, call, path, fault)
	}
}

// identity checks an identity, which Terraform prints as it is.
func (v *tour) identity(resource string, data *tfprotov6.ResourceIdentityData) {
	v.t.Helper()
	if data == nil {
		return
	}
	checked := *v
	checked.given = ""
	checked.values(resource+" identity", v.identities[resource].ValueType(), data.IdentityData)
}
