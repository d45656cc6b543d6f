package client

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// outcome lists what a check says: the rules, those that block with an exclamation mark, or the error's text.
func outcome(violations []resilience.Violation, err error) string {
	if err != nil {
		return err.Error()
	}
	var said []string
	for _, v := range violations {
		text := v.Rule.ID
		if v.Severity == resilience.Error {
			text += "!"
		}
		said = append(said, text)
	}
	slices.Sort(said)
	return strings.Join(slices.Compact(said), " ")
}

func TestPlan(t *testing.T) {
	t.Parallel()
	oneSided := func(from, to string) []byte {
		e := testkit.Estate{
			Pools: []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "c"}},
			Pairs: []testkit.Pair{{A: "a", B: "b", NoBackup: []string{"a"}}},
		}
		e.Backups = []testkit.Backup{{From: from, To: to}}
		return e.Document()
	}
	for name, test := range map[string]struct {
		doc  []byte // nil: the location is not known
		plan func(context.Context, *Client) ([]resilience.Violation, error)
		want string
	}{
		"a creation": {memory.Estate(2), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
			return c.PlanCreate(ctx, memory.DesiredPair("ab"))
		}, ""},
		"a creation of what exists": {memory.Estate(2, "ab"),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanCreate(ctx, memory.DesiredPair("ab"))
			}, "PP-FREE!"},
		"a tainted pair": {memory.Estate(2, "ab"),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				c.PairRead(memory.PairID("ab"))
				return c.PlanCreate(ctx, memory.DesiredPair("ab"))
			}, "LC-NOFO LC-STALE"},
		"the second half of a replacement": {memory.Estate(2, "ab"),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanRecreation(ctx, memory.DesiredPair("ab"))
			}, "LC-NOFO LC-STALE"},
		"the second half, with a member that names a third pool": {oneSided("a", "c"),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanRecreation(ctx, memory.DesiredPair("ab"))
			}, "LC-NOFO LC-STALE PP-FREE!"},
		"the mirror, before the original": {memory.Estate(2, "ab"),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				c.PairRead(memory.PairID("ab"))
				if got := outcome(c.PlanCreate(ctx, memory.DesiredPair("ba"))); strings.Contains(got, "!") {
					return nil, fmt.Errorf("the first claim is refused: %s", got)
				}
				return c.PlanUpdate(ctx, memory.DesiredPair("ab"), nil, false)
			}, "PP-ONE!"},
		"the mirror, after the original": {memory.Estate(2, "ab"),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				c.PairRead(memory.PairID("ab"))
				if got := outcome(c.PlanUpdate(ctx, memory.DesiredPair("ab"), nil, false)); got != "" {
					return nil, fmt.Errorf("the first claim is refused: %s", got)
				}
				return c.PlanCreate(ctx, memory.DesiredPair("ba"))
			}, "PP-ONE!"},
		"a pool not known beside one that is taken": {memory.Estate(3),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				if got := outcome(c.PlanCreate(ctx, memory.DesiredPair("ab"))); got != "" {
					return nil, fmt.Errorf("the first claim is refused: %s", got)
				}
				return c.PlanCreate(ctx,
					topology.DesiredPair{Members: [2]topology.FQDN{topology.MustParseFQDN("b.contoso.com")}})
			}, "PP-ONE!"},
		"a pool not known beside one that is not there": {memory.Estate(2),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanCreate(ctx,
					topology.DesiredPair{Members: [2]topology.FQDN{topology.MustParseFQDN("x.contoso.com")}})
			}, "PP-EXIST!"},
		"a repair": {oneSided("a", "c"), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
			return c.PlanUpdate(ctx, memory.DesiredPair("ab"), nil, true)
		}, ""},
		"a repair of a pair with a pool that was paired outside": {
			testkit.Estate{
				Pools:   []testkit.Pool{{FQDN: "a"}, {FQDN: "b"}, {FQDN: "c"}},
				Pairs:   []testkit.Pair{{A: "a", B: "b", NoBackup: []string{"a"}}},
				Backups: []testkit.Backup{{From: "a", To: "c"}, {From: "c", To: "a"}},
			}.Document(), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanUpdate(ctx, memory.DesiredPair("ab"), nil, true)
			}, "PP-FREE!",
		},
		"a repair of a Registrar with the Backups of two pairs, of which the plan ends the other": {
			twoPairsOfOnePool(), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				_, _ = c.PlanRemoval(ctx, memory.PairID("ac"))
				return c.PlanUpdate(ctx, memory.DesiredPair("ab"), nil, true)
			}, "",
		},
		"a repair of a Registrar with the Backups of two pairs, of which the other stays": {
			twoPairsOfOnePool(), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanUpdate(ctx, memory.DesiredPair("ab"), nil, true)
			}, "PP-FREE!",
		},
		"a repair of a pair of 2010 and 2013": {
			testkit.Estate{
				Pools: []testkit.Pool{{FQDN: "a", Version: 5}, {FQDN: "b"}},
				Pairs: []testkit.Pair{{A: "a", B: "b", NoBackup: []string{"a"}}},
			}.Document(), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanUpdate(ctx, memory.DesiredPair("ab"), nil, true)
			}, "Lync Server 2010 pool cannot be paired (PP-10-13): a.contoso.com is a pool of Lync Server " +
				"2010. Pairing requires Lync Server 2013 or later.\n",
		},
		"settings of a pair of 2010 pools": {
			testkit.Estate{
				Pools: []testkit.Pool{{FQDN: "a", Version: 5}, {FQDN: "b", Version: 5}},
				Pairs: []testkit.Pair{{A: "a", B: "b"}},
			}.Document(), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanUpdate(ctx, memory.DesiredPair("ab"), map[topology.FQDN]resilience.Changed{
					topology.MustParseFQDN("a.contoso.com"): resilience.AllSettings(),
				}, false)
			}, "Lync Server 2010 pool cannot be paired (PP-10-13): a.contoso.com and b.contoso.com are " +
				"pools of Lync Server 2010. Their backup registrars are not a pair.\n",
		},
		"what the apply would refuse": {
			testkit.Replace(memory.Estate(2), `        <Dependency Usage="Default">
          <ServiceId SiteId="1" RoleName="WebServices" Instance="1" />
        </Dependency>
        <Dependency Usage="Default">
          <ServiceId SiteId="1" RoleName="UserServices" Instance="1" />
        </Dependency>
        <Dependency Usage="Default">
          <ServiceId SiteId="1" RoleName="FileStore" Instance="1" />
        </Dependency>`, `        <Dependency Usage="Default">
          <ServiceId SiteId="1" RoleName="FileStore" Instance="7" />
        </Dependency>`), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanCreate(ctx, memory.DesiredPair("ab"))
			}, "PP-STORE!",
		},
		"what only the edit refuses": {
			pairWithoutDatabase(), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanCreate(ctx, memory.DesiredPair("ab"))
			}, "SQL Server instance not found (BR-NODANGLE): The database of the user services of b.contoso.com does " +
				"not resolve, so the standby Central Management store would have no SQL Server instance.\n",
		},
		// The document does not permit to remove the pair, but no resource wants to.
		"a creation of what exists and another service needs": {
			neededPair(), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanCreate(ctx, memory.DesiredPair("ab"))
			}, "PP-FREE!",
		},
		"a creation with a pool of a pair that another service needs": {
			neededPair(), func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanCreate(ctx, memory.DesiredPair("ac"))
			}, "PP-FREE!",
		},
		"settings, where the location is not known": {nil,
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				desired := memory.DesiredPair("ab")
				desired.Settings[topology.MustParseFQDN("a.contoso.com")] = topology.DesiredSettings{
					FailureDetection: time.Second, FailbackDetection: time.Minute, AutomaticFailover: true,
				}
				return c.PlanCreate(ctx, desired)
			}, "VF-RANGE!"},
		"a removal, where the location is not known": {nil,
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				return c.PlanRemoval(ctx, memory.PairID("ab"))
			}, ""},
		"settings that did not change": {memory.Estate(2, "ab"),
			func(ctx context.Context, c *Client) ([]resilience.Violation, error) {
				desired := memory.DesiredPair("ab")
				desired.Settings[topology.MustParseFQDN("a.contoso.com")] = topology.DesiredSettings{
					FailureDetection: time.Second,
				}
				return c.PlanUpdate(ctx, desired, nil, false)
			}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := New(nil, Options{})
				if test.doc != nil {
					c = New(memory.New(test.doc), Options{})
				}
				defer c.Enter()()
				if got := outcome(test.plan(t.Context(), c)); got != test.want {
					t.Errorf("got  %q\nwant %q", got, test.want)
				}
			})
		})
	}
}

