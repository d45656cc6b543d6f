package argument_test

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/argument"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// texts are texts with the argument for each.
var texts = []struct{ text, want string }{
	{"pool-paris.contoso.com", "pool-paris.contoso.com"},
	{"rtc_1", "rtc_1"},
	{"", "''"},
	{"-Force", "'-Force'"},
	{"\u2013Force", "'\u2013Force'"},
	{"rtc$1", "'rtc$1'"},
	{"$(throw 'no')", "'$(throw ''no'')'"},
	{"a b;c", "'a b;c'"},
	{"a\nthrow 'no'", "'a\nthrow ''no'''"},
	{"`$HOME\"", "'`$HOME\"'"},
	{"@(1)#", "'@(1)#'"},
	{"it's", "'it''s'"},
	{`C:\it's '; throw 'no`, `'C:\it''s ''; throw ''no'`},
	{"\u2018; throw 1", "'\u2018\u2018; throw 1'"},
	{"\u2019; throw 1; \u2018", "'\u2019\u2019; throw 1; \u2018\u2018'"},
	{"\u201a; throw 1", "'\u201a\u201a; throw 1'"},
	{"\u201b; throw 1", "'\u201b\u201b; throw 1'"},
	{"'\u2019'\u2019", "'''\u2019\u2019''\u2019\u2019'"},
	{"\u201c\u201d\u201e; throw 1", "'\u201c\u201d\u201e; throw 1'"},
}

// A text does not end its own quotation.
func TestPowerShell(t *testing.T) {
	t.Parallel()

	for _, tc := range texts {
		if got := argument.PowerShell(tc.text); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.text, got, tc.want)
		}
	}
}

// PowerShell passes an argument on with the value of the text, and runs nothing else.
func TestPowerShellReadsTheText(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)

	all := []string{"x" + strings.Repeat("'", 100), "\u2019", "1.5", "0x10", "7kb", "a--b", "_"}
	for _, tc := range texts {
		all = append(all, tc.text)
	}
	var script strings.Builder
	script.WriteString("$ErrorActionPreference = 'Stop'\n$found = @()\n" +
		"function Get-Text { param([string] $Name, $Next) if ($Next -ne 'next') { throw $Next }; " +
		"[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Name)) }\n")

	want := make([]string, len(all))
	for i, text := range all {
		want[i] = "'" + base64.StdEncoding.EncodeToString([]byte(text)) + "'"
		fmt.Fprintf(&script, "$found += Get-Text -Name %s -Next next\n", argument.PowerShell(text))
	}
	fmt.Fprintf(&script, "$want = @(%s)\nif ($found.Count -ne $want.Count) { throw \"$($found.Count) texts\" }\n"+
		"for ($i = 0; $i -lt $want.Count; $i++) { if ($found[$i] -cne $want[$i]) "+
		"{ throw \"text ${i}: $($found[$i]), want $($want[$i])\" } }\n", strings.Join(want, ", "))

	// Windows PowerShell reads a file without a byte order mark in the code page of the system.
	path := filepath.Join(t.TempDir(), "texts.ps1")
	if err := os.WriteFile(path, slices.Concat([]byte("\uFEFF"), []byte(script.String())), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.RunPowerShell(t, path)
}

// No other package quotes a text for PowerShell.
func TestOnlyThisPackageQuotes(t *testing.T) {
	t.Parallel()

	root := os.DirFS(filepath.Join(testkit.ModuleRoot(t), "internal"))
	err := fs.WalkDir(root, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasPrefix(path, "argument/") {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if strings.Contains(string(text), `"'"`+`, "''"`) {
			t.Errorf("%s doubles a quotation mark: use PowerShell of package argument", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
