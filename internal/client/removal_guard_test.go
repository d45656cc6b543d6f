package client

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// A pair that a resource of the apply walk has written belongs to that resource. The removal of another one that held
// it too can come last.
func TestRemovalOfAWrittenPair(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(c *Client) error{
		"created": func(c *Client) error {
			if _, _, err := c.DeletePair(t.Context(), memory.PairID("ab"), Removal[PairSuccessor]{}); err != nil {
				return err
			}
			_, _, err := c.CreatePair(t.Context(), memory.DesiredPair("ab"))
			return err
		},
		"updated": func(c *Client) error {
			_, _, err := c.UpdatePair(t.Context(), memory.DesiredPair("ab"), false)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := memory.New(memory.Estate(2, "ab"))
			c := New(s, Options{})
			if err := write(c); err != nil {
				t.Fatal(err)
			}
			warnings, outcome, err := c.DeletePair(t.Context(), memory.PairID("ab"), Removal[PairSuccessor]{Warn: true})
			if err != nil || len(warnings) != 1 || warnings[0].Summary() != "Pair left unchanged (PP-ONE)" ||
				len(outcome.Steps) > 0 {
				t.Errorf("got %v, %+v, %v, want the warning that the pair stays", warnings, outcome, err)
			}
			if got := s.Pairs(t); !slices.Equal(got, []string{"ab"}) {
				t.Errorf("the topology has the pairs %v, want ab", got)
			}
		})
	}
}

// A creation that came before the removal of the pair in its way was refused. The removal would leave no pair.
func TestRemovalAfterARefusedCreation(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Estate(4, "ab", "cd"))
	c := New(s, Options{})
	ended, end := context.WithCancel(t.Context())
	end()
	if open := c.ledger.Settle(ended, memory.PairID("ac"), []topology.PairID{memory.PairID("ab")}); len(open) != 1 {
		t.Fatalf("%d conflicts are refused, want 1", len(open))
	}
	var unreplaced *UnreplacedError
	if _, _, err := c.DeletePair(t.Context(), memory.PairID("ab"), Removal[PairSuccessor]{}); !errors.As(err,
		&unreplaced) {
		t.Errorf("got %v, want a refusal", err)
	}
	if _, _, err := c.DeletePair(t.Context(), memory.PairID("cd"), Removal[PairSuccessor]{}); err != nil {
		t.Errorf("another pair: %v", err)
	}
	if got := s.Pairs(t); !slices.Equal(got, []string{"ab"}) {
		t.Errorf("the topology has the pairs %v, want ab", got)
	}
}

// The document changes after the plan of a replacement. A pair is removed only if its successor can still be created.
func TestRemovalChecksTheSuccessor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		plan, apply []string // the pairs of the topology
		want        []string // after the removal
	}{
		"unchanged":                      {[]string{"ab"}, []string{"ab"}, nil},
		"partner paired":                 {[]string{"ab"}, []string{"ab", "cd"}, []string{"ab", "cd"}},
		"partner released by the plan":   {[]string{"ab", "cd"}, []string{"ab", "cd"}, []string{"cd"}},
		"partner released and elsewhere": {[]string{"ab", "cd"}, []string{"ab", "ce"}, []string{"ab", "ce"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			planned := New(memory.New(memory.Estate(5, test.plan...)), Options{})
			successor, err := planned.PlanSuccessor(t.Context(), memory.DesiredPair("ac"))
			if err != nil {
				t.Fatal(err)
			}
			s := memory.New(memory.Estate(5, test.apply...))
			_, _, err = New(s, Options{}).DeletePair(t.Context(), memory.PairID("ab"),
				Removal[PairSuccessor]{Successor: successor})
			var refusal *RuleError
			if isRefused := slices.Contains(test.want, "ab"); errors.As(err, &refusal) != isRefused ||
				!isRefused && err != nil {
				t.Errorf("got %v, want a refusal: %t", err, isRefused)
			}
			if got := s.Pairs(t); !slices.Equal(got, test.want) {
				t.Errorf("the topology has the pairs %v, want %v", got, test.want)
			}
		})
	}
}
