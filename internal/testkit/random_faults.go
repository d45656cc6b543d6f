package testkit

import (
	"math/rand/v2"
	"regexp"
	"strings"
)

// RandomDocument returns the document of a random estate with up to three faults that an [Estate] cannot have: missing
// and repeated services, clusters without a name of their own, references to other services, and attributes with other
// values.
func RandomDocument(r *rand.Rand) []byte {
	text := RandomEstate(r).Text()
	for range r.IntN(4) {
		text = faults[r.IntN(len(faults))](random{r}, text)
	}
	return UTF8.encode(text)
}

// fault returns a document with a fault. It returns the document unchanged if it has no place for the fault.
type fault func(g random, text string) string

// faults has the kinds of faults of a random document. The patterns are those of a minified document.
var faults = []fault{
	change(`<Service .*?</Service>`, func(random, string) string { return "" }),
	change(`<Service .*?</Service>`, func(_ random, service string) string { return service + service }),
	change(`<Backup .*?</Backup>`, func(_ random, backup string) string { return backup + backup }),
	change(`<Backup .*?</Backup>`, func(random, string) string { return "" }),
	change(`<Dependency [^>]*><ServiceId [^>]*/></Dependency>`, func(random, string) string { return "" }),
	change(`DetectionInterval="[^"]*"`, func(g random, _ string) string {
		return `DetectionInterval="` + g.oneOf("PT10S", "PT1M", "PT5M", "PT23H50M", "PT25H", "soon") + `"`
	}),
	change(`IsActive="[a-z]*"`, func(g random, _ string) string {
		return `IsActive="` + g.oneOf("true", "false") + `"`
	}),
	change(`IsDirector="[a-z]*"`, func(random, string) string { return `IsDirector="true"` }),
	change(`Instance="\d+"`, func(g random, _ string) string {
		return `Instance="` + g.oneOf("1", "2", "3", "99") + `"`
	}),
	change(`<Cluster [^>]*>`, func(g random, cluster string) string {
		return fqdnAttribute.ReplaceAllString(cluster, g.oneOf("", ` Fqdn=""`))
	}),
	exchange(`<Cluster [^>]*>`, `<Cluster [^>]*>`),
	exchange(`<ServiceId [^>]*/>`, `<ServiceId [^>]*/>`),
	exchange(`<Dependency [^>]*><ServiceId [^>]*/></Dependency>`, `<ServiceId [^>]*RoleName="BackupService"[^>]*/>`),
	exchange(`<InstalledOn><SqlInstanceId .*?</InstalledOn>`, `<InstalledOn><SqlInstanceId .*?</InstalledOn>`),
	exchange(`<InstalledOn><ClusterId .*?</InstalledOn>`, `<InstalledOn><ClusterId .*?</InstalledOn>`),
	change(`<InstalledOn>.*?</InstalledOn>`, func(random, string) string { return "" }),
	change(`ServiceVersion="\d+"([^>]*><ServiceId[^>]*RoleName="Registrar")`, func(g random, found string) string {
		return version.ReplaceAllString(found, g.oneOf("", `ServiceVersion="six"`, `ServiceVersion="4"`))
	}),
	exchange(`<ClusterId [^>]*/>`, `<ClusterId [^>]*/>`),
	add(`</DependsOn>`, `<ServiceId [^>]*/>`),
}

var (
	fqdnAttribute = regexp.MustCompile(` Fqdn="[^"]*"`)
	version       = regexp.MustCompile(`ServiceVersion="\d+"`)
)

// change returns a fault that replaces a random match of a pattern.
func change(pattern string, replace func(random, string) string) fault {
	expression := regexp.MustCompile(pattern)
	return func(g random, text string) string {
		at := g.match(expression, text)
		if at == nil {
			return text
		}
		return text[:at[0]] + replace(g, text[at[0]:at[1]]) + text[at[1]:]
	}
}

// exchange returns a fault that replaces a random match of a pattern by a random match of another. A ServiceId that
// replaces a Dependency is put in one.
func exchange(pattern, by string) fault {
	other := regexp.MustCompile(by)
	return func(g random, text string) string {
		at := g.match(other, text)
		if at == nil {
			return text
		}
		replacement := text[at[0]:at[1]]
		if strings.HasPrefix(pattern, "<Dependency") {
			replacement = dependencyOn(replacement)
		}
		return change(pattern, func(random, string) string { return replacement })(g, text)
	}
}

// add returns a fault that adds a dependency on a random service before a random match of a pattern.
func add(pattern, service string) fault {
	other := regexp.MustCompile(service)
	return func(g random, text string) string {
		at := g.match(other, text)
		if at == nil {
			return text
		}
		dependency := dependencyOn(text[at[0]:at[1]])
		return change(pattern, func(_ random, end string) string { return dependency + end })(g, text)
	}
}

func dependencyOn(serviceID string) string {
	return `<Dependency Usage="Default">` + serviceID + `</Dependency>`
}

// match returns the start and the end of a random match of an expression, nil for none.
func (g random) match(expression *regexp.Regexp, text string) []int {
	found := expression.FindAllStringIndex(text, -1)
	if len(found) == 0 {
		return nil
	}
	return found[g.IntN(len(found))]
}

// oneOf returns one of some texts.
func (g random) oneOf(texts ...string) string { return texts[g.IntN(len(texts))] }
