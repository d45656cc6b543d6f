package xmldoc_test

import (
	"encoding/binary"
	"strings"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// refusedText is a document that is refused.
type refusedText struct {
	name         string
	text         string
	line, column int    // 0 for a document that is refused as a whole
	problem      string // in the message
	isOurs       bool   // .NET reads the document, but this package does not support it
}

// refusedTexts has the errors of each kind.
var refusedTexts = []refusedText{
	{name: "empty", problem: "is empty"},
	{name: "white space", text: " \r\n\t", problem: "is empty"},

	// XML 1.0, sections 2.1 and 2.8: the document.
	{name: "no root element", text: "<!-- x -->", line: 1, column: 11, problem: "no root element"},
	{name: "second root element", text: "<a/>\n<b/>", line: 2, column: 1, problem: "second root element, b"},
	{name: "text before the root", text: "x<a/>", line: 1, column: 1, problem: "text outside"},
	{name: "text after the root", text: "<a/>\r\n x", line: 2, column: 2, problem: "text outside"},
	{name: "reference after the root", text: "<a/>&#32;", line: 1, column: 5, problem: "text outside"},
	{name: "CDATA after the root", text: "<a/><![CDATA[x]]>", line: 1, column: 5, problem: "text outside"},
	{name: "empty CDATA before the root", text: "<![CDATA[]]><a/>", line: 1, column: 1, problem: "text outside"},
	{name: "Unicode white space", text: "<a/>\u00A0", line: 1, column: 5, problem: "text outside"},
	{name: "second mark", text: "\uFEFF\uFEFF<a/>", line: 1, column: 1, problem: "text outside"},
	{name: "document type", text: "<!DOCTYPE a><a/>", line: 1, column: 1, problem: "document type declaration"},
	{name: "document type inside", text: "<a><!DOCTYPE a></a>", line: 1, column: 4,
		problem: "document type declaration"},
	{name: "neither comment nor CDATA", text: "<a><!ELEMENT a></a>", line: 1, column: 4, problem: `"<!"`},

	// XML 1.0, section 2.8: the XML declaration.
	{name: "declaration after a line end", text: "\n<?xml version='1.0'?><a/>", line: 2, column: 3,
		problem: "very start"},
	{name: "declaration twice", text: "<?xml version='1.0'?><?xml version='1.0'?><a/>", line: 1, column: 24,
		problem: "only once"},
	{name: "declaration inside", text: "<a><?xml version='1.0'?></a>", line: 1, column: 6, problem: "very start"},
	{name: "declaration without version", text: "<?xml encoding='utf-8'?><a/>", line: 1, column: 7,
		problem: "malformed"},
	{name: "declaration without attributes", text: "<?xml ?><a/>", line: 1, column: 7, problem: "malformed"},
	{name: "bare declaration", text: "<?xml?><a/>", line: 1, column: 6, problem: "malformed"},
	{name: "declaration in another order", text: "<?xml version='1.0' standalone='yes' encoding='utf-8'?><a/>",
		line: 1, column: 38, problem: "in this order"},
	{name: "version twice", text: "<?xml version='1.0' version='1.0'?><a/>", line: 1, column: 21, problem: "malformed"},
	{name: "other name", text: "<?xml version='1.0' extra='1'?><a/>", line: 1, column: 21, problem: "malformed"},
	{name: "upper case name", text: "<?xml VERSION='1.0'?><a/>", line: 1, column: 7, problem: "malformed"},
	{name: "declaration without space", text: "<?xml version='1.0'encoding='utf-8'?><a/>", line: 1, column: 20,
		problem: "white space is expected"},
	{name: "declaration without quotes", text: "<?xml version=1.0?><a/>", line: 1, column: 15, problem: "in quotes"},
	{name: "declaration as a tag", text: "<?xml version='1.0'><a/>", line: 1, column: 20,
		problem: "white space is expected"},
	{name: "declaration with one mark", text: "<?xml version='1.0' ? ><a/>", line: 1, column: 21, problem: "malformed"},
	{name: "upper case declaration", text: "<?XML version='1.0'?><a/>", line: 1, column: 3, problem: "the name XML"},
	{name: "version 1.1", text: "<?xml version='1.1'?><a/>", line: 1, column: 16, problem: `the XML version "1.1"`},
	{name: "version with a space", text: "<?xml version=' 1.0'?><a/>", line: 1, column: 16, problem: "the XML version"},
	{name: "version as a reference", text: "<?xml version='&#49;.0'?><a/>", line: 1, column: 16,
		problem: "the XML version"},
	{name: "standalone maybe", text: "<?xml version='1.0' standalone='maybe'?><a/>", line: 1, column: 33,
		problem: "standalone"},
	{name: "standalone in upper case", text: "<?xml version='1.0' standalone='YES'?><a/>", line: 1, column: 33,
		problem: "standalone"},

	// XML 1.0, section 4.3.3: the declared encoding.
	{name: "UTF-16 declared in UTF-8", text: "<?xml version='1.0' encoding='utf-16'?><a/>", line: 1, column: 31,
		problem: "stored in UTF-8"},
	{name: "UCS-2 declared in UTF-8", text: "<?xml version='1.0' encoding='ucs-2'?><a/>", line: 1, column: 31,
		problem: "stored in UTF-8"},
	{name: "Unicode declared in UTF-8", text: "<?xml version='1.0' encoding='unicode'?><a/>", line: 1, column: 31,
		problem: "stored in UTF-8"},
	{name: "unknown encoding", text: "<?xml version='1.0' encoding='klingon'?><a/>", line: 1, column: 31,
		problem: `"klingon", which is not supported`},
	{name: "encoding without hyphen", text: "<?xml version='1.0' encoding='utf8'?><a/>", line: 1, column: 31,
		problem: "not supported"},
	{name: "empty encoding", text: "<?xml version='1.0' encoding=''?><a/>", line: 1, column: 31,
		problem: "not supported"},
	{name: "Latin-1", text: "<?xml version='1.0' encoding='iso-8859-1'?><a/>", line: 1, column: 31,
		problem: `"iso-8859-1", which is not supported`, isOurs: true},
	{name: "Latin-1 with an umlaut", text: "<?xml version='1.0' encoding='iso-8859-1'?><a>\xFC</a>",
		line: 1, column: 31,
		problem: `"iso-8859-1", which is not supported`, isOurs: true},
	{name: "Windows-1252", text: "<?xml version='1.0' encoding='Windows-1252'?><a/>", line: 1, column: 31,
		problem: "not supported", isOurs: true},
	{name: "UCS-4", text: "<?xml version='1.0' encoding='ucs-4'?><a/>", line: 1, column: 31,
		problem: "not supported", isOurs: true},
	{name: "ASCII with an umlaut", text: "<?xml version='1.0' encoding='us-ascii'?>\n<a>ü</a>", line: 2, column: 4,
		problem: "does not have the character", isOurs: true},

	// XML 1.0, section 2.2: characters.
	{name: "control character", text: "<a>\x01</a>", line: 1, column: 4, problem: "U+0001"},
	{name: "zero", text: "<a>\x00</a>", line: 1, column: 4, problem: "U+0000"},
	{name: "control character in a comment", text: "<a><!-- \x02 --></a>", line: 1, column: 9, problem: "U+0002"},
	{name: "control character in an instruction", text: "<a><?p \x0B?></a>", line: 1, column: 8, problem: "U+000B"},
	{name: "control character in CDATA", text: "<a><![CDATA[\x1F]]></a>", line: 1, column: 13, problem: "U+001F"},
	{name: "control character in an attribute", text: "<a b='\x08'/>", line: 1, column: 7, problem: "U+0008"},
	{name: "noncharacter FFFE", text: "<a>\uFFFE</a>", line: 1, column: 4, problem: "U+FFFE"},
	{name: "noncharacter FFFF", text: "<a b='ü\uFFFF'/>", line: 1, column: 8, problem: "U+FFFF"},

	// XML 1.0, section 2.3, and Namespaces in XML 1.0, section 4: names.
	{name: "digit first", text: "<1a/>", line: 1, column: 2, problem: `cannot begin with "1"`},
	{name: "space first", text: "< a/>", line: 1, column: 2, problem: "cannot begin with U+0020"},
	{name: "hyphen first", text: "<a -b=''/>", line: 1, column: 4, problem: `cannot begin with "-"`},
	{name: "colon first", text: "<:a/>", line: 1, column: 2, problem: `cannot begin with ":"`},
	{name: "colon first in an attribute", text: "<a :b=''/>", line: 1, column: 4, problem: `cannot begin with ":"`},
	{name: "colon last", text: "<a xmlns:p='u'><p:/></a>", line: 1, column: 19, problem: `cannot begin with "/"`},
	{name: "colon last in an attribute", text: "<a xmlns:=''/>", line: 1, column: 10, problem: `cannot begin with "="`},
	{name: "two colons", text: "<a xmlns:p='u'><p:b:c/></a>", line: 1, column: 20, problem: `cannot contain ":"`},
	{name: "digit after the colon", text: "<a xmlns:p='u' p:1=''/>", line: 1, column: 18,
		problem: `cannot begin with "1"`},
	{name: "colon in an instruction", text: "<a><?p:q x?></a>", line: 1, column: 7, problem: `cannot contain ":"`},
	{name: "combining character first", text: "<\u0301a/>", line: 1, column: 2, problem: "U+0301"},
	{name: "letter of the fifth edition", text: "<a\u037F/>", line: 1, column: 3, problem: "U+037F"},
	{name: "letter beyond the first plane", text: "<a\U00010400/>", line: 1, column: 3, problem: "U+10400"},
	{name: "multiplication sign", text: "<a\u00D7b/>", line: 1, column: 3, problem: "U+00D7"},
	{name: "instruction without name", text: "<a><? x?></a>", line: 1, column: 6, problem: "cannot begin with"},
	{name: "instruction name with a plus", text: "<a><?p+ x?></a>", line: 1, column: 7, problem: `cannot contain "+"`},

	// XML 1.0, section 3.1: tags.
	{name: "no space between attributes", text: `<a b=""c=""/>`, line: 1, column: 8,
		problem: "white space is expected"},
	{name: "no space after the name", text: `<a"/>`, line: 1, column: 3, problem: `cannot contain '"'`},
	{name: "unquoted attribute", text: "<a b=c/>", line: 1, column: 6, problem: "in quotes"},
	{name: "attribute without value", text: "<a b/>", line: 1, column: 5, problem: `"=" and a value`},
	{name: "less-than in a value", text: "<a b='<'/>", line: 1, column: 7, problem: `cannot contain "<"`},
	{name: "duplicate attribute", text: `<a b="" b=""/>`, line: 1, column: 9, problem: "the attribute b twice"},
	{name: "duplicate among many", text: "<a" + manyAttributes(20) + " b07=''/>", line: 1, column: 144,
		problem: "the attribute b07 twice"},
	{name: "slash without bracket", text: "<a / >", line: 1, column: 5, problem: `">" is expected`},
	{name: "tag in a tag", text: "<a <b/>", line: 1, column: 4, problem: `cannot begin with "<"`},
	{name: "wrong end tag", text: "<a></b>", line: 1, column: 4, problem: "</b> does not match the start tag <a>"},
	{name: "wrong case", text: "<a></A>", line: 1, column: 4, problem: "</A> does not match"},
	{name: "wrong prefix", text: "<p:a xmlns:p='u'></a>", line: 1, column: 18, problem: "</a> does not match"},
	{name: "other prefix of the namespace", text: "<p:a xmlns:p='u' xmlns:q='u'></q:a>", line: 1, column: 30,
		problem: "</q:a> does not match"},
	{name: "end tag too many", text: "<a/></a>", line: 1, column: 5, problem: "no start tag"},
	{name: "end tag with an attribute", text: "<a></a b=''>", line: 1, column: 8, problem: `">" is expected`},
	{name: "end tag with a slash", text: "<a></a/>", line: 1, column: 7, problem: `cannot contain "/"`},
	{name: "end tag with a space first", text: "<a></ a>", line: 1, column: 6, problem: "cannot begin with U+0020"},
	{name: "end tag without name", text: "<a></>", line: 1, column: 6, problem: `cannot begin with ">"`},

	// Cut off.
	{name: "missing end tag", text: "<a><b>", line: 1, column: 7, problem: "inside the element b"},
	{name: "cut off in a name", text: "<a><b", line: 1, column: 6, problem: "inside a tag"},
	{name: "cut off after the bracket", text: "<a><", line: 1, column: 5, problem: "inside a tag"},
	{name: "cut off after the equals sign", text: "<a b=", line: 1, column: 6, problem: "inside a tag"},
	{name: "cut off in a value", text: "<a b='", line: 1, column: 7, problem: "inside a tag"},
	{name: "cut off after the slash", text: "<a/", line: 1, column: 4, problem: "inside a tag"},
	{name: "cut off in an end tag", text: "<a></a", line: 1, column: 7, problem: "inside an end tag"},
	{name: "cut off in a comment", text: "<a><!-- -", line: 1, column: 10, problem: "inside a comment"},
	{name: "cut off after dashes", text: "<a><!-- --", line: 1, column: 11, problem: "inside a comment"},
	{name: "cut off in CDATA", text: "<a><![CDATA[]]", line: 1, column: 15, problem: "inside a CDATA section"},
	{name: "cut off in an instruction", text: "<a><?p ?", line: 1, column: 9,
		problem: "inside a processing instruction"},
	{name: "cut off in the declaration", text: "<?xml version='1.0'", line: 1, column: 20,
		problem: "inside a processing instruction"},

	// XML 1.0, sections 2.4 and 2.5: text and comments.
	{name: "end of CDATA in text", text: "<a>]]></a>", line: 1, column: 4, problem: `"]]>"`},
	{name: "dashes in a comment", text: "<a><!-- -- --></a>", line: 1, column: 9, problem: `"--"`},
	{name: "dash at the end of a comment", text: "<a><!-- ---></a>", line: 1, column: 9, problem: `"--"`},

	// XML 1.0, sections 4.1 and 4.6: references.
	{name: "undefined entity", text: "<a>&e;</a>", line: 1, column: 4, problem: `"&e;" is not defined`},
	{name: "undefined entity in a value", text: "<a b='&nbsp;'/>", line: 1, column: 7,
		problem: `"&nbsp;" is not defined`},
	{name: "ampersand alone", text: "<a>x & y</a>", line: 1, column: 6, problem: "&amp;"},
	{name: "reference without name", text: "<a>&;</a>", line: 1, column: 4, problem: "not defined"},
	{name: "reference without digits", text: "<a>&#;</a>", line: 1, column: 4, problem: "not a reference"},
	{name: "reference without hex digits", text: "<a>&#x;</a>", line: 1, column: 4, problem: "not a reference"},
	{name: "upper case X", text: "<a>&#X41;</a>", line: 1, column: 4, problem: "not a reference"},
	{name: "hex digit in a decimal", text: "<a>&#4A;</a>", line: 1, column: 4, problem: "not a reference"},
	{name: "sign in a reference", text: "<a>&#+65;</a>", line: 1, column: 4, problem: "not a reference"},
	{name: "surrogate", text: "<a b='&#xD800;'/>", line: 1, column: 7, problem: "does not allow"},
	{name: "two surrogates", text: "<a>&#xD83C;&#xDFE2;</a>", line: 1, column: 4, problem: "does not allow"},
	{name: "reference to zero", text: "<a>&#0;</a>", line: 1, column: 4, problem: "does not allow"},
	{name: "reference to a control character", text: "<a>&#x1B;</a>", line: 1, column: 4, problem: "does not allow"},
	{name: "reference to FFFE", text: "<a>&#xFFFE;</a>", line: 1, column: 4, problem: "does not allow"},
	{name: "reference beyond Unicode", text: "<a>&#x110000;</a>", line: 1, column: 4, problem: "does not allow"},
	{name: "large reference", text: "<a>&#99999999999999999999;</a>", line: 1, column: 4, problem: "does not allow"},

	// XML 1.0, section 2.10: xml:space.
	{name: "other xml:space", text: "<a xml:space='keep'/>", line: 1, column: 15, problem: "xml:space"},
	{name: "empty xml:space", text: "<a xml:space=''/>", line: 1, column: 15, problem: "xml:space"},

	// Namespaces in XML 1.0, sections 3, 5 and 6.3.
	{name: "undeclared prefix", text: "<a>\n <p:b/></a>", line: 2, column: 3, problem: "the prefix p is not declared"},
	{name: "undeclared prefix of an attribute", text: "<a p:b=''/>", line: 1, column: 4,
		problem: "the prefix p is not declared"},
	{name: "prefix out of scope", text: "<a><b xmlns:p='u'/><p:c/></a>", line: 1, column: 21,
		problem: "is not declared"},
	{name: "emptied prefix", text: "<a xmlns:p=''/>", line: 1, column: 4, problem: "empty namespace"},
	{name: "emptied inside", text: "<p:a xmlns:p='u'><b xmlns:p=''/></p:a>", line: 1, column: 21,
		problem: "empty namespace"},
	{name: "prefix xmlns declared", text: "<a xmlns:xmlns='u'/>", line: 1, column: 4,
		problem: "prefix xmlns is reserved"},
	{name: "prefix xml rebound", text: "<a xmlns:xml='u'/>", line: 1, column: 4, problem: "prefix xml is reserved"},
	{name: "namespace of xml", text: "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", line: 1, column: 4,
		problem: "only the prefix xml"},
	{name: "default namespace of xml", text: "<a xmlns='http://www.w3.org/XML/1998/namespace'/>", line: 1, column: 4,
		problem: "only the prefix xml"},
	{name: "namespace of xmlns", text: "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", line: 1, column: 4,
		problem: "no prefix can stand for"},
	{name: "default namespace of xmlns", text: "<a xmlns='http://www.w3.org/2000/xmlns/'/>", line: 1, column: 4,
		problem: "no prefix can stand for"},
	{name: "prefix xmlns of an element", text: "<xmlns:a/>", line: 1, column: 2,
		problem: "prefix of an element", isOurs: true},
	{name: "duplicate namespace", text: `<a xmlns:p="x" xmlns:p="y"/>`, line: 1, column: 16,
		problem: "the attribute xmlns:p twice"},
	{name: "duplicate default namespace", text: `<a xmlns="x" xmlns="x"/>`, line: 1, column: 14,
		problem: "the attribute xmlns twice"},
	{name: "two prefixes of one namespace", text: `<a xmlns:p="u" xmlns:q="u" p:b="" q:b=""/>`, line: 1, column: 35,
		problem: "the attribute q:b twice"},
	{name: "two prefixes, declared later", text: `<a p:b="" q:b="" xmlns:p="u" xmlns:q="u"/>`, line: 1, column: 11,
		problem: "the attribute q:b twice"},

	// Encodings. XML 1.0, appendix F.1.
	{name: "odd number of bytes", text: "\xFF\xFE<\x00a", problem: "odd number"},
	{name: "unpaired surrogate", text: "\xFF\xFE<\x00\x3C\xD8", line: 1, column: 2, problem: "unpaired surrogate"},
	{name: "two high surrogates", text: "\xFF\xFE<\x00\x3C\xD8\x3C\xD8", line: 1, column: 2,
		problem: "unpaired surrogate"},
	{name: "low surrogate", text: "\xFE\xFF\x00<\xDC\x00\x00>", line: 1, column: 2, problem: "unpaired surrogate"},
	{name: "neither UTF-8 nor -16", text: "<a>\xFC</a>", line: 1, column: 4, problem: "neither valid UTF-8"},
	{name: "Latin-1 with UTF-8 mark", text: "\xEF\xBB\xBF<a>\n\xFC</a>", line: 2, column: 1,
		problem: "neither valid UTF-8"},
	{name: "surrogate in UTF-8", text: "<a>\xED\xA0\x80</a>", line: 1, column: 4, problem: "neither valid UTF-8"},
	{name: "overlong UTF-8", text: "<a>\xC0\xBC</a>", line: 1, column: 4, problem: "neither valid UTF-8"},
	{name: "UTF-16 with a space first", text: string(testkit.UTF16(binary.LittleEndian, " <a/>")),
		problem: "byte order mark"},
	{name: "UTF-32", text: "\xFF\xFE\x00\x00<\x00\x00\x00a\x00\x00\x00/\x00\x00\x00>\x00\x00\x00",
		problem: "UTF-32, which is not supported", isOurs: true},
	{name: "UTF-32BE without mark", text: "\x00\x00\x00<\x00\x00\x00a\x00\x00\x00/\x00\x00\x00>",
		problem: "UTF-32, which is not supported", isOurs: true},

	// Limits of this package.
	{name: "nested too deep", text: strings.Repeat("<a>", 1001) + strings.Repeat("</a>", 1001), line: 1, column: 3001,
		problem: "1000 deep", isOurs: true},
}

// manyAttributes returns n attributes b00, b01 and so on.
func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(" b" + string(rune('0'+i/10)) + string(rune('0'+i%10)) + "=''")
	}
	return b.String()
}

