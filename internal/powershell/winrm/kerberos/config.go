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
	// unusable has the first error of a realm. It matters if the realm is used.
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
		realms: map[string][]address{}, unusable: map[string]error{}, domains: map[string]string{},
		lookUp: true, skew: 5 * time.Minute, lifetime: 24 * time.Hour,
		ticketTypes: defaultTypes, serviceTypes: defaultTypes,
	}
	for _, step := range []struct {
		section string
		read    func(*relation) error
	}{
		{"libdefaults", c.readDefaults},
		{"realms", c.readRealms},
		{"domain_realm", c.readDomains},
	} {
		if section := sections[step.section]; section != nil {
			if err := step.read(section); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

// readDefaults reads [libdefaults]. Of settings with the same name the first one counts.
func (c *config) readDefaults(section *relation) error {
	settings := map[string]*relation{}
	for _, r := range section.group {
		name := strings.ToLower(r.name)
		if _, isKnown := settings[name]; !isKnown && !r.isGroup {
			settings[name] = r
		}
	}
	if r := settings["default_realm"]; r != nil {
		c.defaultRealm = r.value
	}
	for name, value := range map[string]*bool{
		"canonicalize": &c.canonicalize, "forwardable": &c.forwardable, "dns_lookup_kdc": &c.lookUp,
	} {
		if r := settings[name]; r != nil {
			if err := r.readBoolean(value); err != nil {
				return err
			}
		}
	}
	for name, value := range map[string]*time.Duration{"clockskew": &c.skew, "ticket_lifetime": &c.lifetime} {
		if r := settings[name]; r != nil {
			if err := r.readDuration(value); err != nil {
				return err
			}
		}
	}
	return c.readTypes(settings)
}

// readTypes reads the lists of encryption types. As in MIT krb5, permitted_enctypes is the default of the other two.
func (c *config) readTypes(settings map[string]*relation) error {
	for _, list := range []struct {
		name  string
		types *[]int32
	}{{"default_tkt_enctypes", &c.ticketTypes}, {"default_tgs_enctypes", &c.serviceTypes}} {
		for _, name := range []string{list.name, "permitted_enctypes"} {
			if r := settings[name]; r != nil {
				if *list.types = parseTypes(r.value); len(*list.types) == 0 {
					return r.wrong("none of the encryption types in %q is supported", r.value)
				}
				break
			}
		}
	}
	return nil
}

// readRealms reads [realms]. An address that is not supported concerns only its realm.
func (c *config) readRealms(section *relation) error {
	for _, realm := range section.group {
		if !realm.isGroup {
			return realm.wrong("%s has no settings in braces", realm.name)
		}
		for _, r := range realm.group {
			if r.name != "kdc" || r.isGroup {
				continue
			}
			kdc, err := r.readAddress()
			if err != nil {
				if c.unusable[realm.name] == nil {
					c.unusable[realm.name] = err
				}
				continue
			}
			c.realms[realm.name] = append(c.realms[realm.name], kdc)
		}
		if c.realms[realm.name] == nil {
			c.realms[realm.name] = []address{} // the realm is known, and its KDCs are in DNS
		}
	}
	return nil
}

// readDomains reads [domain_realm].
func (c *config) readDomains(section *relation) error {
	for _, r := range section.group {
		if r.isGroup {
			return r.wrong("the realm of %s is in braces", r.name)
		}
		name := strings.ToLower(r.name)
		if _, isKnown := c.domains[name]; !isKnown {
			c.domains[name] = c.spell(r.value)
		}
	}
	return nil
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

func (r *relation) readBoolean(value *bool) error {
	switch strings.ToLower(r.value) {
	case "y", "yes", "true", "t", "1", "on":
		*value = true
	case "n", "no", "false", "f", "nil", "0", "off":
		*value = false
	default:
		return r.wrong("%s = %s is neither true nor false", r.name, r.value)
	}
	return nil
}

var (
	unitsDuration = regexp.MustCompile(`^(?:(\d{1,4})d)? *(?:(\d{1,6})h)? *(?:(\d{1,6})m)? *(?:(\d{1,9})s?)?$`)
	clockDuration = regexp.MustCompile(`^(\d{1,6}):(\d{1,2})(?::(\d{1,2}))?$`)
)

// readDuration reads a time such as 300, 1d 2h 3m 4s or 10:30.
func (r *relation) readDuration(value *time.Duration) error {
	units := []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second}
	parts := unitsDuration.FindStringSubmatch(r.value)
	if parts == nil {
		parts, units = clockDuration.FindStringSubmatch(r.value), units[1:]
	}
	total := time.Duration(0)

	for i, unit := range units {
		if i+1 < len(parts) {
			n, _ := strconv.Atoi(parts[i+1]) // "" is 0
			total += time.Duration(n) * unit
		}
	}
	if total <= 0 {
		return r.wrong("%s = %s is not a time, such as 300, 10h or 1d 2h", r.name, r.value)
	}
	*value = total
	return nil
}

// address is the address of a KDC. network is tcp, udp or empty for both.
type address struct{ network, host, port string }

func (a address) String() string { return net.JoinHostPort(a.host, a.port) }

// readAddress reads the address of a KDC: a name, or tcp/ or udp/ and a name, each with an optional port.
func (r *relation) readAddress() (address, error) {
	const port = "88"

	text, a := r.value, address{port: port}
	if strings.Contains(text, "://") {
		return a, r.wrong("kdc = %s: only KDCs over TCP and UDP are supported, not a proxy over HTTPS", r.value)
	}
	for _, network := range []string{"tcp", "udp"} {
		if rest, found := strings.CutPrefix(text, network+"/"); found {
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
		return a, r.wrong("kdc = %s is not the name or address of one KDC, with an optional port", r.value)
	}
	return a, nil
}
