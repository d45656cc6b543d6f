package adoption_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/adoption"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/printed"
)

// appliance returns the resource of an appliance.
func appliance(fqdn string) adoption.Resource {
	return adoption.Resource{
		Type: "lync_branch_backup", ID: fqdn, Hosts: []string{fqdn},
		Required: []adoption.Argument{{Name: "appliance", Value: cty.StringVal(fqdn)}},
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	c := adoption.Configuration{
		Pairs: []adoption.Resource{{
			Type: "lync_pool_pair", ID: "a.x,b\u00fc.x", Hosts: []string{"a.x", "b\u00fc.x"}, PreventDestroy: true,
			Required: []adoption.Argument{
				{Name: "pools", Value: cty.TupleVal([]cty.Value{cty.StringVal("a.x"), cty.StringVal("b\u00fc.x")})},
			},
			Optional: []adoption.Argument{
				{Name: "automatic_failover", Value: cty.False},
				{Name: "per_pool", Value: cty.ObjectVal(map[string]cty.Value{
					"b\u00fc": cty.ObjectVal(map[string]cty.Value{"automatic_failover": cty.True}),
					"for":     cty.ObjectVal(map[string]cty.Value{"failure_detection_interval": cty.StringVal("1h")}),
				})},
			},
		}},
		Appliances: []adoption.Resource{appliance("1${sba}.x"), appliance("%{if}\\\".x")},
		LeftOut: []adoption.Remark{{
			Title: "Incomplete pair (PP-WHOLE)", Objects: []string{"the pools c.x and d.x"},
			Lines: []string{"Site */ \"Paris\n}\u2028\x1b[31m\u202e\U0001f600", "", "  import {"},
		}},
	}
	const want = `# This configuration adopts 1 pool pair and 2 branch appliances as they are in the topology.
# Its plan is: 3 to import, 0 to add, 0 to change, 0 to destroy.
# The apply does not change the topology.
# Arguments with their default values are omitted.
# Each comment "Not adopted" has a finding of the topology, the relationships that are omitted
# because of it, and what to do about them.

# Not adopted: Incomplete pair (PP-WHOLE)
# - the pools c.x and d.x
#   Site */ "Paris\u000a}\u2028\u001b[31m\u202e\U0001f600
#
#     import {

resource "lync_pool_pair" "a_x_b__x" {
  pools = ["a.x", "b\u00fc.x"]

  automatic_failover = false
  per_pool = {
    "b\u00fc" = {
      automatic_failover = true
    }
    "for" = {
      failure_detection_interval = "1h"
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "lync_branch_backup" "_1__sba__x" {
  appliance = "1$${sba}.x"
}

resource "lync_branch_backup" "__if____x" {
  appliance = "%%{if}\\\".x"
}

# The import blocks. Remove them after the apply: from this line to the end of the file.

import {
  to = lync_pool_pair.a_x_b__x
  id = "a.x,b\u00fc.x"
}

import {
  to = lync_branch_backup._1__sba__x
  id = "1$${sba}.x"
}

import {
  to = lync_branch_backup.__if____x
  id = "%%{if}\\\".x"
}
`
	if got := c.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if formatted := string(hclwrite.Format([]byte(want))); formatted != want {
		t.Errorf("terraform fmt would write\n%s", formatted)
	}
}

// A topology without relationships has a comment.
func TestTextOfNothing(t *testing.T) {
	t.Parallel()
	const want = "# This configuration adopts 0 pool pairs and 0 branch appliances as they are in the topology.\n"
	if got := (adoption.Configuration{}).Text(); got != want {
		t.Errorf("got %q", got)
	}
}

// namesIn returns the names of the resources of a configuration, by import id.
func namesIn(t *testing.T, text string) map[string]string {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(text), "relations.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, text)
	}
	names := map[string]string{}
	body, _ := file.Body.(*hclsyntax.Body)
	for _, b := range body.Blocks {
		if b.Type != "import" {
			continue
		}
		id, diags := b.Body.Attributes["id"].Expr.Value(nil)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		step, _ := b.Body.Attributes["to"].Expr.Variables()[0][1].(hcl.TraverseAttr)
		names[id.AsString()] = step.Name
	}
	return names
}

