package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/environment"
)

// topologyFileErrors validates and configures a provider, and returns the errors of both.
func topologyFileErrors(t *testing.T, arguments map[string]tftypes.Value) (valid, configured []*tfprotov6.Diagnostic) {
	t.Helper()
	server := NewServer(testProvider(t, ""))
	w := &walk{t: t, server: server}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	w.must(err, schemas.Diagnostics)
	kind := w.object(schemas.Provider.ValueType())
	config := w.pack(kind, objectWith(kind, arguments))
	validation, err := server.ValidateProviderConfig(t.Context(),
		&tfprotov6.ValidateProviderConfigRequest{Config: config})
	w.must(err, nil)
	configuration, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config})
	w.must(err, nil)
	return validation.Diagnostics, configuration.Diagnostics
}

// assertPathMistake checks for one error on topology_file.
func assertPathMistake(t *testing.T, got []*tfprotov6.Diagnostic, summary, detail string) {
	t.Helper()
	if len(got) != 1 || got[0].Attribute.String() != `AttributeName("topology_file")` || got[0].Summary != summary ||
		got[0].Detail != detail {
		t.Errorf("got %d diagnostics, want %s: %s", len(got), summary, detail)
		for _, d := range got {
			t.Errorf("%s %s: %s", d.Attribute, d.Summary, d.Detail)
		}
	}
}

// TestPathMistakes has paths in the configuration. Each error is on the argument, when it is validated.
func TestPathMistakes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ path, summary, detail string }{
		{
			"C:\topology.xml", "Path with a tab",
			`topology_file is "C:\topology.xml", which has a tab. In quotation marks, \t is a tab. Write each backslash of a ` +
				`path twice (\\), or write a slash (/) instead. Example: topology_file = "C:\\topology.xml" or ` +
				`"C:/topology.xml"`,
		},
		{
			"C:\new\\lab.xml", "Path with a line break",
			`topology_file is "C:\new\\lab.xml", which has a line break. In quotation marks, \n is a line break. Write each ` +
				`backslash of a path twice (\\), or write a slash (/) instead. Example: topology_file = ` +
				`"C:\\new\\lab.xml" or "C:/new/lab.xml"`,
		},
		{
			"missing.xml\n", "Path ends with a line break",
			`topology_file is "missing.xml\n", which ends with a line break. The text of a heredoc ends with one, and so ` +
				`does the text of most files. Write the path in quotation marks on one line, or remove the line break ` +
				`with trimspace(...). Example: topology_file = "missing.xml"`,
		},
		{
			`"missing.xml"`, "Path in quotation marks",
			`topology_file is "\"missing.xml\"", which has quotation marks that are a part of it. Write the path with one ` +
				`pair of quotation marks. Example: topology_file = "missing.xml"`,
		},
		{
			".\topology.xml", "Path with a tab",
			`topology_file is ".\topology.xml", which has a tab. If \t was written in quotation marks, it is a tab: write ` +
				`each backslash of a path twice (\\), or write a slash (/) instead. Otherwise, write the path without the ` +
				`tab. Example: topology_file = ".\\topology.xml" or "./topology.xml"`,
		},
		{
			"\"C:\topology.xml\"", "Path with a tab",
			`topology_file is "\"C:\topology.xml\"", which has a tab and has quotation marks that are a part of it. In ` +
				`quotation marks, \t is a tab. Write each backslash of a path twice (\\), or write a slash (/) instead. ` +
				`Write the path with one pair of quotation marks. Example: topology_file = "C:\\topology.xml" or ` +
				`"C:/topology.xml"`,
		},
		{
			"<?xml version=\"1.0\"?>\n<Topology />\n", "Content of a file instead of its path",
			"topology_file looks like the content of a file. Set the path of the file.",
		},
	} {
		valid, configured := topologyFileErrors(t, map[string]tftypes.Value{"topology_file": text(test.path)})
		assertPathMistake(t, valid, test.summary, test.detail)
		assertPathMistake(t, configured, test.summary, test.detail)
	}
}

