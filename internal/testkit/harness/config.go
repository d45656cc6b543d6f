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

// configuration has the declarations in the files of one folder.
type configuration struct {
	provider  *block
	resources map[string]*block // by address without instance key
	outputs   map[string]*block
	locals    map[string]hclsyntax.Expression
	imports   []importBlock
	moves     []moveBlock
	requires  bool // a terraform block names the source of the provider
}

// block is a provider, resource, data or output block.
type block struct {
	address   address // without instance key
	title     string  // Terraform's name of the block in diagnostics
	head      hcl.Range
	syntax    *hclsyntax.Body
	body      hcl.Body // the arguments and blocks of the provider's schema
	sources   map[string][]byte
	forEach   hcl.Expression
	count     hcl.Expression
	dependsOn []string // addresses
	ignore    []string
	ignoreAll bool
	protected bool // prevent_destroy
}

type importBlock struct {
	to       address
	id       hcl.Expression
	identity hcl.Expression
}

type moveBlock struct{ from, to address }

// resourceSchema has the arguments and blocks of every resource.
var resourceSchema = &hcl.BodySchema{
	Attributes: []hcl.AttributeSchema{{Name: "for_each"}, {Name: "count"}, {Name: "depends_on"}},
	Blocks:     []hcl.BlockHeaderSchema{{Type: "lifecycle"}},
}

// parse parses the .tf files of a folder, by name.
func parse(files map[string]string) (*configuration, diagnostics) {
	c := &configuration{
		resources: map[string]*block{}, outputs: map[string]*block{},
		locals: map[string]hclsyntax.Expression{},
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
		if diags := c.add(b, sources); diags.failed() {
			return nil, diags
		}
	}
	if (c.provider != nil || len(c.resources) > 0) && !c.requires {
		return nil, errorf("Provider not required",
			"Without required_providers, Terraform looks for provider lync in another namespace.")
	}
	return c, append(c.checkReferences(), c.checkAddresses()...)
}

func (c *configuration) add(b *hclsyntax.Block, sources map[string][]byte) diagnostics {
	switch b.Type {
	case "terraform":
		for _, inner := range b.Body.Blocks {
			c.requires = c.requires || inner.Body.Attributes["lync"] != nil
		}
		return unsupported(b, nil, []string{"required_providers"})
	case "provider":
		if b.Labels[0] != "lync" || c.provider != nil || b.Body.Attributes["alias"] != nil {
			return errorf("Unsupported provider",
				"The harness supports only provider lync, without aliases. Run this test with Terraform.")
		}
		c.provider = &block{
			title: `in provider "lync"`, head: b.DefRange(), syntax: b.Body, body: b.Body, sources: sources,
		}
		return nil
	case "resource", "data":
		return c.addResource(b, sources)
	case "output":
		return c.addOutput(b, sources)
	case "locals":
		for name, attribute := range b.Body.Attributes {
			if c.locals[name] != nil {
				return errorf("Duplicate local value definition", "The local value %s is defined twice.", name)
			}
			c.locals[name] = attribute.Expr
		}
		return nil
	case "import":
		return c.addImport(b)
	case "moved":
		return c.addMoved(b)
	default:
		return errorf("Unsupported block", "The harness does not support %s blocks. Run this test with Terraform.",
			b.Type)
	}
}

// unsupported returns an error if a block has other arguments or nested blocks than those listed.
func unsupported(b *hclsyntax.Block, arguments, blocks []string) diagnostics {
	for name := range b.Body.Attributes {
		if !slices.Contains(arguments, name) {
			return errorf("Unsupported argument",
				"The harness does not support %s in %s blocks. Run this test with Terraform.", name, b.Type)
		}
	}
	for _, inner := range b.Body.Blocks {
		if !slices.Contains(blocks, inner.Type) {
			return errorf("Unsupported block",
				"The harness does not support %s in %s blocks. Run this test with Terraform.",
				inner.Type, b.Type)
		}
	}
	return nil
}

