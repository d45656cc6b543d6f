package topology_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// The user databases of two pools are on clusters of different sites.
func TestOneSQLServer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		hosts, instances       [2]string
		oneServer, oneInstance bool
	}{
		"two servers":   {[2]string{"sql1.contoso.com", "sql2.contoso.com"}, [2]string{"rtc", "rtc"}, false, false},
		"one name":      {[2]string{"sql.contoso.com", "SQL.contoso.com."}, [2]string{"rtc", "RTC"}, true, true},
		"white space":   {[2]string{"sql.contoso.com", "sql.contoso.com"}, [2]string{"rtc", " RTC "}, true, true},
		"two instances": {[2]string{"sql.contoso.com", "sql.contoso.com"}, [2]string{"rtc", "lync"}, true, false},
		"default instances": {
			[2]string{"sql.contoso.com", "sql.contoso.com"}, [2]string{"", "MSSQLSERVER"}, true, true,
		},
		"no names": {[2]string{"", ""}, [2]string{"rtc", "rtc"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			a := d.EnterpriseOn("a", 1, v2013, "one.contoso.com", test.instances[0])
			b := d.EnterpriseOn("b", 2, v2013, "two.contoso.com", test.instances[1])
			renamed := strings.NewReplacer("one.contoso.com", test.hosts[0], "two.contoso.com", test.hosts[1])
			topo := parse(t, []byte(renamed.Replace(d.Text()))).Topology()
			poolA, poolB := topo.Pool(fqdn(a.FQDN)), topo.Pool(fqdn(b.FQDN))
			if got := topo.IsOnOneServer(poolA.UserStore, poolB.UserStore); got != test.oneServer {
				t.Errorf("on one server is %t", got)
			}
			if got := topo.IsOnOneInstance(poolA.UserStore, poolB.UserStore); got != test.oneInstance {
				t.Errorf("on one instance is %t", got)
			}
			if poolA.SQLServer.IsZero() != (test.hosts[0] == "") {
				t.Errorf("the SQL Server is %q", poolA.SQLServer)
			}
		})
	}
}

// A SQL Server can be entered by the name of its computer, and by that of a cluster which the computer is part of.
func TestOneSQLServerOfTwoNames(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.EnterpriseOn("a", 1, v2013, "one", "rtc")
	d.EnterpriseOn("b", 2, v2013, "two", "rtc")
	machine := regexp.MustCompile(`(<Machine [^>]*? Fqdn=")two\.contoso\.com`)
	for name, test := range map[string]struct {
		computer string
		want     bool
	}{"the computer of the other": {"ONE.contoso.com", true}, "another computer": {"three.contoso.com", false}} {
		topo := parse(t, []byte(machine.ReplaceAllString(d.Text(), "${1}"+test.computer))).Topology()
		a, b := topo.Pool(fqdn("a")), topo.Pool(fqdn("b"))
		if got := topo.IsOnOneInstance(a.UserStore, b.UserStore); got != test.want {
			t.Errorf("%s: on one instance is %t", name, got)
		}
	}
}

// TestCentralStores has the stores of the active Central Management on the pools a and b. A database of the pool e may
// be on their instance unless the topology rules that out.
func TestCentralStores(t *testing.T) {
	t.Parallel()
	storeOf := func(d *testkit.Draft, site int) *testkit.DraftService {
		i := slices.IndexFunc(d.Services, func(s *testkit.DraftService) bool {
			return s.Role == "CentralMgmtStore" && s.Site == site
		})
		return d.Services[i]
	}
	for name, test := range map[string]struct {
		build    func(d *testkit.Draft, a, b *testkit.DraftPool)
		stores   string
		complete bool
		share    bool // the database of e
	}{
		"none": {build: func(*testkit.Draft, *testkit.DraftPool, *testkit.DraftPool) {}, complete: true},
		"one": {
			build:  func(_ *testkit.Draft, a, _ *testkit.DraftPool) { a.AddCentral(true) },
			stores: "1-CentralMgmtStore-1", complete: true,
		},
		"a standby": {
			build:    func(_ *testkit.Draft, a, _ *testkit.DraftPool) { a.AddCentral(false) },
			complete: true,
		},
		"two": {
			build:  func(_ *testkit.Draft, a, b *testkit.DraftPool) { a.AddCentral(true); b.AddCentral(true) },
			stores: "1-CentralMgmtStore-1 2-CentralMgmtStore-1", complete: true,
		},
		"one without a dependency, and one with it": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				a.AddCentral(true).DependsOn = nil
				b.AddCentral(true)
			},
			stores: "2-CentralMgmtStore-1", share: true,
		},
		"one that does not exist, and one that does": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				a.AddCentral(true)
				b.AddCentral(true)
				d.Remove(storeOf(d, 1))
			},
			stores: "2-CentralMgmtStore-1", share: true,
		},
		"on a cluster that does not exist": {
			build: func(d *testkit.Draft, a, _ *testkit.DraftPool) {
				a.AddCentral(true)
				storeOf(d, 1).MoveOff()
			},
			stores: "1-CentralMgmtStore-1", share: true,
		},
		"on a cluster without a name": {
			build:  func(_ *testkit.Draft, a, _ *testkit.DraftPool) { a.AddCentral(true); a.SetName("") },
			stores: "1-CentralMgmtStore-1", share: true,
		},
		"on the instance of the pool": {
			build: func(d *testkit.Draft, _, _ *testkit.DraftPool) {
				d.EnterpriseOn("f", 2, v2013, "sql", "rtc").AddCentral(true)
			},
			stores: "1-CentralMgmtStore-1", complete: true, share: true,
		},
		"on another instance of the server of the pool": {
			build: func(d *testkit.Draft, _, _ *testkit.DraftPool) {
				d.EnterpriseOn("f", 2, v2013, "sql", "lync").AddCentral(true)
			},
			stores: "1-CentralMgmtStore-1", complete: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
			d.EnterpriseOn("e", 1, v2013, "sql", "rtc")
			test.build(d, a, b)
			topo := parse(t, d.Document()).Topology()
			stores, complete := topo.CentralStores()
			var ids []string
			for _, s := range stores {
				ids = append(ids, s.ID.String())
			}
			if got := strings.Join(ids, " "); got != test.stores || complete != test.complete {
				t.Errorf("the stores are %q, complete is %t", got, complete)
			}
			if got := topo.MayShareCentralInstance(topo.Pool(fqdn("e")).UserStore); got != test.share {
				t.Errorf("may share is %t", got)
			}
		})
	}
}

// A server without a name is any server.
func TestMayShareCentralInstanceWithoutAName(t *testing.T) {
	t.Parallel()
	d := testkit.NewDraft()
	d.Standard("a", 1, v2013).AddCentral(true)
	d.EnterpriseOn("e", 1, v2013, "sql", "rtc")
	text := regexp.MustCompile(`(<Cluster [^>]*? Fqdn=")sql\.contoso\.com`).ReplaceAllString(d.Text(), "${1}")
	topo := parse(t, []byte(text)).Topology()
	if !topo.MayShareCentralInstance(topo.Pool(fqdn("e")).UserStore) {
		t.Error("may share is false")
	}
}
