package topology_test

import (
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// The tests of the edits have the other faults.

func TestRefusesAnAmbiguousBackupService(t *testing.T) {
	t.Parallel()
	// The service of b has the identity of that of a, which names the missing 2-BackupService-1.
	raw := replaceInService(t, threePools(nil).Document(), "2-BackupService-1",
		idLine("2-BackupService-1"), idLine("1-BackupService-1"))
	e := newEditor(t, raw)
	assertRefused(t, e, raw, e.UpdatePair(pairOf("a", "b")), topology.Refusal{
		Fault: topology.AmbiguousBackupService, Pool: fqdn("a"), Services: serviceIDs("1-BackupService-1"),
	})
}

func TestRefusesAnAmbiguousServiceOfAPool(t *testing.T) {
	t.Parallel()
	for role, id := range map[string]string{
		topology.RoleRegistrar:    "2-Registrar-1",
		topology.RoleUserServices: "2-UserServices-1",
	} {
		raw := testkit.DuplicateService(branchEstate(), id)
		if role == topology.RoleRegistrar {
			// A pool with two Registrars is not a Front End pool, so the second is on another pool.
			raw = replaceInService(t, branchEstate(), "3-Registrar-1", idLine("3-Registrar-1"), idLine(id))
		}
		e := newEditor(t, raw)
		assertRefused(t, e, raw, e.WriteBranch(branchOf("s", "b")), topology.Refusal{
			Fault: topology.AmbiguousPoolService, Pool: fqdn("b"), Found: role, Services: serviceIDs(id),
		})
	}
}

// A standby that is not installed on a pool is a conflict without a pool.
func TestRefusesAStandbyOnNoPool(t *testing.T) {
	t.Parallel()
	estate := unpaired(centralEstate(testkit.Active, "", nil))
	estate.Pools[2].Central = testkit.Standby
	raw := replaceInService(t, estate.Document(), "3-CentralMgmt-1",
		`<ClusterId SiteId="3" Number="1" />`, `<ClusterId SiteId="3" Number="9" />`)
	e := newEditor(t, raw)
	assertRefused(t, e, raw, e.CreatePair(pairOf("a", "b")), topology.Refusal{
		Fault: topology.OtherStandby, Services: serviceIDs("3-CentralMgmt-1"),
	})
}

func TestRefusalError(t *testing.T) {
	t.Parallel()
	for want, refusal := range map[string]topology.Refusal{
		"edit topology: pool not found: a.contoso.com": {Fault: topology.PoolNotFound, Pool: fqdn("a")},
		"edit topology: paired with another pool: a.contoso.com, b.contoso.com, c.contoso.com": {
			Fault: topology.PairedElsewhere, Pool: fqdn("a"), Other: fqdn("b"), Third: fqdn("c"),
		},
		"edit topology: several file stores: a.contoso.com, ConfServices, 1-FileStore-1, 1-FileStore-2": {
			Fault: topology.SeveralFileStores, Pool: fqdn("a"), Found: topology.RoleConfServices,
			Services: serviceIDs("1-FileStore-1", "1-FileStore-2"),
		},
		"edit topology: defect: the root would change": {Fault: topology.Defect, Defect: "the root would change"},
	} {
		if got := refusal.Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