func (c *configuration) addOutput(b *hclsyntax.Block, sources map[string][]byte) diagnostics {
	if diags := unsupported(b, []string{"value", "description", "sensitive"}, nil); diags.failed() {
		return diags
	}
	name := b.Labels[0]
	if b.Body.Attributes["value"] == nil || c.outputs[name] != nil {
		return errorf("Invalid output", "The output %s needs one block with a value.", name)
	}
	c.outputs[name] = &block{
		title: fmt.Sprintf("in output %q", name), head: b.DefRange(), syntax: b.Body, body: b.Body, sources: sources,
	}
	return nil
}

func (c *configuration) addImport(b *hclsyntax.Block) diagnostics {
	if diags := unsupported(b, []string{"to", "id", "identity"}, nil); diags.failed() {
		return diags
	}
	target := b.Body.Attributes["to"]
	if target == nil || (b.Body.Attributes["id"] == nil) == (b.Body.Attributes["identity"] == nil) {
		return errorf("Invalid import block", "An import block needs to, and either id or identity.")
	}
	to, diags := addressOf(target.Expr)
	added := importBlock{to: to}
	if id := b.Body.Attributes["id"]; id != nil {
		added.id = id.Expr
	}
	if identity := b.Body.Attributes["identity"]; identity != nil {
		added.identity = identity.Expr
	}
	c.imports = append(c.imports, added)
	return diags
}

func (c *configuration) addMoved(b *hclsyntax.Block) diagnostics {
	if diags := unsupported(b, []string{"from", "to"}, nil); diags.failed() {
		return diags
	}
	if len(b.Body.Attributes) != 2 {
		return errorf("Invalid moved block", "A moved block needs from and to.")
	}
	from, diags := addressOf(b.Body.Attributes["from"].Expr)
	to, more := addressOf(b.Body.Attributes["to"].Expr)
	c.moves = append(c.moves, moveBlock{from, to})
	return append(diags, more...)
}

// checkAddresses returns an error for import and moved blocks that the harness does not support.
func (c *configuration) checkAddresses() diagnostics {
	seen := map[string]bool{}
	for _, i := range c.imports {
		if seen[i.to.String()] || c.resources[i.to.resource().String()] == nil {
			return errorf("Invalid import block", "%s is not declared, or has two import blocks.", i.to)
		}
		seen[i.to.String()] = true
	}
	ends := map[string]bool{}
	for _, m := range c.moves {
		from, to := m.from.String(), m.to.String()
		if ends[from] || ends[to] || m.from.kind != m.to.kind || m.from.mode != modeManaged {
			return errorf("Unsupported move",
				"The harness does not support chains of moves, nor a move from %s to %s. Run this test with Terraform.",
				from, to)
		}
		if m.from.key == cty.NilVal && c.resources[from] != nil {
			return errorf("Moved object still exists", "%s is still declared.", from)
		}
		ends[from], ends[to] = true, true
	}
	return nil
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
	if content.Attributes["for_each"] != nil && content.Attributes["count"] != nil {
		return errorf("Invalid combination of \"count\" and \"for_each\"", "%s has both.", key)
	}
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
			if problems := b.addIgnored(attribute.Expr); problems.failed() {
				return problems
			}
		default:
			return errorf("Unsupported argument",
				"The harness does not support lifecycle argument %s. Run this test with Terraform.", name)
		}
	}
	return nil
}

// addIgnored adds the names of arguments in ignore_changes.
func (b *block) addIgnored(e hcl.Expression) diagnostics {
	list, diags := hcl.ExprList(e)
	if diags.HasErrors() {
		return fromHCL(diags)
	}
	for _, item := range list {
		name := hcl.ExprAsKeyword(item)
		if name == "" {
			return errorf("Unsupported argument",
				"The harness supports only whole arguments in ignore_changes. Run this test with Terraform.")
		}
		b.ignore = append(b.ignore, name)
	}
	return nil
}

// source returns the lines of a range, with line numbers.
func (b *block) source(at hcl.Range) string {
	lines := strings.Split(string(b.sources[at.Filename]), "\n")
	var shown []string
	for n := at.Start.Line; n <= at.End.Line && n <= len(lines); n++ {
		shown = append(shown, fmt.Sprintf("%4d: %s", n, lines[n-1]))
	}
	return strings.Join(shown, "\n")
}
