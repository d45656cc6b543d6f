package testkit

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// node is an XML element. It has text or children or neither.
type node struct {
	name     string
	attrs    [][2]string
	text     string
	children []*node
}

func element(name string) *node { return &node{name: name} }

func (n *node) attr(name, value string) *node {
	n.attrs = append(n.attrs, [2]string{name, value})
	return n
}

func (n *node) add(children ...*node) *node {
	n.children = append(n.children, children...)
	return n
}

var (
	attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
	textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)

// render returns the text of a document in the form of the management shell. If minified is true, the text has no white
// space between elements and no line ending at its end.
func render(root *node, lf, minified bool) string {
	w := writer{eol: "\r\n", indent: "  "}
	if lf {
		w.eol = "\n"
	}
	if minified {
		w.eol, w.indent = "", ""
	}
	w.write(root, 0)
	return w.out.String()
}

type writer struct {
	out         strings.Builder
	eol, indent string
}

func (w *writer) write(n *node, depth int) {
	margin := strings.Repeat(w.indent, depth)
	w.out.WriteString(margin + "<" + n.name)
	for _, a := range n.attrs {
		w.out.WriteString(" " + a[0] + `="` + attrEscaper.Replace(a[1]) + `"`)
	}
	switch {
	case n.text != "":
		w.out.WriteString(">" + textEscaper.Replace(n.text) + "</" + n.name + ">")
	case len(n.children) == 0:
		w.out.WriteString(" />")
	default:
		w.out.WriteString(">" + w.eol)
		for _, c := range n.children {
			w.write(c, depth+1)
		}
		w.out.WriteString(margin + "</" + n.name + ">")
	}
	w.out.WriteString(w.eol)
}

func (l *layout) document() *node {
	e := l.estate
	clusters, instances, services := element("Clusters"), element("SqlInstances"), element("Services")
	for _, c := range l.clusters {
		clusters.add(c.node())
	}
	for _, i := range l.instances {
		instances.add(element("SqlInstance").add(i.node()))
	}
	for _, s := range l.services {
		if !s.omitted {
			services.add(s.node())
		}
	}
	return element("Topology").attr("xmlns", topologyNS).attr("Signature", e.Signature).add(
		element("InternalDomains").attr("AllowAllDomains", "false").attr("DefaultDomain", e.Domain).add(
			element("InternalDomain").attr("Name", e.Domain).attr("Authoritative", "false").attr("AllowSubDomains",
				"false"),
		),
		e.siteNodes(),
		clusters,
		instances,
		services,
	)
}

func (e Estate) siteNodes() *node {
	root := element("Sites")
	nodes := map[int]*node{}
	for _, s := range e.Sites {
		n := element(s.Element).attr("SiteId", strconv.Itoa(s.ID))
		if s.Parent != 0 && !s.Nested {
			n.attr(s.ParentAttribute, strconv.Itoa(s.Parent))
		}
		n.add(&node{name: "Name", text: s.Name})
		if s.Description != "" {
			n.add(&node{name: "Description", text: s.Description})
		}
		n.add(element("Location").attr("City", s.Name).attr("State", "").attr("CountryCode", ""))
		nodes[s.ID] = n
	}
	for _, s := range e.Sites {
		parent := root
		if s.Nested {
			parent = nodes[s.Parent]
		}
		parent.add(nodes[s.ID])
	}
	return root
}

func (c *cluster) node() *node {
	product := boolean(c.product)
	n := element("Cluster").attr("RequiresReplication", product).attr("RequiresSetup", product).attr("Fqdn", c.fqdn)
	n.add(c.id())
	for i, name := range c.machines {
		m := element("Machine").attr("OrdinalInCluster", strconv.Itoa(i+1)).attr("Fqdn", name)
		if c.faultDomains {
			m.attr("FaultDomain", name).attr("UpgradeDomain", name)
		}
		for _, side := range c.sides {
			m.add(element("NetInterface").attr("InterfaceSide", side).attr("InterfaceNumber", "1").
				attr("IPAddress", "0.0.0.0"))
		}
		n.add(m)
	}
	return n
}

func (c *cluster) id() *node {
	return element("ClusterId").attr("SiteId", strconv.Itoa(c.site)).attr("Number", strconv.Itoa(c.number))
}

func (i *instance) node() *node {
	return element("SqlInstanceId").attr("Name", i.name).add(i.on.id())
}

func (id identity) node() *node {
	return element("ServiceId").attr("SiteId", strconv.Itoa(id.site)).attr("RoleName", id.role).attr("Instance",
		strconv.Itoa(id.instance))
}

func (s *service) node() *node {
	n := element("Service").attr("RoleVersion", strconv.Itoa(s.roleVersion)).
		attr("ServiceVersion", strconv.Itoa(s.version))
	if s.payload != nil {
		n.attr("Type", roleTypes+s.payload.name)
	}
	depends := element("DependsOn")
	for _, d := range s.depends {
		depends.add(element("Dependency").attr("Usage", cmp.Or(s.usage, "Default")).add(d.id.node()))
	}
	installed := element("InstalledOn")
	if s.database != nil {
		installed.add(s.database.node())
	} else {
		installed.add(s.on.id())
	}
	n.add(s.id.node(), depends, installed)
	for _, b := range s.backups {
		el := element("Backup").attr("EnableAutomaticFailover", boolean(b.failover))
		if b.failback != Missing {
			el.attr("FailbackDetectionInterval", Duration(b.failback))
		}
		if b.failure != Missing {
			el.attr("FailureDetectionInterval", Duration(b.failure))
		}
		n.add(el.add(b.to.id.node()))
	}
	n.add(s.backupNodes...)
	n.add(element("Ports").attr("xmlns", rolesNS).add(s.ports...))
	if s.payload != nil {
		n.add(s.payload)
	}
	return n
}

// Duration returns d, in whole seconds, in the form of the product, such as P0Y0M0DT0H5M0S.
func Duration(d time.Duration) string {
	if d < 0 || d%time.Second != 0 {
		fail("%s is not a number of whole seconds", d)
	}
	seconds := int(d / time.Second)
	return fmt.Sprintf("P0Y0M0DT%dH%dM%dS", seconds/3600, seconds/60%60, seconds%60)
}
