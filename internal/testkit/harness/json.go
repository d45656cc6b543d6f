package harness

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// providerNames has the names of the providers in Terraform's JSON. The key reports whether the provider is built in.
var providerNames = map[bool]string{
	true: "terraform.io/builtin/terraform", false: "registry.terraform.io/lync-iac/lync",
}

// json returns the plan as a value of terraform-json. Numbers are json.Number.
func (p *plan) json() *tfjson.Plan {
	out := &tfjson.Plan{
		FormatVersion: "1.2", TerraformVersion: terraformVersion, OutputChanges: map[string]*tfjson.Change{},
	}
	for _, key := range slices.Sorted(maps.Keys(p.changes)) {
		out.ResourceChanges = append(out.ResourceChanges, p.changes[key].json(p.moved[key]))
	}
	for _, key := range slices.Sorted(maps.Keys(p.drifts)) {
		out.ResourceDrift = append(out.ResourceDrift, p.drifts[key].json(p.moved[key]))
	}
	for name, o := range p.outputs {
		out.OutputChanges[name] = &tfjson.Change{
			Actions: actions(o.action), Before: known(o.before), After: known(o.after), AfterUnknown: unknown(o.after),
		}
	}
	return out
}

// changeWithReason adds the reason of a change, which the type of terraform-json lacks.
type changeWithReason struct {
	*tfjson.ResourceChange

	ActionReason string `json:"action_reason,omitempty"`
}

// withReasons returns the plan in the form of "terraform show -json", with the reasons of its changes.
func (p *plan) withReasons() any {
	out := struct {
		*tfjson.Plan

		ResourceChanges []changeWithReason `json:"resource_changes"`
	}{Plan: p.json()}
	for _, c := range out.Plan.ResourceChanges {
		out.ResourceChanges = append(out.ResourceChanges, changeWithReason{c, p.changes[c.Address].reason})
	}
	return out
}

func (c *change) json(previous string) *tfjson.ResourceChange {
	out := &tfjson.ResourceChange{
		Address: c.address.String(), PreviousAddress: previous, Mode: tfjson.ResourceMode(c.address.mode),
		Type: c.address.kind,
		Name: c.address.name, Index: c.address.index(), ProviderName: providerNames[c.address.kind == terraformData],
		Change: &tfjson.Change{
			Actions: actions(c.action), Before: known(c.before), After: known(c.after), AfterUnknown: unknown(c.after),
		},
	}
	for _, path := range c.replacePaths {
		out.Change.ReplacePaths = append(out.Change.ReplacePaths, path)
	}
	if c.importing {
		out.Change.Importing = &tfjson.Importing{ID: c.importID}
	}
	return out
}

func actions(action string) tfjson.Actions {
	if action == actionReplace {
		return tfjson.Actions{tfjson.ActionDelete, tfjson.ActionCreate}
	}
	return tfjson.Actions{tfjson.Action(action)}
}

// json returns the state in the form of "terraform show -json". Numbers are json.Number.
func (s *state) json(identityOf func(address) cty.Type) *tfjson.State {
	out := &tfjson.State{FormatVersion: "1.0", TerraformVersion: terraformVersion}
	all := s.all()
	if len(all) == 0 && len(s.outputs) == 0 {
		return out
	}
	root := &tfjson.StateModule{}
	out.Values = &tfjson.StateValues{RootModule: root, Outputs: map[string]*tfjson.StateOutput{}}
	for name, value := range s.outputs {
		out.Values.Outputs[name] = &tfjson.StateOutput{Value: known(value), Type: value.Type()}
	}
	for _, i := range all {
		version := uint64(i.version) //nolint:gosec // versions are small
		added := &tfjson.StateResource{
			Address: i.address.String(), Mode: tfjson.ResourceMode(i.address.mode), Type: i.address.kind,
			Name:  i.address.name,
			Index: i.address.index(), ProviderName: providerNames[i.address.kind == terraformData],
			SchemaVersion: version,
			DependsOn:     i.dependsOn, Tainted: i.tainted, SensitiveValues: json.RawMessage("{}"),
		}
		added.AttributeValues, _ = known(i.value).(map[string]any)
		if identity := identityOf(i.address); identity != cty.NilType && i.identity != nil {
			if value, diags := unpack(i.identity.IdentityData, identity); !diags.failed() {
				added.IdentitySchemaVersion, added.IdentityValues = new(uint64), map[string]any{}
				added.IdentityValues, _ = known(value).(map[string]any)
			}
		}
		root.Resources = append(root.Resources, added)
	}
	return out
}

// known returns a value in the types of encoding/json, without its unknown parts.
func known(value cty.Value) any {
	if value == cty.NilVal || !value.IsKnown() {
		return nil
	}
	text, err := ctyjson.Marshal(knownParts(value), cty.DynamicPseudoType)
	must(err)
	var wrapped struct{ Value any }
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	must(decoder.Decode(&wrapped))
	return wrapped.Value
}

// knownParts returns a value without unknown members of objects and maps, and with null for unknown elements of lists
// and sets.
func knownParts(value cty.Value) cty.Value {
	switch {
	case !value.IsKnown() || value.IsNull():
		return cty.NullVal(cty.DynamicPseudoType)
	case value.Type().IsObjectType() || value.Type().IsMapType():
		members := map[string]cty.Value{}
		for name, member := range value.AsValueMap() {
			if member.IsKnown() {
				members[name] = knownParts(member)
			}
		}
		return cty.ObjectVal(members)
	case value.CanIterateElements():
		elements := []cty.Value{}
		for _, element := range value.AsValueSlice() {
			elements = append(elements, knownParts(element))
		}
		return cty.TupleVal(elements)
	default:
		return value
	}
}

// unknown returns true for each unknown part of a value, without known members of objects and maps. It returns an empty
// map for a value that is wholly known.
func unknown(value cty.Value) any {
	if value == cty.NilVal || value.IsWhollyKnown() {
		return map[string]any{}
	}
	return unknownParts(value)
}

func unknownParts(value cty.Value) any {
	switch {
	case !value.IsKnown():
		return true
	case value.IsNull():
		return false
	case value.Type().IsObjectType() || value.Type().IsMapType():
		members := map[string]any{}
		for name, member := range value.AsValueMap() {
			if part := unknownParts(member); part != false {
				members[name] = part
			}
		}
		return members
	case value.CanIterateElements():
		elements := []any{}
		for _, element := range value.AsValueSlice() {
			elements = append(elements, unknownParts(element))
		}
		return elements
	default:
		return false
	}
}
