package xmldoc

// Value returns the character data of a text with the white space around it, "" for an element.
func (n Node) Value() string {
	if n.Element != nil {
		return ""
	}
	return charData(n.Text)
}

// CountTokens splits a text into tokens and returns their number.
func CountTokens(text string) (int, error) {
	s := scanner{text: text}
	for n := 0; ; n++ {
		if t, err := s.next(); err != nil || t.kind == tokenEOF {
			return n, err
		}
	}
}
