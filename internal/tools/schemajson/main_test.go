package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestMain(m *testing.M) {
	code := m.Run()
	testkit.Cleanup()
	os.Exit(code)
}

// printed runs the program and parses its output. Like tfplugindocs, it uses terraform-json, which verifies the format.
func printed(t *testing.T) *tfjson.ProviderSchema {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), &out, address); err != nil {
		t.Fatal(err)
	}
	var all tfjson.ProviderSchemas
	if err := json.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	if names := slices.Collect(maps.Keys(all.Schemas)); !slices.Equal(names, []string{address}) {
		t.Fatalf("providers are %v", names)
	}
	return all.Schemas[address]
}

func TestPoolPair(t *testing.T) {
	t.Parallel()
	p := printed(t)
	pair := p.ResourceSchemas["lync_pool_pair"]
	if pair == nil {
		t.Fatal("no lync_pool_pair")
	}
	if pair.Block.DescriptionKind != tfjson.SchemaDescriptionKindMarkdown || pair.Block.Description == "" {
		t.Errorf("the description is %q, %s", pair.Block.Description, pair.Block.DescriptionKind)
	}
	pools := pair.Block.Attributes["pools"]
	if !pools.Required || pools.Optional || pools.Computed || pools.AttributeType.FriendlyName() != "set of string" {
		t.Errorf("pools is %+v", pools)
	}
	failover := pair.Block.Attributes["automatic_failover"]
	if failover.Required || !failover.Optional || !failover.Computed ||
		failover.AttributeType.FriendlyName() != "bool" {
		t.Errorf("automatic_failover is %+v", failover)
	}
	registrars := pair.Block.Attributes["registrars"]
	if !registrars.Computed || registrars.Optional || registrars.AttributeNestedType == nil {
		t.Fatalf("registrars is %+v", registrars)
	}
	if mode := registrars.AttributeNestedType.NestingMode; mode != tfjson.SchemaNestingModeMap {
		t.Errorf("registrars is a %s", mode)
	}
	version := registrars.AttributeNestedType.Attributes["service_version"]
	if version == nil || version.AttributeType.FriendlyName() != "number" || version.Description == "" {
		t.Errorf("service_version is %+v", version)
	}
	timeouts := pair.Block.NestedBlocks["timeouts"]
	if timeouts == nil || timeouts.NestingMode != tfjson.SchemaNestingModeSingle {
		t.Fatalf("timeouts is %+v", timeouts)
	}
	if got := slices.Sorted(maps.Keys(timeouts.Block.Attributes)); !slices.Equal(got,
		[]string{"create", "delete", "read", "update"}) {
		t.Errorf("timeouts has %v", got)
	}
	identity := p.ResourceIdentitySchemas["lync_pool_pair"]
	for _, name := range []string{"first_pool", "second_pool"} {
		a := identity.Attributes[name]
		if a == nil || !a.RequiredForImport || a.OptionalForImport || a.Description == "" ||
			a.IdentityType.FriendlyName() != "string" {
			t.Errorf("identity: %s is %+v", name, a)
		}
	}
}

// TestAsTerraform compares the output with that of the command line for the built provider.
func TestAsTerraform(t *testing.T) {
	t.Parallel()
	w := testkit.CLI(t)
	w.Config("")
	r := w.Run("providers", "schema", "-json")
	if r.ExitCode != 0 {
		t.Fatal(r.Output)
	}
	type document struct {
		Schemas map[string]map[string]any `json:"provider_schemas"`
	}
	var ours, theirs document
	var out bytes.Buffer
	if err := run(t.Context(), &out, address); err != nil {
		t.Fatal(err)
	}
	for text, to := range map[string]*document{out.String(): &ours, r.Stdout: &theirs} {
		if err := json.Unmarshal([]byte(text), to); err != nil {
			t.Fatal(err)
		}
	}
	// All versions print these sections. They can omit an empty section.
	sections := []string{"provider", "resource_schemas", "data_source_schemas", "functions"}
	for _, schemas := range theirs.Schemas { // one provider; its host depends on the command line
		for _, section := range sections {
			got, want := ours.Schemas[address][section], schemas[section]
			if m, ok := want.(map[string]any); ok && len(m) == 0 {
				want = nil
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got\n%v\nwant\n%v", section, got, want)
			}
		}
	}
	if len(theirs.Schemas) != 1 {
		t.Errorf("%d providers, want 1", len(theirs.Schemas))
	}
}

