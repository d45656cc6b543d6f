package phrase

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestList(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{nil, ""},
		{[]string{"a"}, "a"},
		{[]string{"a", "b"}, "a and b"},
		{[]string{"a", "b", "c"}, "a, b and c"},
	} {
		if got := List(tt.words); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.words, got, tt.want)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 30 * time.Second: "30s", 5 * time.Minute: "5m", 10 * time.Minute: "10m", 125 * time.Second: "2m5s",
		90 * time.Minute: "1h30m", time.Hour: "1h", 10 * time.Hour: "10h", time.Hour + time.Second: "1h0m1s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestSite(t *testing.T) {
	t.Parallel()
	for want, site := range map[string]*topology.Site{"": nil, "Paris": {ID: "1", Name: "Paris"}, "2": {ID: "2"}} {
		if got := Site(site); got != want {
			t.Errorf("%+v: got %q, want %q", site, got, want)
		}
	}
}

func TestFQDNs(t *testing.T) {
	t.Parallel()
	a, b := topology.MustParseFQDN("a.contoso.com"), topology.MustParseFQDN("b.contoso.com")
	for want, names := range map[string][]topology.FQDN{
		"":                                nil,
		"a.contoso.com":                   {a},
		"b.contoso.com and a.contoso.com": {b, a}, // in the given order
	} {
		if got := FQDNs(names); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFirstOf(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "", 1: "0", 2: "0 and 1", 10: "0, 1, 2, 3, 4, 5, 6, 7, 8 and 9",
		11: "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1 more",
		12: "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more",
	} {
		var words []string
		for i := range n {
			words = append(words, fmt.Sprint(i))
		}
		if got := FirstOf(words); got != want {
			t.Errorf("%d words: got %q, want %q", n, got, want)
		}
	}
}

func TestFrontEndServers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 Front End Servers", 1: "one Front End Server", 2: "2 Front End Servers"} {
		if got := FrontEndServers(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	a, b := topology.MustParseFQDN("a"), topology.MustParseFQDN("b")
	for want, links := range map[string]topology.Links{
		"":                                  {},
		"a names b as its backup registrar": {BackupA: true},
		"b names a as its backup registrar": {BackupB: true},
		"a backup service on a depends on one on b": {ServiceA: true},
		"a backup service on b depends on one on a": {ServiceB: true},
		"a names b as its backup registrar; b names a as its backup registrar; a backup service on a depends on one " +
			"on b; a backup service on b depends on one on a": {
			BackupA: true, BackupB: true, ServiceA: true, ServiceB: true,
		},
	} {
		if got := strings.Join(Links(a, b, links), "; "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// modelOf parses the document of a draft.
func modelOf(t *testing.T, d *testkit.Draft) *topology.Topology {
	t.Helper()
	doc, err := topology.Parse(d.Document())
	if err != nil {
		t.Fatal(err)
	}
	return doc.Topology()
}

// TestReferences has phrases for references that resolve and for those that do not.
func TestReferences(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	a, b := d.Standard("a", 1, topology.Version2013), d.Standard("b", 2, topology.Version2013)
	c, e := d.Standard("c", 2, topology.Version2013), d.Standard("e", 2, topology.Version2013)
	c.Registrar.MoveOff()
	e.Registrar.Instance = b.Registrar.Instance // two services with one identity
	d.Branch(3, "Nantes", 1)
	sba := d.Appliance("sba", 3, topology.Version2013, a)
	sba.Registrar.DependsOn = []string{a.UserServices.ID(), "9-UserServices-9"}
	onB := b.AddBackupService("")
	onA := a.AddBackupService(onB.ID())
	onA.DependsOn = append(onA.DependsOn, "9-BackupService-9")
	missing := testkit.NewBackup("9-Registrar-9", true, "5m", "10m")
	none := testkit.NewBackup("", true, "5m", "10m")
	a.Names(sba, "5m", "10m")
	a.Names(c, "5m", "10m")
	a.Names(b, "5m", "10m")
	a.Registrar.Backups = append(a.Registrar.Backups, missing, none)

	model := modelOf(t, d)
	pool := func(name string) *topology.Pool { return model.Pool(topology.MustParseFQDN(name + ".contoso.com")) }
	on := pool("a")
	var targets []string
	for _, backup := range on.Registrar.Backups {
		targets = append(targets, BackupTarget(model, backup))
	}
	var partners []string
	for _, p := range []*topology.Pool{on, pool("b")} {
		partners = append(partners, BackupServicePartners(model, p.Role(topology.RoleBackupService)[0]))
	}
	moved := slices.Collect(model.Services())
	moved = slices.DeleteFunc(moved, func(s *topology.Service) bool { return model.Cluster(s.Cluster) != nil })
	for name, test := range map[string]struct{ got, want []string }{
		"targets": {targets, []string{
			"names 3-Registrar-1 on sba.contoso.com, which is " + pool("sba").Description,
			"names 2-Registrar-2, which is installed on no cluster of the topology",
			"names 2-Registrar-1, which the topology has 2 times",
			"names 9-Registrar-9, which the topology does not have",
			"names no service",
		}},
		"backup registrars": {
			BackupRegistrars(model, on), []string{"sba.contoso.com", "2-Registrar-2", "2-Registrar-1", "9-Registrar-9"},
		},
		"of a pool without a Registrar": {BackupRegistrars(model, &topology.Pool{}), nil},
		"user services": {
			UserServicePools(model, pool("sba")), []string{"a.contoso.com", "9-UserServices-9"},
		},
		"partners": {partners, []string{
			"depends on 2-BackupService-1 on b.contoso.com and on 9-BackupService-9, which the topology does not have",
			"depends on no other",
		}},
		"hosts": {
			[]string{Host(model, on.Registrar), Host(model, moved[0])}, []string{"a.contoso.com", "2-Registrar-2"},
		},
		"clusters": {
			[]string{Clusters(on, pool("sba")), Clusters(slices.Repeat([]*topology.Pool{on}, 12)...)},
			[]string{
				"1:1 (site Paris, a Front End pool) and 3:1 (site Nantes, " + pool("sba").Description + ")",
				strings.Repeat("1:1 (site Paris, a Front End pool), ", 9) +
					"1:1 (site Paris, a Front End pool) and 2 more",
			},
		},
		"names": {Names(pool("b"), on), []string{"b.contoso.com", "a.contoso.com"}},
	} {
		if !slices.Equal(test.got, test.want) {
			t.Errorf("%s: got %q, want %q", name, test.got, test.want)
		}
	}
}

func TestSQLInstance(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Standard("a", 1, topology.Version2013)
	model := modelOf(t, d)
	on := model.Pool(topology.MustParseFQDN("a.contoso.com")).ID
	for want, id := range map[string]topology.SQLInstanceID{
		`a.contoso.com\RTC`:                {Cluster: on, Name: "RTC"},
		"a.contoso.com (default instance)": {Cluster: on},
		`cluster 9:9\RTC`:                  {Cluster: topology.ClusterID{Site: "9", Number: "9"}, Name: "RTC"},
	} {
		if got := SQLInstance(model, id); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSQLArguments(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Standard("a", 1, topology.Version2013).AddCentral(true)
	d.Standard("b", 2, topology.Version2013)
	model := modelOf(t, d)
	storeOf := func(name string) *topology.Service {
		return model.Pool(topology.MustParseFQDN(name + ".contoso.com")).UserStore
	}
	withoutName, withoutInstance := *storeOf("b"), *storeOf("b")
	withoutName.SQLInstance = &topology.SQLInstanceID{Cluster: withoutName.Cluster}
	withoutInstance.SQLInstance = nil
	const unknown = " -SqlServerFqdn <server> -SqlInstanceName <instance>"
	for name, test := range map[string]struct {
		database *topology.Service
		want     string
	}{
		"named":            {storeOf("b"), " -SqlServerFqdn b.contoso.com -SqlInstanceName rtc"},
		"default instance": {&withoutName, " -SqlServerFqdn b.contoso.com"},
		"no instance":      {&withoutInstance, unknown},
		"no database":      {nil, unknown},
		"instance of the Central Management store": {storeOf("a"), unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := SQLArguments(model, test.database); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