// TestPathMistakesInTheEnvironment has paths in the environment variable, which is read when the provider is
// configured.
func TestPathMistakesInTheEnvironment(t *testing.T) {
	for _, test := range []struct{ path, summary, detail string }{
		{
			`"C:\lab.xml"`, "Path in quotation marks",
			`LYNC_TOPOLOGY_FILE is "\"C:\\lab.xml\"", which has quotation marks that are a part of it. Set the variable to ` +
				`the path without the quotation marks. In cmd.exe, quotation marks after the equals sign are a part of the ` +
				`value. Example: set LYNC_TOPOLOGY_FILE=C:\lab.xml`,
		},
		{
			"missing.xml\r\n", "Path ends with a line break",
			`LYNC_TOPOLOGY_FILE is "missing.xml\r\n", which ends with a line break. Set the variable to the path without ` +
				`the line break. Example: set LYNC_TOPOLOGY_FILE=missing.xml`,
		},
		{
			"\"C:\topology.xml\" ", "Path with a tab",
			`LYNC_TOPOLOGY_FILE is "\"C:\topology.xml\" ", which has a tab, has quotation marks that are a part of it and ` +
				`begins or ends with a space. Set the variable to the path without the tab, the quotation marks and the ` +
				`space. In cmd.exe, quotation marks after the equals sign are a part of the value. In cmd.exe, a space ` +
				`before && is a part of the value. ` +
				`Example: set LYNC_TOPOLOGY_FILE=C:\topology.xml`,
		},
	} {
		t.Setenv(environment.TopologyFile, test.path)
		valid, configured := topologyFileErrors(t, nil)
		if len(valid) != 0 {
			t.Errorf("%q: the validation reads the environment: %s", test.path, valid[0].Detail)
		}
		assertPathMistake(t, configured, test.summary, test.detail)
	}
}

// TestPathOfAnExistingFile verifies that a name with a tab is accepted where files can have it, and that the error for
// the content of the file shows it quoted.
func TestPathOfAnExistingFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a\tb.xml")
	if err := os.WriteFile(file, []byte("no document"), 0o600); err != nil {
		t.Skipf("the system has no such names: %v", err)
	}
	valid, configured := topologyFileErrors(t, map[string]tftypes.Value{"topology_file": text(file)})
	if all := append(valid, configured...); len(all) != 0 {
		t.Errorf("%s: %s", all[0].Summary, all[0].Detail)
	}
	unitTest(t, assertRefused("provider \"lync\" {\n  topology_file = "+quotedHCL(file)+"\n}\n"+pairOf(paris, lyon),
		`a\tb.xml": `))
}

// quotedHCL returns a text as it is in a configuration.
func quotedHCL(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, "\t", `\t`).Replace(value) + `"`
}

// TestEscapesInAPath plans configurations as they are typed.
func TestEscapesInAPath(t *testing.T) {
	t.Parallel()
	for arguments, text := range map[string]string{
		`topology_file = "C:\topology.xml"`:      `topology_file is "C:\topology.xml", which has a tab.`,
		`topology_file = "C:\new\\topology.xml"`: `topology_file is "C:\new\\topology.xml", which has a line break.`,
		`topology_file = "lab\reports.xml"`: `which has a carriage return. If \r was written in quotation marks, it is a ` +
			`carriage return: write each backslash of a path twice (\\), or write a slash (/) instead.`,
		"topology_file = <<-EOT\n    lab.xml\n  EOT": `topology_file is "lab.xml\n", which ends with a line break.`,
		`management_shell = { winrm = { host = "lync01", ca_file = "lab\new.pem" } }`: "ca_file has a line break. " +
			`If \n was written in quotation marks`,
		`management_shell = { winrm = { host = "lync01", executable = "C:\tools\\pwsh.exe" } }`: "executable has a tab. In " +
			`quotation marks, \t is a tab.`,
		`management_shell = { ssh = { host = "lync01", executable = ".\tools\\pwsh" } }`: "executable has a tab. In " +
			`quotation marks, \t is a tab.`,
		`management_shell = { local = { executable = "lab\new.exe" } }`:                "executable has a line break. If \\n was",
		`management_shell = { local = {}, backup_directory = "D:\\backups\topology" }`: "backup_directory has a tab.",
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			unitTest(t, assertRefused("provider \"lync\" {\n  "+arguments+"\n}\n"+pairOf(paris, lyon), text))
		})
	}
}
