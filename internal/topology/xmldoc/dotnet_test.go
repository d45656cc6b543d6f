package xmldoc_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// TestParseAgreesWithDotNet gives documents to Parse and to the XmlReader of .NET. Parse refuses all documents that
// .NET refuses, and finds the same elements, attributes and texts in the others. It refuses documents that .NET reads
// only for a reason of stricterReasons.
func TestParseAgreesWithDotNet(t *testing.T) {
	t.Parallel()
	documents := slices.Concat(knownDocuments(), mutations(rand.New(rand.NewPCG(1, 2))))
	verdicts := dotNetVerdicts(t, documents)
	for i, c := range refusedDocuments() {
		if isRead := strings.HasPrefix(verdicts[i], "reads "); isRead != c.isOurs {
			t.Errorf("%s: .NET %s", c.name, verdicts[i])
		}
	}
	read := 0
	for i, raw := range documents {
		doc, err := xmldoc.Parse(raw)
		switch theirs, isRead := strings.CutPrefix(verdicts[i], "reads "); {
		case err != nil && !isRead:
		case err != nil:
			if !slices.ContainsFunc(stricterReasons, func(s string) bool { return strings.Contains(err.Error(), s) }) {
				t.Errorf("%q: %v, but .NET reads %s", raw, err, theirs)
			}
		case !isRead:
			t.Errorf("%q is accepted, but .NET %s", raw, theirs)
		default:
			read++
			if ours := describe(doc, escape); ours != theirs {
				t.Errorf("%q is read as\n%s, but by .NET as\n%s", raw, ours, theirs)
			}
		}
	}
	t.Logf("%d documents, %d of them read", len(documents), read)
	if read < len(documents)/10 || read > len(documents)*9/10 {
		t.Errorf("of %d documents %d are read: the mutations are too harmful or too harmless", len(documents), read)
	}
}

// stricterReasons are parts of the errors of documents that .NET reads.
var stricterReasons = []string{
	"which is not supported",          // encodings, and limits
	"is not supported; only 1.0 is",   // .NET accepts a version that begins with 1.0
	"does not have the character",     // .NET replaces characters that ASCII does not have
	"cannot be the prefix of an elem", // .NET accepts the prefix xmlns
}

// refusedDocuments are the texts of refusedTexts for which .NET has a verdict.
func refusedDocuments() []refusedText {
	return slices.DeleteFunc(slices.Clone(refusedTexts), func(c refusedText) bool { return c.text == "" })
}

// knownDocuments are the documents of the tables, those that are refused first, and the characters that names can have.
func knownDocuments() [][]byte {
	var documents [][]byte
	for _, c := range refusedDocuments() {
		documents = append(documents, []byte(c.text))
	}
	for text := range readTexts {
		documents = append(documents, []byte(text))
	}
	// Every seventh character of the first plane, because each document has a cost.
	for c := rune(0x80); c <= 0xFFFF; c += 7 {
		if !utf16.IsSurrogate(c) {
			documents = append(documents, fmt.Appendf(nil, "<a%c %c='%c'/>", c, c, c))
		}
	}
	return documents
}

// rich is a document with all constructs of XML that are supported.
const rich = "<?xml version='1.0' encoding='utf-8' standalone=\"yes\"?>\r\n<!-- Zürich \U0001F3E2 -->\n" +
	"<?stylesheet type='x'?>\n<t:Topology xmlns:t=\"urn:t\" xmlns = 'urn:d'\n\txmlns:q='urn:q' xml:lang='en'>\r\n" +
	"  <t:Site SiteId=\"1\" q:Name='a&amp;b&#x41;\tc' t:Name='é'><Name xml:space='preserve'> x &lt; y&#13;\r\n" +
	"</Name><![CDATA[ <&> ]]> ]] > </t:Site>\n  <Service\n ServiceVersion = '6' xmlns=''><p:Ports xmlns:p='urn:p' " +
	"p:a='1' a=\"2\" /><Empty/><!-- - --><?pi a?b?></Service >\n</t:Topology>\n<!-- end --><?pi?>\n"

