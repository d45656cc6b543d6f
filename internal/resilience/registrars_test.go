package resilience

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestSettingsFindings(t *testing.T) {
	t.Parallel()
	// poolWith returns a document with a pair whose first pool has these settings.
	poolWith := func(version int, automatic bool, failure, failback string) func(d *testkit.Draft) {
		return func(d *testkit.Draft) {
			a, b := d.Standard("a", 1, version), d.Standard("b", 2, version)
			testkit.WritePair(a, b)
			a.Registrar.Backups = []testkit.DraftBackup{
				testkit.NewBackup(b.Registrar.ID(), automatic, failure, failback),
			}
		}
	}
	appliance := func(automatic bool, failure, failback string) func(d *testkit.Draft) {
		return func(d *testkit.Draft) {
			d.Branch(3, "Nantes", 1)
			a := d.Standard("a", 1, v2013)
			sba := d.Appliance("sba", 3, v2013, a)
			sba.Registrar.Backups = []testkit.DraftBackup{
				testkit.NewBackup(a.Registrar.ID(), automatic, failure, failback),
			}
		}
	}
	assertFindings(t, map[string]finding{
		"VF-MIN90": {poolWith(v2013, true, "89s", "10m"), "-VF-MIN90",
			[]string{"In the settings for a failure of a.contoso.com, the failure detection interval is 1m29s"}},
		"VF-MIN90 at 90 seconds": {poolWith(v2013, true, "90s", "10m"), "", nil},
		"VF-RANGE: below 30 seconds": {poolWith(v2013, true, "29s", "10m"), "!VF-RANGE",
			[]string{"In the settings for a failure of a.contoso.com, the failure detection interval is 29s, " +
				"outside the range from 30 seconds to 24 hours."}},
		"VF-RANGE: at 30 seconds":   {poolWith(v2013, true, "30s", "10m"), "-VF-MIN90", nil},
		"VF-RANGE: above 24 hours":  {poolWith(v2013, true, "5m", "86401s"), "!VF-RANGE", nil},
		"VF-RANGE: at 24 hours":     {poolWith(v2013, true, "5m", "86400s"), "-VF-RANGE", nil},
		"VF-RANGE: at 84,401 s":     {poolWith(v2013, true, "5m", "84401s"), "-VF-RANGE", nil},
		"VF-RANGE: at 84,400 s":     {poolWith(v2013, true, "5m", "84400s"), "", nil},
		"VF-RANGE: both, of 2010":   {poolWith(v2010, false, "1s", "86401s"), "!VF-RANGE !VF-RANGE -VF-ON", nil},
		"VF-RANGE: of an appliance": {appliance(true, "29s", "86401s"), "!VF-RANGE !VF-RANGE", nil},
		"VF-RANGE: without a backup": {func(d *testkit.Draft) {
			d.Standard("a", 1, v2013).Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("", true, "1s", "2s")}
		}, "!PP-FREE !VF-NEEDBK", nil},
		"VF-MIN90 not for 2010": {poolWith(v2010, true, "89s", "10m"), "", nil},
		"VF-MIN120": {appliance(true, "119s", "4m"), "-VF-MIN120",
			[]string{"In the settings for a failure of sba.contoso.com, the failure detection interval is " +
				"1m59s"}},
		"VF-MIN120 at 120 seconds": {appliance(true, "120s", "4m"), "", nil},
		"VF-GAP": {poolWith(v2013, true, "5m", "5m"), "-VF-GAP",
			[]string{"(5m) is not longer than the failure detection interval (5m)"}},
		"VF-GAP, just above":     {poolWith(v2013, true, "5m", "301s"), "", nil},
		"VF-GAP of 2010":         {poolWith(v2010, true, "5m", "4m"), "-VF-GAP", nil},
		"VF-GAP of an appliance": {appliance(true, "4m", "2m"), "-VF-GAP", nil},
		"VF-ON": {poolWith(v2013, false, "5m", "10m"), "-VF-ON",
			[]string{"automatic failover is off"}},
		"VF-ON of 2010":         {poolWith(v2010, false, "", ""), "-VF-ON", nil},
		"VF-ON of an appliance": {appliance(false, "2m", "4m"), "-VF-ON", nil},
		"VF-BOTH: no intervals": {poolWith(v2013, true, "", ""), "!VF-BOTH !VF-BOTH",
			[]string{"the failure detection interval is missing or not readable",
				"the failback detection interval is missing"}},
		"VF-BOTH: one missing": {poolWith(v2013, true, "5m", ""), "!VF-BOTH",
			[]string{"the failback detection interval is missing"}},
		"VF-BOTH: one unreadable": {poolWith(v2013, true, "1.5s", "10m"), "!VF-BOTH",
			[]string{"the failure detection interval is missing or not readable"}},
		"VF-BOTH: unreadable, failover off": {poolWith(v2013, false, "1.5s", "10m"), "-VF-ON !VF-BOTH",
			[]string{"In the settings for a failure of a.contoso.com, the failure detection interval is not " +
				"readable."}},
		"VF-BOTH: unreadable, 2010": {poolWith(v2010, true, "1.5s", "10m"), "!VF-BOTH",
			[]string{"the failure detection interval is not readable"}},
		"VF-BOTH: failover off":            {poolWith(v2013, false, "", ""), "-VF-ON", nil},
		"VF-BOTH not for 2010":             {poolWith(v2010, true, "", ""), "", nil},
		"VF-BOTH of an appliance":          {appliance(true, "2m", ""), "!VF-BOTH", nil},
		"VF-BOTH of an appliance, failure": {appliance(true, "", "4m"), "!VF-BOTH", nil},
		"PP-WHOLE: two Backups": {twoPools(func(_ *testkit.Draft, a, b *testkit.DraftPool) {
			a.Names(b, "5m", "10m")
		}), "!PP-WHOLE", []string{"The Registrar of a.contoso.com has 2 Backups. A pool can have only one, which " +
			"names its partner b.contoso.com."}},
		"a Director's are left to others": {func(d *testkit.Draft) {
			d.Director("dir", 1,
				v2013).Names(d.Standard("a", 1, v2013), "1m", "1m")
		}, "", nil},
		"a Registrar on no cluster is left to others": {
			func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				lost := d.Service(d.Host("gone", 9), "Registrar", v2013)
				lost.MoveOff()
				lost.Backups = []testkit.DraftBackup{testkit.NewBackup(a.Registrar.ID(), false, "1m", "1m")}
			},
			"!BR-NODANGLE", nil,
		},
		"VF-NEEDBK: names no service": {
			func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).Registrar.Backups = []testkit.DraftBackup{
					testkit.NewBackup("", false, "1m", ""),
				}
			},
			"!PP-FREE !VF-NEEDBK",
			[]string{"In the settings for a failure of a.contoso.com, detection intervals are set, but there " +
				"is no backup registrar: the Backup of 1-Registrar-1 names no service."},
		},
		"VF-NEEDBK: names a missing service": {
			func(d *testkit.Draft) {
				d.Standard("a", 1, v2010).Registrar.Backups = []testkit.DraftBackup{
					testkit.NewBackup("2-Registrar-1", false, "", "5m"),
				}
			},
			"!VF-NEEDBK !BR-NODANGLE",
			[]string{"names 2-Registrar-1, which the topology does not have"},
		},
		"VF-NEEDBK: names no Registrar": {
			func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(a.UserServices.ID(), false, "5m", "")}
			},
			"!PP-FREE !VF-NEEDBK",
			[]string{"names 1-UserServices-1 on a.contoso.com"},
		},
		"VF-NEEDBK: no intervals either": {
			func(d *testkit.Draft) {
				d.Standard("a", 1, v2013).Registrar.Backups = []testkit.DraftBackup{
					testkit.NewBackup("", false, "", ""),
				}
			},
			"!PP-FREE", nil,
		},
	})
}
