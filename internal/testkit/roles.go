package testkit

import "strings"

const (
	topologyNS  = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008"
	rolesNS     = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008"
	webNS       = "urn:schema:Microsoft.Rtc.Management.Deploy.WebServices.2011"
	baseTypesNS = "urn:schema:Microsoft.Rtc.Management.BaseTypes.2008"
	roleTypes   = "Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles."
)

// rolePorts lists some ports of each role from published documents, one per line: owner, usage, interface, port,
// protocol, path, whether it authorizes, optional attributes.
var rolePorts = map[string]string{
	"UserServices": `
		component:McuFactory WebServer Primary 444 Mtls /LiveServer/McuFactory/ false
		component:PresenceFocus UserPinManagement Primary 443 Https /LiveServer/UserPinManagement/ false`,
	"Registrar": `
		component:Registrar SipServer Primary 5061 Mtls / true GruuType=HomeServer
		component:Registrar WebServer Primary 444 Mtls /LiveServer/Focus/ false
		component:WinFab WinFabFederation Primary 5090 Tcp / false`,
	// Ordinary pools list components of Persistent Chat. Code must not take them for Persistent Chat pools.
	"WebServices": `
		component:OCSWebSite WebSite External 4443 Https / false ConfiguredPort=443
		component:OCSWebSite WebSite Primary 443 Https / false
		component:PersistentChatWebManager SipServer Primary 5095 Mtls / true GruuType=PersistentChatRMWebInternal`,
	"ConfServices": `
		component:IMConf SipServer Primary 5062 Mtls / false GruuType=chat
		component:DataConf PsomClient Primary 8057 Tls / false
		component:MediaComp AudioCommunication Primary 49152 TcpOrUdp / false Range=8348`,
	"MediationServer": `
		component:Mediation SipServer Primary 5070 Mtls / true GruuType=MediationServer
		component:Mediation SipClient Pstn 5067 Tls / false`,
	"ApplicationServer": `
		application:Cas SipServer Primary 5073 Mtls / true GruuType=Microsoft.Rtc.Applications.Cas
		application:RGS WcfMtls Primary 8404 Mtls / false`,
	"BackupService": `
		component:BackupService WcfServer Primary 443 Https /BackupService/ false`,
	"EdgeServer": `
		component:AccessEdge SipServer Internal 5061 Mtls / false
		component:MediaRelayEdge TURNServer Internal 443 Tcp / false`,
	"ManagementServices": `
		component:ReplicationService Replication Internal 4443 Https / false`,
	"PersistentChatService": `
		component:PersistentChat SipServer Primary 5041 Mtls / true GruuType=PersistentChat`,
	"PstnGateway": `
		component:GatewayComp SipClient Pstn 5066 Tcp / false`,
	"ExternalServer": `
		application:contoso SipServer Primary 6000 Mtls / true GruuType=contoso`,
}

// payloads has the name of the payload element by role. Other roles have no payload.
var payloads = map[string]string{
	"Registrar":         "RegistrarService",
	"FileStore":         "FileStoreService",
	"WebServices":       "WebService",
	"ConfServices":      "ConfService",
	"ApplicationServer": "ApplicationServerService",
	"CentralMgmt":       "CentralMgmtService",
	"BackupService":     "BackupService",
	"WacService":        "WacService",
	"PstnGateway":       "PstnGatewayService",
}

func ports(role string) []*node {
	var all []*node
	for line := range strings.Lines(rolePorts[role]) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		p := element("Port").attr("Owner", "urn:"+f[0]).attr("Usage", f[1]).attr("InterfaceSide", f[2]).
			attr("InterfaceNumber", "1").attr("Port", f[3]).attr("Protocol", f[4]).attr("UrlPath", f[5]).
			attr("AuthorizesRequests", f[6])
		for _, extra := range f[7:] {
			name, value, _ := strings.Cut(extra, "=")
			p.attr(name, value)
		}
		all = append(all, p)
	}
	return all
}

func payload(role string) *node {
	name := payloads[role]
	if name == "" {
		return nil
	}
	n := element(name).attr("xmlns", rolesNS)
	if role == "ConfServices" {
		mcus := element("MCUs")
		for _, component := range []string{"IMConf", "DataConf", "AppSharingConf", "AVConf"} {
			mcu := element("MCU").attr("ComponentName", component).attr("Vendor", "Microsoft")
			if component == "DataConf" {
				mcu.attr("MinSupportedMode", "14")
			}
			mcus.add(mcu)
		}
		n.add(mcus)
	}
	return n
}

func registrarPayload(director bool, version int) *node {
	n := payload("Registrar").attr("IsDirector", boolean(director))
	if version >= 8 { // known only from documents of Skype for Business Server 2019
		n.attr("IsPoolEnabledForSAOnEdge", "false")
	}
	return n
}

func webPayload(host string) *node {
	components := element("WebComponents").attr("xmlns", webNS)
	for _, name := range []string{"ABHandler", "LIService", "Meet", "UcwaService", "WebTicket", "PersistentChatWeb",
		"PersistentChatWebManager"} {
		components.add(element("Component").attr("ComponentName", name))
	}
	return payload("WebServices").add(
		element("ExternalSettings").attr("Host", host).add(element("OverrideUrls")),
		components,
		element("UpaSeparator").attr("xmlns", baseTypesNS),
	)
}

func backupPayload(central bool) *node {
	modules := element("Modules").add(
		element("Module").attr("RoleName", "UserServices").attr("ComponentName", "PresenceFocus"),
		element("Module").attr("RoleName", "ConfServices").attr("ComponentName", "DataConf"),
	)
	if central {
		modules.add(element("Module").attr("RoleName", "CentralMgmt").attr("ComponentName", "CMSMaster"))
	}
	return payload("BackupService").add(modules)
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
