package harness

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/zclconf/go-cty/cty"
)

// importState imports into the state or, without ImportStatePersist, into a temporary empty state.
func (s *stepRunner) importState(step resource.TestStep) error {
	if !step.ImportStatePersist {
		kept := s.cli.state
		s.cli.state = newState()
		defer func() { s.cli.state = kept }()
	}
	return s.command("import", step.ResourceName, step.ImportStateId)
}

// importByIdentity removes the resource from a copy of the state and plans an import block with its identity. It fails
// unless the plan imports the resource without changes and with the same identity.
func (s *stepRunner) importByIdentity(step resource.TestStep) error {
	s.t.Helper()
	kept, text := s.cli.state, s.text
	defer func() {
		s.cli.state = kept
		s.configure(text)
	}()
	to, diags := parseAddress(step.ResourceName)
	if diags.failed() {
		return fmt.Errorf("%s", diags)
	}
	values, err := s.identityOf(kept.get(step.ResourceName))
	if err != nil {
		return err
	}
	s.configure(text + importBlockOf(step.ResourceName, values))
	s.cli.state = kept.clone()
	s.cli.state.set(step.ResourceName, nil)
	p, err := s.plan()
	if err != nil {
		return err
	}
	c := p.changes[to.String()]
	if c == nil || !c.importing || c.action != actionNoOp {
		return fmt.Errorf("importing resource %s: expected a no-op import operation\n%s", to, p.summary())
	}
	imported, err := s.identityOf(p.prior.get(step.ResourceName))
	if err != nil {
		return err
	}
	if !maps.EqualFunc(values, imported, cty.Value.RawEquals) {
		return fmt.Errorf("importing resource %s: expected identity values %v, got %v", to, values, imported)
	}
	return nil
}

// identityOf returns the values of an instance's identity.
func (s *stepRunner) identityOf(i *instance) (map[string]cty.Value, error) {
	if i == nil || i.identity == nil {
		return nil, fmt.Errorf("expected prior state to have resource identity values, got none")
	}
	provider, diags := serve(s.t.Context(), s.cli.newProvider())
	if diags.failed() {
		return nil, fmt.Errorf("%s", diags)
	}
	value, diags := unpack(i.identity.IdentityData, provider.schemas.identities[i.address.kind])
	if diags.failed() {
		return nil, fmt.Errorf("%s", diags)
	}
	return value.AsValueMap(), nil
}

// importBlockOf returns an import block with an identity whose values are strings.
func importBlockOf(address string, identity map[string]cty.Value) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(identity)) {
		lines = append(lines, fmt.Sprintf("    %s = %q\n", name, identity[name].AsString()))
	}
	return fmt.Sprintf("\nimport {\n  to = %s\n  identity = {\n%s  }\n}\n", address, strings.Join(lines, ""))
}
