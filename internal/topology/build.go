package topology

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// buildTopology makes the model. It never fails: what does not fit is left out or left unresolved, and the rules
// report it.
func buildTopology(root *element) *Topology {
	t := &Topology{
		Signature:  root.attr("Signature"),
		byFQDN:     map[string][]*Pool{},
		byCluster:  map[ClusterID]*Pool{},
		byComputer: map[string][]*Pool{},
		byService:  map[ServiceID][]*Service{},
	}
	if sites := root.child("Sites"); sites != nil {
		t.Sites = buildSites(sites)
	}
	sites := map[string]*Site{}
	for _, site := range t.Sites {
		sites[site.ID] = site
	}
	if clusters := root.child("Clusters"); clusters != nil {
		for _, el := range clusters.children("Cluster") {
			t.addPool(el, sites)
		}
	}
	if services := root.child("Services"); services != nil {
		for _, el := range services.children("Service") {
			t.addService(el)
		}
	}
	for _, p := range t.Pools {
		t.classify(p)
	}
	t.indexLinks()
	t.dangling = sync.OnceValue(t.danglingReferences)
	return t
}

// parentAttribute matches attributes in which a branch site may name its central site. No document with a branch
// site was at hand, so this is deliberately wide.
var parentAttribute = regexp.MustCompile(`^(Central|Parent)\w*Site(Id)?$`)