// pieces are texts that a mutation inserts.
var pieces = []string{
	"<", ">", "/", "=", "'", "\"", "&", ";", "#", ":", "-", "--", "]", "]]>", "!", "?", "?>", " ", "\t", "\r", "\n",
	"x", "1", "\u00A0", "\uFEFF", "\uFFFE", "\U00010400", "\x00", "\x01", "\x85", "\u2028", "é", "·",
	"xml", "xmlns", "XML",
	"<a>", "</a>", "<a/>", "<x:a/>", "<!---->", "<![CDATA[]]>", "<?a?>", "<?xml version='1.0'?>", "<!DOCTYPE a>",
	"&amp;", "&e;", "&#65;", "&#xD800;", "&#0;", "&#x110000;", " a='1'", " xmlns=''", " xmlns='urn:t'", " xmlns:q=''",
	" xmlns:q='urn:t'", " xmlns:xml='urn:t'", " q:a='1'", " t:a='1'", " r:a='1'", " xml:space='default'",
	" xml:space='x'", " xmlns:xmlns='urn:t'", " xmlns:x='http://www.w3.org/XML/1998/namespace'", "encoding='utf-16'",
	"encoding='us-ascii'", "version='1.1'", "standalone='no'",
}

// mutations returns documents that differ from rich in one or two places, in all encodings.
func mutations(r *rand.Rand) [][]byte {
	count := 4000
	if testkit.IsLong() {
		count = 200_000
	}
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range testkit.StoredForms {
			if !yield(name) {
				return
			}
		}
	})
	var documents [][]byte
	for i := range count {
		text := []rune(rich)
		for range 1 + r.IntN(2) {
			from := place(r, text)
			to := min(len(text), from+r.IntN(6))
			switch r.IntN(4) {
			case 0: // remove
				text = slices.Delete(text, from, to)
			case 1: // insert
				text = slices.Insert(text, from, []rune(pieces[r.IntN(len(pieces))])...)
			case 2: // replace
				text = slices.Replace(text, from, to, []rune(pieces[r.IntN(len(pieces))])...)
			case 3: // repeat a longer part elsewhere
				part := slices.Clone(text[from:min(len(text), from+r.IntN(60))])
				text = slices.Insert(text, place(r, text), part...)
			}
		}
		encoding := "UTF-8"
		if i%4 == 0 {
			encoding = names[r.IntN(len(names))]
		}
		raw := testkit.StoredForms[encoding](string(text))
		if i%16 == 0 { // a byte of the stored document
			raw[r.IntN(len(raw))] ^= byte(1 << r.IntN(8))
		}
		documents = append(documents, raw)
	}
	return documents
}

// place returns an index of a text: any, or that of a space or the begin of a tag, where an insertion does less harm.
func place(r *rand.Rand, text []rune) int {
	at := r.IntN(len(text))
	if r.IntN(4) == 0 {
		return at
	}
	if i := slices.IndexFunc(text[at:], func(c rune) bool { return c == ' ' || c == '<' }); i >= 0 {
		return at + i
	}
	return at
}

// dotNetVerdicts returns "reads " and the description of a document, or "refuses " and the reason, for each document.
func dotNetVerdicts(t *testing.T, documents [][]byte) []string {
	t.Helper()
	dir := t.TempDir()
	input, output := filepath.Join(dir, "documents"), filepath.Join(dir, "results")
	var all bytes.Buffer
	for _, raw := range documents {
		all.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(raw))))
		all.Write(raw)
	}
	if err := os.WriteFile(input, all.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.RunPowerShell(t, filepath.Join("testdata", "read-documents.ps1"), input, output)
	results, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(results), "\n"), "\n")
	if len(lines) != len(documents) {
		t.Fatalf("%d results for %d documents", len(lines), len(documents))
	}
	return lines
}

// escape writes everything except letters, digits and spaces as the code of its UTF-16 units, as read-documents.ps1
// does.
func escape(text string) string {
	var b strings.Builder
	for _, c := range text {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == ' ' {
			b.WriteRune(c)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, c) {
			fmt.Fprintf(&b, "%%%04X", unit)
		}
	}
	return b.String()
}
