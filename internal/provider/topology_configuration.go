package provider

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/zclconf/go-cty/cty"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/printable"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/adoption"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// configurationOf returns the configuration that adopts the relationships of a topology without a change. What it
// declares has the arguments of an import, and a relationship is left out if these arguments differ from the topology.
func configurationOf(ctx context.Context, c *client.Client, s *client.Survey) (string, diag.Diagnostics) {
	w := &configurationWriter{client: c, existing: s.Adoption(), remarks: map[*resilience.Violation]int{}}
	w.addPairs(ctx)
	w.addBranches()
	w.configuration.LeftOut = slices.Concat(w.explained, w.unexplained)
	return w.configuration.Text(), w.diags
}

type configurationWriter struct {
	client        *client.Client
	existing      *client.Adoption
	configuration adoption.Configuration
	explained     []adoption.Remark
	remarks       map[*resilience.Violation]int // the indexes in explained
	unexplained   []adoption.Remark
	diags         diag.Diagnostics
}

// addPairs adds the pairs. A pool in several pairs can be in one resource only, so that none of them is adopted.
func (w *configurationWriter) addPairs(ctx context.Context) {
	models := make([]*poolPairModel, len(w.existing.Pairs))
	uses := map[topology.FQDN]int{}
	differences := make([]string, len(models))
	for i := range w.existing.Pairs {
		pair := &w.existing.Pairs[i]
		if !pair.CanImport {
			continue
		}
		m, diags := importedArguments(ctx, &pair.ObservedPair)
		w.diags.Append(diags...)
		desired, diags := m.desired(ctx)
		w.diags.Append(diags...)
		if differences[i] = w.existing.PairDifference(desired); differences[i] == "" {
			models[i] = &m
			uses[pair.ID.First]++
			uses[pair.ID.Second]++
		}
	}
	for i, m := range models {
		id := w.existing.Pairs[i].ID
		if m == nil || uses[id.First] > 1 || uses[id.Second] > 1 {
			w.leaveOut("the pools "+id.First.String()+" and "+id.Second.String(), differences[i],
				w.existing.PairReasons(id))
			continue
		}
		optional, diags := m.optionalArguments(ctx)
		w.diags.Append(diags...)
		pools := []string{id.First.String(), id.Second.String()}
		w.configuration.Pairs = append(w.configuration.Pairs, adoption.Resource{
			Type: "lync_pool_pair", ID: id.String(), Hosts: pools, PreventDestroy: true,
			Required: []adoption.Argument{
				{Name: "pools", Value: cty.TupleVal([]cty.Value{cty.StringVal(pools[0]), cty.StringVal(pools[1])})},
			},
			Optional: optional,
		})
	}
}

// addBranches adds the associations of appliances.
func (w *configurationWriter) addBranches() {
	for _, branch := range w.existing.Branches {
		m := importedBranchModel(w.client, &branch.ObservedBranch)
		planned := m // an interval that automatic failover needs has its default
		if m.AutomaticFailover.ValueBool() {
			planned.FailureDetectionInterval = valueOr(m.FailureDetectionInterval,
				types.StringValue(defaultBranchFailure))
			planned.FailbackDetectionInterval = valueOr(m.FailbackDetectionInterval,
				types.StringValue(defaultBranchFailback))
		}
		difference := ""
		if branch.CanImport {
			difference = w.existing.BranchDifference(planned.desired())
		}
		if !branch.CanImport || difference != "" {
			w.leaveOut("the appliance "+branch.Appliance.String(), difference, w.existing.BranchReasons(branch))
			continue
		}
		w.configuration.Appliances = append(w.configuration.Appliances, adoption.Resource{
			Type: "lync_branch_backup", ID: branch.Appliance.String(), Hosts: []string{branch.Appliance.String()},
			Required: arguments(
				argumentOf("appliance", m.Appliance, nil),
				argumentOf("backup_pool", m.BackupPool, nil),
			),
			Optional: settingsArguments(
				perPoolModel{m.AutomaticFailover, m.FailureDetectionInterval, m.FailbackDetectionInterval},
				perPoolModel{types.BoolValue(true), types.StringValue(defaultBranchFailure),
					types.StringValue(defaultBranchFailback)},
			),
		})
	}
}

