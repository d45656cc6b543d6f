package provider

import (
	"errors"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The other errors of the client are in the tests of the objects that return them.
func TestErrorText(t *testing.T) {
	t.Parallel()
	a, b := topology.MustParseFQDN("a.contoso.com"), topology.MustParseFQDN("b.contoso.com")
	quoted := topology.MustParseFQDN("it\u2019s.contoso.com")
	owner := &topology.Pool{HasName: true, FQDN: b, Description: "a Director"}
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("read the document"), "Read the document."},
		{&client.PoolError{Purpose: client.BranchAppliance, Name: a, Owner: owner},
			"a.contoso.com is a computer of b.contoso.com, which is a Director, and not an appliance."},
		{&client.PoolError{Purpose: client.BranchAppliance, Name: b, Found: owner},
			"b.contoso.com is a Director. A branch backup belongs to a Survivable Branch Appliance or Server."},
		{&client.PoolError{Purpose: client.BranchAppliance, Name: a, Location: "t.xml"},
			"The topology in t.xml has no appliance a.contoso.com."},
		{&client.NoPairError{Pool: a, Location: "t.xml"}, "a.contoso.com is in no pair in t.xml."},
		{&client.UnknownSettingsError{Pool: a},
			"The settings of a.contoso.com are not known, so nothing was written. Please report this with the " +
				"configuration."},
		{&client.PartialSyncError{Started: a, Err: errors.New("b.contoso.com is down")},
			"b.contoso.com is down.\nThe synchronization of a.contoso.com was started before."},
		{&client.NoShellError{Pools: [2]topology.FQDN{quoted, b}, Location: "t.xml"},
			"This provider works on t.xml, and only a management shell can get the state of backup services. On a " +
				"server of the deployment, run\n\n" +
				"  (Get-CsBackupServiceStatus -PoolFqdn 'it\u2019\u2019s.contoso.com').BackupModules\n\n" +
				"and the same for b.contoso.com, or configure management_shell."},
		{&client.UnknownSiteError{Site: "x", Location: "t.xml", Known: strings.Split(strings.Repeat("s", 22), "")},
			"The topology in t.xml has no site \"x\". Its sites are " + strings.Repeat("s, ", 20) + "and 2 more."},
	} {
		if got := errorText(test.err); got != test.want {
			t.Errorf("%T:\n%s\nwant\n%s", test.err, got, test.want)
		}
	}
}
