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

// defaults are the settings that a pair gets when nobody says otherwise; they are also those of testkit's pairs.
var defaults = topology.DesiredSettings{AutomaticFailover: true, FailureDetection: 5 * time.Minute, FailbackDetection: 10 * time.Minute}

// fqdn completes a short name with the domain of testkit's estates.
func fqdn(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return name + ".contoso.com"
}

// pairOf is a pair with default settings.
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

func edit(t testing.TB, raw []byte) *topology.Editor {
	t.Helper()
	return topology.NewEditor(parse(t, raw))
}

func create(t testing.TB, raw []byte, spec topology.PairSpec) []byte {
	t.Helper()
	e := edit(t, raw)
	if err := e.CreatePair(spec); err != nil {
		t.Fatalf("CreatePair: %v", err)
	}
	return e.Document().Bytes()
}

func update(t testing.TB, raw []byte, spec topology.PairSpec) []byte {
	t.Helper()
	e := edit(t, raw)
	if err := e.UpdatePair(spec); err != nil {
		t.Fatalf("UpdatePair: %v", err)
	}
	return e.Document().Bytes()
}

// remove deletes a pair and expects no warning.
func remove(t testing.TB, raw []byte, a, b string) []byte {
	t.Helper()
	e := edit(t, raw)
	warning, err := e.DeletePair(fqdn(a), fqdn(b))
	if err != nil || warning != "" {
		t.Fatalf("DeletePair: %v, warning %q", err, warning)
	}
	return e.Document().Bytes()
}

// same fails with the differing lines.
func same(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: the bytes differ:\n%s", what, testkit.Diff(want, got))
	}
}

// change says what an edit did to the document: the lines that differ, without indentation.
func change(before, after []byte) string {
	var lines []string
	for line := range strings.Lines(testkit.Diff(before, after)) {
		lines = append(lines, line[:1]+strings.TrimSpace(line[1:]))
	}
	return strings.Join(lines, "\n")
}

// wantLines compares a change with the lines that are wanted, one below the other.
func wantLines(t testing.TB, got, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(strings.TrimSpace(want)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	if want = strings.Join(lines, "\n"); got != want {
		t.Errorf("changed:\n%s\n\nwant:\n%s", got, want)
	}
}

// refused checks that an edit was refused in words, each of which the message has, and that it changed nothing.
func refused(t testing.TB, e *topology.Editor, before []byte, err error, words ...string) {
	t.Helper()
	if refusal := (*topology.Refusal)(nil); !errors.As(err, &refusal) {
		t.Fatalf("not refused: %v", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the refusal does not say %q: %v", word, err)
		}
	}
	if strings.Contains(err.Error(), "report this") {
		t.Errorf("refused only by the last check: %v", err)
	}
	same(t, "after a refusal", e.Document().Bytes(), before)
}

// without returns the document without the one stretch that begins with from and ends with to, and without the white
// space before it.
func without(t testing.TB, raw []byte, from, to string) []byte {
	t.Helper()
	text := testkit.Decode(raw)
	if n := strings.Count(text, from); n != 1 {
		t.Fatalf("found %d times, not once: %s", n, from)
	}
	start := strings.Index(text, from)
	end := start + strings.Index(text[start:], to) + len(to)
	return testkit.Encode(strings.TrimRight(text[:start], " \r\n")+text[end:], raw)
}

// withoutService returns the document without a service.
func withoutService(t testing.TB, raw []byte, id string) []byte {
	t.Helper()
	text := testkit.Decode(raw)
	at := strings.Index(text, declared(id))
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

// declared is how the service of an identity begins, where a reference to it stands deeper.
func declared(id string) string { return "\n      " + idElement(id) }

// inService replaces from, once, inside a service.
func inService(t testing.TB, raw []byte, id, from, to string) []byte {
	t.Helper()
	text := testkit.Decode(raw)
	at := strings.Index(text, declared(id))
	if at < 0 {
		t.Fatalf("no service %s", id)
	}
	start := strings.LastIndex(text[:at], "<Service ")
	end := at + strings.Index(text[at:], "</Service>")
	if n := strings.Count(text[start:end], from); n != 1 {
		t.Fatalf("%s: found %d times, not once: %s\n%s", id, n, from, text[start:end])
	}
	return testkit.Encode(text[:start]+strings.Replace(text[start:end], from, to, 1)+text[end:], raw)
}
