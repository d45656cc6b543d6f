package topology_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// defaults are the default settings of a pair, also of testkit's pairs.
var defaults = topology.DesiredSettings{
	AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute,
}

// fqdn returns the FQDN of a name. It appends the domain of testkit's estates to a short name. The FQDN of an empty
// name is zero.
func fqdn(name string) topology.FQDN {
	switch {
	case name == "":
		return topology.FQDN{}
	case !strings.Contains(name, "."):
		name += ".contoso.com"
	}
	return topology.MustParseFQDN(name)
}

// pairID returns the identity of the pair of two pools, whose names can be short.
func pairID(a, b string) topology.PairID { return topology.NewPairID(fqdn(a), fqdn(b)) }

// pairOf returns a desired pair with default settings. The names of its pools can be short.
func pairOf(a, b string) topology.DesiredPair { return desiredPair(fqdn(a), fqdn(b)) }

// desiredPair returns a desired pair with default settings.
func desiredPair(a, b topology.FQDN) topology.DesiredPair {
	return topology.DesiredPair{
		Members:  [2]topology.FQDN{a, b},
		Settings: map[topology.FQDN]topology.DesiredSettings{a: defaults, b: defaults},
	}
}

// serviceIDs parses identities such as 1-Registrar-1.
func serviceIDs(ids ...string) []topology.ServiceID {
	var all []topology.ServiceID
	for _, id := range ids {
		part := strings.Split(id, "-")
		all = append(all, topology.ServiceID{Site: part[0], Role: part[1], Instance: part[2]})
	}
	return all
}

func parse(t testing.TB, raw []byte) *topology.Document {
	t.Helper()
	doc, err := topology.Parse(raw)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return doc
}

// newEditor returns an editor for a document.
func newEditor(t testing.TB, raw []byte) *topology.Editor {
	t.Helper()
	return topology.NewEditor(parse(t, raw))
}

// createPair returns the document with a new pair.
func createPair(t testing.TB, raw []byte, desired topology.DesiredPair) []byte {
	t.Helper()
	e := newEditor(t, raw)
	if err := e.CreatePair(desired); err != nil {
		t.Fatalf("CreatePair: %v", err)
	}
	return e.Document().Bytes()
}

// updatePair returns the document with an updated pair.
func updatePair(t testing.TB, raw []byte, desired topology.DesiredPair) []byte {
	t.Helper()
	e := newEditor(t, raw)
	if err := e.UpdatePair(desired); err != nil {
		t.Fatalf("UpdatePair: %v", err)
	}
	return e.Document().Bytes()
}

// deletePair returns the document without a pair. An ambiguous standby is an error.
func deletePair(t testing.TB, raw []byte, a, b string) []byte {
	t.Helper()
	e := newEditor(t, raw)
	standby, err := e.DeletePair(pairID(a, b))
	if err != nil || standby.Ambiguous != "" {
		t.Fatalf("DeletePair: %v, Central Management is %q on both", err, standby.Ambiguous)
	}
	return e.Document().Bytes()
}

// assertSameBytes reports the lines that differ.
func assertSameBytes(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: the bytes differ:\n%s", what, testkit.Diff(want, got))
	}
}

// changedLines returns the lines that an edit removed and added, without indentation.
func changedLines(before, after []byte) string {
	var lines []string
	for line := range strings.Lines(testkit.Diff(before, after)) {
		lines = append(lines, line[:1]+strings.TrimSpace(line[1:]))
	}
	return strings.Join(lines, "\n")
}

// assertLines compares the result of changedLines with the expected lines. Their indentation does not matter.
func assertLines(t testing.TB, got, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(want)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	if want = strings.Join(lines, "\n"); got != want {
		t.Errorf("changed:\n%s\n\nwant:\n%s", got, want)
	}
}

// assertRefused checks that err is the desired Refusal, with its fault and all its objects, and that the edit changed
// nothing.
func assertRefused(t testing.TB, e *topology.Editor, before []byte, err error, want topology.Refusal) {
	t.Helper()
	var refusal *topology.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("not refused: %v", err)
	}
	if !reflect.DeepEqual(*refusal, want) {
		t.Errorf("refused with\n%+v\nwant\n%+v", *refusal, want)
	}
	assertSameBytes(t, "after a refusal", e.Document().Bytes(), before)
}

// withoutText returns the document without the text from from to to, and without the white space before it. It must
// occur exactly once.
func withoutText(t testing.TB, raw []byte, from, to string) []byte {
	t.Helper()
	text := testkit.Decode(raw)
	if n := strings.Count(text, from); n != 1 {
		t.Fatalf("found %d times, want once: %s", n, from)
	}
	start := strings.Index(text, from)
	end := start + strings.Index(text[start:], to) + len(to)
	return testkit.Encode(strings.TrimRight(text[:start], " \r\n")+text[end:], raw)
}

// withoutService returns the document without a service.
func withoutService(t testing.TB, raw []byte, id string) []byte {
	t.Helper()
	text := testkit.Decode(raw)
	at := strings.Index(text, idLine(id))
	if at < 0 {
		t.Fatalf("no service %s", id)
	}
	start := strings.LastIndex(text[:at], "<Service ")
	end := at + strings.Index(text[at:], "</Service>") + len("</Service>")
	return testkit.Encode(strings.TrimRight(text[:start], " \r\n")+text[end:], raw)
}

// idElement returns the ServiceId element of an identity such as 1-Registrar-1, as testkit writes it.
func idElement(id string) string {
	part := strings.Split(id, "-")
	return `<ServiceId SiteId="` + part[0] + `" RoleName="` + part[1] + `" Instance="` + part[2] + `" />`
}

// idLine returns the line with the identity of a service. The indentation of a reference to the service is deeper.
func idLine(id string) string { return "\n      " + idElement(id) }

// replaceInService replaces the only occurrence of from in a service.
func replaceInService(t testing.TB, raw []byte, id, from, to string) []byte {
	t.Helper()
	text := testkit.Decode(raw)
	at := strings.Index(text, idLine(id))
	if at < 0 {
		t.Fatalf("no service %s", id)
	}
	start := strings.LastIndex(text[:at], "<Service ")
	end := at + strings.Index(text[at:], "</Service>")
	if n := strings.Count(text[start:end], from); n != 1 {
		t.Fatalf("%s: found %d times, want once: %s\n%s", id, n, from, text[start:end])
	}
	return testkit.Encode(text[:start]+strings.Replace(text[start:end], from, to, 1)+text[end:], raw)
}

func services(t testing.TB, raw []byte) []*topology.Service {
	t.Helper()
	return slices.Collect(parse(t, raw).Topology().Services())
}
