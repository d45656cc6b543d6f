package client

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/resilience"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/memory"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

const parisName, lyonName = "paris.contoso.com", "lyon.contoso.com"

// listed returns the entries of a survey and its findings about names.
func listed(s *Survey) string {
	var lines []string
	for _, p := range s.Pools {
		lines = append(lines, fmt.Sprintf("pool %s %s %q %q", p.FQDN, p.Site, p.BackupRegistrar, p.Pair))
	}
	for _, b := range s.Branches {
		lines = append(lines, fmt.Sprintf("appliance %s %q %q", b.Appliance, b.BackupPool, b.UserServicesPool))
	}
	for _, p := range s.Pairs {
		lines = append(lines, "pair "+p.ID.String())
	}
	for _, v := range s.Findings {
		if v.Rule.ID == "TD-NAME" {
			lines = append(lines, "finding "+strings.Join(v.Objects, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// A document whose clusters are not identified by their names is shown, with a finding for each fault.
func TestSurveyOfNames(t *testing.T) {
	t.Parallel()
	lyonCluster := `Fqdn="` + lyonName + `"`
	for name, test := range map[string]struct{ from, to, want string }{
		"sound": {"", "", `pool lyon.contoso.com Lyon "paris.contoso.com" "lyon.contoso.com,paris.contoso.com"
pool paris.contoso.com Paris "lyon.contoso.com" "lyon.contoso.com,paris.contoso.com"
pair lyon.contoso.com,paris.contoso.com`},
		"one name for both": {lyonName, "PARIS.contoso.com", `pool paris.contoso.com Paris "paris.contoso.com" ""
finding paris.contoso.com`},
		"empty name":      {lyonCluster, `Fqdn=""`, nameless},
		"white space":     {lyonCluster, `Fqdn=" . "`, nameless},
		"no name":         {lyonCluster, "", nameless},
		"no names at all": {"Fqdn=", "Name=", "finding cluster 1:1\nfinding cluster 2:1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := testkit.Paired().Text()
			if test.from != "" {
				text = strings.ReplaceAll(text, test.from, test.to)
			}
			c := New(memory.New([]byte(text)), Options{})
			s, err := c.Survey(t.Context(), SurveyOptions{DrawAppliances: true})
			if err != nil {
				t.Fatal(err)
			}
			if got := listed(s); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			// Nothing else that reads the document fails because of a name that it does not ask for.
			for _, pool := range s.Pools {
				_, errPool := c.Pool(t.Context(), pool.FQDN)
				_, errPair := c.PairOf(t.Context(), pool.FQDN)
				_, errImpact := c.Impact(t.Context(), []string{pool.FQDN}, nil)
				for _, err := range []error{errPool, errPair, errImpact} {
					var several *PoolError
					var rules *RuleError
					var noPair *NoPairError
					var names NamesError
					isRefusal := errors.As(err, &several) || errors.As(err, &rules) || errors.As(err, &noPair) ||
						errors.As(err, &names)
					if err != nil && !isRefusal {
						t.Errorf("%s: %v", pool.FQDN, err)
					}
				}
			}
		})
	}
}

// A pair of which a pool has lost its name is neither gone nor known. It is refused, and nothing is written.
func TestNamelessPartner(t *testing.T) {
	t.Parallel()
	id := topology.NewPairID(topology.MustParseFQDN(parisName), topology.MustParseFQDN(lyonName))
	one := strings.ReplaceAll(testkit.Paired().Text(), `Fqdn="`+lyonName+`"`, `Fqdn=""`)
	for document, text := range map[string]string{
		"one pool": one, "both pools": strings.ReplaceAll(one, `Fqdn="`+parisName+`"`, `Fqdn=""`),
	} {
		for name, call := range map[string]func(c *Client) error{
			"read": func(c *Client) error { _, err := c.Pair(t.Context(), id); return err },
			"delete": func(c *Client) error {
				_, _, err := c.DeletePair(t.Context(), id, Removal[PairSuccessor]{})
				return err
			},
			"import":      func(c *Client) error { _, err := c.ImportPair(t.Context(), parisName); return err },
			"import both": func(c *Client) error { _, err := c.ImportPair(t.Context(), id.String()); return err },
			"pair of":     func(c *Client) error { _, err := c.PairOf(t.Context(), parisName); return err },
		} {
			t.Run(document+", "+name, func(t *testing.T) {
				t.Parallel()
				s := memory.New([]byte(text))
				err := call(New(s, Options{}))
				var rules *RuleError
				var missing *PoolError
				isRefused := errors.As(err, &rules) && rules.Violations[0].Rule.ID == "TD-NAME" ||
					errors.As(err, &missing)
				if !isRefused || s.Publishes() != 0 || strings.Contains(err.Error(), "pool cluster") {
					t.Errorf("got %v after %d publishes, want a refusal", err, s.Publishes())
				}
			})
		}
	}
	t.Run("a pool that is gone", func(t *testing.T) {
		t.Parallel()
		c := New(memory.New(memory.Estate(2)), Options{})
		if pair, err := c.Pair(t.Context(), memory.PairID("ax")); pair != nil || err != nil {
			t.Errorf("got %v, %v, want no pair", pair, err)
		}
	})
}

const nameless = `pool paris.contoso.com Paris "" ""
finding cluster 2:1`

// ambiguousDocument has two pools a, of which one is paired with b, and two appliances s of the pool c.
func ambiguousDocument(t *testing.T) []byte {
	t.Helper()
	d := testkit.NewDraft()
	d.Branch(3, "Nantes", 1)
	const v2013 = topology.Version2013
	a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
	testkit.WritePair(a, b)
	c := d.Standard("c", 2, v2013)
	s := d.Appliance("s", 3, v2013, c)
	d.Standard("a2", 2, v2013).SetName(a.FQDN)
	d.Appliance("s2", 3, v2013, c).SetName(s.FQDN)
	return d.Document()
}

// Whoever names a pool or an appliance that its name does not identify gets a refusal that lists the clusters, and
// nothing is written.
func TestAmbiguousNamesAreRefused(t *testing.T) {
	t.Parallel()
	doc := ambiguousDocument(t)
	pair, appliance := memory.PairID("ab"), topology.MustParseFQDN("s.contoso.com")
	branch := topology.DesiredBranch{
		Appliance: appliance, Pool: topology.MustParseFQDN("c.contoso.com"),
		Settings: &topology.DesiredSettings{FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute},
	}
	const pools, appliances = "1:1 2:3", "3:1 3:2"
	for name, test := range map[string]struct {
		call func(c *Client) error
		want string
	}{
		"pool":    {func(c *Client) error { _, err := c.Pool(t.Context(), "A.contoso.com"); return err }, pools},
		"pair of": {func(c *Client) error { _, err := c.PairOf(t.Context(), "a.contoso.com"); return err }, pools},
		"read":    {func(c *Client) error { _, err := c.Pair(t.Context(), pair); return err }, pools},
		"import": {
			func(c *Client) error { _, err := c.ImportPair(t.Context(), "a.contoso.com"); return err }, pools,
		},
		"import both": {
			func(c *Client) error { _, err := c.ImportPair(t.Context(), pair.String()); return err }, pools,
		},
		"impact": {func(c *Client) error {
			_, err := c.Impact(t.Context(), []string{"a.contoso.com"}, nil)
			return err
		}, pools},
		"create": {func(c *Client) error {
			_, _, err := c.CreatePair(t.Context(), memory.DesiredPair("ab"))
			return err
		}, pools},
		"update": {func(c *Client) error {
			_, _, err := c.UpdatePair(t.Context(), memory.DesiredPair("ab"), false)
			return err
		}, pools},
		"delete": {func(c *Client) error {
			_, _, err := c.DeletePair(t.Context(), pair, Removal[PairSuccessor]{Warn: true})
			return err
		}, pools},
		"read appliance": {
			func(c *Client) error { _, err := c.Branch(t.Context(), appliance); return err }, appliances,
		},
		"import appliance": {
			func(c *Client) error { _, err := c.ImportBranch(t.Context(), "S.contoso.com"); return err }, appliances,
		},
		"create association": {func(c *Client) error {
			_, _, _, err := c.CreateBranch(t.Context(), branch)
			return err
		}, appliances},
		"update association": {func(c *Client) error {
			_, _, err := c.UpdateBranch(t.Context(), branch, false)
			return err
		}, appliances},
		"delete association": {func(c *Client) error {
			_, _, _, err := c.DeleteBranch(t.Context(), appliance, branch.Pool, false,
				Removal[topology.DesiredBranch]{})
			return err
		}, appliances},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := memory.New(doc)
			err := test.call(New(s, Options{}))
			if got := clustersOf(err); got != test.want || s.Publishes() != 0 {
				t.Errorf("got %v after %d publishes, want the refusal of the clusters %s", err, s.Publishes(),
					test.want)
			}
		})
	}
	t.Run("plan", func(t *testing.T) {
		t.Parallel()
		c := New(memory.New(doc), Options{})
		violations, err := c.PlanCreate(t.Context(), memory.DesiredPair("ac"))
		if got := clustersOf(&RuleError{Violations: blocking(violations)}); got != pools {
			t.Errorf("got %v, %v, want the refusal of the clusters %s", violations, err, pools)
		}
	})
	t.Run("lists", func(t *testing.T) {
		t.Parallel()
		c := New(memory.New(doc), Options{})
		pairs, err := c.Pairs(t.Context(), Filter{})
		branches, errBranches := c.Branches(t.Context(), Filter{})
		if len(pairs)+len(branches) > 0 || err != nil || errBranches != nil {
			t.Errorf("got %v and %v, %v, %v, want nothing that could not be imported", pairs, branches, err,
				errBranches)
		}
	})
}

// clustersOf returns the clusters that a refusal of TD-NAME or a *PoolError lists.
func clustersOf(err error) string {
	var clusters []string
	var names NamesError
	if errors.As(err, &names) {
		err = names[0].Err
	}
	var several *PoolError
	if errors.As(err, &several) {
		for _, p := range several.Several {
			clusters = append(clusters, p.ID.String())
		}
	}
	var rules *RuleError
	if errors.As(err, &rules) {
		for _, v := range rules.Violations {
			if v.Rule.ID != "TD-NAME" || v.Severity != resilience.Error {
				return v.Summary()
			}
			for _, word := range strings.Fields(v.Detail) {
				if i := strings.IndexByte(word, ':'); i == 1 && len(word) == 3 {
					clusters = append(clusters, word)
				}
			}
		}
	}
	slices.Sort(clusters)
	return strings.Join(clusters, " ")
}

// What a dangling reference names is no name of a pool.
func TestDanglingReferences(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Branch(3, "Nantes", 1)
	const v2013 = topology.Version2013
	a := d.Standard("a", 1, v2013)
	s := d.Appliance("s", 3, v2013, a)
	for _, registrar := range []*testkit.DraftService{a.Registrar, s.Registrar} {
		registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("9-Registrar-9", true, "5m", "10m")}
	}
	survey, err := New(memory.New(d.Document()), Options{}).Survey(t.Context(), SurveyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "pool a.contoso.com Paris \"\" \"\"\nappliance s.contoso.com \"\" \"a.contoso.com\""
	if got := listed(survey); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, name := range []string{"a.contoso.com", "s.contoso.com"} {
		if !slices.ContainsFunc(survey.Findings, func(v resilience.Violation) bool {
			return v.Rule.ID == "BR-NODANGLE" && slices.Contains(v.Objects, name)
		}) {
			t.Errorf("no finding of BR-NODANGLE on %s: %v", name, survey.Findings)
		}
	}
}
