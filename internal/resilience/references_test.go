package resilience

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
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
			want:  "!BR-NODANGLE",
			texts: []string{"9-WebServices-1 on 9-WebServices-1 depends on 7-FileStore-7"},
		},
	})
	for _, v := range Findings(modelOf(t, testkit.NewDraft()), nil) {
		t.Errorf("in an empty document: %s", strings.TrimSpace(textOf(v)))
	}
}
