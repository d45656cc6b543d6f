package xmldoc

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reference returns the character of the reference with which a text begins, and the length of the reference. It
// returns a problem for an invalid one. XML 1.0, section 4.1: a reference to a character must refer to one of section
// 2.2. Section 4.6: without a document type declaration, five entities are declared.
func reference(text string) (c rune, size int, problem string) {
	end := strings.IndexByte(text, ';')
	if end < 0 {
		return 0, 0, `"&" begins a reference, which needs a name and ";"; write "&amp;" for the character`
	}
	inner, size := text[1:end], end+1
	if !strings.HasPrefix(inner, "#") {
		c, ok := entities[inner]
		if !ok {
			return 0, 0, fmt.Sprintf("the entity %s is not defined", quote(text[:size]))
		}
		return c, size, ""
	}
	digits, base := inner[1:], 10
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	for _, d := range []byte(digits) {
		if hex := d | 0x20; d < '0' || d > '9' && (base == 10 || hex < 'a' || hex > 'f') {
			digits = ""
		}
	}
	number, err := strconv.ParseUint(digits, base, 64)
	switch {
	case digits == "":
		return 0, 0, fmt.Sprintf("%s is not a reference to a character", quote(text[:size]))
	case err != nil || number > utf8.MaxRune || !isChar(rune(number)):
		return 0, 0, fmt.Sprintf("%s refers to a character that XML does not allow", quote(text[:size]))
	}
	return rune(number), size, ""
}

// entities are the predefined entities. XML 1.0, section 4.6.
var entities = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "apos": '\'', "quot": '"'}

// attributeValue returns the value of an attribute from the value as written, whose references are valid. XML 1.0,
// section 3.3.3: literal white space becomes a space; a reference to white space stays what it refers to. Section 2.11:
// CR LF is one line end.
func attributeValue(raw string) string {
	return expand(raw, func(c byte) byte {
		if isSpaceByte(c) {
			return ' '
		}
		return c
	})
}

// textValue returns character data from text as written, whose references are valid. XML 1.0, section 2.11: each line
// end becomes LF.
func textValue(raw string) string {
	if strings.IndexByte(raw, '&') < 0 && strings.IndexByte(raw, '\r') < 0 {
		return raw
	}
	return expand(raw, lineEnd)
}

// lineEnd replaces a carriage return by a line feed.
func lineEnd(c byte) byte {
	if c == '\r' {
		return '\n'
	}
	return c
}

// expand resolves references, drops the LF of each CR LF, and replaces all other bytes with replace.
func expand(raw string, replace func(byte) byte) string {
	var b strings.Builder
	b.Grow(len(raw))
	for at := 0; at < len(raw); {
		if raw[at] == '&' {
			c, size, _ := reference(raw[at:])
			b.WriteRune(c)
			at += size
			continue
		}
		b.WriteByte(replace(raw[at]))
		if strings.HasPrefix(raw[at:], "\r\n") {
			at++
		}
		at++
	}
	return b.String()
}

// charData returns the character data of a text between tags: "" for a comment or a processing instruction.
func charData(raw string) string {
	switch kindOf(raw) {
	case tokenText:
		return textValue(raw)
	case tokenCDATA:
		inner := strings.TrimSuffix(strings.TrimPrefix(raw, "<![CDATA["), "]]>")
		return strings.ReplaceAll(strings.ReplaceAll(inner, "\r\n", "\n"), "\r", "\n")
	default:
		return ""
	}
}

// escaper replaces the characters that have a meaning in a tag, and white space that a reader would not keep.
var escaper = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")

// escapeAttr returns a value as it is written in an attribute. A character that XML does not allow becomes U+FFFD.
func escapeAttr(value string) string {
	return escaper.Replace(strings.Map(func(c rune) rune {
		if !isChar(c) {
			return utf8.RuneError
		}
		return c
	}, value))
}
