package powershell

import (
	"context"
	"encoding/json"
	"io"
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

		var file SavedFile
		if err := json.Unmarshal(content, &file); err != nil || string(file.Text) != strings.TrimPrefix(text, "\uFEFF") {
			t.Errorf("%.10q: %.10q, %v", text, file.Text, err)
		}
	}

	var file SavedFile
	if json.Unmarshal([]byte(`{"text":"abc"}`), &file) == nil || json.Unmarshal([]byte(`{"text":""}`), &file) != nil {
		t.Error("what is no block, or an empty one")
	}
}

// spelled hands out pieces of output.
type spelled struct {
	Transport
	pieces []string
}

func (s spelled) RunWatched(_ context.Context, _ string, _ io.Reader, seen func([]byte)) (Output, error) {
	for _, piece := range s.pieces {
		seen([]byte(piece))
	}

	return Output{}, nil
}

func TestOnPublishing(t *testing.T) {
	t.Parallel()

	mark := "{lync:" + strings.Repeat("0a", 16) + ":publishing}"

	for name, tc := range map[string]struct {
		pieces []string
		want   int
	}{
		"nothing":      {nil, 0},
		"whole":        {[]string{"banner\r\n", mark}, 1},
		"in letters":   {strings.Split(strings.Repeat("x", 500)+mark+"y", ""), 1},
		"in wide ones": {[]string{strings.Join(strings.Split(mark, ""), "\x00")}, 1},
		"broken":       {[]string{mark[:20] + "\r\n" + mark[20:]}, 1},
		"twice":        {[]string{mark, mark}, 1},
		"another mark": {[]string{strings.Replace(mark, "publishing", "result", 1)}, 0},
	} {
		count := 0

		watching, ok := OnPublishing(spelled{pieces: tc.pieces}, func() { count++ })
		if _, err := watching.Run(t.Context(), "", nil); !ok || err != nil || count != tc.want {
			t.Errorf("%s: told %d times", name, count)
		}
	}

	if transport, ok := OnPublishing(struct{ Transport }{}, func() {}); ok || transport == nil {
		t.Error("a transport that tells nothing is said to")
	}
}

// What must never be in a script that writes is looked for by TestScriptsKeepTheRules; this is what must be.
func TestPublishScripts(t *testing.T) {
	t.Parallel()

	for script, wanted := range map[Script][]string{
		PublishTopology: {
			"'Get-CsTopology' @{ AsXml = $true }", "Force = $true", "BackupFileName = $backup", "FileName = $file", "Report = $Path", "UTF8Encoding ($false)",
			"'Get-CsRegistrarConfiguration'", "AuthenticatedUserSid", `Global\terraform-provider-lync`,
		},
		EnableTopology: {"'Enable-CsTopology' 'enable'", `Global\terraform-provider-lync`},
		SettleTopology: {"'Get-CsTopology' @{ AsXml = $true }", `Global\terraform-provider-lync`},
	} {
		text, err := script.text()
		if err != nil {
			t.Fatal(err)
		}

		for _, part := range wanted {
			if !strings.Contains(text, part) {
				t.Errorf("%s has no %s", script, part)
			}
		}
	}

	// In this order.
	text, err := PublishTopology.text()
	if err != nil {
		t.Fatal(err)
	}

	_, text, _ = strings.Cut(text, "\nInvoke-Lync {")
	for _, part := range []string{
		"Enter-LyncLock", "Read-LyncTopology", "-ne $Lync.Data.base_sha256", "Find-LyncFailedOver", "Get-LyncSimpleUrl", "WriteAllText($file", ":publishing}",
		"'Publish-CsTopology'", "Read-LyncTopology", "ReadAllText($backup)", "'Enable-CsTopology'", "Get-LyncSimpleUrl", "Exit-LyncLock",
	} {
		var ok bool
		if _, text, ok = strings.Cut(text, part); !ok {
			t.Fatalf("%s is not there, or too early", part)
		}
	}
}