// Names that would be equal have a hash. Other resources do not change a name.
func TestNames(t *testing.T) {
	t.Parallel()
	names := func(fqdns ...string) map[string]string {
		var c adoption.Configuration
		for _, fqdn := range fqdns {
			c.Appliances = append(c.Appliances, appliance(fqdn))
		}
		return namesIn(t, c.Text())
	}
	for _, test := range []struct {
		fqdns, want []string
	}{
		{[]string{"a-b.x", "c.x"}, []string{"a_b_x", "c_x"}},
		{[]string{"a-b.x", "a.b.x", "a_b.x", "c.x"},
			[]string{"a_b_x_32b73cc9", "a_b_x_9477e1d0", "a_b_x_0ce21793", "c_x"}},
		{[]string{"pool01.emea.x", "pool01.apac.x"}, []string{"pool01_emea_x", "pool01_apac_x"}},
		{[]string{"\u6771\u4eac", "\u5927\u962a"}, []string{"___130016b2", "___6df97746"}},
	} {
		got := names(test.fqdns...)
		for i, fqdn := range test.fqdns {
			if got[fqdn] != test.want[i] {
				t.Errorf("%v: %q has the name %q, want %q", test.fqdns, fqdn, got[fqdn], test.want[i])
			}
		}
	}
	before, fqdns := names("a-b.x", "a.b.x", "c.x"), []string{"a-b.x", "a.b.x", "c.x"}
	for n := range 100 {
		fqdns = append(fqdns, fmt.Sprintf("sba-%02d.x", n))
	}
	after := names(fqdns...)
	for fqdn, name := range before {
		if after[fqdn] != name {
			t.Errorf("with more appliances %s has the name %s instead of %s", fqdn, after[fqdn], name)
		}
	}
}

// FuzzText has any text in every place: the result is printable ASCII, has the blocks and no others, and its strings
// have the text.
func FuzzText(f *testing.F) {
	for _, text := range printed.Hostile() {
		f.Add(text[:min(len(text), 200)])
	}
	for _, text := range []string{"", "*/", "${a}", "%{ if }", "$${", "\\", "\"", "'", "# }", "<<EOT\nEOT", "\u2028", "\u0085"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?") // documents and values have no other text
		value := cty.StringVal(text)
		c := adoption.Configuration{
			Appliances: []adoption.Resource{{
				Type: "lync_branch_backup", ID: text, Hosts: []string{text},
				Required: []adoption.Argument{{Name: "appliance", Value: value}},
				Optional: []adoption.Argument{
					{Name: "per_pool", Value: cty.ObjectVal(map[string]cty.Value{text: value})},
				},
			}},
			LeftOut: []adoption.Remark{{Title: text, Objects: []string{text}, Lines: []string{text, text}}},
		}
		got := c.Text()
		if strings.ContainsFunc(got, func(r rune) bool { return (r < ' ' || r > '~') && r != '\n' }) {
			t.Errorf("not printable ASCII: %q", got)
		}
		if formatted := string(hclwrite.Format([]byte(got))); formatted != got {
			t.Errorf("formatted:\n%s\nnot\n%s", formatted, got)
		}
		file, diags := hclsyntax.ParseConfig([]byte(got), "relations.tf", hcl.InitialPos)
		if diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, got)
		}
		body, _ := file.Body.(*hclsyntax.Body)
		if len(body.Blocks) != 2 || len(body.Attributes) != 0 {
			t.Fatalf("%d blocks:\n%s", len(body.Blocks), got)
		}
		for at, want := range map[*hclsyntax.Attribute]cty.Value{
			body.Blocks[0].Body.Attributes["appliance"]: value,
			body.Blocks[0].Body.Attributes["per_pool"]:  cty.ObjectVal(map[string]cty.Value{value.AsString(): value}),
			body.Blocks[1].Body.Attributes["id"]:        value,
		} {
			if read, diags := at.Expr.Value(nil); diags.HasErrors() || !read.RawEquals(want) {
				t.Errorf("%s is %#v, want %#v: %v", at.Name, read, want, diags)
			}
		}
		if comments := strings.Count(got, "\n#"); comments < 7 {
			t.Errorf("%d comments:\n%s", comments, got)
		}
	})
}
