package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// TestRealPairComesBackToTheByte imports a pair as the management shell wrote it, destroys it, and makes it again.
func TestRealPairComesBackToTheByte(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		doc  func(testing.TB) []byte
		a, b string
	}{
		"published": {testkit.Published, "dc1-s01-lyncsrv01.contoso.com", "dc2-s01-lyncsrv01.contoso.com"},
		"shipped":   {testkit.Real, paris, lyon},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := test.doc(t)
			d := newDocument(t, first)
			config := d.config(pairOf(test.a, test.b))
			unitTest(t,
				resource.TestStep{
					Config:            config + importing(test.a+","+test.b),
					ConfigPlanChecks:  preApply(does(plancheck.ResourceActionNoop)),
					ConfigStateChecks: whole(test.a, test.b),
				},
				resource.TestStep{
					PreConfig:        func() { d.is(first) },
					Config:           config,
					Destroy:          true,
					ConfigPlanChecks: preApply(does(plancheck.ResourceActionDestroy)),
				},
				resource.TestStep{
					Config: config,
					ConfigPlanChecks: preApply(does(plancheck.ResourceActionCreate),
						planHas(registrar(test.a, "backup_registrar"), knownvalue.StringExact(test.b)),
						plancheck.ExpectUnknownValue(this, registrar(test.a, "central_management"))),
					ConfigStateChecks: append(whole(test.a, test.b),
						stateHas(registrar(test.a, "edition"), knownvalue.StringExact("standard")),
						stateHas(registrar(test.a, "version"), knownvalue.StringExact("Lync Server 2013")),
						stateHas(registrar(test.a, "service_version"), knownvalue.Int64Exact(6))),
					PostApplyFunc: func() { d.is(first) },
				},
			)
		})
	}
}

var _ = []any{statecheck.StateCheck(nil), tfjsonpath.New("a")}
