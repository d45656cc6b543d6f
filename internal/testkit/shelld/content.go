package shelld

import (
	"encoding/xml"
	"io"
	"regexp"
	"strings"
)

// signature is the attribute Signature in a start tag.
var signature = regexp.MustCompile(`\sSignature\s*=\s*("[^"]*"|'[^']*')`)

// content returns a document as Get-LyncContent of publish-topology.ps1 does: without the parts before and after the
// root element, the root's attribute Signature, and white space between tags. A document that does not parse remains
// unchanged.
func content(document string) string {
	decoder := xml.NewDecoder(strings.NewReader(document))
	// The document is decoded already, whatever encoding its XML declaration names.
	decoder.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }

	var begin, inside int64

	for depth := 0; ; {
		before := decoder.InputOffset()
		token, err := decoder.RawToken()
		if err != nil {
			return document
		}
		switch token.(type) {
		case xml.StartElement:
			if depth == 0 {
				begin, inside = before, decoder.InputOffset()
			}
			depth++
		case xml.EndElement:
			if depth--; depth == 0 {
				tag := signature.ReplaceAllString(document[begin:inside], "")
				return between.ReplaceAllString(tag+document[inside:decoder.InputOffset()], "><")
			}
		}
	}
}