// optionalArguments returns the arguments with the settings of a pair.
func (m poolPairModel) optionalArguments(ctx context.Context) ([]adoption.Argument, diag.Diagnostics) {
	found := settingsArguments(
		perPoolModel{m.AutomaticFailover, m.FailureDetectionInterval, m.FailbackDetectionInterval},
		perPoolModel{types.BoolValue(true), types.StringValue(defaultPairFailure),
			types.StringValue(defaultPairFailback)},
	)
	perPool, diags := m.perPool(ctx)
	entries := map[string]cty.Value{}
	for pool, own := range perPool {
		settings := map[string]cty.Value{}
		for _, a := range settingsArguments(own, perPoolModel{}) {
			settings[a.Name] = a.Value
		}
		entries[pool.String()] = cty.ObjectVal(settings)
	}
	if len(entries) > 0 {
		found = append(found, adoption.Argument{Name: "per_pool", Value: cty.ObjectVal(entries)})
	}
	return found, diags
}

// settingsArguments returns the settings that are not the defaults. A default of null is none.
func settingsArguments(settings, defaults perPoolModel) []adoption.Argument {
	return arguments(
		argumentOf("automatic_failover", settings.AutomaticFailover, defaults.AutomaticFailover),
		argumentOf("failure_detection_interval", settings.FailureDetectionInterval, defaults.FailureDetectionInterval),
		argumentOf("failback_detection_interval", settings.FailbackDetectionInterval,
			defaults.FailbackDetectionInterval),
	)
}

// argumentOf returns an argument, without a value if it is null or the default.
func argumentOf(name string, value, defaultValue attr.Value) adoption.Argument {
	a := adoption.Argument{Name: name}
	switch v := value.(type) {
	case types.Bool:
		if !v.IsNull() {
			a.Value = cty.BoolVal(v.ValueBool())
		}
	case types.String:
		if !v.IsNull() {
			a.Value = cty.StringVal(v.ValueString())
		}
	}
	if defaultValue != nil && value.Equal(defaultValue) {
		a.Value = cty.NilVal
	}
	return a
}

// arguments returns the arguments that have a value.
func arguments(all ...adoption.Argument) []adoption.Argument {
	return slices.DeleteFunc(all, func(a adoption.Argument) bool { return a.Value == cty.NilVal })
}

// leaveOut adds objects to the remarks about the findings that prevent their adoption. A finding has one remark, also
// if it concerns many objects. The difference explains what no finding does.
func (w *configurationWriter) leaveOut(objects, difference string, reasons []*resilience.Violation) {
	if len(reasons) == 0 {
		w.unexplained = append(w.unexplained, adoption.Remark{
			Title: "Plan after import has changes", Objects: []string{objects},
			Lines: []string{"In the topology, " + printable.Line(difference) + ".",
				"Import the object by hand, and decide whether to apply the plan."},
		})
		return
	}
	for _, v := range reasons {
		i, known := w.remarks[v]
		if !known {
			i = len(w.explained)
			w.remarks[v] = i
			w.explained = append(w.explained, remarkOf(*v))
		}
		w.explained[i].Objects = append(w.explained[i].Objects, objects)
	}
}

// remarkOf returns the comment about a finding. Texts of the topology are in the detail and the advice, each in one
// line.
func remarkOf(v resilience.Violation) adoption.Remark {
	v.Advice = printable.Line(v.Advice)
	lines := append([]string{printable.Line(v.Detail)}, strings.Split(printable.Text(advice(v)), "\n")...)
	return adoption.Remark{Title: printable.Line(v.Summary()), Lines: lines}
}
