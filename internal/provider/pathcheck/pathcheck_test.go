package pathcheck_test

import (
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/provider/pathcheck"
)

func TestFind(t *testing.T) {
	t.Parallel()

	const argument, variable = pathcheck.Argument, pathcheck.Variable

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
		{"tab on Unix", "/srv/a\tb.xml", argument, "Path with a tab", "Write the path without it.", ""},
		{"tab in a variable", "C:\topology.xml", variable, "Path with a tab", "Write the path without it.", ""},
		{"escape", "\x1b[31m.xml", argument, "Path with a control character", "Write the path without it.", ""},
		{"heredoc", "topology.xml\n", argument, "Path ends with a line break", "trimspace(...)", ""},
		{"heredoc of Windows", "C:/topology.xml\r\n", argument, "Path ends with a line break", "heredoc", ""},
		{
			"heredoc with a tab", "C:\topology.xml\n", argument, "Path with a tab", `\t is a tab`,
			`"C:\\topology.xml" or "C:/topology.xml"`,
		},
		{"line break in a variable", "topology.xml\n", variable, "Path ends with a line break", "Set the variable", ""},
		{"quoted variable", `"C:\x.xml"`, variable, "Path in quotation marks", "In cmd.exe", `C:\x.xml`},
		{"variable in single quotes", `'/srv/x.xml'`, variable, "Path in quotation marks", "In cmd.exe", "/srv/x.xml"},
		{"space at the end of a variable", `C:\x.xml `, variable, "Path with a space around it", "In cmd.exe", `C:\x.xml`},
		{"space before", " /srv/x.xml", argument, "Path with a space around it", "without it", `"/srv/x.xml"`},
		{"only a space", " ", argument, "", "", ""},
		{"quoted argument", `"C:\x.xml"`, argument, "Path in quotation marks", "one pair", `"C:\\x.xml"`},
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
