//go:build unix

package provider_test

import (
	"fmt"
	"testing"

	terraform "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/lync-iac/terraform-provider-lync/internal/provider"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/kdc"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/winrmd"
)

// A plan and an apply with a wrong password count once each towards the lockout of the account, although each object
// needs the document.
func TestKerberosWrongPassword(t *testing.T) {
	t.Parallel()
	const realm = "LYNC.EXAMPLE"
	k := kdc.Start(t, realm)
	k.Admin(realm, "addprinc -pw geheim +requires_preauth admin", "addprinc -randkey HTTP/127.0.0.1")
	authority := winrmd.NewAuthority(t)
	host := winrmd.Start(t, winrmd.Options{TLS: authority.Server(t)})

	w := cliWith(t, func(dir string) terraform.Provider { return provider.ForTest(t, dir) })
	w.Write("ca.pem", string(authority.PEM))
	config := testkit.RequiredProviders + fmt.Sprintf(`
provider "lync" {
  management_shell = {
    winrm = {
      host            = %q
      port            = %d
      auth            = "kerberos"
      user            = "admin"
      password        = "wrong"
      kerberos_realm  = %q
      kerberos_config = %q
      ca_file         = %q

      max_concurrent_shells = 8
    }
  }
}
`, host.Host, host.Port, realm, k.Config, w.Path("ca.pem"))
	for n := range 4 {
		config += fmt.Sprintf(`
data "lync_pool" "p%[1]d" {
  fqdn = "p%[1]d.contoso.com"
}
resource "lync_pool_pair" "p%[1]d" {
  pools = ["a%[1]d.contoso.com", "b%[1]d.contoso.com"]
}
`, n)
	}
	w.Write("main.tf", config)
	for i, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
		w.MustFail("the password of admin is wrong", command...)
		if got := k.Failures("admin"); got != i+1 {
			t.Errorf("%q: %d wrong passwords count", command, got)
		}
	}
	if n := host.Count(); len(n.Requests) != 0 {
		t.Errorf("requests reach the host: %+v", n)
	}
}
