package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// textAttribute is a computed string of a data source.
func textAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// numberAttribute is a computed number of a data source.
func numberAttribute(description string) schema.Int64Attribute {
	return schema.Int64Attribute{Computed: true, MarkdownDescription: description}
}

// boolAttribute is a computed bool of a data source.
func boolAttribute(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Computed: true, MarkdownDescription: description}
}

// namesAttribute is a computed set of host names of a data source.
func namesAttribute(description string) schema.SetAttribute {
	return schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
}

// mapAttribute is a computed map of objects of a data source.
func mapAttribute(description string, attributes map[string]schema.Attribute) schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		Computed: true, MarkdownDescription: description,
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// findingsAttribute is a list of violated rules.
func findingsAttribute(description string) schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: description,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"rule":     textAttribute("Id of the rule, such as `PP-ONE`."),
			"severity": textAttribute("`error`, `unsupported`, `discouraged` or `info`."),
			"summary":  textAttribute("Name of the violated rule, with its id."),
			"detail":   textAttribute("The violation with its objects, and how to correct it."),
			"objects": schema.ListAttribute{Computed: true, ElementType: types.StringType,
				MarkdownDescription: "FQDNs of the pools and appliances that violate the rule."},
			"source": textAttribute("Source of the rule."),
		}},
	}
}
