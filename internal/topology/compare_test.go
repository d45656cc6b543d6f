package topology_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// utf8Pair returns a pair in a document that can be edited as a string.
func utf8Pair() testkit.Estate {
	estate := testkit.Paired()
	estate.Encoding = testkit.UTF8
	return estate
}

func TestEquivalent(t *testing.T) {
	t.Parallel()
	doc := utf8Pair().Document()
	services := func(raw []byte) []string {
		text := string(raw)
		begin, end := strings.Index(text, "<Services>")+len("<Services>"), strings.Index(text, "</Services>")
		return append([]string{text[:begin]}, append(strings.SplitAfter(text[begin:end], "</Service>"), text[end:])...)
	}
	shuffled := services(doc)
	slices.Reverse(shuffled[1 : len(shuffled)-2])
	minified := utf8Pair()
	minified.Minified = true
	signed := utf8Pair()
	signed.Signature = "00000000-0000-0000-0000-000000000001"
	utf16 := testkit.Paired()

	equivalent := map[string][]byte{
		"itself":    doc,
		"services":  []byte(strings.Join(shuffled, "")),
		"space":     minified.Document(),
		"signature": signed.Document(),
		"encoding":  utf16.Document(),
		"durations": []byte(strings.ReplaceAll(string(doc), "P0Y0M0DT0H5M0S", "PT300S")),
		"attributes": []byte(strings.ReplaceAll(string(doc), `<Dependency Usage="Default">`,
			`<Dependency  Usage='Default' >`)),
		"attribute order": []byte(strings.ReplaceAll(string(doc),
			`<ServiceId SiteId="1" RoleName="Registrar" Instance="1" />`,
			`<ServiceId Instance="1" RoleName="Registrar" SiteId="1"/>`)),
		"comments": []byte(strings.ReplaceAll(string(doc), "<DependsOn>", "<DependsOn><!-- here -->")),
	}
	for name, other := range equivalent {
		if name != "itself" && string(other) == string(doc) {
			t.Errorf("%s: the test changes nothing", name)
		}
		if d := topology.Compare(parse(t, doc), parse(t, doc), parse(t, other)); !d.IsEmpty() ||
			!topology.Equivalent(parse(t, doc), parse(t, other)) {
			t.Errorf("%s: differs in %s", name, d)
		}
	}
	text := string(doc)
	firstService := text[strings.Index(text, "<Service "):]
	firstService = firstService[:strings.Index(firstService, "</Service>")+len("</Service>")]
	different := map[string]string{
		"a duration":   strings.Replace(text, "P0Y0M0DT0H5M0S", "PT301S", 1),
		"a name":       strings.Replace(text, "<Name>Lyon</Name>", "<Name>Nice</Name>", 1),
		"a service":    strings.Replace(text, firstService, "", 1),
		"a double":     strings.Replace(text, firstService, firstService+firstService, 1),
		"a dependency": strings.Replace(text, `<Dependency Usage="Default">`, `<Dependency Usage="Other">`, 1),
		"a namespace":  strings.Replace(text, `ServiceRoles.2008"`, `ServiceRoles.2009"`, 1),
		"the root":     strings.Replace(text, `Signature=`, `Other="1" Signature=`, 1),
	}
	for name, other := range different {
		if other == text {
			t.Errorf("%s: the test changes nothing", name)
		}
		if topology.Equivalent(parse(t, doc), parse(t, []byte(other))) {
			t.Errorf("%s makes no difference", name)
		}
	}
}

func TestEquivalentIgnoresOrderOfDependencies(t *testing.T) {
	t.Parallel()
	text := string(utf8Pair().Document())
	at := strings.Index(text, "</Dependency>")
	begin := strings.LastIndex(text[:at], "<Dependency ")
	rest := strings.Index(text[at+1:], "<Dependency ") + at + 1
	end := strings.Index(text[rest:], "</Dependency>") + rest
	swapped := text[:begin] + text[rest:end] + text[at:rest] + text[begin:at] + text[end:]
	if swapped == text {
		t.Fatal("nothing was swapped")
	}
	if !topology.Equivalent(parse(t, []byte(text)), parse(t, []byte(swapped))) {
		t.Error("the order of dependencies makes a difference")
	}
}

func TestCompareSeparatesOursFromOthers(t *testing.T) {
	t.Parallel()
	base := utf8Pair().Document()
	desired := deletePair(t, base, "paris", "lyon")
	read := strings.Replace(string(desired), "<Name>Lyon</Name>", "<Name>Nice</Name>", 1)

	d := topology.Compare(parse(t, base), parse(t, desired), parse(t, []byte(read)))
	if len(d.Ours) != 0 || !slices.Equal(d.Others, []string{"Sites"}) {
		t.Errorf("ours %q, others %q", d.Ours, d.Others)
	}
	d = topology.Compare(parse(t, base), parse(t, desired), parse(t, base))
	if len(d.Others) != 0 || !slices.Contains(d.Ours, "service 1-Registrar-1") ||
		!slices.Contains(d.Ours, "service 1-BackupService-1") {
		t.Errorf("ours %q, others %q", d.Ours, d.Others)
	}
}

// A service without ServiceId is compared like any other part.
func TestCompareServiceWithoutID(t *testing.T) {
	t.Parallel()
	with := func(version string) *topology.Document {
		return parse(t, []byte(document(`<Services><Service ServiceVersion="`+version+`"/></Services>`)))
	}
	if got := topology.Compare(with("6"), with("6"), with("7")).Others; !slices.Equal(got, []string{"service --"}) {
		t.Errorf("others %q", got)
	}
}

func TestUnpaired(t *testing.T) {
	t.Parallel()
	base := utf8Pair().Document()
	without := deletePair(t, base, "paris", "lyon")
	for _, tc := range []struct {
		base, next []byte
		want       []string
	}{
		{base, base, nil},
		{without, base, nil},
		{base, without, []string{"lyon.contoso.com", "paris.contoso.com"}},
		{
			base, []byte(strings.ReplaceAll(string(without), "lyon.contoso.com", "nice.contoso.com")), []string{
				"lyon.contoso.com", "paris.contoso.com",
			},
		},
	} {
		if got := topology.Unpaired(parse(t, tc.base).Topology(), parse(t, tc.next).Topology()); !slices.Equal(got,
			tc.want) {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}
