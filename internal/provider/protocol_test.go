package provider

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// walk is one walk of Terraform as the provider sees it: a configured server. It replaces core in tests of calls that
// no configuration causes deliberately.
type walk struct {
	t        *testing.T
	server   tfprotov6.ProviderServer
	kind     string // type of the resource
	computed []string
	resource tftypes.Object
	identity tftypes.Object
	warnings []string // warnings of Configure
}

const pairType = "lync_pool_pair"

// newWalk configures a provider for pool pairs; arguments are those of its configuration, by name.
func newWalk(t *testing.T, arguments map[string]tftypes.Value) *walk {
	t.Helper()
	return newWalkOf(t, pairType, arguments)
}

func newWalkOf(t *testing.T, resource string, arguments map[string]tftypes.Value) *walk {
	t.Helper()
	server := NewServer(testProvider(t, ""))
	return newServedWalk(t, server, resource, arguments)
}

// newServedWalk configures a provider that is already served.
func newServedWalk(
	t *testing.T, server tfprotov6.ProviderServer, resource string, arguments map[string]tftypes.Value,
) *walk {
	t.Helper()
	w := &walk{t: t, server: server, kind: resource}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	w.must(err, schemas.Diagnostics)
	w.resource = w.object(schemas.ResourceSchemas[resource].ValueType())
	for _, attribute := range schemas.ResourceSchemas[resource].Block.Attributes {
		if attribute.Computed {
			w.computed = append(w.computed, attribute.Name)
		}
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	w.must(err, identities.Diagnostics)
	w.identity = w.object(identities.IdentitySchemas[resource].ValueType())

	kind := w.object(schemas.Provider.ValueType())
	configured, err := server.ConfigureProvider(t.Context(),
		&tfprotov6.ConfigureProviderRequest{Config: w.pack(kind, objectWith(kind, arguments))})
	w.must(err, configured.Diagnostics)
	w.warnings = summaries(configured.Diagnostics, tfprotov6.DiagnosticSeverityWarning)
	return w
}

// walkOn returns a walk on a document. switches are arguments of the provider that are set to true.
func walkOn(d *document, switches ...string) *walk {
	d.t.Helper()
	return walkOfResource(pairType, d, switches...)
}

func walkOfResource(resource string, d *document, switches ...string) *walk {
	d.t.Helper()
	arguments := d.arguments()
	for _, name := range switches {
		arguments[name] = tftypes.NewValue(tftypes.Bool, true)
	}
	return newWalkOf(d.t, resource, arguments)
}

func (w *walk) object(kind tftypes.Type) tftypes.Object {
	w.t.Helper()
	object, ok := kind.(tftypes.Object)
	if !ok {
		w.t.Fatalf("%s is no object", kind)
	}
	return object
}

func (w *walk) must(err error, diags []*tfprotov6.Diagnostic) {
	w.t.Helper()
	if failed := errorsOf(diags); err != nil || len(failed) > 0 {
		w.t.Fatal(err, failed)
	}
}

func (w *walk) pack(kind tftypes.Type, value tftypes.Value) *tfprotov6.DynamicValue {
	w.t.Helper()
	packed, err := tfprotov6.NewDynamicValue(kind, value)
	if err != nil {
		w.t.Fatal(err)
	}
	return &packed
}

func (w *walk) unpack(kind tftypes.Type, packed *tfprotov6.DynamicValue) tftypes.Value {
	w.t.Helper()
	value, err := packed.Unmarshal(kind)
	if err != nil {
		w.t.Fatal(err)
	}
	return value
}

// objectWith returns an object with these attributes; the others are null.
func objectWith(kind tftypes.Object, attributes map[string]tftypes.Value) tftypes.Value {
	all := map[string]tftypes.Value{}
	for name, attribute := range kind.AttributeTypes {
		value, found := attributes[name]
		if !found {
			value = tftypes.NewValue(attribute, nil)
		}
		all[name] = value
	}
	return tftypes.NewValue(kind, all)
}

func text(s string) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }

func poolSet(names ...string) tftypes.Value {
	var values []tftypes.Value
	for _, name := range names {
		values = append(values, text(name))
	}
	return tftypes.NewValue(tftypes.Set{ElementType: tftypes.String}, values)
}

// pair returns the configuration of a pair, with more arguments by name.
func (w *walk) pair(a, b string, arguments map[string]tftypes.Value) tftypes.Value {
	all := map[string]tftypes.Value{"pools": poolSet(a, b)}
	for name, value := range arguments {
		all[name] = value
	}
	return objectWith(w.resource, all)
}

func (w *walk) none() tftypes.Value { return tftypes.NewValue(w.resource, nil) }

// proposed returns the proposed state that core computes from a configuration before it requests a plan: unset computed
// attributes keep their values.
func (w *walk) proposed(prior, config tftypes.Value) tftypes.Value {
	w.t.Helper()
	if prior.IsNull() || config.IsNull() {
		return config
	}
	before, proposed := attributes(w.t, prior), attributes(w.t, config)
	for _, name := range w.computed {
		if proposed[name].IsNull() {
			proposed[name] = before[name]
		}
	}
	return tftypes.NewValue(w.resource, proposed)
}

