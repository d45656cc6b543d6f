package topology_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

func TestEncodingIsKept(t *testing.T) {
	t.Parallel()
	// Characters of one to four bytes in UTF-8, a surrogate pair in UTF-16, and the replacement character.
	names := "Zürich 東京 \U0001F3E2 \uFFFD <\u00A0>"
	for name, encode := range testkit.StoredForms {
		for _, lf := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, LF %t", name, lf), func(t *testing.T) {
				estate := testkit.Estate{
					LF:    lf,
					Sites: []testkit.Site{{ID: 1, Name: names}},
					Pools: []testkit.Pool{{FQDN: "a", Central: testkit.Active}, {FQDN: "b"}},
				}
				raw := encode(estate.Text())
				doc := parse(t, raw)
				assertSameBytes(t, "as read", doc.Bytes(), raw)
				if got := doc.Topology().Sites[0].Name; got != names {
					t.Errorf("name %q", got)
				}
				paired := createPair(t, raw, pairOf("a", "b"))
				assertSameBytes(t, "created", paired,
					encode(testkit.Decode(createPair(t, estate.Document(), pairOf("a", "b")))))
				assertSameBytes(t, "created and deleted", deletePair(t, paired, "a", "b"), raw)
			})
		}
	}
}

func TestDeclaredEncoding(t *testing.T) {
	t.Parallel()
	text := twoPools().Text()
	const utf8, utf16, both, neither = "UTF-8", "UTF-16", "UTF-", "neither"
	for declaration, accepted := range map[string]string{
		`<?xml version="1.0"?>`:                                          both,
		`<?xml version="1.0" encoding="utf-8"?>`:                         utf8,
		`<?xml version='1.0' encoding='UTF-16' standalone='yes'?>`:       utf16,
		`<?xml version="1.0" encoding="us-ascii"?>` + "\r\n<!-- x -->\n": utf8,
		`<?xml version="1.0" encoding="iso-8859-1"?>`:                    neither,
		`<?xml version="1.0" encoding="Windows-1252"?>`:                  neither,
		`<?xml version="1.0" encoding="utf-32"?>`:                        neither,
		`<?xml version="1.1" encoding="utf-8"?>`:                         neither,
	} {
		for name, encode := range testkit.StoredForms {
			raw := encode(declaration + text)
			doc, err := topology.Parse(raw)
			if strings.HasPrefix(name, accepted) != (err == nil) {
				t.Errorf("%s in %s: %v", declaration, name, err)
			}
			if err == nil {
				assertSameBytes(t, declaration, doc.Bytes(), raw)
				assertSameBytes(t, declaration,
					deletePair(t, createPair(t, raw, pairOf("paris", "lyon")), "paris", "lyon"), raw)
			} else if !strings.Contains(err.Error(), "encoding") && !strings.Contains(err.Error(), "version") ||
				!strings.Contains(err.Error(), topology.ExportCommand) {
				t.Errorf("%s: %v", declaration, err)
			}
		}
	}
}

func TestDamagedEncoding(t *testing.T) {
	t.Parallel()
	text := testkit.Estate{Sites: []testkit.Site{{ID: 1, Name: "Zürich"}}}.Text()
	latin1 := []byte(strings.Replace(text, "ü", "\xFC", 1))
	// An unpaired surrogate replaces a letter.
	surrogate := func(order binary.AppendByteOrder, mark string) []byte {
		raw := testkit.UTF16(order, mark+text)
		return bytes.Replace(raw, order.AppendUint16(nil, 'ü'), order.AppendUint16(nil, 0xD83C), 1)
	}
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"Latin-1":                    {latin1, "UTF-8"},
		"Latin-1 behind a mark":      {append([]byte("\xEF\xBB\xBF"), latin1...), "UTF-8"},
		"cut inside a letter":        {[]byte(text[:strings.Index(text, "ü")+1]), "UTF-8"},
		"odd number of bytes, LE":    {testkit.UTF16(binary.LittleEndian, "\uFEFF"+text)[:1001], "odd"},
		"odd number of bytes, BE":    {append(testkit.UTF16(binary.BigEndian, text), ' '), "odd"},
		"surrogate, LE":              {surrogate(binary.LittleEndian, "\uFEFF"), "surrogate"},
		"surrogate, BE without mark": {surrogate(binary.BigEndian, ""), "surrogate"},
		"UTF-32":                     {append([]byte{0xFF, 0xFE, 0, 0}, '<', 0, 0, 0), "UTF-32"},
		"UTF-16 marked as UTF-8":     {append([]byte("\xEF\xBB\xBF"), testkit.UTF16(binary.LittleEndian, text)...), ""},
		"two marks":                  {testkit.UTF16(binary.LittleEndian, "\uFEFF\uFEFF"+text), "text outside"},
		"other byte order":           {append([]byte{0xFE, 0xFF}, testkit.UTF16(binary.LittleEndian, text)...), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := topology.Parse(c.raw)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), topology.ExportCommand) {
				t.Errorf("%v", err)
			}
		})
	}
}
