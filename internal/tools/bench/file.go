package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// measureFile compares plans and creations on a file with those of the floor.
func measureFile(t *table, s sizes, c contenders) error {
	first, err := c.compareOnFile(s.objects, s.document, s.rounds)
	if err != nil {
		return err
	}
	objects := fmt.Sprintf("%d branch backups in %d KiB of UTF-8", s.objects, first.size>>10)
	t.duration("no-change plan of "+objects+", CPU / floor", first.ours.plan.cpu, first.floor.plan.cpu, 0.85)
	t.duration("creation of "+objects+", CPU / floor", first.ours.apply.cpu, first.floor.apply.cpu, 1.25)
	t.duration("creation of "+objects+", wall time / floor", first.ours.apply.wall, first.floor.apply.wall, 1.25)

	if s.more == 0 {
		return nil
	}
	second, err := c.compareOnFile(s.more, s.document*s.more/s.objects, 1)
	if err != nil {
		return err
	}
	more := fmt.Sprintf("%d, in %d KiB / at %d", s.more, second.size>>10, s.objects)
	add := func(what string, large, small float64) {
		t.add(row{what + more, fmt.Sprintf("%.2f", large), fmt.Sprintf("%.2f", small), large / small, 1.1})
	}
	add("no-change plan: ratio of CPU at ", ratio(second.ours.plan.cpu, second.floor.plan.cpu),
		ratio(first.ours.plan.cpu, first.floor.plan.cpu))
	add("creation: ratio of CPU at ", ratio(second.ours.apply.cpu, second.floor.apply.cpu),
		ratio(first.ours.apply.cpu, first.floor.apply.cpu))
	add("creation: ratio of wall time at ", ratio(second.ours.apply.wall, second.floor.apply.wall),
		ratio(first.ours.apply.wall, first.floor.apply.wall))

	// The provider writes no logs, which saves a part that grows with the objects. That of Terraform grows with their
	// square. Without logs on both sides, the ratio shows the growth of the provider alone.
	add("creation without logs: ratio of CPU at ", ratio(second.ours.apply.cpu, second.silent.apply.cpu),
		ratio(first.ours.apply.cpu, first.silent.apply.cpu))
	add("creation without logs: ratio of wall time at ", ratio(second.ours.apply.wall, second.silent.apply.wall),
		ratio(first.ours.apply.wall, first.silent.apply.wall))
	return nil
}

func ratio[T ~int64](a, b T) float64 { return float64(a) / float64(b) }

// walks are the costs of one provider.
type walks struct{ apply, plan cost }

// comparison has the costs of the provider and of the floor, with and without logs.
type comparison struct {
	ours, floor, silent walks
	size                int // bytes of the document
}

// compareOnFile creates branch backups in a document, and then plans, with each contender in turn. It repeats the
// plans.
func (c contenders) compareOnFile(objects, size, rounds int) (comparison, error) {
	var result comparison
	e, doc := estateOf(objects, size, testkit.UTF8)
	result.size = len(doc)
	config := branchBackups(e, objects)
	of := map[contender]*walks{c.lync: &result.ours, c.floor: &result.floor, c.silent: &result.silent}
	in := map[contender]*workspace{}
	for with, costs := range of {
		w, err := c.newWorkspace(with, `topology_file = "topology.xml"`, config)
		if err != nil {
			return result, err
		}
		if err := os.WriteFile(filepath.Join(w.dir, "topology.xml"), doc, 0o600); err != nil {
			return result, err
		}
		if costs.apply, err = w.apply(objects); err != nil {
			return result, err
		}
		in[with] = w
	}
	for range rounds {
		for with, costs := range of {
			plan, err := in[with].plan()
			if err != nil {
				return result, err
			}
			costs.plan = least(costs.plan, plan)
		}
	}
	return result, nil
}
