package harness

import (
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// runImport runs the command import ADDRESS ID. The resource must be declared and must not be in the state.
func (c *CLI) runImport(a arguments) Result {
	if len(a.words) != 2 {
		return c.result(a, 1, "", errorf("Invalid import command", "The harness needs import ADDRESS ID."))
	}
	diags := c.importInto(a.words[0], a.words[1], a.options)
	return c.result(a, 0, "Import successful!\n", diags)
}

func (c *CLI) importInto(name, id string, o options) diagnostics {
	to, diags := parseAddress(name)
	if diags.failed() {
		return diags
	}
	config, diags := c.parse()
	if diags.failed() {
		return diags
	}
	if config.resources[to.resource().String()] == nil {
		return errorf("Resource address does not exist in the configuration", "Before importing %s, declare it.", to)
	}
	if c.state.get(to.String()) != nil {
		return errorf("Resource already managed by Terraform", "%s is in the state.", to)
	}
	r, diags := newRun(c.ctx, c.newProvider, config, c.state, o)
	if diags.failed() {
		return diags
	}
	r.collectState()
	if diags = r.configure(); diags.failed() {
		return diags
	}
	found, more := r.importInstance(to, id, nil)
	if diags = append(diags, more...); diags.failed() {
		return diags
	}
	c.state = c.state.clone()
	c.state.set(to.String(), found)
	return diags
}

// stateJSON returns the state in the form of "terraform show -json".
func (c *CLI) stateJSON() (*tfjson.State, diagnostics) {
	s, diags := serve(c.ctx, c.newProvider())
	if diags.failed() {
		return nil, diags
	}
	return c.state.json(func(a address) cty.Type { return s.schemas.identities[a.kind] }), nil
}
