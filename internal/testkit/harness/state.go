package harness

import (
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// instance is one resource instance in a state.
type instance struct {
	address   address
	value     cty.Value
	version   int64
	private   []byte
	identity  *tfprotov6.ResourceIdentityData
	tainted   bool
	dependsOn []string // addresses without instance keys
}

// state is the state of a workspace.
type state struct {
	mu        sync.Mutex
	instances map[string]*instance // by address
	outputs   map[string]cty.Value
}

func newState() *state {
	return &state{instances: map[string]*instance{}, outputs: map[string]cty.Value{}}
}

func (s *state) get(address string) *instance {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.instances[address]
}

// set stores an instance, or removes it if it is nil.
func (s *state) set(address string, to *instance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to == nil {
		delete(s.instances, address)
		return
	}
	s.instances[address] = to
}

// setOutput stores the value of an output. Terraform does not store null.
func (s *state) setOutput(name string, value cty.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if value.IsNull() {
		delete(s.outputs, name)
		return
	}
	s.outputs[name] = value
}

// removeOutputs removes the outputs that a plan removes.
func (s *state) removeOutputs(p *plan) {
	for name, o := range p.outputs {
		if o.action == actionDelete {
			s.setOutput(name, cty.NullVal(cty.DynamicPseudoType))
		}
	}
}

// clone copies the state. Instances are never changed in place.
func (s *state) clone() *state {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &state{instances: maps.Clone(s.instances), outputs: maps.Clone(s.outputs)}
}

// all returns all instances, sorted by address.
func (s *state) all() []*instance {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*instance
	for _, key := range slices.Sorted(maps.Keys(s.instances)) {
		all = append(all, s.instances[key])
	}
	return all
}

// instancesOf returns the instances of one resource, sorted by address.
func (s *state) instancesOf(resource string) []*instance {
	return slices.DeleteFunc(s.all(), func(i *instance) bool { return i.address.resource().String() != resource })
}

// move applies moved blocks and returns the previous addresses by new address.
func (s *state) move(moves []moveBlock) map[string]string {
	moved := map[string]string{}
	for _, m := range moves {
		for _, i := range s.all() {
			to := m.to
			switch {
			case i.address.String() == m.from.String():
			case m.from.key == cty.NilVal && i.address.resource() == m.from.resource():
				to = m.to.instance(i.address.key)
			default:
				continue
			}
			if s.get(to.String()) != nil {
				continue
			}
			renamed := *i
			renamed.address = to
			s.set(i.address.String(), nil)
			s.set(to.String(), &renamed)
			moved[to.String()] = i.address.String()
		}
	}
	return moved
}
