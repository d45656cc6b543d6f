package client

import (
	"errors"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
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
					_, _, err = test.client.DeletePair(t.Context(), memory.PairID(change[1:]), false)
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
		!strings.Contains(err.Error(), "links a.contoso.com and b.contoso.com any more") {
		t.Errorf("got %v, want that the pair is no longer there", err)
	}
}
