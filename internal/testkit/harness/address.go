package harness

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// The modes of resources.
const (
	modeManaged = "managed"
	modeData    = "data"
)

// address names a resource or one instance of it.
type address struct {
	mode, kind, name string
	key              cty.Value // cty.NilVal, a string or a number
}

// resource returns the address without the instance key.
func (a address) resource() address { return address{mode: a.mode, kind: a.kind, name: a.name} }

func (a address) instance(key cty.Value) address {
	a.key = key
	return a
}

// String returns the address in the syntax of a configuration.
func (a address) String() string {
	text := a.kind + "." + a.name
	if a.mode == modeData {
		text = "data." + text
	}
	switch {
	case a.key == cty.NilVal:
		return text
	case a.key.Type() == cty.String:
		return fmt.Sprintf("%s[%q]", text, a.key.AsString())
	default:
		return fmt.Sprintf("%s[%s]", text, a.key.AsBigFloat().Text('f', -1))
	}
}

// index returns the instance key in the form of Terraform's JSON, or nil.
func (a address) index() any {
	switch {
	case a.key == cty.NilVal:
		return nil
	case a.key.Type() == cty.String:
		return a.key.AsString()
	default:
		n, _ := a.key.AsBigFloat().Int64()
		return n
	}
}

// parseAddress parses an address from the command line.
func parseAddress(text string) (address, diagnostics) {
	e, diags := hclsyntax.ParseExpression([]byte(text), "argument", hcl.InitialPos)
	if diags.HasErrors() {
		return address{}, fromHCL(diags)
	}
	return addressOf(e)
}

func addressOf(e hcl.Expression) (address, diagnostics) {
	traversal, diags := hcl.AbsTraversalForExpr(e)
	if diags.HasErrors() {
		return address{}, fromHCL(diags)
	}
	found, rest := addressIn(traversal)
	if found == (address{}) {
		return address{}, errorf("Invalid address", "No resource has this address.")
	}
	if len(rest) > 0 {
		if index, ok := rest[0].(hcl.TraverseIndex); ok {
			found.key = index.Key
		}
	}
	return found, nil
}

// addressIn returns the address of the resource in a reference and the steps after it. The address is zero if the
// reference names no resource.
func addressIn(traversal hcl.Traversal) (address, hcl.Traversal) {
	names := []string{traversal.RootName()}
	for _, step := range traversal[1:] {
		attribute, ok := step.(hcl.TraverseAttr)
		if !ok || len(names) == 3 {
			break
		}
		names = append(names, attribute.Name)
	}
	switch {
	case names[0] == "data" && len(names) == 3:
		return address{mode: modeData, kind: names[1], name: names[2]}, traversal[3:]
	case strings.Contains(names[0], "_") && len(names) >= 2:
		return address{mode: modeManaged, kind: names[0], name: names[1]}, traversal[2:]
	default:
		return address{}, nil
	}
}

// addressList parses a list of references, such as that of depends_on.
func addressList(e hcl.Expression) ([]string, diagnostics) {
	list, diags := hcl.ExprList(e)
	if diags.HasErrors() {
		return nil, fromHCL(diags)
	}
	var all []string
	for _, item := range list {
		one, problems := addressOf(item)
		if problems.failed() {
			return nil, problems
		}
		all = append(all, one.resource().String())
	}
	return all, nil
}
