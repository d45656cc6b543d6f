package pathcheck_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/pathcheck"
)

func TestFind(t *testing.T) {
	t.Parallel()

	const (
		argument, variable = pathcheck.Argument, pathcheck.Variable
		content            = "Content of a file instead of its path"
	)

	for _, tc := range []struct {
		name    string
		path    string
		origin  pathcheck.Origin
		summary string // "" for no mistake
		advice  string // a part of it
		example string
	}{
		{"plain", `C:\lab\topology.xml`, argument, "", "", ""},
		{"slashes", "C:/new/topology.xml", argument, "", "", ""},
		{"share", `\\server\share\topology.xml`, argument, "", "", ""},
		{"space and umlaut", `C:\Verträge und Pläne\topology.xml`, argument, "", "", ""},
		{"apostrophe", "it's.xml", argument, "", "", ""},
		{"one quotation mark", `"`, argument, "", "", ""},
		{"empty", "", argument, "", "", ""},
		{"empty, in a variable", "", variable, "", "", ""},
		{
			"tab", "C:\topology.xml", argument, "Path with a tab", `\t is a tab. Write each backslash`,
			`"C:\\topology.xml" or "C:/topology.xml"`,
		},
		{
			"line break", "C:\new\\topology.xml", argument, "Path with a line break", `\n is a line break`,
			`"C:\\new\\topology.xml" or "C:/new/topology.xml"`,
		},
		{
			"carriage return", "C:\reports\topology.xml", argument, "Path with a carriage return",
			`\r is a carriage return`, `"C:\\reports\\topology.xml" or "C:/reports/topology.xml"`,
		},
		{
			"tab in a relative path", "lab\\x\topology.xml", argument, "Path with a tab", "Write each backslash",
			`"lab\\x\\topology.xml" or "lab/x/topology.xml"`,
		},
		{
			"tab in the file beside", ".\topology.xml", argument, "Path with a tab", `If \t was written`,
			`".\\topology.xml" or "./topology.xml"`,
		},
		{
			"tab in the folder above", "..\topology.xml", argument, "Path with a tab", "write each backslash",
			`"..\\topology.xml" or "../topology.xml"`,
		},
		{
			"tab in a folder", "lab\topology.xml", argument, "Path with a tab", "write each backslash",
			`"lab\\topology.xml" or "lab/topology.xml"`,
		},
		{
			"tab at the beginning", "\topology.xml", argument, "Path with a tab", "write each backslash",
			`"\\topology.xml" or "/topology.xml"`,
		},
		{
			"tab after a share", "//server/share\topology.xml", argument, "Path with a tab", "write each backslash",
			`"//server/share\\topology.xml" or "//server/share/topology.xml"`,
		},
		{
			"line break in a folder", "lab\new.xml", argument, "Path with a line break",
			`If \n was written in quotation marks`, `"lab\\new.xml" or "lab/new.xml"`,
		},
		{
			"line break at the beginning", "\new.pem", argument, "Path with a line break", "write each backslash",
			`"\\new.pem" or "/new.pem"`,
		},
		{
			"carriage return in a folder", "lab\reports.xml", argument, "Path with a carriage return",
			`If \r was written in quotation marks`, `"lab\\reports.xml" or "lab/reports.xml"`,
		},
		{
			"line breaks on a drive", "C:\new\nodes\topology.xml", argument, "Path with a line break",
			`\n is a line break`, `"C:\\new\\nodes\\topology.xml" or "C:/new/nodes/topology.xml"`,
		},
		{"tab at the end", "topology.xml\t", argument, "Path with a tab", "Write the path without the tab.", ""},
		{"tab on Unix", "/srv/a\tb.xml", argument, "Path with a tab", "Write the path without the tab.", ""},
		{
			"tab in a variable", "C:\topology.xml", variable, "Path with a tab",
			"Set the variable to the path without the tab.", `C:\topology.xml`,
		},
		{
			"tab in a folder, in a variable", "lab\topology.xml", variable, "Path with a tab",
			"Set the variable to the path without the tab.", "",
		},
		{
			"escape", "\x1b[31m.xml", argument, "Path with a control character",
			"Write the path without the control character.", "",
		},
		{
			"heredoc", "topology.xml\n", argument, "Path ends with a line break", "trimspace(...)", `"topology.xml"`,
		},
		{
			"heredoc of Windows", "C:/topology.xml\r\n", argument, "Path ends with a line break", "heredoc",
			`"C:/topology.xml"`,
		},
		{
			"indented heredoc", "  topology.xml\n", argument, "Path ends with a line break", "heredoc", `"topology.xml"`,
		},
		{
			"heredoc with a tab", "C:\topology.xml\n", argument, "Path with a tab", `\t is a tab`,
			`"C:\\topology.xml" or "C:/topology.xml"`,
		},
		{"only a line break", "\n", argument, "Path ends with a line break", "heredoc", ""},
		{
			"line break in a variable", "topology.xml\n", variable, "Path ends with a line break", "Set the variable",
			"topology.xml",
		},
		{"quoted variable", `"C:\x.xml"`, variable, "Path in quotation marks", "In cmd.exe", `C:\x.xml`},
		{"variable in single quotes", `'/srv/x.xml'`, variable, "Path in quotation marks", "In cmd.exe", "/srv/x.xml"},
		{
			"tab in a quoted variable", "\"C:\topology.xml\"", variable, "Path with a tab",
			"without the tab and the quotation marks. In cmd.exe",
			`C:\topology.xml`,
		},
		{
			"tab in a quoted argument", "\"C:\topology.xml\"", argument, "Path with a tab", "one pair of quotation",
			`"C:\\topology.xml" or "C:/topology.xml"`,
		},
		{
			"tab in a quoted relative path", "\"lab\topology.xml\"", argument, "Path with a tab", `If \t was written`,
			`"lab\\topology.xml" or "lab/topology.xml"`,
		},
		{
			"quoted variable before a space", `"C:\x.xml" `, variable, "Path in quotation marks", "a space before &&",
			`C:\x.xml`,
		},
		{
			"quoted line", "\"C:\\x.xml\"\r\n", variable, "Path in quotation marks",
			"without the quotation marks and the line break.", `C:\x.xml`,
		},
		{"only quotation marks", `""`, variable, "Path in quotation marks", "In cmd.exe", ""},
		{"space at the end of a variable", `C:\x.xml `, variable, "Path with a space around it", "In cmd.exe", `C:\x.xml`},
		{"space before", " /srv/x.xml", argument, "Path with a space around it", "without the space", `"/srv/x.xml"`},
		{"only a space", " ", argument, "", "", ""},
		{
			"quoted argument", `"C:\x.xml"`, argument, "Path in quotation marks", "one pair",
			`"C:\\x.xml" or "C:/x.xml"`,
		},
		{"PEM", "-----BEGIN CERTIFICATE-----\nMIIB/a.b\n", argument, content, "Set the path of the file.", ""},
		{"PEM in a variable", "-----BEGIN A-----\r\nMIIB\r\n-----END A-----", variable, content, "Set the path", ""},
		{"document", "<?xml version=\"1.0\"?>\n<Topology Path=\"C:\\x\" />\n", argument, content, "Set the path", ""},
		{"known hosts", "lync01.contoso.com ssh-ed25519 AAAA/B\n", argument, content, "Set the path", ""},
		{"Kerberos", "[libdefaults]\n  default_realm = CONTOSO.COM", argument, content, "Set the path", ""},
		{"three lines", "a.b\nc.d\ne.f", argument, content, "Set the path", ""},
		{"two lines", "secret\nsecret", argument, content, `If it is the path, write each backslash`, ""},
		{
			"a folder n", "C:\n\topology.xml", argument, "Path with a line break", `Write each backslash`,
			`"C:\\n\\topology.xml" or "C:/n/topology.xml"`,
		},
		{
			"a line like a comment", "C:\\data\n#1\\x.xml", argument, "Path with a line break", `\n is a line break`,
			`"C:\\data\\n#1\\x.xml" or "C:/data/n#1/x.xml"`,
		},
		{"several folders n", "new\notes\nov.xml", argument, content, `If it is the path, write each backslash`, ""},
		{"two lines of Windows", "a.b\r\nc.d", argument, content, "Set the path", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			got, found := pathcheck.Find(tc.path, tc.origin)
			if found != (tc.summary != "") || got.Summary != tc.summary || !strings.Contains(got.Advice, tc.advice) ||
				got.Example != tc.example {
				t.Errorf("Find returns %+v, %v", got, found)
			}
		})
	}
}

// TestFacts has paths with several mistakes. All are named.
func TestFacts(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"C:\topology.xml\n":   "has a tab and ends with a line break",
		"\"C:\topology.xml\"": "has a tab and has quotation marks that are a part of it",
		"\"C:\topology.xml\" \n": "has a tab, has quotation marks that are a part of it, ends with a line break and " +
			"begins or ends with a space",
		"a\nb": "looks like the content of a file",
	} {
		got, found := pathcheck.Find(path, pathcheck.Argument)
		if !found || got.Fact != want {
			t.Errorf("%q %s, want %s", path, got.Fact, want)
		}
	}
}
