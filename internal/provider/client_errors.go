package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
	"github.com/lync-iac/terraform-provider-lync/internal/client"
	"github.com/lync-iac/terraform-provider-lync/internal/provider/message"
	"github.com/lync-iac/terraform-provider-lync/internal/resilience/phrase"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// errorText returns an error of the client as sentences, with the steps that depend on Terraform.
func errorText(err error) string {
	var (
		pool       *client.PoolError
		noPair     *client.NoPairError
		incomplete *client.IncompletePairError
		noShell    *client.NoShellError
		partial    *client.PartialSyncError
		unknown    *client.UnknownSettingsError
		site       *client.UnknownSiteError
		version    *client.UnknownVersionError
		unreplaced *client.UnreplacedError
	)
	switch {
	case errors.As(err, &pool):
		return sentence(poolErrorText(*pool))
	case errors.As(err, &noPair):
		return sentence(noPairText(*noPair))
	case errors.As(err, &incomplete):
		return sentence(err.Error()) + " Declare the pair as a lync_pool_pair. Its next apply completes the pair."
	case errors.As(err, &noShell):
		return noShellText(*noShell)
	case errors.As(err, &partial):
		return errorText(partial.Err) + fmt.Sprintf("\nThe synchronization of %s was started before.", partial.Started)
	case errors.As(err, &unknown):
		return fmt.Sprintf("The settings of %s are not known, so nothing was written. Please report this with the "+
			"configuration.", unknown.Pool)
	case errors.As(err, &unreplaced):
		return fmt.Sprintf("The pair %s was not removed. Another resource of this run should have taken its pools, "+
			"but was refused, so no pair would have replaced this pair. With -parallelism=1, Terraform can create "+
			"before it removes. Run terraform apply again without -parallelism=1.", unreplaced.ID)
	case errors.As(err, &site):
		return fmt.Sprintf("The topology in %s has no site %q. Its sites are %s.", site.Location, site.Site,
			firstOf(site.Known))
	case errors.As(err, &version):
		return fmt.Sprintf("%[1]q is not a product version, and the topology in %[2]s has no such version. The "+
			"versions are %[3]s.",
			version.Version, version.Location, strings.Join(version.Known, ", "))
	default:
		return importErrorText(err)
	}
}

// importErrorText returns an error of an import as sentences, and any other error as that of a store.
func importErrorText(err error) string {
	var (
		id        *client.ImportIDError
		noBackup  *client.NoBackupError
		notLinked *client.NotLinkedError
		several   *client.SeveralLinkedError
	)
	const declare = " Declare it without an import to create it."
	switch {
	case errors.As(err, &id) && id.Purpose == client.BranchAppliance:
		return fmt.Sprintf("%q is not an import id of a branch backup. The id is the name of an appliance, such as "+
			"\"sba-nantes.contoso.com\".", id.ID)
	case errors.As(err, &id):
		return fmt.Sprintf("%q is not an import id of a pool pair. The id is "+
			"\"pool-a.contoso.com,pool-b.contoso.com\" in any order, or one of the two names.", id.ID)
	case errors.As(err, &noBackup):
		return sentence(err.Error()+", so there is nothing to import") + declare
	case errors.As(err, &notLinked) && notLinked.Other.IsZero():
		return sentence(err.Error() + ", so there is no pair to import")
	case errors.As(err, &notLinked):
		return sentence(err.Error()+", so there is no pair to import") + declare
	case errors.As(err, &several):
		return fmt.Sprintf("%[1]s is linked with several pools: %[2]s. Name both pools of the pair to import, "+
			"\"%[1]s,%[3]s\".", several.Pool, phrase.FQDNs(several.Linked), several.Linked[0])
	default:
		return errorSentences(err)
	}
}

// sentence returns a text of an error as a sentence.
func sentence(text string) string { return message.Capitalise(message.Sentence(text)) }

// oneNameEach is the advice for clusters that their names do not identify.
const oneNameEach = "Give each pool and each appliance its own name in Topology Builder and publish"

