package client

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/store"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// askedStore is a store in front of a deployment with backup services.
type askedStore struct {
	*memory.Store
	asked, synced []string
	fails         string // the pool whose backup service cannot be reached
}

var errUnreachable = errors.New("the backup service cannot be reached")

func (s *askedStore) BackupServiceStatus(
	_ context.Context, pool string,
) ([]resilience.BackupModule, []string, error) {
	s.asked = append(s.asked, pool)
	if pool == s.fails {
		return nil, nil, errUnreachable
	}
	return []resilience.BackupModule{
		{Identity: "UserServices.PresenceFocus", Export: "SteadyState", Import: "NormalState"},
		{Identity: "CentralMgmt.CMSMaster", Export: "NotInitialized", Import: "NormalState"},
	}, []string{"slow " + pool}, nil
}

func (s *askedStore) SyncBackupService(_ context.Context, pool string) ([]string, error) {
	if pool == s.fails {
		return nil, errUnreachable
	}
	s.synced = append(s.synced, pool)
	return []string{"slow " + pool}, nil
}

// withCentral is a pair of a and b, with Central Management active on a.
func withCentral() []byte {
	return testkit.Estate{
		Sites: []testkit.Site{{ID: 1}, {ID: 2}},
		Pools: []testkit.Pool{
			{FQDN: "a", Site: 1, Central: testkit.Active}, {FQDN: "b", Site: 2, Central: testkit.Standby},
		},
		Pairs: []testkit.Pair{{A: "a", B: "b", CMSMaster: true}},
	}.Document()
}

func TestBackupServiceStatus(t *testing.T) {
	t.Parallel()
	s := &askedStore{Store: memory.New(withCentral())}
	both, err := New(s, Options{ReadOnly: true}).BackupServiceStatus(t.Context(), "B.contoso.com.")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a.contoso.com", "b.contoso.com"}; !slices.Equal(s.asked, want) || both[0].Pool != want[0] ||
		both[1].Pool != want[1] {
		t.Errorf("asked for %q, got %s and %s", s.asked, both[0].Pool, both[1].Pool)
	}
	for i, status := range both {
		if len(status.Modules) != 2 ||
			status.Modules[0] != (resilience.BackupModule{Identity: "CentralMgmt.CMSMaster", Export: "NotInitialized",
				Import: "NormalState"}) {
			t.Errorf("%s: modules %v are not those of the store, sorted", status.Pool, status.Modules)
		}
		if !slices.Equal(status.Warnings, []string{"slow " + status.Pool}) {
			t.Errorf("%s: warnings %q", status.Pool, status.Warnings)
		}
		// Only the one with the active Central Management has to send it.
		if healthy := len(status.Problems) == 0; healthy != (i == 1) {
			t.Errorf("%s: problems %q", status.Pool, status.Problems)
		}
	}
}

func TestSyncBackupServices(t *testing.T) {
	t.Parallel()
	s := &askedStore{Store: memory.New(memory.Estate(2, "ab"))}
	var progress []SyncStart
	warnings, err := New(s, Options{}).SyncBackupServices(t.Context(), "b.contoso.com", func(start SyncStart) {
		// Progress is reported before the synchronization begins.
		if len(progress) != len(s.synced) {
			t.Errorf("%v comes when %q are done", start, s.synced)
		}
		progress = append(progress, start)
	})
	if err != nil || !slices.Equal(s.synced, []string{"a.contoso.com", "b.contoso.com"}) || len(warnings) != 2 {
		t.Errorf("synchronized %q, warnings %q, %v", s.synced, warnings, err)
	}
	a, b := topology.MustParseFQDN("a.contoso.com"), topology.MustParseFQDN("b.contoso.com")
	if !slices.Equal(progress, []SyncStart{{Pool: a, Partner: b}, {Pool: b, Partner: a}}) {
		t.Errorf("progress %v", progress)
	}
	s = &askedStore{Store: memory.New(memory.Estate(2, "ab")), fails: "b.contoso.com"}
	warnings, err = New(s, Options{}).SyncBackupServices(t.Context(), "a.contoso.com", func(SyncStart) {})
	var partial *PartialSyncError
	if !errors.Is(err, errUnreachable) || !errors.As(err, &partial) || partial.Started != a || len(warnings) != 1 {
		t.Errorf("half of it: %v, %q", err, warnings)
	}
}

// What cannot be answered is refused before anybody is asked.
func TestBackupServicesRefused(t *testing.T) {
	t.Parallel()
	half := testkit.Paired()
	half.Pairs[0].NoService = []string{"lyon"}
	for name, test := range map[string]struct {
		doc      []byte
		pool     string
		file     bool // the store is none in front of a deployment
		readOnly bool
		status   string // in the error; empty: none
		sync     string
		canSync  string
	}{
		"unknown pool": {
			doc: memory.Estate(2, "ab"), pool: "x.contoso.com", status: "has no pool x.contoso.com",
			sync: "has no pool x.contoso.com", canSync: "has no pool x.contoso.com",
		},
		"in no pair": {
			doc: memory.Estate(3, "ab"), pool: "c.contoso.com", status: "is in no pair", sync: "is in no pair",
		},
		"incomplete": {
			doc: half.Document(), pool: "paris.contoso.com", status: "lyon.contoso.com has no backup service",
			sync: "is incomplete in memory",
		},
		"no deployment": {
			doc: memory.Estate(2, "ab"), pool: "b.contoso.com", file: true,
			status:  "reach the backup service of a.contoso.com: the topology is in memory",
			sync:    "reach the backup service of a.contoso.com",
			canSync: "reach the backup service of b.contoso.com",
		},
		"read-only": {
			doc: memory.Estate(2, "ab"), pool: "a.contoso.com", readOnly: true, sync: ErrReadOnly.Error(),
		},
		"unreachable": {
			doc: memory.Estate(2, "ab"), pool: "fails", status: errUnreachable.Error(), sync: errUnreachable.Error(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			deployment := &askedStore{Store: memory.New(test.doc)}
			if test.pool == "fails" {
				test.pool, deployment.fails = "a.contoso.com", "a.contoso.com"
			}
			var s store.Store = deployment
			if test.file {
				s = deployment.Store
			}
			c := New(s, Options{ReadOnly: test.readOnly})
			assertError := func(what string, err error, want string) {
				if err == nil && want != "" || err != nil && (want == "" || !strings.Contains(err.Error(), want)) {
					t.Errorf("%s: %v, want %q", what, err, want)
				}
			}
			_, err := c.BackupServiceStatus(t.Context(), test.pool)
			assertError("status", err, test.status)
			_, err = c.SyncBackupServices(t.Context(), test.pool, func(SyncStart) {})
			assertError("sync", err, test.sync)
			assertError("can sync", c.CanSyncBackupServices(t.Context(), test.pool), test.canSync)
			if len(deployment.synced) > 0 || test.status != "" && deployment.fails == "" && len(deployment.asked) > 0 {
				t.Errorf("asked for %q, synchronized %q", deployment.asked, deployment.synced)
			}
		})
	}
	c := New(nil, Options{})
	if _, err := c.BackupServiceStatus(t.Context(), "a"); !errors.Is(err, ErrUnknownLocation) {
		t.Errorf("before the location is known: %v", err)
	}
}