// buildSites takes every element under Sites, at any depth, that has a SiteId: the name of the element of a branch
// site is not known for certain. An element that only repeats the SiteId of another site refers to it and is no site
// of its own; the site itself is central, or has a Name.
func buildSites(sites *element) []*Site {
	var found []*Site
	byID := map[string]int{}         // index in found
	parents := map[*Site][2]string{} // SiteId of the enclosing central site, and of the one an attribute names
	var walk func(el *element, enclosing string)
	walk = func(el *element, enclosing string) {
		for _, n := range el.nodes {
			if n.el == nil {
				continue
			}
			inner := enclosing
			if id := canonicalNumber(n.el.attr("SiteId")); id != "" {
				site := &Site{ID: id, Kind: siteKind(n.el.local)}
				if name := n.el.child("Name"); name != nil {
					site.Name = name.content()
				}
				switch site.Kind {
				case SiteCentral:
					inner = id
				case SiteBranch:
					parents[site] = [2]string{enclosing, namedParent(n.el)}
				case SiteLegacy:
				}
				if at, known := byID[id]; !known {
					byID[id] = len(found)
					found = append(found, site)
				} else if site.outranks(found[at]) {
					found[at] = site
				}
			}
			walk(n.el, inner)
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

// outranks says which of two elements with one SiteId is the site that the other refers to.
func (s *Site) outranks(other *Site) bool {
	if (s.Kind == SiteCentral) != (other.Kind == SiteCentral) {
		return s.Kind == SiteCentral
	}
	return s.Name != "" && other.Name == ""
}

// namedParent returns the SiteId that an attribute of a branch site gives for its central site, "" for none.
func namedParent(site *element) string {
	for _, a := range site.attrs {
		if parentAttribute.MatchString(a.local) {
			return canonicalNumber(a.value)
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

func (t *Topology) addPool(el *element, sites map[string]*Site) {
	p := &Pool{FQDN: CanonicalFQDN(el.attr("Fqdn"))}
	if id := el.child("ClusterId"); id != nil {
		p.ID = clusterID(id)
	}
	for _, machine := range el.children("Machine") {
		name := CanonicalFQDN(machine.attr("Fqdn"))
		p.Machines = append(p.Machines, name)
		t.byComputer[name] = append(t.byComputer[name], p)
	}
	p.Site = sites[p.ID.Site]
	t.Pools = append(t.Pools, p)
	t.byFQDN[p.FQDN] = append(t.byFQDN[p.FQDN], p)
	if t.byCluster[p.ID] == nil && p.ID != (ClusterID{}) { // or whatever does not say where it is would be installed on it
		t.byCluster[p.ID] = p
	}
}

func (t *Topology) addService(el *element) {
	s := &Service{element: el}
	if id := el.child("ServiceId"); id != nil {
		s.ID = serviceID(id)
	}
	if version, err := strconv.Atoi(strings.TrimSpace(el.attr("ServiceVersion"))); err == nil {
		s.Version = version
	}
	if dependsOn := el.child("DependsOn"); dependsOn != nil {
		for _, dependency := range dependsOn.children("Dependency") {
			for _, id := range dependency.children("ServiceId") {
				s.DependsOn = append(s.DependsOn, Dependency{Usage: dependency.attr("Usage"), Target: serviceID(id)})
			}
		}
	}
	if installed := el.child("InstalledOn"); installed != nil {
		if id := installed.child("ClusterId"); id != nil {
			s.Cluster = clusterID(id)
		} else if sql := installed.child("SqlInstanceId"); sql != nil {
			if id := sql.child("ClusterId"); id != nil {
				s.Cluster = clusterID(id)
				// Windows compares the names of SQL Server instances without case.
				s.SQLInstance = &SQLInstanceID{Name: strings.ToLower(sql.attr("Name")), Cluster: s.Cluster}
			}
		}
	}
	for _, backup := range el.children("Backup") {
		s.Backups = append(s.Backups, readBackup(backup))
	}
	if payload := el.payload("RegistrarService"); payload != nil {
		s.IsDirector = isTrue(payload.attr("IsDirector"))
	}
	if payload := el.payload("CentralMgmtService"); payload != nil {
		s.IsActive = isTrue(payload.attr("IsActive"))
	}
	if modules := modulesOf(el); modules != nil {
		for _, n := range modules.nodes {
			if n.el != nil {
				s.Modules = append(s.Modules, Module{Role: n.el.attr("RoleName"), Component: n.el.attr("ComponentName")})
			}
		}
	}
	t.Services = append(t.Services, s)
	t.byService[s.ID] = append(t.byService[s.ID], s)
	if p := t.byCluster[s.Cluster]; p != nil {
		p.Services = append(p.Services, s)
	}
}

func readBackup(el *element) Backup {
	failure, hasFailure := el.lookupAttr(attrFailureDetection)
	failback, hasFailback := el.lookupAttr(attrFailbackDetection)
	backup := Backup{Settings: Settings{
		AutomaticFailover: isTrue(el.attr(attrAutomaticFailover)),
		FailureDetection:  parseDuration(failure),
		FailbackDetection: parseDuration(failback),
	}}
	s := &backup.Settings
	s.FailureUnreadable = hasFailure && s.FailureDetection == nil
	s.FailbackUnreadable = hasFailback && s.FailbackDetection == nil
	if id := el.child("ServiceId"); id != nil {
		backup.Target, backup.Named = serviceID(id), true
	}
	return backup
}

// modulesOf returns the list of modules of a BackupService, nil for none.
func modulesOf(service *element) *element {
	if payload := service.payload("BackupService"); payload != nil {
		return payload.payload("Modules")
	}
	return nil
}

func serviceID(el *element) ServiceID {
	return ServiceID{
		Site:     canonicalNumber(el.attr("SiteId")),
		Role:     strings.TrimSpace(el.attr("RoleName")),
		Instance: canonicalNumber(el.attr("Instance")),
	}
}

func clusterID(el *element) ClusterID {
	return ClusterID{Site: canonicalNumber(el.attr("SiteId")), Number: canonicalNumber(el.attr("Number"))}
}

// canonicalNumber makes two spellings of one number equal; what is no number is kept as it is.
func canonicalNumber(text string) string {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64); err == nil {
		return strconv.FormatUint(n, 10)
	}
	return text
}

// isTrue reads an xs:boolean. The letter case is not held against anybody.
func isTrue(text string) bool {
	text = strings.ToLower(strings.TrimSpace(text))
	return text == "true" || text == "1"
}
