package topology

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// style is how the last service is written, so that a new one looks the same. White space is a line break with the
// indentation behind it, or nothing.
type style struct {
	before string // white space before a service, with any blank lines
	end    string // white space before its end tag
	child  string // white space before its children
	unit   string // what each further level adds
	empty  string // how an empty-element tag ends: " />" or "/>"
	prefix string // prefix of the topology's namespace, with its colon
	roles  string // prefix of the namespace of service roles, with its colon; "" where it has to be declared
	scope  *scope // the prefixes in force inside Services
}

func styleOf(services *element) style {
	s := style{empty: " />", scope: services.scope, prefix: services.prefix()}
	if prefix, ok := services.scope.prefixFor(namespaceServiceRoles); ok && prefix != "" {
		s.roles = prefix + ":"
	}
	last := lastService(services)
	if last == nil {
		return s
	}
	s.prefix = prefixIn(services.scope, last, s.prefix)
	s.before = precedingSpace(services, last)
	s.end = lastLine(s.before)
	if first := firstElement(last); first != nil {
		s.child = lastLine(precedingSpace(last, first))
		if strings.HasSuffix(first.start, "/>") && !strings.HasSuffix(first.start, " />") {
			s.empty = "/>"
		}
	}
	if strings.HasPrefix(s.child, s.end) && s.end != "" {
		s.unit = s.child[len(s.end):]
	}
	return s
}

// prefixIn returns the prefix of an element of the topology's namespace, unless only the element itself declares it.
func prefixIn(outer *scope, el *element, otherwise string) string {
	if prefix := el.prefix(); outer.lookup(strings.TrimSuffix(prefix, ":")) == namespaceTopology {
		return prefix
	}
	return otherwise
}

// lastLine returns the last line break of white space with the indentation behind it.
func lastLine(space string) string {
	i := strings.LastIndexByte(space, '\n')
	if i > 0 && space[i-1] == '\r' {
		i--
	}
	return space[max(i, 0):]
}

// space returns the white space before an element, by its depth below Services.
func (s style) space(depth int) string {
	switch {
	case depth == 0:
		return s.end
	case s.child == "":
		return ""
	default:
		return s.child + strings.Repeat(s.unit, depth-1)
	}
}

// writer writes the text of a new element in a style.
type writer struct {
	style
	b strings.Builder
}

// element writes an element with its content at a depth; a nil content makes an empty-element tag. Attributes come
// as name and value in turn.
func (w *writer) element(depth int, name string, attrs []string, content func(depth int)) {
	if w.b.Len() > 0 {
		w.b.WriteString(w.space(depth))
	}
	w.b.WriteString("<" + name)
	for i := 0; i < len(attrs); i += 2 {
		fmt.Fprintf(&w.b, ` %s="%s"`, attrs[i], escapeAttr(attrs[i+1]))
	}
	if content == nil {
		w.b.WriteString(w.empty)
		return
	}
	w.b.WriteString(">")
	content(depth + 1)
	w.b.WriteString(w.space(depth) + "</" + name + ">")
}

// roleElement writes an element of the namespace of service roles, which it declares where no prefix stands for it.
func (w *writer) roleElement(depth int, name string, attrs []string, content func(depth int)) {
	if w.roles == "" {
		attrs = append([]string{"xmlns", namespaceServiceRoles}, attrs...)
	}
	w.element(depth, w.roles+name, attrs, content)
}

func (w *writer) serviceID(depth int, id ServiceID) {
	w.element(depth, w.prefix+"ServiceId", []string{"SiteId", id.Site, "RoleName", id.Role, "Instance", id.Instance}, nil)
}

// copied writes an element of the document once more. Prefixes that are in force where it stands, but not here, are
// declared on it.
func (w *writer) copied(depth int, el *element) {
	c := el.clone()
	for _, prefix := range slices.Sorted(maps.Keys(usedPrefixes(c, map[string]bool{}))) {
		uri := c.scope.lookup(prefix)
		// A prefix that something inside declares for itself means nothing in either place.
		if uri == w.scope.lookup(prefix) || declares(c, prefix) {
			continue
		}
		name := "xmlns"
		if prefix != "" {
			name = "xmlns:" + prefix
		}
		at := len("<" + tagName(c.start))
		c.splice(at, at, " "+name+`="`+escapeAttr(uri)+`"`)
	}
	w.b.WriteString(w.space(depth))
	c.write(&w.b)
}

func declares(e *element, prefix string) bool {
	for _, a := range e.attrs {
		if (a.prefix == "xmlns" && a.local == prefix) || (prefix == "" && a.prefix == "" && a.local == "xmlns") {
			return true
		}
	}
	return false
}

func usedPrefixes(e *element, used map[string]bool) map[string]bool {
	used[strings.TrimSuffix(e.prefix(), ":")] = true
	for _, a := range e.attrs {
		if a.prefix != "" && a.prefix != "xmlns" && a.prefix != "xml" {
			used[a.prefix] = true
		}
	}
	for _, n := range e.nodes {
		if n.el != nil {
			usedPrefixes(n.el, used)
		}
	}
	return used
}

// parsed returns what was written as an element that may stand inside Services.
func (w *writer) parsed() (*element, error) {
	nodes, err := parseNodes(w.b.String(), w.scope)
	if err != nil {
		return nil, fmt.Errorf("writing a new element of the topology: %w", err)
	}
	return nodes[0].el, nil
}