// readTexts are documents that are read, in the form that describe returns.
var readTexts = map[string]string{
	"<?xml version = '1.0' encoding = \"UTF-8\"\tstandalone\n=\r'no' ?><a/>": "<{}a></>",
	"<?xml-stylesheet href=''?><a/>":                                         "<{}a></>",
	"<?xmlx?><a/>":                                                           "<{}a></>",
	"<?xml version='1.0' encoding='us-ascii'?><a/>":                          "<{}a></>",
	"\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?><a/>":                 "<{}a></>",
	"<a\u0301\u00B7\u3005 ű='1'/>":                                           "<{}a\u0301\u00B7\u3005 {}ű=\"1\"></>",
	"<_a.b-1/>":                                                              "<{}_a.b-1></>",

	// Literal white space in a value is a space, a reference stays.
	"<a b='x\ty\nz\r\nu\rv' c='&#9;&#xA;&#13;&#x20;'/>":   "<{}a {}b=\"x y z u v\" {}c=\"\t\n\r \"></>",
	"<a b='&lt;&gt;&amp;&apos;&quot;&#x1F3E2;>'/>":        "<{}a {}b=\"<>&'\"\U0001F3E2>\"></>",
	"<a\r\n\tb\n=\n'c'\n/>":                               `<{}a {}b="c"></>`,
	"<a>x\r\ny\rz\n&#13;<![CDATA[\r\n<&]]]>]] ></a >":     "<{}a>x\ny\nz\n\r\n<&]]] ></>",
	"<a> <!-- \r - > --> <?p ? > \r?>]] ></a\r\n>":        "<{}a>  ]] ></>",
	"<a>&#00000000000000000000000000000000000000065;</a>": "<{}a>A</>",
	"<a xml:space=' default ' xml:lang='' xml:x='y'/>": `<{}a {http://www.w3.org/XML/1998/namespace}lang="" ` +
		`{http://www.w3.org/XML/1998/namespace}space=" default " {http://www.w3.org/XML/1998/namespace}x="y"></>`,

	// Namespaces.
	"<xml:a/>": "<{http://www.w3.org/XML/1998/namespace}a></>",
	"<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>": `<{}a {http://www.w3.org/2000/xmlns/}xml=` +
		`"http://www.w3.org/XML/1998/namespace"></>`,
	"<a p:b='1' b='2' xmlns:p='u' xmlns='u'/>": `<{u}a {http://www.w3.org/2000/xmlns/}p="u" ` +
		`{http://www.w3.org/2000/xmlns/}xmlns="u" {u}b="1" {}b="2"></>`,
	"<a xmlns='u'><b xmlns=''><c xmlns=' '/></b></a>": `<{u}a {http://www.w3.org/2000/xmlns/}xmlns="u">` +
		`<{}b {http://www.w3.org/2000/xmlns/}xmlns=""><{ }c {http://www.w3.org/2000/xmlns/}xmlns=" "></></></>`,
}