// Pairs that exist already are refused by the call that waits for all of them. None of the others warns of what a
// creation would bring, unless the pair is released and created again, or may be.
func TestPlanOfPairsThatExist(t *testing.T) {
	t.Parallel()
	doc := testkit.Estate{
		Pools: []testkit.Pool{
			{FQDN: "a", Site: 1, Central: testkit.Active}, {FQDN: "b", Site: 2, Central: testkit.Standby},
			{FQDN: "c", Site: 1, Version: 7}, {FQDN: "d", Site: 2, Version: 7}, {FQDN: "e", Site: 1, Version: 8},
			{FQDN: "f", Site: 2, Version: 8},
		},
		Pairs: []testkit.Pair{{A: "a", B: "b", CMSMaster: true}, {A: "c", B: "d"}, {A: "e", B: "f"}},
	}.Document()
	release := func(ctx context.Context, c *Client) {
		for _, pair := range []string{"ab", "cd", "ef"} {
			_, _ = c.PlanRemoval(ctx, memory.PairID(pair))
		}
	}
	strict, _ := resilience.NewPolicy(true, nil)
	for name, test := range map[string]struct {
		before, between func(context.Context, *Client)
		policy          resilience.Policy
		want            string // of the three calls
	}{
		"no resource holds them": {want: "PP-FREE! |  | "},
		"released before": {
			before: release, want: "PP-RENAME PP-SHAPE | CM-PAIR PP-RENAME | PP-RENAME PP-SHAPE",
		},
		"released meanwhile":        {between: release, want: "PP-SHAPE | CM-PAIR PP-RENAME | PP-RENAME PP-SHAPE"},
		"strict, no resource holds": {policy: strict, want: "PP-FREE! |  | PP-SHAPE!"},
		"strict, released before": {
			policy: strict, before: release, want: "PP-SHAPE! | CM-PAIR PP-RENAME | PP-SHAPE!",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := New(memory.New(doc), Options{Policy: test.policy})
				if test.before != nil {
					test.before(t.Context(), c)
				}
				said := make([]string, 3)
				var calls sync.WaitGroup
				for i, pair := range []string{"cd", "ab", "ef"} {
					if i == 1 && test.between != nil {
						test.between(t.Context(), c)
					}
					calls.Go(func() {
						defer c.Enter()()
						said[i] = outcome(c.PlanCreate(t.Context(), memory.DesiredPair(pair)))
					})
					synctest.Wait()
				}
				calls.Wait()
				if got := strings.Join(said, " | "); got != test.want {
					t.Errorf("got  %q\nwant %q", got, test.want)
				}
			})
		})
	}
}

