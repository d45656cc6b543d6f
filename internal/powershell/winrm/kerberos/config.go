package kerberos

import (
	"maps"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// config is the part of krb5.conf that concerns a client.
type config struct {
	// realms has the KDCs of each realm in the order of the file.
	realms map[string][]address
	// primaries has the primary KDCs of each realm, for a realm without other KDCs.
	primaries map[string][]address
	// unusable has the first error of a realm without a KDC that is supported. It matters if the realm is used.
	unusable map[string]error
	// domains has the realm of each host and domain. A domain starts with a dot.
	domains      map[string]string
	defaultRealm string

	canonicalize, forwardable, lookUp bool
	// ticketTypes and serviceTypes are the encryption types of a login and of a service ticket, in order of preference.
	ticketTypes, serviceTypes []int32
	skew, lifetime            time.Duration
}

// readConfig reads krb5.conf. It ignores settings that do not concern a client.
func readConfig(path string) (*config, error) {
	sections, err := readProfile(path, "libdefaults", "realms", "domain_realm")
	if err != nil {
		return nil, err
	}
	c := &config{
		realms: map[string][]address{}, primaries: map[string][]address{},
		unusable: map[string]error{}, domains: map[string]string{},
		lookUp: true, skew: 5 * time.Minute, lifetime: 24 * time.Hour,
		ticketTypes: defaultTypes, serviceTypes: defaultTypes,
	}
	if section := sections["libdefaults"]; section != nil {
		if err := c.readDefaults(section); err != nil {
			return nil, err
		}
	}
	if section := sections["realms"]; section != nil {
		c.readRealms(section)
	}
	if section := sections["domain_realm"]; section != nil {
		c.readDomains(section)
	}
	return c, nil
}

// readDefaults reads [libdefaults]. Of settings with the same name the first one counts. As in MIT krb5, a lifetime or
// a clock skew of zero is the default, and so is an unreadable clock skew.
func (c *config) readDefaults(section *relation) error {
	settings := map[string]*relation{}
	for _, r := range section.group {
		if _, isKnown := settings[r.name]; !isKnown && !r.isGroup {
			settings[r.name] = r
		}
	}
	if r := settings["default_realm"]; r != nil {
		c.defaultRealm = r.value
	}
	for name, value := range map[string]*bool{
		"canonicalize": &c.canonicalize, "forwardable": &c.forwardable, "dns_lookup_kdc": &c.lookUp,
	} {
		if r := settings[name]; r != nil {
			*value = isTrue(r.value)
		}
	}
	if r := settings["clockskew"]; r != nil {
		if skew, _ := parseDuration(r.value); skew > 0 {
			c.skew = skew
		}
	}
	if r := settings["ticket_lifetime"]; r != nil {
		lifetime, isDuration := parseDuration(r.value)
		if !isDuration {
			return r.wrong("%s = %s is not a time, such as 300, 10h or 1d 2h", r.name, r.value)
		}
		if lifetime > 0 {
			c.lifetime = lifetime
		}
	}
	return c.readTypes(settings)
}

// readTypes reads the lists of encryption types. As in MIT krb5, permitted_enctypes is the default of the other two. It
// also restricts them here: a KDC, which nothing authenticates before the login, chooses among the types of a request.
func (c *config) readTypes(settings map[string]*relation) error {
	permitted := settings["permitted_enctypes"]
	if permitted != nil {
		c.ticketTypes = parseTypes(permitted.value)
		c.serviceTypes = c.ticketTypes

		if len(c.ticketTypes) == 0 {
			return permitted.wrong("none of the encryption types in %q is supported", permitted.value)
		}
	}
	for _, list := range []struct {
		name  string
		types *[]int32
	}{{"default_tkt_enctypes", &c.ticketTypes}, {"default_tgs_enctypes", &c.serviceTypes}} {
		r := settings[list.name]
		if r == nil {
			continue
		}
		named := parseTypes(r.value)
		if len(named) == 0 {
			return r.wrong("none of the encryption types in %q is supported", r.value)
		}
		if permitted != nil {
			named = slices.DeleteFunc(named, func(t int32) bool { return !slices.Contains(*list.types, t) })
		}
		if *list.types = named; len(named) == 0 {
			return r.wrong("permitted_enctypes has none of the encryption types in %q that are supported", r.value)
		}
	}
	return nil
}

// readRealms reads [realms]. An address that is not supported matters only if its realm has no other and is used. As in
// MIT krb5, master_kdc is the old name of primary_kdc, and counts only without it.
func (c *config) readRealms(section *relation) {
	refuse := func(realm string, err error) {
		if err != nil && c.unusable[realm] == nil {
			c.unusable[realm] = err
		}
	}
	for _, realm := range section.group {
		if !realm.isGroup && !strings.HasPrefix(realm.value, "{") {
			continue // a setting of another program
		}
		settings, err := realm.settings()
		refuse(realm.name, err)

		if c.realms[realm.name] == nil {
			c.realms[realm.name] = []address{} // the realm is known, even if its KDCs are in DNS
		}
		found, err := readAddresses(settings, "kdc")
		c.realms[realm.name] = append(c.realms[realm.name], found...)
		refuse(realm.name, err)

		if found, err = readAddresses(settings, "primary_kdc"); found == nil && err == nil {
			found, err = readAddresses(settings, "master_kdc")
		}
		c.primaries[realm.name] = append(c.primaries[realm.name], found...)

		if !c.lookUp {
			refuse(realm.name, err)
		}
	}
	maps.DeleteFunc(c.unusable, func(realm string, _ error) bool { return len(c.realms[realm]) > 0 })
}

// readAddresses returns the addresses in the settings with a name, and the error of the first unsupported one.
func readAddresses(settings []*relation, name string) (found []address, first error) {
	for _, r := range settings {
		if r.name != name || r.isGroup {
			continue
		}
		if kdc, err := r.readAddress(); err == nil {
			found = append(found, kdc)
		} else if first == nil {
			first = err
		}
	}
	return found, first
}

// settings returns the settings of a group, which can also be one setting in a line, such as "{ kdc = dc1 }". MIT krb5
// ignores such a line.
func (r *relation) settings() ([]*relation, error) {
	if r.isGroup {
		return r.group, nil
	}
	inner, isClosed := strings.CutSuffix(strings.TrimPrefix(r.value, "{"), "}")
	name, value, found := strings.Cut(inner, "=")

	switch {
	case isClosed && strings.TrimSpace(inner) == "":
		return nil, nil
	case !isClosed, !found, strings.ContainsAny(value, "={}"):
		return nil, r.wrong("%q is not supported: write each setting on a line of its own", r.value)
	}
	return []*relation{{
		name: strings.TrimSpace(name), value: valueOf(strings.TrimSpace(value)), file: r.file, line: r.line,
	}}, nil
}

// readDomains reads [domain_realm].
func (c *config) readDomains(section *relation) {
	for _, r := range section.group {
		name := strings.ToLower(r.name)
		if _, isKnown := c.domains[name]; !isKnown && !r.isGroup {
			c.domains[name] = c.spell(r.value)
		}
	}
}

// spell returns the name of a realm in the spelling of the file. KDCs of MIT krb5 distinguish between cases.
func (c *config) spell(realm string) string {
	if _, isKnown := c.realms[realm]; isKnown {
		return realm
	}
	for _, known := range slices.Sorted(maps.Keys(c.realms)) {
		if strings.EqualFold(known, realm) {
			return known
		}
	}
	if strings.EqualFold(c.defaultRealm, realm) {
		return c.defaultRealm
	}
	return realm
}

// realmOf returns the realm of a host, or "" if the file does not have it.
func (c *config) realmOf(host string) string {
	for name := strings.ToLower(host); name != ""; {
		if realm := c.domains[name]; realm != "" {
			return realm
		}
		// After "a.b" follow ".b" and "b".
		if name[0] == '.' {
			name = name[1:]
		} else if at := strings.IndexByte(name, '.'); at >= 0 {
			name = name[at:]
		} else {
			name = ""
		}
	}
	return ""
}

// isTrue reports whether a value is true. As in MIT krb5, an unknown value is false.
func isTrue(value string) bool {
	return slices.Contains([]string{"y", "yes", "true", "t", "1", "on"}, strings.ToLower(value))
}

var (
	unitsDuration = regexp.MustCompile(`^(?:(\d{1,4})d)? *(?:(\d{1,6})h)? *(?:(\d{1,6})m)? *(?:(\d{1,9})s?)?$`)
	clockDuration = regexp.MustCompile(`^(\d{1,6}):(\d{1,2})(?::(\d{1,2}))?$`)
)

// parseDuration parses a time such as 300, 1d 2h 3m 4s or 10:30.
func parseDuration(text string) (total time.Duration, isDuration bool) {
	units := []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second}
	parts := unitsDuration.FindStringSubmatch(text)
	if parts == nil {
		parts, units = clockDuration.FindStringSubmatch(text), units[1:]
	}
	if text == "" || parts == nil {
		return 0, false
	}
	for i, unit := range units {
		n, _ := strconv.Atoi(parts[i+1]) // "" is 0
		total += time.Duration(n) * unit
	}
	return total, true
}

