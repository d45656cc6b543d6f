package runbook

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// No step names the SQL Server instance of the active Central Management store, or one that may be it.
func TestStepsSpareTheActiveStore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		instance string // of the standby
		change   func(d *testkit.Draft)
		replace  [2]string
		named    bool // the steps name the instance of the standby
		unknown  bool // the instance of the active store is not known
	}{
		"two servers": {instance: "rtc", named: true},
		"one server, entered in two sites": {
			instance: "RTC", replace: [2]string{"sql-lyon.contoso.com", "SQL-Paris.contoso.com"},
		},
		"another instance of that server": {
			instance: "lync", replace: [2]string{"sql-lyon.contoso.com", "SQL-Paris.contoso.com"}, named: true,
		},
		"the active store is not in the topology": {
			instance: "rtc", change: func(d *testkit.Draft) {
				for _, s := range d.Services {
					if s.Role == "CentralMgmt" {
						s.DependsOn = []string{"7-CentralMgmtStore-7"}
						return
					}
				}
			},
			unknown: true,
		},
		"the active one depends on no store": {
			instance: "rtc", change: func(d *testkit.Draft) {
				for _, s := range d.Services {
					if s.Role == "CentralMgmt" {
						s.DependsOn = nil
						return
					}
				}
			},
			unknown: true,
		},
		"the server of the active store has no name": {
			instance: "rtc", replace: [2]string{"sql-paris.contoso.com", ""}, unknown: true,
		},
		"the server of the standby has no name": {
			instance: "rtc", replace: [2]string{"sql-lyon.contoso.com", ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			paris := d.EnterpriseOn("pool-paris", 1, v2013, "sql-paris", "rtc")
			lyon := d.EnterpriseOn("pool-lyon", 2, v2013, "sql-lyon", test.instance)
			testkit.WritePair(paris, lyon)
			paris.AddCentral(true)
			lyon.AddCentral(false)
			if test.change != nil {
				test.change(d)
			}
			text := d.Text()
			if test.replace[0] != "" {
				text = strings.ReplaceAll(text, test.replace[0], test.replace[1])
			}
			doc, err := topology.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			id := pairOf(paris.FQDN, lyon.FQDN)
			for event, steps := range map[string][]string{
				"pairing": AfterPairing(doc.Topology(), id), "unpairing": AfterUnpairing(doc.Topology(), id),
			} {
				commands := 0
				for _, step := range steps {
					if !strings.Contains(step, "nstall-CsDatabase") {
						continue
					}
					commands++
					if named := !strings.Contains(step, "-SqlServerFqdn <server> -SqlInstanceName <instance>"); named !=
						test.named {
						t.Errorf("%s names the instance: %t: %s", event, named, step)
					}
					const warning = "The topology does not name the SQL Server instance of the active"
					if unknown := strings.Contains(step, warning); unknown != (test.unknown && event == "unpairing") {
						t.Errorf("%s warns of an active store that is not known: %t: %s", event, unknown, step)
					}
				}
				if commands != 1 {
					t.Errorf("%s has %d steps for the database:\n%s", event, commands, strings.Join(steps, "\n"))
				}
			}
		})
	}
}
