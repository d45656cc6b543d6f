package topology

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// buildTopology builds the model. It never fails: it leaves out invalid parts and leaves invalid references unresolved.
// The rules report them.
func buildTopology(root *xmldoc.Element) *Topology {
	t := newTopology(root.Attr("Signature"), nil)
	if sites := child(root, "Sites"); sites != nil {
		t.Sites = buildSites(sites)
	}
	sites := map[string]*Site{}
	for _, site := range t.Sites {
		sites[site.ID] = site
	}
	if clusters := child(root, "Clusters"); clusters != nil {
		for _, el := range children(clusters, "Cluster") {
			t.addPool(readPool(el, sites))
		}
	}
	if services := child(root, "Services"); services != nil {
		for _, el := range children(services, "Service") {
			t.addService(readService(el))
		}
	}
	t.complete()
	return t
}

// newTopology returns a model without pools and services.
func newTopology(signature string, sites []*Site) *Topology {
	return &Topology{
		Signature:  signature,
		Sites:      sites,
		byFQDN:     map[FQDN][]*Pool{},
		byCluster:  map[ClusterID]*Pool{},
		byComputer: map[FQDN]*Pool{},
		byService:  map[ServiceID][]*Service{},
	}
}

// complete sets what depends on all pools and services.
func (t *Topology) complete() {
	for _, p := range t.Pools {
		t.classify(p)
		for _, name := range p.Machines {
			if other := t.byComputer[name]; other == nil || other.Registrar == nil && p.Registrar != nil {
				t.byComputer[name] = p
			}
		}
	}
	t.indexNames()
	t.indexLinks()
	t.namedBy = sync.OnceValue(t.referencedServices)
	t.dangling = sync.OnceValue(t.danglingReferences)
}

// parentAttribute matches the names of attributes in which a branch site can name its central site. The exact name is
// not known from a real document, so the pattern is wide on purpose.
var parentAttribute = regexp.MustCompile(`^(Central|Parent)\w*Site(Id)?$`)

// buildSites returns a site for every SiteId under Sites, at any depth, because the name of the element of a branch
// site is not known for certain. Several elements with one SiteId are references to one site.
func buildSites(sites *xmldoc.Element) []*Site {
	var found []*Site
	byID := map[string]int{}         // index in found
	parents := map[*Site][2]string{} // SiteId of the enclosing central site, and of the one an attribute names
	var walk func(el *xmldoc.Element, enclosing string)
	walk = func(el *xmldoc.Element, enclosing string) {
		for el := range el.Elements() {
			inner := enclosing
			if id := canonicalNumber(el.Attr("SiteId")); id != "" {
				site := &Site{ID: id, Kind: siteKind(el.Local())}
				if name := child(el, "Name"); name != nil {
					site.Name = name.CharData()
				}
				switch site.Kind {
				case SiteCentral:
					inner = id
				case SiteBranch:
					parents[site] = [2]string{enclosing, namedParent(el)}
				case SiteLegacy:
				}
				if at, known := byID[id]; !known {
					byID[id] = len(found)
					found = append(found, site)
				} else if site.outranks(found[at]) {
					found[at] = site
				}
			}
			walk(el, inner)
		}
	}
	walk(sites, "")

	for _, site := range found {
		for _, id := range parents[site] {
			if at, ok := byID[id]; ok && site.Parent == nil && found[at].Kind == SiteCentral {
				site.Parent = found[at]
			}
		}
	}
	return found
}

// outranks reports whether s is the site, and other is a reference to it with the same SiteId.
func (s *Site) outranks(other *Site) bool {
	if (s.Kind == SiteCentral) != (other.Kind == SiteCentral) {
		return s.Kind == SiteCentral
	}
	return s.Name != "" && other.Name == ""
}

// namedParent returns the SiteId of the central site that an attribute of a branch site names, "" for none.
func namedParent(site *xmldoc.Element) string {
	for a := range site.Attrs() {
		if parentAttribute.MatchString(a.Local) {
			return canonicalNumber(a.Value)
		}
	}
	return ""
}

func siteKind(local string) SiteKind {
	switch local {
	case "CentralSite":
		return SiteCentral
	case "BackCompatSite":
		return SiteLegacy
	default:
		return SiteBranch
	}
}

func readPool(el *xmldoc.Element, sites map[string]*Site) *Pool {
	p := &Pool{FQDN: observedFQDN(el.Attr("Fqdn"))}
	if id := child(el, "ClusterId"); id != nil {
		p.ID = clusterID(id)
	}
	if p.HasName = !p.FQDN.IsZero(); !p.HasName {
		p.FQDN = unnamed(p.ID)
	}
	for _, machine := range children(el, "Machine") {
		p.Machines = append(p.Machines, observedFQDN(machine.Attr("Fqdn")))
	}
	p.Site = sites[p.ID.Site]
	return p
}