// TestAllKinds converts kinds of objects that this provider does not have.
func TestAllKinds(t *testing.T) {
	t.Parallel()
	number := &tfprotov6.SchemaAttribute{
		Name: "number", Type: tftypes.Number, Optional: true, Sensitive: true, WriteOnly: true, Deprecated: true,
		Description: "A *number*.", DescriptionKind: tfprotov6.StringKindMarkdown,
	}
	nested := &tfprotov6.SchemaAttribute{Name: "nested", Required: true, NestedType: &tfprotov6.SchemaObject{
		Nesting: tfprotov6.SchemaObjectNestingModeList, Attributes: []*tfprotov6.SchemaAttribute{number},
	}}
	block := &tfprotov6.SchemaBlock{
		Attributes: []*tfprotov6.SchemaAttribute{nested},
		BlockTypes: []*tfprotov6.SchemaNestedBlock{{
			TypeName: "many", Nesting: tfprotov6.SchemaNestedBlockNestingModeSet, MinItems: 1, MaxItems: 3,
			Block: &tfprotov6.SchemaBlock{Deprecated: true, Attributes: []*tfprotov6.SchemaAttribute{number}},
		}},
		Description: "Plain.",
	}
	schemas := map[string]*tfprotov6.Schema{"test_object": {Version: 2, Block: block}}
	from := &tfprotov6.GetProviderSchemaResponse{
		Provider:                 &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		ResourceSchemas:          schemas,
		DataSourceSchemas:        schemas,
		EphemeralResourceSchemas: schemas,
		ListResourceSchemas:      schemas,
		ActionSchemas:            map[string]*tfprotov6.ActionSchema{"test_object": {Schema: schemas["test_object"]}},
		Functions: map[string]*tfprotov6.Function{"f": {
			Summary: "Sums up.", Description: "Describes.", DeprecationMessage: "Use g.",
			Parameters: []*tfprotov6.FunctionParameter{
				{Name: "a", Type: tftypes.List{ElementType: tftypes.String}, AllowNullValue: true},
			},
			VariadicParameter: &tfprotov6.FunctionParameter{
				Name: "b", Type: tftypes.DynamicPseudoType, Description: "The others.",
			},
			Return: &tfprotov6.FunctionReturn{
				Type: tftypes.Object{AttributeTypes: map[string]tftypes.Type{"x": tftypes.Bool}},
			},
		}},
	}
	converted, err := providerSchema(from, &tfprotov6.GetResourceIdentitySchemasResponse{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(converted)
	if err != nil {
		t.Fatal(err)
	}
	numberJSON := `"number":{"type":"number","description":"A *number*.","description_kind":"markdown",` +
		`"deprecated":true,"optional":true,"sensitive":true,"write_only":true}`
	blockJSON := `"block":{"attributes":{"nested":{"nested_type":{"attributes":{` + numberJSON +
		`},"nesting_mode":"list"},"description_kind":"plain","required":true}},` +
		`"block_types":{"many":{"nesting_mode":"set","block":{"attributes":{` + numberJSON +
		`},"description_kind":"plain","deprecated":true},"min_items":1,"max_items":3}},` +
		`"description":"Plain.","description_kind":"plain"}`
	objects := `{"test_object":{"version":2,` + blockJSON + `}}`
	want := `{"provider":{"version":0,"block":{"description_kind":"plain"}},` +
		`"resource_schemas":` + objects + `,"data_source_schemas":` + objects + `,"ephemeral_resource_schemas":` +
		objects +
		`,"action_schemas":{"test_object":{` + blockJSON + `}},` +
		`"functions":{"f":{"description":"Describes.","summary":"Sums up.","deprecation_message":"Use g.",` +
		`"return_type":["object",{"x":"bool"}],` +
		`"parameters":[{"name":"a","is_nullable":true,"type":["list","string"]}],` +
		`"variadic_parameter":{"name":"b","description":"The others.","type":"dynamic"}}},` +
		`"list_resource_schemas":` + objects + `}`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestUnknownNesting(t *testing.T) {
	t.Parallel()
	block := &tfprotov6.SchemaBlock{
		BlockTypes: []*tfprotov6.SchemaNestedBlock{{TypeName: "odd", Nesting: 99, Block: &tfprotov6.SchemaBlock{}}},
	}
	from := &tfprotov6.GetProviderSchemaResponse{
		ResourceSchemas: map[string]*tfprotov6.Schema{"test_object": {Block: block}},
	}
	_, err := providerSchema(from, &tfprotov6.GetResourceIdentitySchemasResponse{})
	if err == nil || !strings.Contains(err.Error(), "resource test_object.odd: unknown nesting") {
		t.Fatalf("the error is %v", err)
	}
}
