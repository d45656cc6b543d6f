package topology_test

import (
	"regexp"
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
