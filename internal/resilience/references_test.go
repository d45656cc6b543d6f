package resilience

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestUnresolvedReferences(t *testing.T) {
	t.Parallel()
	assertFindings(t, map[string]finding{
		"a dependency on a missing service, reported once": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				a.WebServices.DependsOn = append(a.WebServices.DependsOn, "7-FileStore-7", "7-FileStore-7")
			},
			want: "!BR-NODANGLE",
			texts: []string{"1-WebServices-1 on a.contoso.com depends on 7-FileStore-7, which the topology does not " +
				"have."},
		},
		"a Backup that names a missing service": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				a.Registrar.Backups = []testkit.DraftBackup{testkit.NewBackup("2-Registrar-3", true, "5m", "10m")}
			},
			want: "!PP-FREE !VF-NEEDBK !BR-NODANGLE",
			texts: []string{"1-Registrar-1 on a.contoso.com names as its backup 2-Registrar-3, which the topology " +
				"does not have."},
		},
		"an identity that two services have": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				d.Service(a.DraftHost, "FileStore", v2013).Instance = a.FileStore.Instance
			},
			want: "!PP-STORE !BR-NODANGLE !BR-NODANGLE !BR-NODANGLE !BR-NODANGLE",
			texts: []string{"1-ConfServices-1 on a.contoso.com depends on 1-FileStore-1, which the topology has 2 " +
				"times.", "1-WebServices-1 on a.contoso.com",
				"The topology has 2 services with the identity 1-FileStore-1, on a.contoso.com."},
		},
		"an identity that two services have and none names": {
			build: func(d *testkit.Draft) {
				a, b := d.Standard("a", 1, v2013), d.Standard("b", 1, v2013)
				d.Service(a.DraftHost, "ExternalServer", v2013)
				d.Service(b.DraftHost, "ExternalServer", v2013).Instance = 1
			},
			want: "!BR-NODANGLE",
			texts: []string{"The topology has 2 services with the identity 1-ExternalServer-1, on a.contoso.com and " +
				"b.contoso.com."},
		},
		"a service on no cluster": {
			build: func(d *testkit.Draft) {
				d.Service(d.Host("gone", 9), "WebServices", v2013, "7-FileStore-7").MoveOff()
			},
			want: "!BR-NODANGLE !BR-NODANGLE",
			texts: []string{"9-WebServices-1 on 9-WebServices-1 depends on 7-FileStore-7",
				"9-WebServices-1 is installed on the cluster 9:9, which the topology does not have."},
		},
		"the Registrar of a pool on no cluster": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2013).Registrar.MoveOff() },
			want:  "!PP-KIND !BR-NODANGLE",
			texts: []string{"1-Registrar-1 is installed on the cluster 9:9, which the topology does not have.",
				"Service on no cluster (BR-NODANGLE)", "Pool without a Registrar (PP-KIND)",
				"a.contoso.com has user services and no Registrar, so it is not a Front End pool."},
		},
		"the Registrar of an appliance on no cluster": {
			build: func(d *testkit.Draft) {
				d.Branch(3, "Nantes", 1)
				d.Appliance("sba", 3, v2013, d.Standard("a", 1, v2013)).Registrar.MoveOff()
			},
			want: "!BR-NODANGLE",
		},
		"the database of a pool on no cluster": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2013).UserStore.MoveOff() },
			want:  "!BR-NODANGLE !BR-NODANGLE",
			texts: []string{"1-UserStore-1 is installed on the cluster 9:9, which the topology does not have.",
				"Pool without a database (BR-NODANGLE)",
				"The user services of a.contoso.com have no database on a SQL Server instance of the topology."},
		},
		"user services that depend on no database": {
			build: func(d *testkit.Draft) {
				a := d.Standard("a", 1, v2013)
				a.UserServices.DependsOn = nil
			},
			want:  "!BR-NODANGLE",
			texts: []string{"The user services of a.contoso.com have no database"},
		},
		"user services of 2010 that depend on no database": {
			build: func(d *testkit.Draft) { d.Standard("a", 1, v2010).UserServices.DependsOn = nil },
		},
	})
	for _, v := range Findings(modelOf(t, testkit.NewDraft()), nil) {
		t.Errorf("in an empty document: %s", strings.TrimSpace(textOf(v)))
	}
}

// TestClustersOfServices has documents in which the Registrar of a pool, or of an appliance, is not found on its
// cluster, or is not usable. A creation that names the cluster is refused.
func TestClustersOfServices(t *testing.T) {
	t.Parallel()
	const pool, appliance, other = `SiteId="1" Number="1"`, `SiteId="3" Number="1"`, `SiteId="2" Number="1"`
	registrarOn := func(cluster string) string {
		return `(ServiceVersion=)"6"([^>]*><ServiceId[^>]*RoleName="Registrar".{0,400}?)(<InstalledOn><ClusterId ` +
			cluster + ` /></InstalledOn>)`
	}
	clusterOf := func(id string) string { return `(<Cluster [^>]*><ClusterId )` + id }
	for name, tt := range map[string]struct {
		pattern, by string
		want        string
		text        string
	}{
		"a pool without a ServiceVersion": {registrarOn(pool), `X$1"6"$2$3`, "!PP-KIND",
			"a.contoso.com has user services and is a pool whose Registrar has no readable ServiceVersion"},
		"a pool with an unreadable ServiceVersion": {registrarOn(pool), `$1"six"$2$3`, "!PP-KIND",
			"Registrar without a readable version (PP-KIND)"},
		"a pool of an old version": {registrarOn(pool), `$1"4"$2$3`, "", ""},
		"an appliance with an unreadable ServiceVersion": {registrarOn(appliance), `$1"six"$2$3`, "!BR-SITE",
			"sba.contoso.com is a pool whose Registrar has no readable ServiceVersion, so it is not an appliance"},
		"a Registrar without InstalledOn": {registrarOn(pool), `$1"6"$2`, "!PP-KIND !BR-NODANGLE",
			"1-Registrar-1 is installed on no cluster."},
		"an appliance's Registrar without InstalledOn": {registrarOn(appliance), `$1"6"$2`, "!BR-NODANGLE",
			"3-Registrar-1 is installed on no cluster."},
		"two clusters with one identity": {clusterOf(other), `${1}` + pool, "!BR-NODANGLE !BR-NODANGLE",
			"The topology has 2 clusters with the identity 1:1, a.contoso.com and b.contoso.com. Services on that " +
				"cluster count for a.contoso.com, so no relationship can be declared with b.contoso.com."},
		"a cluster without an identity": {clusterOf(other) + ` />`, `$1/>`, "!BR-NODANGLE !BR-NODANGLE",
			"The cluster b.contoso.com has no identity, so no service is installed on it."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := testkit.NewDraft()
			d.Branch(3, "Nantes", 1)
			d.Standard("a", 1, v2013)
			d.Standard("b", 2, v2013)
			d.Appliance("sba", 3, v2013, d.Standard("c", 1, v2013))
			pattern := regexp.MustCompile(tt.pattern)
			if n := len(pattern.FindAllString(d.Text(), -1)); n != 1 {
				t.Fatalf("%d matches", n)
			}
			doc, err := topology.Parse([]byte(pattern.ReplaceAllString(d.Text(), tt.by)))
			if err != nil {
				t.Fatal(err)
			}
			got := Findings(doc.Topology(), nil)
			if ids(got) != tt.want {
				t.Errorf("got %q, want %q", ids(got), tt.want)
			}
			assertTexts(t, got, tt.text)
		})
	}
}
