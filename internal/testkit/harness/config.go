package harness

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// configuration is what the files of one folder declare.
type configuration struct {
	provider  *block
	resources map[string]*block // by address without instance key
	outputs   map[string]*block
	locals    map[string]hclsyntax.Expression
	variables map[string]cty.Value
	imports   []importBlock
	moves     []moveBlock
}

// block is a provider, resource, data or output block.
type block struct {
	address     address // without instance key
	title       string  // as Terraform names it in diagnostics
	head        hcl.Range
	syntax      *hclsyntax.Body
	body        hcl.Body // what is left for the schema
	sources     map[string][]byte
	forEach     hcl.Expression
	count       hcl.Expression
	dependsOn   []string // addresses
	ignore      []hcl.Traversal
	ignoreAll   bool
	protected   bool // prevent_destroy
	triggeredBy []string
}

type importBlock struct {
	to       address
	id       hcl.Expression
	identity hcl.Expression
	head     hcl.Range
}

type moveBlock struct{ from, to address }

// resourceSchema has the arguments that every resource has.
var resourceSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "for_each"}, {Name: "count"}, {Name: "depends_on"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "lifecycle"}},
}

// parse reads the files of a folder, whose names end in .tf.
func parse(files map[string]string, variables map[string]cty.Value) (*configuration, diagnostics) {
	c := &configuration{
		resources: map[string]*block{}, outputs: map[string]*block{},
		locals: map[string]hclsyntax.Expression{}, variables: map[string]cty.Value{},
	}
	sources := map[string][]byte{}
	var all []*hclsyntax.Block
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sources[name] = []byte(files[name])
		file, diags := hclsyntax.ParseConfig(sources[name], name, hcl.InitialPos)
		if diags.HasErrors() {
			return nil, fromHCL(diags)
		}
		body, ok := file.Body.(*hclsyntax.Body)
		if !ok {
			return nil, errorf("Unexpected syntax", "%s is not in native syntax", name)
		}
		all = append(all, body.Blocks...)
	}
	for _, b := range all {
		if diags := c.add(b, sources, variables); diags.failed() {
			return nil, diags
		}
	}
	return c, c.checkReferences()
}

func (c *configuration) add(b *hclsyntax.Block, sources map[string][]byte, variables map[string]cty.Value) diagnostics {
	switch b.Type {
	case "terraform":
		return nil
	case "provider":
		c.provider = &block{title: `in provider "lync"`, head: b.DefRange(), syntax: b.Body, body: b.Body, sources: sources}
		return nil
	case "resource", "data":
		return c.addResource(b, sources)
	case "output":
		c.outputs[b.Labels[0]] = &block{title: fmt.Sprintf("in output %q", b.Labels[0]), head: b.DefRange(), syntax: b.Body, body: b.Body, sources: sources}
		return nil
	case "locals":
		for name, attribute := range b.Body.Attributes {
			c.locals[name] = attribute.Expr
		}
		return nil
	case "variable":
		return c.addVariable(b, variables)
	case "import":
		return c.addImport(b)
	case "moved":
		from, diags := addressOf(b.Body.Attributes["from"].Expr)
		to, more := addressOf(b.Body.Attributes["to"].Expr)
		c.moves = append(c.moves, moveBlock{from, to})
		return append(diags, more...)
	default:
		return errorf("Block without support", "The harness has no %s blocks; run this test with Terraform.", b.Type)
	}
}

func (c *configuration) addVariable(b *hclsyntax.Block, given map[string]cty.Value) diagnostics {
	name := b.Labels[0]
	value, ok := given[name]
	if attribute := b.Body.Attributes["default"]; !ok && attribute != nil {
		var diags hcl.Diagnostics
		if value, diags = attribute.Expr.Value(nil); diags.HasErrors() {
			return fromHCL(diags)
		}
		ok = true
	}
	if !ok {
		return errorf("No value for required variable", "The root module input variable %q is not set.", name)
	}
	c.variables[name] = value
	return nil
}

func (c *configuration) addImport(b *hclsyntax.Block) diagnostics {
	to, diags := addressOf(b.Body.Attributes["to"].Expr)
	added := importBlock{to: to, head: b.DefRange()}
	if id := b.Body.Attributes["id"]; id != nil {
		added.id = id.Expr
	}
	if identity := b.Body.Attributes["identity"]; identity != nil {
		added.identity = identity.Expr
	}
	if b.Body.Attributes["for_each"] != nil {
		return errorf("Argument without support", "The harness has no for_each in import blocks; run this test with Terraform.")
	}
	c.imports = append(c.imports, added)
	return diags
}

func (c *configuration) addResource(b *hclsyntax.Block, sources map[string][]byte) diagnostics {
	mode := modeManaged
	if b.Type == "data" {
		mode = modeData
	}
	added := &block{
		address: address{mode: mode, kind: b.Labels[0], name: b.Labels[1]},
		title:   fmt.Sprintf("in %s %q %q", b.Type, b.Labels[0], b.Labels[1]),
		head:    b.DefRange(), syntax: b.Body, sources: sources,
	}
	key := added.address.String()
	if c.resources[key] != nil {
		return errorf("Duplicate resource configuration", "%s is declared twice.", key)
	}
	content, rest, diags := b.Body.PartialContent(resourceSchema)
	if diags.HasErrors() {
		return fromHCL(diags)
	}
	added.body = rest
	c.resources[key] = added
	if a := content.Attributes["for_each"]; a != nil {
		added.forEach = a.Expr
	}
	if a := content.Attributes["count"]; a != nil {
		added.count = a.Expr
	}
	if a := content.Attributes["depends_on"]; a != nil {
		var problems diagnostics
		if added.dependsOn, problems = addressList(a.Expr); problems.failed() {
			return problems
		}
	}
	for _, lifecycle := range content.Blocks {
		if problems := added.addLifecycle(lifecycle.Body); problems.failed() {
			return problems
		}
	}
	return nil
}

func (b *block) addLifecycle(body hcl.Body) diagnostics {
	attributes, diags := body.JustAttributes()
	if diags.HasErrors() {
		return fromHCL(diags)
	}
	for name, attribute := range attributes {
		switch name {
		case "prevent_destroy":
			value, problems := attribute.Expr.Value(nil)
			if problems.HasErrors() {
				return fromHCL(problems)
			}
			b.protected = value.True()
		case "ignore_changes":
			if hcl.ExprAsKeyword(attribute.Expr) == "all" {
				b.ignoreAll = true
				continue
			}
			list, problems := hcl.ExprList(attribute.Expr)
			if problems.HasErrors() {
				return fromHCL(problems)
			}
			for _, e := range list {
				traversal, problems := hcl.AbsTraversalForExpr(e)
				if problems.HasErrors() {
					return fromHCL(problems)
				}
				b.ignore = append(b.ignore, traversal)
			}
		case "replace_triggered_by":
			var problems diagnostics
			if b.triggeredBy, problems = addressList(attribute.Expr); problems.failed() {
				return problems
			}
		default:
			return errorf("Argument without support", "The harness has no lifecycle argument %s; run this test with Terraform.", name)
		}
	}
	return nil
}

// source is the lines of a range.
func (b *block) source(at hcl.Range) string {
	lines := strings.Split(string(b.sources[at.Filename]), "\n")
	var shown []string
	for n := at.Start.Line; n <= at.End.Line && n <= len(lines); n++ {
		shown = append(shown, fmt.Sprintf("%4d: %s", n, lines[n-1]))
	}
	return strings.Join(shown, "\n")
}
