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
		"A": "A", "über den Server": "Über den Server", "élève": "Élève", "東京 is down": "東京 is down",
		"ǆ is one letter": "ǅ is one letter", "\xff is no letter": "\xff is no letter", "\ufffd": "\ufffd",
	} {
		if got := Capitalise(text); got != want {
			t.Errorf("Capitalise(%q) = %q, want %q", text, got, want)
		}
	}
}
