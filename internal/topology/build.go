package topology

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/persistent"
	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// buildTopology builds the model. It leaves out invalid parts and leaves invalid references unresolved, which the rules
// report. It fails for more than maxServices services of one identity.
func buildTopology(root *xmldoc.Element) (*Topology, error) {
	t := &Topology{
		Signature: root.Attr("Signature"),
		byFQDN:    map[FQDN][]int{}, byCluster: map[ClusterID]int{}, byComputer: map[FQDN]int{},
	}
	if sites := child(root, "Sites"); sites != nil {
		t.Sites = buildSites(sites)
	}
	sites := map[string]*Site{}
	for _, site := range t.Sites {
		sites[site.ID] = site
	}
	var pools []*Pool
	for _, el := range children(child(root, "Clusters"), "Cluster") {
		p := readPool(el, sites)
		p.order = len(pools)
		pools = append(pools, p)
	}
	t.pools = persistent.NewVector(pools)
	t.indexPools()
	services := readServices(child(root, "Services"))
	t.services = persistent.NewVector(services)
	if err := t.indexServices(services); err != nil {
		return nil, err
	}
	for _, p := range pools {
		t.classify(p)
	}
	t.indexNames(pools)
	t.indexLinks(pools)
	return t, nil
}

// readServices returns the services inside the element Services. It is nil for a document without that.
func readServices(el *xmldoc.Element) []*Service {
	var services []*Service
	var before xmldoc.Node
	for n := range el.Nodes() {
		if n.Element != nil && n.Element.Is(namespaceTopology, "Service") {
			s := readService(n.Element)
			s.index = len(services)
			if before.IsSpace() {
				s.space = before.Text
			}
			_, s.end = n.Element.Range()
			services = append(services, s)
		}
		before = n
	}
	return services
}

// indexPools records the pools by their clusters.
func (t *Topology) indexPools() {
	for order, p := range t.pools.All {
		// A cluster without identity would otherwise host all services without a cluster.
		if _, known := t.byCluster[p.ID]; !known && p.ID != (ClusterID{}) {
			t.byCluster[p.ID] = order
		}
	}
}

// indexServices records the services by their identities, by those that they name, and on their pools.
func (t *Topology) indexServices(services []*Service) error {
	byService, namedBy := make(map[ServiceID][]int, len(services)), make(map[ServiceID][]int, len(services))
	for _, s := range services {
		having := append(byService[s.ID], s.index)
		if len(having) > maxServices {
			return tooManyServices(s.ID)
		}
		byService[s.ID] = having
		for _, id := range s.references() {
			if by := namedBy[id]; len(by) == 0 || by[len(by)-1] != s.index {
				namedBy[id] = append(by, s.index)
			}
		}
		switch s.ID.Role {
		case RoleCentralMgmt:
			t.central = append(t.central, s.index)
		case RoleBackupService:
			t.backupServices = append(t.backupServices, s.index)
		}
		if p := t.Cluster(s.Cluster); p != nil {
			p.install(s)
		}
	}
	t.byService, t.namedBy = persistent.NewMap(byService), persistent.NewMap(namedBy)
	return nil
}

// install adds a service to a pool that is being built.
func (p *Pool) install(s *Service) {
	p.Services = append(p.Services, s)
	if p.byRole == nil {
		p.byRole = map[string][]*Service{}
	}
	p.byRole[s.ID.Role] = append(p.byRole[s.ID.Role], s)
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
	if isCanonical(text) {
		return text
	}
	if n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return text
}

// isCanonical reports whether a text is a number of at most 19 digits without a leading zero.
func isCanonical(text string) bool {
	if text == "" || len(text) > 19 || text[0] == '0' {
		return text == "0"
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
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
