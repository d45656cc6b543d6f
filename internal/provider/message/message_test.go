package message

import "testing"

func TestSentence(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "it is open": "it is open.", "it is open.": "it is open.", "write lync {}": "write lync {}",
	} {
		if got := Sentence(text); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestCapitalise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "the file is open": "The file is open", "pool.contoso.com is down": "pool.contoso.com is down",
		"A": "A",
	} {
		if got := Capitalise(text); got != want {
			t.Errorf("Capitalise(%q) = %q, want %q", text, got, want)
		}
	}
}
