package main

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/lync-iac/terraform-provider-lync/internal/invariant"
)

// plainAttributes returns attributes without validators and plan modifiers, which are work of the provider.
func plainAttributes(attributes map[string]schema.Attribute) map[string]schema.Attribute {
	plain := map[string]schema.Attribute{}
	for name, attribute := range attributes {
		plain[name] = plainAttribute(attribute)
	}
	return plain
}

func plainAttribute(attribute schema.Attribute) schema.Attribute {
	switch a := attribute.(type) {
	case schema.StringAttribute:
		a.Validators, a.PlanModifiers = nil, nil
		return a
	case schema.BoolAttribute:
		a.Validators, a.PlanModifiers = nil, nil
		return a
	case schema.Int64Attribute:
		a.Validators, a.PlanModifiers = nil, nil
		return a
	case schema.ListAttribute:
		a.Validators, a.PlanModifiers = nil, nil
		return a
	case schema.SetAttribute:
		a.Validators, a.PlanModifiers = nil, nil
		return a
	case schema.MapNestedAttribute:
		a.Validators, a.PlanModifiers = nil, nil
		a.NestedObject.Attributes = plainAttributes(a.NestedObject.Attributes)
		return a
	default:
		invariant.That(false, "the floor knows attributes of the type %T", attribute)
		return nil
	}
}
