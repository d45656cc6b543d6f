// Package adoption writes the configuration that adopts existing objects: a resource and an import block for each, and
// comments about the objects that are left out. It knows the language, but neither a topology nor a rule. Its functions
// are pure.
package adoption

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Resource is an existing object to declare and to import.
type Resource struct {
	Type     string
	ID       string   // for the import
	Hosts    []string // the names of the hosts from which the name of the resource is made
	Required []Argument
	Optional []Argument // follow after an empty line

	PreventDestroy bool
}

// Argument is an argument of a resource. Its value consists of strings, bools, lists and maps.
type Argument struct {
	Name  string
	Value cty.Value
}

// Remark is the comment about objects that are left out.
type Remark struct {
	Title   string   // the reason
	Objects []string // what is left out
	Lines   []string // the explanation, and what to do
}

// Configuration is the contents of the text. The resources are written in the order given.
type Configuration struct {
	Pairs      []Resource
	Appliances []Resource
	LeftOut    []Remark
}

// Text returns the configuration, formatted as terraform fmt does. It consists of printable ASCII characters and new
// lines.
func (c Configuration) Text() string {
	file := hclwrite.NewEmptyFile()
	body := file.Body()
	comment(body, c.header()...)
	for _, remark := range c.LeftOut {
		body.AppendNewline()
		remark.write(body)
	}
	resources := slices.Concat(c.Pairs, c.Appliances)
	names := slices.Concat(namesOf(c.Pairs), namesOf(c.Appliances))
	for i, r := range resources {
		body.AppendNewline()
		r.writeResource(body, names[i])
	}
	if len(resources) > 0 {
		body.AppendNewline()
		comment(body, "The import blocks. Remove them after the apply: from this line to the end of the file.")
	}
	for i, r := range resources {
		body.AppendNewline()
		r.writeImport(body, names[i])
	}
	return string(file.Bytes())
}

// header returns the comment at the beginning of the text.
func (c Configuration) header() []string {
	adopted := len(c.Pairs) + len(c.Appliances)
	lines := []string{fmt.Sprintf("This configuration adopts %s and %s as they are in the topology.",
		count(len(c.Pairs), "pool pair"), count(len(c.Appliances), "branch appliance"))}
	if adopted > 0 {
		lines = append(lines,
			fmt.Sprintf("Its plan is: %d to import, 0 to add, 0 to change, 0 to destroy.", adopted),
			"The apply does not change the topology.",
			"Arguments with their default values are omitted.")
	}
	if len(c.LeftOut) > 0 {
		lines = append(lines,
			"Each comment \"Not adopted\" has a finding of the topology, the relationships that are omitted",
			"because of it, and what to do about them.")
	}
	return lines
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (r Remark) write(body *hclwrite.Body) {
	lines := []string{"Not adopted: " + r.Title}
	for _, object := range r.Objects {
		lines = append(lines, "- "+object)
	}
	for _, line := range r.Lines {
		lines = append(lines, strings.TrimRight("  "+line, " "))
	}
	comment(body, lines...)
}

// comment writes comments, one for each line.
func comment(body *hclwrite.Body, lines ...string) {
	tokens := make(hclwrite.Tokens, 0, len(lines))
	for _, line := range lines {
		text := strings.TrimRight("# "+plain(line), " ")
		tokens = append(tokens, &hclwrite.Token{Type: hclsyntax.TokenComment, Bytes: []byte(text + "\n")})
	}
	body.AppendUnstructuredTokens(tokens)
}

func (r Resource) writeResource(body *hclwrite.Body, name string) {
	block := body.AppendNewBlock("resource", []string{r.Type, name}).Body()
	for _, argument := range r.Required {
		block.SetAttributeRaw(argument.Name, tokensFor(argument.Value))
	}
	if len(r.Optional) > 0 {
		block.AppendNewline()
	}
	for _, argument := range r.Optional {
		block.SetAttributeRaw(argument.Name, tokensFor(argument.Value))
	}
	if r.PreventDestroy {
		block.AppendNewline()
		block.AppendNewBlock("lifecycle", nil).Body().SetAttributeRaw("prevent_destroy", tokensFor(cty.True))
	}
}

func (r Resource) writeImport(body *hclwrite.Body, name string) {
	block := body.AppendNewBlock("import", nil).Body()
	block.SetAttributeTraversal("to", hcl.Traversal{hcl.TraverseRoot{Name: r.Type}, hcl.TraverseAttr{Name: name}})
	block.SetAttributeRaw("id", tokensFor(cty.StringVal(r.ID)))
}

// tokensFor returns the tokens of a value.
func tokensFor(value cty.Value) hclwrite.Tokens {
	kind := value.Type()
	switch {
	case kind.IsMapType() || kind.IsObjectType():
		var entries []hclwrite.ObjectAttrTokens
		for it := value.ElementIterator(); it.Next(); {
			key, element := it.Element()
			entries = append(entries, hclwrite.ObjectAttrTokens{Name: keyTokens(key), Value: tokensFor(element)})
		}
		return hclwrite.TokensForObject(entries)
	case kind.IsListType() || kind.IsTupleType() || kind.IsSetType():
		var elements []hclwrite.Tokens
		for it := value.ElementIterator(); it.Next(); {
			_, element := it.Element()
			elements = append(elements, tokensFor(element))
		}
		return hclwrite.TokensForTuple(elements)
	}
	tokens := hclwrite.TokensForValue(value)
	for _, token := range tokens {
		if token.Type == hclsyntax.TokenQuotedLit {
			token.Bytes = []byte(plain(string(token.Bytes)))
		}
	}
	return tokens
}

// attributeName matches the names of attributes of the provider. None of them is a keyword.
var attributeName = regexp.MustCompile(`^[a-z]+(_[a-z]+)+$`)

// keyTokens returns the tokens of a key in a map. It quotes all keys but the names of attributes. hclwrite does not
// quote identifiers, which can have letters outside of ASCII.
func keyTokens(key cty.Value) hclwrite.Tokens {
	if name := key.AsString(); attributeName.MatchString(name) {
		return hclwrite.TokensForIdentifier(name)
	}
	return tokensFor(key)
}
