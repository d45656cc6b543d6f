package topology_test

import (
	"fmt"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// exampleEstate has four pools, two of which are a pair.
var exampleEstate = testkit.Estate{
	Sites: []testkit.Site{{ID: 1, Name: "Paris"}, {ID: 2, Name: "Lyon"}},
	Pools: []testkit.Pool{
		{FQDN: "pool1.contoso.com", Site: 1}, {FQDN: "pool2.contoso.com", Site: 2},
		{FQDN: "pool3.contoso.com", Site: 1}, {FQDN: "pool4.contoso.com", Site: 2},
	},
	Pairs: []testkit.Pair{{A: "pool1.contoso.com", B: "pool2.contoso.com"}},
}

// Parse reads a document, Topology returns its model.
func ExampleParse() {
	doc, err := topology.Parse(exampleEstate.Document())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pool := range doc.Topology().FrontEnds() {
		fmt.Println(pool.FQDN, pool.Edition, topology.VersionName(pool.Version), "in", pool.Site.Name)
	}
	_, err = topology.Parse([]byte("<Settings/>"))
	fmt.Println(err)
	// Output:
	// pool1.contoso.com standard Lync Server 2013 in Paris
	// pool2.contoso.com standard Lync Server 2013 in Lyon
	// pool3.contoso.com standard Lync Server 2013 in Paris
	// pool4.contoso.com standard Lync Server 2013 in Lyon
	// the root element is Settings; a published topology has Topology; export it: (Get-CsTopology -AsXml).ToString() > topology.xml
}

// Pairs lists complete and incomplete pairs.
func ExampleTopology_Pairs() {
	doc, err := topology.Parse(exampleEstate.Document())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pair := range doc.Topology().Pairs() {
		settings := pair.First.Registrar.Backups[0].Settings
		length, _ := settings.FailureDetection.Length()
		fmt.Println(pair.First.FQDN, "and", pair.Second.FQDN)
		fmt.Println("complete:", pair.Links.All())
		fmt.Println("failure detection:", length)
	}
	// Output:
	// pool1.contoso.com and pool2.contoso.com
	// complete: true
	// failure detection: 5m0s
}

// CreatePair adds a pair. All other lines of the document stay as they are.
func ExampleEditor_CreatePair() {
	raw := exampleEstate.Document()
	doc, err := topology.Parse(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	settings := topology.DesiredSettings{
		AutomaticFailover: true,
		FailureDetection:  5 * time.Minute,
		FailbackDetection: 10 * time.Minute,
	}
	editor := topology.NewEditor(doc)
	pool3, pool4 := topology.MustParseFQDN("pool3.contoso.com"), topology.MustParseFQDN("pool4.contoso.com")
	err = editor.CreatePair(topology.DesiredPair{
		Members:  [2]topology.FQDN{pool3, pool4},
		Settings: map[topology.FQDN]topology.DesiredSettings{pool3: settings, pool4: settings},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(testkit.Diff(raw, editor.Document().Bytes()))
	// Output:
	// +      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">
	// +        <ServiceId SiteId="2" RoleName="Registrar" Instance="2" />
	// +      </Backup>
	// +      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">
	// +        <ServiceId SiteId="1" RoleName="Registrar" Instance="2" />
	// +      </Backup>
	// +      </InstalledOn>
	// +      <Ports xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008">
	// +        <Port Owner="urn:component:BackupService" Usage="WcfServer" InterfaceSide="Primary" InterfaceNumber="1" Port="443" Protocol="Https" UrlPath="/BackupService/" AuthorizesRequests="false" />
	// +      </Ports>
	// +      <BackupService xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008">
	// +        <Modules>
	// +          <Module RoleName="UserServices" ComponentName="PresenceFocus" />
	// +          <Module RoleName="ConfServices" ComponentName="DataConf" />
	// +        </Modules>
	// +      </BackupService>
	// +    </Service>
	// +    <Service RoleVersion="1" ServiceVersion="6" Type="Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService">
	// +      <ServiceId SiteId="1" RoleName="BackupService" Instance="2" />
	// +      <DependsOn>
	// +        <Dependency Usage="Default">
	// +          <ServiceId SiteId="2" RoleName="BackupService" Instance="2" />
	// +        </Dependency>
	// +        <Dependency Usage="Default">
	// +          <ServiceId SiteId="1" RoleName="FileStore" Instance="2" />
	// +        </Dependency>
	// +      </DependsOn>
	// +      <InstalledOn>
	// +        <ClusterId SiteId="1" Number="2" />
	// +      </InstalledOn>
	// +      <Ports xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008">
	// +        <Port Owner="urn:component:BackupService" Usage="WcfServer" InterfaceSide="Primary" InterfaceNumber="1" Port="443" Protocol="Https" UrlPath="/BackupService/" AuthorizesRequests="false" />
	// +      </Ports>
	// +      <BackupService xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008">
	// +        <Modules>
	// +          <Module RoleName="UserServices" ComponentName="PresenceFocus" />
	// +          <Module RoleName="ConfServices" ComponentName="DataConf" />
	// +        </Modules>
	// +      </BackupService>
	// +    </Service>
	// +    <Service RoleVersion="1" ServiceVersion="6" Type="Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles.BackupService">
	// +      <ServiceId SiteId="2" RoleName="BackupService" Instance="2" />
	// +      <DependsOn>
	// +        <Dependency Usage="Default">
	// +          <ServiceId SiteId="1" RoleName="BackupService" Instance="2" />
	// +        </Dependency>
	// +        <Dependency Usage="Default">
	// +          <ServiceId SiteId="2" RoleName="FileStore" Instance="2" />
	// +        </Dependency>
	// +      </DependsOn>
	// +      <InstalledOn>
	// +        <ClusterId SiteId="2" Number="2" />
}

// UpdatePair writes only the values that differ.
func ExampleEditor_UpdatePair() {
	raw := exampleEstate.Document()
	doc, err := topology.Parse(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	settings := topology.DesiredSettings{
		AutomaticFailover: true,
		FailureDetection:  5 * time.Minute,
		FailbackDetection: 10 * time.Minute,
	}
	longer := settings
	longer.FailbackDetection = time.Hour
	editor := topology.NewEditor(doc)
	pool1, pool2 := topology.MustParseFQDN("pool1.contoso.com"), topology.MustParseFQDN("pool2.contoso.com")
	err = editor.UpdatePair(topology.DesiredPair{
		Members:  [2]topology.FQDN{pool1, pool2},
		Settings: map[topology.FQDN]topology.DesiredSettings{pool1: settings, pool2: longer},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(testkit.Diff(raw, editor.Document().Bytes()))
	// Output:
	// -      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT0H10M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">
	// +      <Backup EnableAutomaticFailover="true" FailbackDetectionInterval="P0Y0M0DT1H0M0S" FailureDetectionInterval="P0Y0M0DT0H5M0S">
}