// poolErrorText returns why a name does not identify a pool or an appliance that suits its purpose.
func poolErrorText(e client.PoolError) string {
	switch {
	case len(e.Several) > 0:
		return fmt.Sprintf("%d clusters of the topology in %s have the name %s, which identifies none of them: %s "+
			"(TD-NAME). %s", len(e.Several), e.Location, e.Name, phrase.Clusters(e.Several...), oneNameEach)
	case e.Found != nil:
		return unsuitableText(e)
	case e.Owner != nil && !e.Owner.HasName:
		return fmt.Sprintf("%s is a computer of the cluster %s, which has no usable name (TD-NAME). %s",
			e.Name, phrase.Clusters(e.Owner), oneNameEach)
	case e.Owner != nil && e.Purpose == client.PairMember:
		return fmt.Sprintf("%s is a computer of the pool %s. Name the pool", e.Name, e.Owner.FQDN)
	case e.Owner != nil && e.Purpose == client.BranchAppliance:
		return fmt.Sprintf("%s is a computer of %s, which is %s, and not an appliance", e.Name, e.Owner.FQDN,
			e.Owner.Description)
	case e.Owner != nil:
		return fmt.Sprintf("%s is a computer of %s, which is %s. Name the pool", e.Name, e.Owner.FQDN,
			e.Owner.Description)
	case e.Purpose == client.BranchAppliance:
		return fmt.Sprintf("the topology in %s has no appliance %s", e.Location, e.Name)
	default:
		return fmt.Sprintf("the topology in %s has no pool %s", e.Location, e.Name)
	}
}

// unsuitableText returns why a pool or a host does not suit the purpose for which it is named.
func unsuitableText(e client.PoolError) string {
	is := fmt.Sprintf("%s is %s", e.Name, e.Found.Description)
	isAppliance := e.Found.Kind == topology.KindAppliance
	switch {
	case e.Purpose == client.PairMember:
		return fmt.Sprintf("%s of %s. A pool pair has two Front End pools of Lync Server 2013 or later", is,
			topology.VersionName(e.Found.Version))
	case e.Purpose == client.BranchAppliance:
		return is + ". A branch backup belongs to a Survivable Branch Appliance or Server"
	case e.Purpose == client.InventoryEntry && isAppliance:
		return fmt.Sprintf("neither the user services nor the backup registrar of the appliance %s are on a Front "+
			"End pool, so no pool would include its users", e.Name)
	case e.Purpose == client.InventoryEntry:
		return is + ". An inventory has Front End pools and appliances"
	case e.Purpose == client.FailingPool && isAppliance:
		return is + ". Name the Front End pool that fails"
	case e.Purpose == client.FailingPool && e.Found.Kind != topology.KindOther:
		return is + ", which homes no users. Name a Front End pool"
	default:
		return is + ", and not a pool"
	}
}

// noPairText returns why a pool is in no pair.
func noPairText(e client.NoPairError) string {
	if len(e.BackupRegistrars) == 0 {
		return fmt.Sprintf("%s is in no pair in %s", e.Pool, e.Location)
	}
	return fmt.Sprintf("%s is in no pair in %s: it names %s as its backup registrar, and nothing else links the two",
		e.Pool, e.Location, strings.Join(e.BackupRegistrars, ", "))
}

// firstOf lists the first names of many, and counts the rest.
func firstOf(names []string) string {
	const shown = 20
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s, and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

// noShellText names the commands that do what only a management shell can.
func noShellText(e client.NoShellError) string {
	partner := "its partner"
	if !e.Pools[1].IsZero() {
		partner = e.Pools[1].String()
	}
	pool := argument.PowerShell(e.Pools[0].String())
	purpose, command := "get the state of backup services",
		fmt.Sprintf("(Get-CsBackupServiceStatus -PoolFqdn %s).BackupModules", pool)
	if e.Sync {
		purpose, command = "start a synchronization", fmt.Sprintf("Invoke-CsBackupServiceSync -PoolFqdn %s", pool)
	}
	return fmt.Sprintf("This provider works on %s, and only a management shell can %s. On a server of the "+
		"deployment, run\n\n  %s\n\nand the same for %s, or configure "+
		"management_shell.", e.Location, purpose, command, partner)
}
