package connection

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// validate runs the validators of a text attribute.
func validate(t *testing.T, attribute schema.StringAttribute, at path.Path, value types.String) diag.Diagnostics {
	t.Helper()
	var resp validator.StringResponse
	for _, v := range attribute.Validators {
		v.ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: value}, &resp)
	}
	return resp.Diagnostics
}

// textAttributes calls f with each text attribute of a nested one.
func textAttributes(nested schema.SingleNestedAttribute, at path.Path, f func(schema.StringAttribute, path.Path)) {
	for name, attribute := range nested.Attributes {
		switch attribute := attribute.(type) {
		case schema.StringAttribute:
			f(attribute, at.AtName(name))
		case schema.SingleNestedAttribute:
			textAttributes(attribute, at.AtName(name), f)
		}
	}
}

// TestEveryPath verifies that exactly the paths of the schema are checked. Each path is in the list, and so is each
// attribute whose description names a file, a folder or a path.
func TestEveryPath(t *testing.T) {
	t.Parallel()
	var checked, described []string
	textAttributes(Attribute(), blockPath, func(attribute schema.StringAttribute, at path.Path) {
		name := strings.TrimPrefix(at.String(), "management_shell.")
		for _, d := range validate(t, attribute, at, types.StringValue("lab\topology")) {
			if d.Summary() == "Path with a tab" {
				checked = append(checked, name)
			}
		}
		for _, word := range []string{"File ", "Folder ", "Path ", "path "} {
			if strings.Contains(attribute.MarkdownDescription, word) && !slices.Contains(described, name) {
				described = append(described, name)
			}
		}
		if got := validate(t, attribute, at, types.StringNull()); len(got) != 0 {
			t.Errorf("%s: null is refused: %s", name, got[0].Detail())
		}
		if got := validate(t, attribute, at, types.StringUnknown()); len(got) != 0 {
			t.Errorf("%s: an unknown value is refused: %s", name, got[0].Detail())
		}
	})
	want := []string{
		"backup_directory", "local.executable", "ssh.executable", "ssh.known_hosts_file", "winrm.ca_file",
		"winrm.executable", "winrm.kerberos_cache", "winrm.kerberos_config",
	}
	slices.Sort(checked)
	slices.Sort(described)
	if !slices.Equal(checked, want) || !slices.Equal(described, want) {
		t.Errorf("checked are  %v\ndescribed are %v\nwant          %v", checked, described, want)
	}
}

// TestPlausiblePath has the messages. None quotes the path.
func TestPlausiblePath(t *testing.T) {
	t.Parallel()
	at := blockPath.AtName("winrm").AtName("ca_file")
	for _, test := range []struct{ path, summary, detail string }{
		{"lab\\ca.pem", "", ""},
		{
			"lab\new.pem", "Path with a line break",
			"has a line break. If \\n was written in quotation marks, it is a line break: write each backslash of a " +
				"path twice (\\\\), or write a slash (/) instead. Otherwise, write the path without the line break.",
		},
		{
			"lab.pem\n", "Path ends with a line break",
			"ends with a line break. The text of a heredoc ends with one, and so does the text of most files. Write " +
				"the path in quotation marks on one line, or remove the line break with trimspace(...).",
		},
		{
			"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "Content of a file instead of its path",
			"looks like the content of a file. Set the path of the file.",
		},
		{
			"secret\nsecret", "Content of a file instead of its path",
			"looks like the content of a file. Set the path of the file. If it is the path, write each backslash of " +
				"it twice (\\\\), or write a slash (/) instead, in quotation marks on one line.",
		},
	} {
		got := validate(t, pathAttribute(""), at, types.StringValue(test.path))
		if test.summary == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || got[0].Summary() != test.summary || got[0].Detail() != at.String()+" "+test.detail {
			t.Errorf("%q: got %v, want %s: %s", test.path, got, test.summary, test.detail)
		}
	}
}

// TestPathOfAnExistingFile verifies that the name of a file of this host is accepted, but not for the server.
func TestPathOfAnExistingFile(t *testing.T) {
	const name = "'ca.pem'"
	t.Chdir(t.TempDir())
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	at := blockPath.AtName("winrm").AtName("ca_file")
	if got := validate(t, pathAttribute(""), at, types.StringValue(name)); len(got) != 0 {
		t.Errorf("the name of a file is refused: %s", got[0].Detail())
	}
	if got := validate(t, serverPathAttribute(""), at, types.StringValue(name)); len(got) != 1 {
		t.Errorf("got %d errors for a path of the server, want 1", len(got))
	}
}
