package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestLinkedPoolsAreRefused has every kind of link in one plan. The refusals come together, after one wait for the
// release of the pools. Each is an error of its own that names the pair.
func TestLinkedPoolsAreRefused(t *testing.T) {
	estate := testkit.Estate{
		Pairs: []testkit.Pair{
			{A: "service1", B: "other3", NoBackup: []string{"service1", "other3"}},
			{A: "service2", B: "other4", NoBackup: []string{"service2", "other4"}},
			{A: "whole1", B: "whole2"},
			{A: "half1", B: "half2", NoBackup: []string{"half1"}, NoService: []string{"half2"}},
			{A: "taken", B: "other5"},
		},
		Backups: []testkit.Backup{
			{From: "backup1", To: "other1"},
			{From: "other2", To: "backup2"},
		},
	}
	fqdns := strings.Fields("backup1 backup2 service1 service2 whole1 whole2 half1 half2 taken other1 other2 other3 " +
		"other4 other5 free1 free2 free3 free4 free5")
	for i, name := range fqdns {
		estate.Pools = append(estate.Pools, testkit.Pool{FQDN: name, Site: i + 1})
	}
	first := estate.Document()
	// Each of these two pairs keeps one link: the dependency of one backup service on the other.
	for _, gone := range []string{"service1", "other4"} {
		first = testkit.Replace(first, backupDependency(siteOf(estate, gone)), "")
	}
	w := cliWorkspace(t, estate)
	w.SetDocument(first)
	w.Config(cliPair("a", "backup1-free1") + cliPair("b", "backup2-free2") + cliPair("c", "service1-free3") +
		cliPair("d", "service2-free4") + cliPair("e", "taken-free5") + cliPair("f", "whole1-whole2") +
		cliPair("g", "half1-half2"))
	free := func(rule, desired, pool, linked string) string {
		names := strings.NewReplacer("@", `\.contoso\.com`).Replace
		return `(?s)\(` + rule + `\).*` + names(`The pair `+desired+` needs `+pool+`@\. .*`+linked)
	}
	assertErrors(t, w,
		free("PP-FREE", "backup1@,free1@", "backup1", "The topology links backup1@ to other1@"),
		free("PP-ONE", "backup2@,free2@", "backup2", "other2@ names backup2@ as its backup registrar.*so backup2@ "+
			"cannot be paired with another pool while that relationship exists"),
		free("PP-FREE", "free3@,service1@", "service1", "The topology links service1@ to other3@"),
		free("PP-FREE", "free4@,service2@", "service2", "The topology links service2@ to other4@"),
		free("PP-FREE", "free5@,taken@", "taken", `The topology links taken@ to other5@.*`+
			`terraform import lync_pool_pair\.former "other5@,taken@"`),
		`(?s)\(PP-FREE\).*An incomplete pair of half1\.contoso\.com and half2\.contoso\.com exists already.*`+
			`id = "half1\.contoso\.com,half2\.contoso\.com"`,
		`(?s)\(PP-FREE\).*The complete pair of whole1\.contoso\.com and whole2\.contoso\.com exists already.*`+
			`import \{.*id = "whole1\.contoso\.com,whole2\.contoso\.com"`,
	)
	assertDocument(t, w, first)
}

func siteOf(estate testkit.Estate, name string) int {
	for _, p := range estate.Pools {
		if p.FQDN == name {
			return p.Site
		}
	}
	panic("no pool " + name)
}

// backupDependency returns the dependency of a backup service on the backup service in a site.
func backupDependency(site int) string {
	return fmt.Sprintf(`        <Dependency Usage="Default">
          <ServiceId SiteId="%d" RoleName="BackupService" Instance="1" />
        </Dependency>
`, site)
}
