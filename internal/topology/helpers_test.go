package topology_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// defaults are the default settings of a pair, also of testkit's pairs.
var defaults = topology.DesiredSettings{AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute}

// fqdn appends the domain of testkit's estates to a short name.
func fqdn(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return name + ".contoso.com"
}

// pairOf returns a desired pair with default settings.
func pairOf(a, b string) topology.PairSpec {
	return topology.PairSpec{{FQDN: fqdn(a), Settings: defaults}, {FQDN: fqdn(b), Settings: defaults}}
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
func createPair(t testing.TB, raw []byte, spec topology.PairSpec) []byte {
	t.Helper()
	e := newEditor(t, raw)
	if err := e.CreatePair(spec); err != nil {
		t.Fatalf("CreatePair: %v", err)
	}
	return e.Document().Bytes()
}

// updatePair returns the document with an updated pair.
func updatePair(t testing.TB, raw []byte, spec topology.PairSpec) []byte {
	t.Helper()
	e := newEditor(t, raw)
	if err := e.UpdatePair(spec); err != nil {
		t.Fatalf("UpdatePair: %v", err)
	}
	return e.Document().Bytes()
}

// deletePair returns the document without a pair. A warning is an error.
func deletePair(t testing.TB, raw []byte, a, b string) []byte {
	t.Helper()
	e := newEditor(t, raw)
	warning, err := e.DeletePair(fqdn(a), fqdn(b))
	if err != nil || warning != "" {
		t.Fatalf("DeletePair: %v, warning %q", err, warning)
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

// assertRefused checks that err is a Refusal whose message contains the words, and that the edit changed nothing.
func assertRefused(t testing.TB, e *topology.Editor, before []byte, err error, words ...string) {
	t.Helper()
	if refusal := (*topology.Refusal)(nil); !errors.As(err, &refusal) {
		t.Fatalf("not refused: %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the refusal does not contain %q: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), "report this") {
		t.Errorf("refused only by the verification: %v", err)
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
