package resilience

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// The advice to pair Central Management, or to pair it again, names a pair that no rule refuses. Without such a pair it
// gives the reason.
func TestAdviceOnCentralManagement(t *testing.T) {
	t.Parallel()
	const standby = "The pair sets up a standby."
	const builder = "Central Management was moved to the pair after the pair was created. Publish the pair once with " +
		"Topology Builder, which sets up the standby."
	unsupported := func(example string) string {
		return "Every pair of a.contoso.com with another pool of the topology is refused or not supported at " +
			"present. For example, " + example + " (severity unsupported). Pair the pool when a supported partner " +
			"exists, or decide that such a pair is acceptable."
	}
	for name, test := range map[string]struct {
		build func(d *testkit.Draft, a *testkit.DraftPool) // a has the active Central Management
		want  string                                       // the advice and the remedies of CM-PAIR
	}{
		"a pool that suits": {
			build: func(d *testkit.Draft, _ *testkit.DraftPool) {
				d.Standard("b", 1, v2013) // in the same site
				d.Standard("c", 2, v2013)
				d.Standard("e", 2, v2013)
			},
			want: "Pair a.contoso.com with a pool. " + standby + "\nCreatePair a.contoso.com c.contoso.com",
		},
		"a pool that is discouraged only": {
			build: func(d *testkit.Draft, _ *testkit.DraftPool) { d.Standard("b", 1, v2013) },
			want:  "Pair a.contoso.com with a pool. " + standby + "\nCreatePair a.contoso.com b.contoso.com",
		},
		"no pool that is free, of the version and on another SQL Server": {
			build: func(d *testkit.Draft, _ *testkit.DraftPool) {
				testkit.WritePair(d.Standard("b", 1, v2013), d.Standard("c", 2, v2013))
				d.Standard("e", 2, v2015)
				d.Remove(d.Standard("f", 2, v2013).UserStore)
				d.Standard("g", 2, v2013).AddBackupService("")
			},
			want: "No other pool of the topology can be paired with a.contoso.com at present. When a free pool of " +
				"the same version with its own database server exists, pair a.contoso.com with that pool.",
		},
		"a pool of another edition only": {
			build: func(d *testkit.Draft, _ *testkit.DraftPool) { d.Enterprise("b", 2, v2013, 3) },
			want:  unsupported("a pair with b.contoso.com would violate PP-EDITION"),
		},
		"pools of another version only": {
			build: func(d *testkit.Draft, a *testkit.DraftPool) {
				a.Registrar.Version = v2015
				d.Standard("b", 2, v2015)
				d.Enterprise("c", 2, v2015, 3)
			},
			want: unsupported("a pair with b.contoso.com would violate PP-SHAPE"),
		},
		"a pool of 2019 beside one of a version that is not known": {
			build: func(d *testkit.Draft, a *testkit.DraftPool) {
				a.Registrar.Version = v2019 + 1
				d.Standard("b", 2, v2019)
			},
			want: unsupported("a pair with b.contoso.com would violate PP-VERSION and PP-SHAPE"),
		},
		"an inactive one elsewhere": {
			build: func(d *testkit.Draft, _ *testkit.DraftPool) {
				d.Standard("b", 2, v2013)
				d.Standard("c", 2, v2013).AddCentral(false)
			},
			want: "No pair can be created with a.contoso.com at present (CM-ONE). First correct these findings of " +
				"the topology. Then pair a.contoso.com with a pool. " + standby,
		},
		"a one-way relationship": {
			build: func(d *testkit.Draft, a *testkit.DraftPool) { a.Names(d.Standard("b", 2, v2013), "5m", "10m") },
			want: "a.contoso.com is linked with b.contoso.com. End that relationship first. Then pair a.contoso.com " +
				"with a pool. " + standby,
		},
		"a pair without a standby": {
			build: func(d *testkit.Draft, a *testkit.DraftPool) { testkit.WritePair(a, d.Standard("b", 2, v2013)) },
			want:  builder + "\nRecreatePair a.contoso.com b.contoso.com",
		},
		"a pair without a standby, and an inactive one elsewhere": {
			build: func(d *testkit.Draft, a *testkit.DraftPool) {
				testkit.WritePair(a, d.Standard("b", 2, v2013))
				d.Standard("c", 2, v2013).AddCentral(false)
			},
			want: builder,
		},
		"a pair without a standby, and a backup service on which another service depends": {
			build: func(d *testkit.Draft, a *testkit.DraftPool) {
				b := d.Standard("b", 2, v2013)
				testkit.WritePair(a, b)
				d.Service(b.DraftHost, "ExternalServer", v2013, "2-BackupService-1")
			},
			want: builder,
		},
		"a pair without a standby, and a second partner": {
			build: func(d *testkit.Draft, a *testkit.DraftPool) {
				testkit.WritePair(a, d.Standard("b", 2, v2013))
				d.Standard("c", 2, v2013).Names(a, "5m", "10m")
			},
			want: builder,
		},
		"a pair in the middle of an upgrade": {
			build: func(d *testkit.Draft, a *testkit.DraftPool) { testkit.WritePair(a, d.Standard("b", 2, v2015)) },
			want:  builder,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			a := d.Standard("a", 1, v2013)
			a.AddCentral(true)
			test.build(d, a)
			findings := Findings(modelOf(t, d), nil)
			at := slices.IndexFunc(findings, func(v Violation) bool { return v.Rule.ID == "CM-PAIR" })
			if at < 0 {
				t.Fatalf("no finding: %s", ids(findings))
			}
			_, got, _ := strings.Cut(textOf(findings[at]), findings[at].Detail+"\n")
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// A relationship that the document does not permit to end, or to complete, gets other advice.
func TestAdviceOnRelationships(t *testing.T) {
	t.Parallel()
	needed := "The pair of a.contoso.com and b.contoso.com cannot be removed: 2-ExternalServer-1 depends on " +
		"2-BackupService-1, which belongs to the pair. Change that service in Topology Builder first."
	for name, test := range map[string]struct {
		build func(d *testkit.Draft, a, b *testkit.DraftPool)
		rule  string
		want  string // the advice and the remedies of the first finding of the rule
	}{
		"to complete or to end": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) { a.Names(b, "5m", "10m") },
			rule:  "PP-RECIP", want: "\nCompleteOrEndPair a.contoso.com b.contoso.com",
		},
		"to end: a third pool is paired with one": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				a.Names(b, "5m", "10m")
				testkit.WritePair(a, d.Standard("c", 2, v2013))
			},
			rule: "PP-RECIP", want: "\nEndLink a.contoso.com b.contoso.com",
		},
		"to complete: another service needs the backup service": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.Registrar.Backups, b.Registrar.Backups = nil, nil
				d.Service(b.DraftHost, "ExternalServer", v2013, "2-BackupService-1")
			},
			rule: "PP-WHOLE", want: "\nCompletePair a.contoso.com b.contoso.com",
		},
		"neither: a third pool is paired with one, and another service needs the backup service": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				a.Names(b, "5m", "10m")
				a.AddBackupService(b.AddBackupService("").ID())
				testkit.WritePair(a, d.Standard("c", 2, v2013))
				d.Service(b.DraftHost, "ExternalServer", v2013, "2-BackupService-1")
			},
			rule: "PP-RECIP", want: needed,
		},
		"to end if it is no pair, which another service prevents": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				b.Registrar.Backups = nil
				b.Names(d.Standard("c", 1, v2013), "5m", "10m")
				d.Service(b.DraftHost, "ExternalServer", v2013, "2-BackupService-1")
			},
			rule: "PP-RECIP", want: needed,
		},
		"to end all but one, of which one is of 2010": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				d.Standard("old", 2, v2010).Names(a, "5m", "10m")
			},
			rule: "PP-ONE",
			want: "Decide which one is the partner of a.contoso.com. Remove the other relationships, for example in " +
				"Topology Builder.",
		},
		"to end all but one of three": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				d.Standard("c", 2, v2013).Names(a, "5m", "10m")
				d.Standard("e", 2, v2013).Names(a, "5m", "10m")
			},
			rule: "PP-ONE",
			want: "Decide which one is the partner of a.contoso.com. Remove the other relationships, for example in " +
				"Topology Builder.\nEndOtherPairs a.contoso.com",
		},
		"to complete the chosen pair, whose services depend on each other only": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				writeServicesOfPair(d, a, b)
				for _, s := range d.Services {
					if s.Role == "BackupService" {
						s.DependsOn = s.DependsOn[:1]
					}
				}
			},
			rule: "PP-WHOLE",
			want: "First decide which of b.contoso.com and c.contoso.com is the partner of a.contoso.com " +
				"(PP-ONE).\nCompleteChosenPair a.contoso.com b.contoso.com",
		},
		"to complete the chosen pair, of which a service depends on none": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				writeServicesOfPair(d, a, b)
				for _, s := range d.Services {
					if s.Role == "BackupService" && s.Site == 1 {
						s.DependsOn = nil
					}
				}
			},
			rule: "PP-WHOLE",
			want: "First decide which of b.contoso.com and c.contoso.com is the partner of a.contoso.com (PP-ONE).",
		},
		"to complete the chosen pair, without a file store": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				writeServicesOfPair(d, a, b)
				d.Remove(b.FileStore)
			},
			rule: "PP-WHOLE",
			want: "First decide which of b.contoso.com and c.contoso.com is the partner of a.contoso.com (PP-ONE).",
		},
		"to end all but one of three: another service needs a backup service of two of them": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				for _, p := range []*testkit.DraftPool{b, d.Standard("c", 2, v2013), d.Standard("e", 1, v2013)} {
					p.Names(a, "5m", "10m")
				}
				d.Service(a.DraftHost, "ExternalServer", v2013, a.AddBackupService("2-BackupService-9").ID())
			},
			rule: "PP-ONE",
			want: "Decide which one is the partner of a.contoso.com. Remove the other relationships, for example in " +
				"Topology Builder.",
		},
		"to repair the settings of a pair": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(a, b)
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup(b.Registrar.ID(), true, "5m", "")}
			},
			rule: "VF-BOTH", want: "Set the interval in Topology Builder.\nRepairSettings a.contoso.com b.contoso.com",
		},
		"to repair no settings: a third pool is paired with the backup registrar": {
			build: func(d *testkit.Draft, a, b *testkit.DraftPool) {
				testkit.WritePair(b, d.Standard("c", 1, v2013))
				a.Names(b, "5m", "")
			},
			rule: "VF-BOTH", want: "Set the interval in Topology Builder.",
		},
		"to repair a pair": {
			build: func(_ *testkit.Draft, a, b *testkit.DraftPool) {
				a.Names(b, "5m", "10m")
				b.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("1-Registrar-9", true, "5m", "10m")}
			},
			rule: "VF-NEEDBK", want: "Name a backup registrar, or remove the Backup, in Topology Builder." +
				"\nRepairPair b.contoso.com a.contoso.com",
		},
		"to repair no pair": {
			build: func(_ *testkit.Draft, a, _ *testkit.DraftPool) {
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("1-Registrar-9", true, "5m", "10m")}
			},
			rule: "VF-NEEDBK", want: "Name a backup registrar, or remove the Backup, in Topology Builder.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := testkit.NewDraft()
			a, b := d.Standard("a", 1, v2013), d.Standard("b", 2, v2013)
			test.build(d, a, b)
			findings := Findings(modelOf(t, d), nil)
			at := slices.IndexFunc(findings, func(v Violation) bool { return v.Rule.ID == test.rule })
			if at < 0 {
				t.Fatalf("no finding of %s: %s", test.rule, ids(findings))
			}
			_, got, _ := strings.Cut(textOf(findings[at]), findings[at].Detail+"\n")
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// writeServicesOfPair writes the backup services of a pair without its backup registrars. A third pool c names a.
func writeServicesOfPair(d *testkit.Draft, a, b *testkit.DraftPool) {
	testkit.WritePair(a, b)
	a.Registrar.Backups, b.Registrar.Backups = nil, nil
	d.Standard("c", 2, v2013).Names(a, "5m", "10m")
}