// pairWithoutDatabase returns a document with the pools a and b. The database of b, the partner of the pool with
// Central Management, does not resolve.
func pairWithoutDatabase() []byte {
	d := testkit.NewDraft()
	d.Standard("a", 1, topology.Version2013).AddCentral(true)
	d.Remove(d.Standard("b", 2, topology.Version2013).UserStore)
	return d.Document()
}

// twoPairsOfOnePool returns a document with the complete pairs "ab" and "ac". The Registrar of a has two Backups.
func twoPairsOfOnePool() []byte {
	d := testkit.NewDraft()
	a, b := d.Standard("a", 1, topology.Version2013), d.Standard("b", 2, topology.Version2013)
	testkit.WritePair(a, b)
	testkit.WritePair(a, d.Standard("c", 2, topology.Version2013))
	return d.Document()
}

// neededPair returns a document with the pair "ab", whose backup service on a a service on c depends on.
func neededPair() []byte {
	doc := memory.Estate(3, "ab")
	const store = `<ServiceId SiteId="3" RoleName="UserStore" Instance="1" />`
	return testkit.Replace(doc, "          "+store+"\n        </Dependency>", "          "+store+`
        </Dependency>
        <Dependency Usage="Default">
          <ServiceId SiteId="1" RoleName="BackupService" Instance="1" />
        </Dependency>`)
}