// addPool adds a pool without services.
func (t *Topology) addPool(p *Pool) {
	p.order, p.byRole = len(t.Pools), map[string][]*Service{}
	t.Pools = append(t.Pools, p)
	if p.HasName {
		t.byFQDN[p.FQDN] = append(t.byFQDN[p.FQDN], p)
	}
	// A cluster without identity would otherwise host all services without a cluster.
	if t.byCluster[p.ID] == nil && p.ID != (ClusterID{}) {
		t.byCluster[p.ID] = p
	}
}

func readService(el *xmldoc.Element) *Service {
	s := &Service{element: el}
	if id := child(el, "ServiceId"); id != nil {
		s.ID = serviceID(id)
	}
	if version, err := strconv.Atoi(strings.TrimSpace(el.Attr("ServiceVersion"))); err == nil {
		s.Version = version
	}
	if dependsOn := child(el, "DependsOn"); dependsOn != nil {
		for _, dependency := range children(dependsOn, "Dependency") {
			for _, id := range children(dependency, "ServiceId") {
				s.DependsOn = append(s.DependsOn, Dependency{Usage: dependency.Attr("Usage"), Target: serviceID(id)})
			}
		}
	}
	if installed := child(el, "InstalledOn"); installed != nil {
		if id := child(installed, "ClusterId"); id != nil {
			s.Cluster = clusterID(id)
		} else if sql := child(installed, "SqlInstanceId"); sql != nil {
			if id := child(sql, "ClusterId"); id != nil {
				s.Cluster = clusterID(id)
				s.SQLInstance = &SQLInstanceID{Name: instanceName(sql.Attr("Name")), Cluster: s.Cluster}
			}
		}
	}
	for _, backup := range children(el, "Backup") {
		s.Backups = append(s.Backups, readBackup(backup))
	}
	if payload := payloadChild(el, "RegistrarService"); payload != nil {
		s.IsDirector = isTrue(payload.Attr("IsDirector"))
	}
	if payload := payloadChild(el, "CentralMgmtService"); payload != nil {
		s.IsActive = isTrue(payload.Attr("IsActive"))
	}
	if modules := modulesOf(el); modules != nil {
		for m := range modules.Elements() {
			s.Modules = append(s.Modules, Module{Role: m.Attr("RoleName"), Component: m.Attr("ComponentName")})
		}
	}
	return s
}

// addService adds a service to the topology and to the pool on which it is installed.
func (t *Topology) addService(s *Service) {
	t.Services = append(t.Services, s)
	t.byService[s.ID] = append(t.byService[s.ID], s)
	if p := t.byCluster[s.Cluster]; p != nil {
		p.Services = append(p.Services, s)
		p.byRole[s.ID.Role] = append(p.byRole[s.ID.Role], s)
	}
}

func readBackup(el *xmldoc.Element) Backup {
	backup := Backup{Settings: Settings{
		FailureDetection:  readInterval(el, attrFailureDetection),
		FailbackDetection: readInterval(el, attrFailbackDetection),
	}}
	backup.Settings.AutomaticFailover, backup.Settings.failover = readBoolean(el, attrAutomaticFailover)
	if id := child(el, "ServiceId"); id != nil {
		backup.Target, backup.Named = serviceID(id), true
	}
	return backup
}

// modulesOf returns the Modules element of a BackupService, nil for none.
func modulesOf(service *xmldoc.Element) *xmldoc.Element {
	if payload := payloadChild(service, "BackupService"); payload != nil {
		return payloadChild(payload, "Modules")
	}
	return nil
}

func serviceID(el *xmldoc.Element) ServiceID {
	return ServiceID{
		Site:     canonicalNumber(el.Attr("SiteId")),
		Role:     strings.TrimSpace(el.Attr("RoleName")),
		Instance: canonicalNumber(el.Attr("Instance")),
	}
}

func clusterID(el *xmldoc.Element) ClusterID {
	return ClusterID{Site: canonicalNumber(el.Attr("SiteId")), Number: canonicalNumber(el.Attr("Number"))}
}

// canonicalNumber returns a number without sign and leading zeros. It returns any other text without the white space
// around it.
func canonicalNumber(text string) string {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return text
}

// isTrue reports whether text is a true xs:boolean. Letter case is ignored.
func isTrue(text string) bool {
	value, _ := parseBoolean(text)
	return value
}

// readBoolean returns the xs:boolean in an attribute, false if it is absent or unreadable.
func readBoolean(el *xmldoc.Element, attribute string) (bool, attributeState) {
	text, ok := el.LookupAttr(attribute)
	if !ok {
		return false, attributeAbsent
	}
	value, ok := parseBoolean(text)
	if !ok {
		return false, attributeUnreadable
	}
	return value, attributeSet
}

// parseBoolean reads an xs:boolean. Letter case is ignored.
func parseBoolean(text string) (value, ok bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	default:
		return false, false
	}
}