// address is the address of a KDC. network is tcp, udp or empty for both.
type address struct{ network, host, port string }

func (a address) String() string { return net.JoinHostPort(a.host, a.port) }

// readAddress reads the address of a KDC: a name, or tcp/ or udp/ and a name, each with an optional port.
func (r *relation) readAddress() (address, error) {
	const port = "88"

	text, a := r.value, address{port: port}
	if strings.Contains(text, "://") {
		return a, r.wrong("%s = %s: only KDCs over TCP and UDP are supported, not a proxy over HTTPS", r.name, r.value)
	}
	if network, rest, found := strings.Cut(text, "/"); found {
		if network = strings.ToLower(network); network == "tcp" || network == "udp" {
			text, a.network = rest, network
		}
	}
	switch host, found, err := net.SplitHostPort(text); {
	case net.ParseIP(strings.Trim(text, "[]")) != nil:
		a.host = strings.Trim(text, "[]")
	case err == nil:
		a.host, a.port = host, found
	default:
		a.host = text
	}
	number, err := strconv.ParseUint(a.port, 10, 16)
	if err != nil || number == 0 || a.host == "" || strings.ContainsAny(a.host, " \t,/*[]") ||
		strings.Contains(a.host, ":") && net.ParseIP(a.host) == nil {
		return a, r.wrong("%s = %s is not the name or address of one KDC, with an optional port", r.name, r.value)
	}
	return a, nil
}
