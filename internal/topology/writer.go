package topology

import (
	"strconv"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// writer writes new elements of the topology with the prefixes that their neighbours use.
type writer struct {
	*xmldoc.Writer
	prefix string // prefix of the topology's namespace, with its colon
	roles  string // prefix of the namespace of service roles, with its colon; "" if an element has to declare it
}

// newServiceWriter returns a writer for a service in the style of the last one.
func newServiceWriter(services *xmldoc.Element, last *Service) *writer {
	w := &writer{
		Writer: xmldoc.NewWriter(services, xmldoc.StyleOf(last.space, last.element)),
		prefix: neighbourPrefix(services, last.element),
	}
	if prefix, ok := services.PrefixFor(namespaceServiceRoles); ok && prefix != "" {
		w.roles = prefix + ":"
	}
	return w
}

// newChildWriter returns a writer for a child element of a service, in the style of the last service. The element will
// follow neighbour.
func newChildWriter(last *Service, service, neighbour *xmldoc.Element) *writer {
	style := xmldoc.StyleOf(last.space, last.element)
	return &writer{
		Writer: xmldoc.NewWriter(service, style.At(service.SpaceBefore(neighbour))),
		prefix: neighbourPrefix(service, neighbour),
	}
}

// neighbourPrefix returns the prefix of a child element, or of its parent if only the child itself declares its prefix.
func neighbourPrefix(parent, neighbour *xmldoc.Element) string {
	if neighbour != nil {
		prefix := neighbour.Prefix()
		if parent.Namespace(strings.TrimSuffix(prefix, ":")) == namespaceTopology {
			return prefix
		}
	}
	return parent.Prefix()
}

// element writes an element of the topology's namespace.
func (w *writer) element(name string, attrs []string, content func()) {
	w.Element(w.prefix+name, attrs, content)
}

// roleElement writes an element of the namespace of service roles, inside a payload.
func (w *writer) roleElement(name string, attrs []string, content func()) {
	w.Element(w.roles+name, attrs, content)
}

// payload writes the outermost element of a payload. It declares the namespace of service roles if no prefix stands for
// it.
func (w *writer) payload(name string, attrs []string, content func()) {
	if w.roles == "" {
		attrs = append([]string{"xmlns", namespaceServiceRoles}, attrs...)
	}
	w.roleElement(name, attrs, content)
}

func (w *writer) serviceID(id ServiceID) {
	w.element("ServiceId", []string{"SiteId", id.Site, "RoleName", id.Role, "Instance", id.Instance}, nil)
}

// newService describes a service to write.
type newService struct {
	typeName    string // value of Type, "" for none
	id          ServiceID
	version     int
	dependsOn   []ServiceID
	cluster     ClusterID
	sqlInstance *string // name of the SQL Server instance for a database, nil for other services
}

// service writes a service in the order of the published documents: ServiceId, DependsOn, InstalledOn, then the
// elements of the role.
func (w *writer) service(s newService, role func()) {
	attrs := []string{"RoleVersion", "1", "ServiceVersion", strconv.Itoa(s.version)}
	if s.typeName != "" {
		attrs = append(attrs, "Type", s.typeName)
	}
	cluster := func() {
		w.element("ClusterId", []string{"SiteId", s.cluster.Site, "Number", s.cluster.Number}, nil)
	}
	var dependencies func()
	if len(s.dependsOn) > 0 {
		dependencies = func() {
			for _, target := range s.dependsOn {
				w.element("Dependency", []string{"Usage", usageDefault}, func() { w.serviceID(target) })
			}
		}
	}
	w.element("Service", attrs, func() {
		w.serviceID(s.id)
		w.element("DependsOn", nil, dependencies)
		w.element("InstalledOn", nil, func() {
			if s.sqlInstance == nil {
				cluster()
				return
			}
			w.element("SqlInstanceId", []string{"Name", *s.sqlInstance}, cluster)
		})
		role()
	})
}
