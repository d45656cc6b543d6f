package powershell

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// clixmlMark starts CLIXML, which PowerShell writes instead of text if another PowerShell reads its output.
const clixmlMark = "#< CLIXML"

// DecodeCLIXML returns standard error, up to [MaxStderr], as plain text. It replaces CLIXML by the messages in it,
// without progress records, and keeps other text. Text that looks like CLIXML and cannot be read stays unchanged, with
// the text that follows it: a second attempt on the same text would take quadratic time.
func DecodeCLIXML(stderr []byte) string {
	stderr = stderr[:min(len(stderr), MaxStderr)]
	// Bytes of another code page become replacement characters and do not hide the rest.
	text := strings.ToValidUTF8(string(bytes.ReplaceAll(stderr, []byte{0}, nil)), "\uFFFD")

	plain := replaceCLIXML(text, readCLIXML)
	return strings.TrimSpace(strings.ReplaceAll(plain, "\r\n", "\n"))
}

// replaceCLIXML replaces each list of objects in a text by its messages, which read returns.
func replaceCLIXML(text string, read func(string) (messages, rest string, ok bool)) string {
	var plain strings.Builder

	for {
		before, after, ok := strings.Cut(text, clixmlMark)
		plain.WriteString(before)

		if !ok {
			return plain.String()
		}
		var messages string

		err := Guard(func() error {
			messages, text, ok = read(after)
			return nil
		})
		if err != nil || !ok {
			return plain.String() + clixmlMark + after
		}
		plain.WriteString(messages)
	}
}

// readCLIXML reads one list of objects and returns the text that follows it. The message of a string is the string. The
// message of an object, such as an error record, is its ToString.
func readCLIXML(text string) (messages, rest string, ok bool) {
	decoder := xml.NewDecoder(strings.NewReader(text))

	var (
		out     strings.Builder
		depth   int
		stream  string // of the element at the second level
		element string
		content strings.Builder
	)

	for {
		token, err := decoder.Token()
		if err != nil {
			// The XML is cut off. Return the messages before the cut, if there are any.
			return out.String(), "", out.Len() > 0
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++

			if depth == 1 && token.Name.Local != "Objs" {
				return "", "", false
			}
			if depth == 2 {
				stream = streamOf(token)
			}
			element = token.Name.Local

			content.Reset()
		case xml.CharData:
			content.Write(token)
		case xml.EndElement:
			desired := stream != "progress" &&
				(depth == 2 && token.Name.Local == "S" || depth == 3 && token.Name.Local == "ToString")
			if desired && element == token.Name.Local {
				line := unescapeCLIXML(content.String())
				out.WriteString(line)

				if !strings.HasSuffix(line, "\n") {
					out.WriteByte('\n')
				}
			}
			depth--

			if depth == 0 {
				return out.String(), text[decoder.InputOffset():], true
			}
		}
	}
}

// streamOf returns the name of the stream that an object belongs to.
func streamOf(object xml.StartElement) string {
	for _, attr := range object.Attr {
		if attr.Name.Local == "S" {
			return attr.Value
		}
	}
	return ""
}

// unescapeCLIXML replaces each _xHHHH_ by the UTF-16 unit with this hexadecimal number, which can be one half of a
// surrogate pair. CLIXML escapes an underscore that would start such a sequence as _x005F_.
func unescapeCLIXML(text string) string {
	var (
		out   strings.Builder
		units []uint16
	)

	flush := func() {
		out.WriteString(string(utf16.Decode(units)))

		units = units[:0]
	}

	for len(text) > 0 {
		if len(text) >= 7 && text[0] == '_' && text[1] == 'x' && text[6] == '_' {
			if unit, err := strconv.ParseUint(text[2:6], 16, 16); err == nil {
				units = append(units, uint16(unit))
				text = text[7:]

				continue
			}
		}
		flush()

		_, size := utf8.DecodeRuneInString(text)
		out.WriteString(text[:size])
		text = text[size:]
	}
	flush()
	return out.String()
}
