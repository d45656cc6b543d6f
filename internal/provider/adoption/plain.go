package adoption

import (
	"fmt"
	"strings"
)

// plain returns a text in which every character that is not printable ASCII is escaped as in a quoted string of the
// language. The result is on one line, and cannot control a terminal.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}
