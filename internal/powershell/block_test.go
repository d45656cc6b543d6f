package powershell

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestBlock(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("Gen\u00e8ve \u6771\u4eac ", 1000)

	for _, text := range []string{"", "x", long, "\uFEFF" + long} {
		content, err := json.Marshal(map[string]string{"text": strings.ReplaceAll(encode([]byte(text)), "\n", "\r\n")})
		if err != nil {
			t.Fatal(err)
		}
		var file struct{ Text Block }

		err = json.Unmarshal(content, &file)
		if err != nil || string(file.Text) != strings.TrimPrefix(text, "\uFEFF") {
			t.Errorf("%.10q: %.10q, %v", text, file.Text, err)
		}
	}
	var file struct{ Text Block }
	if json.Unmarshal([]byte(`{"text":"abc"}`), &file) == nil || json.Unmarshal([]byte(`{"text":""}`), &file) != nil {
		t.Error("what is no block, or an empty one")
	}
}
