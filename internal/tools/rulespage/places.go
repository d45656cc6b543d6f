package main

import (
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
)

// otherPlaces has the places at which a rule is enforced by code outside of its checks in the catalogue, by rule id.
var otherPlaces = map[string]string{
	"PP-SELF": "validation of the configuration; plan of a pool pair: creation or replacement; import; the function " +
		"pool_pairs",
	"PP-FREE": "plan of a pool pair: completion of an incomplete pair",
	"PP-ONE": "plan in which two resources share a pool or declare the same pair, or one resource keeps a pair and " +
		"another removes it; plan of a pool pair: creation or replacement, if a third pool names a member as its " +
		"backup; the function pool_pairs",
	"PP-RECIP":  "the function pool_pairs",
	"PP-RENAME": "plan in which one resource removes a pair and another creates it",
	"BR-ONE": "plan in which two resources declare the same appliance, or one resource keeps its association and " +
		"another removes it",
}

// eventPlaces describes the events at which the catalogue checks rules.
var eventPlaces = map[resilience.Event]string{
	resilience.PairCreated:       "plan of a pool pair: creation or replacement",
	resilience.SettingsChanged:   "plan that sets or changes a setting",
	resilience.PairRemoved:       "plan of a pool pair: destroy or replacement",
	resilience.BranchChanged:     "plan of a branch backup: creation or move",
	resilience.TopologyRead:      "findings",
	resilience.InventoryCompared: "findings of a data source that is given an inventory",
}

// placesOf returns the places at which a rule is checked. An allowance has none.
func placesOf(r resilience.Rule) []string {
	var places []string
	if other := otherPlaces[r.ID]; other != "" {
		places = append(places, other)
	}
	for _, event := range r.Events() {
		places = append(places, eventPlaces[event])
	}
	return places
}

// columnOf returns in which of the plan, the findings and the findings with an inventory a rule is checked.
func columnOf(r resilience.Rule) string {
	in := map[string]bool{"plan": otherPlaces[r.ID] != ""}
	for _, event := range r.Events() {
		switch event {
		case resilience.TopologyRead:
			in["findings"] = true
		case resilience.InventoryCompared:
			in["inventory"] = true
		default:
			in["plan"] = true
		}
	}
	var columns []string
	for _, column := range []string{"plan", "findings", "inventory"} {
		if in[column] {
			columns = append(columns, column)
		}
	}
	return strings.Join(columns, ", ")
}
