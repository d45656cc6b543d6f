package powershell

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// clixmlMark begins what PowerShell writes for another PowerShell instead of text.
const clixmlMark = "#< CLIXML"

// DecodeCLIXML makes plain text of standard error: CLIXML becomes the messages in it, without progress, and text around
// it stays. What looks like CLIXML and cannot be read stays as it came.
func DecodeCLIXML(stderr []byte) string {
	// Bytes of another code page are shown as such rather than lost.
	text := strings.ToValidUTF8(string(bytes.ReplaceAll(stderr, []byte{0}, nil)), "\uFFFD")

	var plain strings.Builder

	for {
		before, after, ok := strings.Cut(text, clixmlMark)
		plain.WriteString(before)

		if !ok {
			break
		}

		messages, rest, ok := readCLIXML(after)
		if !ok {
			plain.WriteString(clixmlMark)
			text = after

			continue
		}

		plain.WriteString(messages)
		text = rest
	}

	return strings.TrimSpace(strings.ReplaceAll(plain.String(), "\r\n", "\n"))
}

// readCLIXML reads one list of objects and gives back what follows it. Strings of the streams that people read are
// their texts; an object, such as an error record, is told by its ToString.
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
			// Cut off: what was read so far is worth more than the XML, if it is anything.
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
			wanted := stream != "progress" && (depth == 2 && token.Name.Local == "S" || depth == 3 && token.Name.Local == "ToString")
			if wanted && element == token.Name.Local {
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

// unescapeCLIXML undoes _xHHHH_: a UTF-16 unit in hexadecimal, also one half of a pair. An underscore that would begin such an
// escape is written as _x005F_.
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
