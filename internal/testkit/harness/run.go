package harness

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// terraformVersion is the Terraform version in requests to the provider, in plans and in states.
const terraformVersion = "1.12.0"

// options are the options of plan and apply.
type options struct {
	destroy, refreshOnly bool
	refresh              bool
	beforeDestroy        bool // this plan refreshes the state for a destroy plan
	targets, replaces    []string
	parallelism          int
}

// run is one walk with its own provider instance.
type run struct {
	ctx     context.Context //nolint:containedctx // a run is one call
	config  *configuration
	options options
	lync    *served
	builtin *served
	scope   *scope
	slots   chan struct{} // limits concurrent operations to options.parallelism
	state   *state

	mu      sync.Mutex
	values  map[string]cty.Value // values for expressions, by resource address
	changes map[string]*change   // by address
	drifts  map[string]*change
	moved   map[string]string
}

func newRun(
	ctx context.Context, newProvider func() tfprotov6.ProviderServer, config *configuration, from *state, o options,
) (*run, diagnostics) {
	r := &run{
		ctx: ctx, config: config, options: o, state: from.clone(), slots: make(chan struct{}, o.parallelism),
		values: map[string]cty.Value{}, changes: map[string]*change{}, drifts: map[string]*change{},
	}
	var diags diagnostics
	if r.lync, diags = serve(ctx, newProvider()); diags.failed() {
		return nil, diags
	}
	if r.builtin, diags = serve(ctx, builtin{}); diags.failed() {
		return nil, diags
	}
	r.scope = &scope{config: config, functions: r.lync.functions(ctx), resource: r.value}
	for key, b := range config.resources {
		if r.schema(b.address) == nil {
			return nil, errorf("Invalid resource type", "The provider does not support resource type %s (%s).",
				b.address.kind, key)
		}
	}
	return r, nil
}

// served returns the provider of a resource.
func (r *run) served(a address) *served {
	if a.kind == terraformData {
		return r.builtin
	}
	return r.lync
}

func (r *run) schema(a address) *object { return r.served(a).schemas.lookup(a.mode, a.kind) }

// inSlot waits for a free slot and runs an operation. Terraform counts every operation on a resource, but not the
// expansion into instances.
func (r *run) inSlot(operation func() diagnostics) diagnostics {
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	return operation()
}

// value returns the value of a resource for expressions.
func (r *run) value(address string) cty.Value {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.values[address]; ok {
		return v
	}
	return cty.DynamicVal
}

// collect combines the values of a resource's instances into its value for expressions.
func (r *run) collect(b *block, all []repetition, instanceValue func(address) cty.Value) {
	value := cty.DynamicVal
	switch {
	case b.forEach != nil:
		keys := map[string]cty.Value{}
		for _, each := range all {
			keys[each.key.AsString()] = instanceValue(b.address.instance(each.key))
		}
		value = cty.ObjectVal(keys)
	case b.count != nil:
		values := make([]cty.Value, len(all))
		for i, each := range all {
			values[i] = instanceValue(b.address.instance(each.key))
		}
		value = cty.TupleVal(values)
	case len(all) == 1:
		value = instanceValue(b.address)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.values[b.address.String()] = value
}

// configure evaluates the provider block, lets the provider validate it and configures the provider.
func (r *run) configure() diagnostics {
	value, diags := r.providerConfig()
	if diags.failed() {
		return diags
	}
	resp, err := r.lync.server.ConfigureProvider(r.ctx, &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: terraformVersion, Config: pack(value, r.lync.schemas.provider.kind()),
	})
	if err != nil {
		return errorf("Provider failed", "ConfigureProvider: %s", err)
	}
	return append(diags,
		fromProvider(resp.Diagnostics, r.config.provider, "provider[\"registry.terraform.io/lync-iac/lync\"]")...)
}

func (r *run) providerConfig() (cty.Value, diagnostics) {
	schema := r.lync.schemas.provider
	value := schema.empty()
	if r.config.provider != nil {
		var diags diagnostics
		if value, diags = r.scope.decode(r.config.provider, schema, repetition{}); diags.failed() {
			return value, diags
		}
	}
	resp, err := r.lync.server.ValidateProviderConfig(r.ctx,
		&tfprotov6.ValidateProviderConfigRequest{Config: pack(value, schema.kind())})
	if err != nil {
		return value, errorf("Provider failed", "ValidateProviderConfig: %s", err)
	}
	return value, fromProvider(resp.Diagnostics, r.config.provider, "provider[\"registry.terraform.io/lync-iac/lync\"]")
}

const providerStep = "provider"

// steps returns a graph of the provider and all resources and outputs of the configuration, in the order that their
// references require.
func (r *run) steps(
	configure func() diagnostics, resource func(*block) diagnostics, output func(string, *block) diagnostics,
) graph {
	g := graph{providerStep: {run: func() diagnostics { return r.inSlot(configure) }}}
	for key, b := range r.config.resources {
		g[key] = &vertex{run: func() diagnostics { return resource(b) }}
	}
	for name, b := range r.config.outputs {
		g["output."+name] = &vertex{run: func() diagnostics { return output(name, b) }}
	}
	if p := r.config.provider; p != nil {
		g.connect(providerStep, r.config.dependencies(p.expressions(r.lync.schemas.provider.spec()))...)
	}
	for key, b := range r.config.resources {
		if r.served(b.address) == r.lync {
			g.connect(key, providerStep)
		}
		g.connect(key, r.dependencies(b)...)
	}
	for name, b := range r.config.outputs {
		g.connect("output."+name, r.config.dependencies(b.syntaxReferences())...)
	}
	return g
}

// dependencies returns the resources to which a resource refers, sorted.
func (r *run) dependencies(b *block) []string {
	all := r.config.dependencies(b.expressions(r.schema(b.address).spec()))
	all = append(all, b.dependsOn...)
	slices.Sort(all)
	return slices.Compact(all)
}

// restrict removes all steps from a graph except the targets and their dependencies.
func (r *run) restrict(g graph) {
	if len(r.options.targets) == 0 {
		return
	}
	keep := map[string]bool{}
	var keepWithDependencies func(string)
	keepWithDependencies = func(name string) {
		if keep[name] || g[name] == nil {
			return
		}
		keep[name] = true
		for _, other := range g[name].after {
			keepWithDependencies(other)
		}
	}
	for name := range g {
		if r.isTargeted(name) {
			keepWithDependencies(name)
		}
	}
	maps.DeleteFunc(g, func(name string, _ *vertex) bool { return !keep[name] })
	for _, v := range g {
		v.after = slices.DeleteFunc(v.after, func(name string) bool { return !keep[name] })
	}
}

// isTargeted reports whether an address is a target, an instance of a target, or the resource of a targeted instance.
func (r *run) isTargeted(name string) bool {
	return slices.ContainsFunc(r.options.targets, func(target string) bool {
		return name == target || strings.HasPrefix(name, target+"[") || strings.HasPrefix(target, name+"[")
	})
}

// concurrently runs an operation for each element and waits for all operations.
func concurrently[T any](all []T, operation func(T) diagnostics) diagnostics {
	var (
		mu    sync.Mutex
		diags diagnostics
		group sync.WaitGroup
	)
	for _, one := range all {
		group.Go(func() {
			more := operation(one)
			mu.Lock()
			defer mu.Unlock()
			diags = append(diags, more...)
		})
	}
	group.Wait()
	return diags
}