func attributes(t *testing.T, object tftypes.Value) map[string]tftypes.Value {
	t.Helper()
	all := map[string]tftypes.Value{}
	if err := object.As(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

// planned is the response to a plan, with the data that core passes to the apply.
type planned struct {
	prior, config, state tftypes.Value
	private              []byte
	identity             *tfprotov6.ResourceIdentityData
	replaces             bool
	diags                []*tfprotov6.Diagnostic
}

func (w *walk) plan(prior, config tftypes.Value, private []byte) planned {
	w.t.Helper()
	resp, err := w.server.PlanResourceChange(w.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: w.kind, PriorState: w.pack(w.resource, prior), Config: w.pack(w.resource, config),
		ProposedNewState: w.pack(w.resource, w.proposed(prior, config)), PriorPrivate: private,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return planned{
		prior: prior, config: config, state: w.unpack(w.resource, resp.PlannedState), private: resp.PlannedPrivate,
		identity: resp.PlannedIdentity, replaces: len(resp.RequiresReplace) > 0, diags: resp.Diagnostics,
	}
}

func (w *walk) apply(p planned) *tfprotov6.ApplyResourceChangeResponse {
	w.t.Helper()
	resp, err := w.server.ApplyResourceChange(w.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: w.kind, PriorState: w.pack(w.resource, p.prior), PlannedState: w.pack(w.resource, p.state),
		Config: w.pack(w.resource, p.config), PlannedPrivate: p.private, PlannedIdentity: p.identity,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return resp
}

func (w *walk) read(state tftypes.Value, identity *tfprotov6.ResourceIdentityData) *tfprotov6.ReadResourceResponse {
	w.t.Helper()
	resp, err := w.server.ReadResource(w.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: w.kind, CurrentState: w.pack(w.resource, state), CurrentIdentity: identity,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return resp
}

// importState imports an object by its id or by identity.
func (w *walk) importState(id string, identity map[string]tftypes.Value) *tfprotov6.ImportResourceStateResponse {
	w.t.Helper()
	req := &tfprotov6.ImportResourceStateRequest{TypeName: w.kind, ID: id}
	if identity != nil {
		req.Identity = &tfprotov6.ResourceIdentityData{IdentityData: w.pack(w.identity,
			objectWith(w.identity, identity))}
	}
	resp, err := w.server.ImportResourceState(w.t.Context(), req)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp
}

// state returns the state of an existing object.
func (w *walk) state(id string) tftypes.Value {
	w.t.Helper()
	resp := w.importState(id, nil)
	w.must(nil, resp.Diagnostics)
	return w.unpack(w.resource, resp.ImportedResources[0].State)
}

// assertPairIdentity checks that a response has the canonical identity of a pair.
func (w *walk) assertPairIdentity(after string, got *tfprotov6.ResourceIdentityData, first, second string) {
	w.t.Helper()
	w.assertIdentity(after, got, map[string]tftypes.Value{"first_pool": text(first), "second_pool": text(second)})
}

func (w *walk) assertIdentity(after string, got *tfprotov6.ResourceIdentityData, identity map[string]tftypes.Value) {
	w.t.Helper()
	if got == nil || got.IdentityData == nil {
		w.t.Errorf("%s: no identity", after)
		return
	}
	want := objectWith(w.identity, identity)
	if value := w.unpack(w.identity, got.IdentityData); !value.Equal(want) {
		w.t.Errorf("%s: the identity is %s", after, value)
	}
}

// errorsOf returns the errors with path, summary and detail.
func errorsOf(diags []*tfprotov6.Diagnostic) []string {
	var found []string
	for _, d := range diags {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			found = append(found, fmt.Sprintf("%s: %s: %s",
				d.Attribute, d.Summary, strings.Join(strings.Fields(d.Detail), " ")))
		}
	}
	return found
}

// rules returns the ids of rules in the summaries of one severity, sorted.
func rules(diags []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity) []string {
	found := []string{}
	for _, summary := range summaries(diags, severity) {
		_, id, _ := strings.Cut(summary, "(")
		found = append(found, strings.TrimSuffix(id, ")"))
	}
	slices.Sort(found)
	return found
}

func summaries(diags []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity) []string {
	var found []string
	for _, d := range diags {
		if d.Severity == severity {
			found = append(found, d.Summary)
		}
	}
	return found
}

// assertErrors checks that the errors contain all these words, or that there are no errors if there are no words.
func (w *walk) assertErrors(operation string, diags []*tfprotov6.Diagnostic, words ...string) {
	w.t.Helper()
	all := strings.Join(errorsOf(diags), "\n")
	if len(words) == 0 && all != "" {
		w.t.Fatalf("%s: unexpected errors: %s", operation, all)
	}
	for _, word := range words {
		if !strings.Contains(all, word) {
			w.t.Errorf("%s: no %q in the errors: %s", operation, word, all)
		}
	}
}
