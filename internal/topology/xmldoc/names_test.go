package xmldoc_test

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/lync-iac/terraform-provider-lync/internal/topology/xmldoc"
)

// TestNameCharactersAgreeWithGo begins and continues a name with each character of the first plane. The standard
// library has tables of its own. TestParseAgreesWithDotNet compares a part of the characters with those of the product.
func TestNameCharactersAgreeWithGo(t *testing.T) {
	t.Parallel()
	for c := rune(0x80); c <= 0xFFFF; c++ {
		if utf16.IsSurrogate(c) {
			continue
		}
		for _, text := range []string{fmt.Sprintf("<%c/>", c), fmt.Sprintf("<a%c/>", c)} {
			_, err := xmldoc.Parse([]byte(text))
			_, theirs := xml.NewDecoder(strings.NewReader(text)).Token()
			if (err == nil) != (theirs == nil) {
				t.Errorf("%s with U+%04X: got %v, but encoding/xml has %v", text, c, err, theirs)
			}
		}
	}
}
