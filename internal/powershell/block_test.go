package powershell

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// announced returns a block as a host sends it, with this length before the packed content.
func announced(length int, content string) string {
	return strconv.Itoa(length) + ":" + encode([]byte(content))
}

// sent returns a block as a host sends it.
func sent(content string) string { return announced(len(content), content) }

func TestBlock(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("Gen\u00e8ve \u6771\u4eac ", 1000)

	for _, text := range []string{"", "x", long, "\uFEFF" + long} {
		content, err := json.Marshal(map[string]string{"text": strings.ReplaceAll(sent(text), "\n", "\r\n")})
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

// A block allocates its announced length once, and no more than its packed content can become.
func TestBlockAllocatesOnce(t *testing.T) {
	long := []byte(sent(strings.Repeat("x", maxBlock)))

	var text Block

	_, size := testkit.Allocations(func() { _ = text.UnmarshalText(long) })
	// The compressed text is unpacked into one buffer, which is copied once. With the race detector it is copied twice.
	if len(text) != maxBlock || size > 3*maxBlock+1<<20 {
		t.Errorf("%d bytes are unpacked, %d MiB are allocated", len(text), size>>20)
	}
	short := []byte(announced(maxBlock, "x"))
	if _, size := testkit.Allocations(func() { _ = text.UnmarshalText(short) }); size > 1<<20 {
		t.Errorf("%d MiB are allocated for one byte", size>>20)
	}
}

// A block has exactly the announced length, and no more than the limit.
func TestDecodeBounds(t *testing.T) {
	t.Parallel()

	const limit = 1000

	for name, test := range map[string]struct {
		block   string
		wantErr string
	}{
		"nothing":                {sent(""), ""},
		"the limit":              {sent(strings.Repeat("x", limit)), ""},
		"one byte more":          {sent(strings.Repeat("x", limit+1)), "1001 bytes, more than 1000"},
		"more than announced":    {announced(limit, strings.Repeat("x", limit+1)), "the announced 1000 bytes"},
		"much more":              {announced(limit, strings.Repeat("x", 64<<20)), "the announced 1000 bytes"},
		"less than announced":    {announced(limit, strings.Repeat("x", limit-1)), "the announced 1000 bytes"},
		"no length":              {encode([]byte("x")), "does not begin with its length"},
		"an empty length":        {":" + encode([]byte("x")), "does not begin with its length"},
		"a negative length":      {"-1:" + encode([]byte("x")), "does not begin with its length"},
		"a length beyond 2^32":   {"99999999999:" + encode([]byte("x")), "does not begin with its length"},
		"content without an end": {sent("x")[:22], "gzip"},
	} {
		content, err := decode(strings.Join(strings.Fields(test.block), ""), limit)
		switch {
		case test.wantErr == "" && err != nil, test.wantErr != "" && err == nil:
			t.Errorf("%s: %d bytes, %v", name, len(content), err)
		case err != nil && !strings.Contains(err.Error(), test.wantErr):
			t.Errorf("%s: no %q in %v", name, test.wantErr, err)
		}
	}
}
