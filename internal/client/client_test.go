package client

import (
	"errors"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestReadOnlyAndUnknownLocation(t *testing.T) {
	t.Parallel()
	doc := memory.Estate(4, "ab")
	s := memory.New(doc)
	for name, test := range map[string]struct {
		client *Client
		want   error
	}{
		"read-only":        {New(s, Options{ReadOnly: true}), ErrReadOnly},
		"unknown location": {New(nil, Options{}), ErrUnknownLocation},
	} {
		t.Run(name, func(t *testing.T) {
			for _, change := range []string{"+cd", "-ab"} {
				var err error
				if change[0] == '+' {
					_, _, err = test.client.CreatePair(t.Context(), memory.DesiredPair(change[1:]))
				} else {
					_, _, err = test.client.DeletePair(t.Context(), memory.PairID(change[1:]), Removal[PairSuccessor]{})
				}
				if !errors.Is(err, test.want) {
					t.Errorf("%s: got %v, want %v", change, err, test.want)
				}
			}
			if _, _, err := test.client.UpdatePair(t.Context(), memory.DesiredPair("ab"), false); !errors.Is(err,
				test.want) {
				t.Errorf("update: got %v, want %v", err, test.want)
			}
		})
	}
	if s.Publishes() != 0 {
		t.Errorf("%d publishes, want none", s.Publishes())
	}
}

func TestUpdateOfAPairThatIsGone(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Estate(2))
	if _, _, err := New(s, Options{}).UpdatePair(t.Context(), memory.DesiredPair("ab"), false); err == nil ||
		!strings.Contains(err.Error(), "The topology no longer links a.contoso.com and b.contoso.com") {
		t.Errorf("got %v, want that the pair is no longer there", err)
	}
}

// A state can have several pools, or none, as the backup pool of an appliance. The association that the topology has
// now is another one, and stays.
func TestDeleteBranchOfAnotherPool(t *testing.T) {
	t.Parallel()
	doc := testkit.Estate{
		Sites:      []testkit.Site{{ID: 1}, {ID: 2}, {ID: 3, Branch: true, Parent: 1}},
		Pools:      []testkit.Pool{{FQDN: "a", Site: 1}, {FQDN: "b", Site: 2}},
		Appliances: []testkit.Appliance{{FQDN: "s", Site: 3, Pool: "a"}},
	}.Document()
	appliance := topology.MustParseFQDN("s.contoso.com")
	several := topology.MustParseFQDN("a.contoso.com, b.contoso.com")
	for name, pool := range map[string]topology.FQDN{"several": several, "none": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := memory.New(doc)
			_, kept, _, err := New(s, Options{}).DeleteBranch(t.Context(), appliance, pool, false,
				Removal[topology.DesiredBranch]{})
			if err != nil || kept == nil || kept.BackupPool != "a.contoso.com" || s.Publishes() != 0 {
				t.Errorf("got %+v, %v after %d publishes, want that the association on a stays", kept, err,
					s.Publishes())
			}
		})
	}
}
