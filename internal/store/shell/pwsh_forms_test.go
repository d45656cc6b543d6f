package shell

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/topology"
)

// forms are stand-ins for cmdlets that read the file of the store and the file to publish as .NET does. Get-CsTopology
// returns the topology in the form of the data.
const forms = `
Add-Type -AssemblyName System.Xml.Linq

function Get-CsTopology {
    param([switch] $AsXml, [string] $Form = $Lync.Data.form, [string] $Store = $Lync.Data.store)
    $document = New-Object Xml.XmlDocument
    $document.PreserveWhitespace = $true
    switch ($Form) {
        'XDocument' { [Xml.Linq.XDocument]::Load($Store) }
        'XElement' { [Xml.Linq.XDocument]::Load($Store).Root }
        'XmlDocument' { $document.Load($Store); $document }
        'XmlElement' { $document.Load($Store); $document.DocumentElement }
        'string' { [IO.File]::ReadAllText($Store) }
        'string with a mark' { [string] [char] 0xFEFF + [IO.File]::ReadAllText($Store) }
    }
}

function Publish-CsTopology {
    [CmdletBinding()]
    param([string] $FileName, [string] $BackupFileName, [string] $Report, [switch] $Force)
    try {
        [void] [Xml.Linq.XDocument]::Load($FileName)
    } catch {
        Write-Error -Exception $_.Exception.GetBaseException()
        return
    }
    [IO.File]::Copy($Lync.Data.store, $BackupFileName)
    [IO.File]::Copy($FileName, $Lync.Data.store, $true)
}
`

// TestTopologyForms reads and publishes topologies in PowerShell that Get-CsTopology returns in each of the forms that
// its output can have, with XML declarations of each encoding.
func TestTopologyForms(t *testing.T) {
	t.Parallel()
	const utf8, utf16, utf16BE = `<?xml version="1.0" encoding="utf-8"?>`, `<?xml version="1.0" encoding="utf-16"?>`,
		`<?xml version='1.0' encoding = 'UTF-16BE' standalone="yes" ?>`
	type form struct {
		Form     string `json:"form"`
		Store    string `json:"store"`
		declared string // by the file of the store
		want     string // the XML declaration of the text
	}
	// XDocument and XElement return no declaration.
	all := []form{
		{Form: "XDocument", declared: utf16},
		{Form: "XElement", declared: utf16},
		{Form: "XmlDocument"},
		{Form: "XmlDocument", declared: utf8, want: utf8},
		{Form: "XmlDocument", declared: utf16, want: utf16},
		{Form: "XmlElement", declared: utf16},
		{Form: "string"},
		{Form: "string", declared: utf8, want: utf8},
		{Form: "string", declared: utf16, want: utf16},
		{Form: "string", declared: utf16BE, want: utf16BE},
		{Form: "string with a mark", declared: utf16, want: utf16},
	}
	_, content, _ := strings.Cut(testkit.Decode(testkit.Paired().Document()), "<Topology")
	content = "<Topology" + content
	dir := t.TempDir()
	for i := range all {
		all[i].Store = filepath.Join(dir, string(rune('a'+i))+".xml")
		if err := os.WriteFile(all[i].Store, topology.EncodeText(all[i].declared+content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	result, err := runStandIns(t, forms+`Invoke-Lync {
    $texts = New-Object 'Collections.Generic.List[object]'
    foreach ($form in $Lync.Data.forms) {
        $Lync.Data.form = $form.form
        $Lync.Data.store = $form.store
        $texts.Add((Format-LyncText (Read-LyncTopology) $form.store))
    }
    $Lync.Result['texts'] = $texts.ToArray()
}`, standInData{Forms: all}, "")
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Texts []powershell.Block `json:"texts"`
	}
	if err := json.Unmarshal(result.Value, &read); err != nil || len(read.Texts) != len(all) {
		t.Fatalf("%d texts, %v", len(read.Texts), err)
	}
	for i, form := range all {
		t.Run(form.Form+form.declared, func(t *testing.T) {
			t.Parallel()
			text := string(read.Texts[i])
			if got := strings.TrimSuffix(text, content); strings.HasPrefix(form.Form, "string") && got != form.want {
				t.Fatalf("the text is not the document after %q: %.100q", form.want, text)
			}
			publishForm(t, form.Form, form.Store, text, form.want)
		})
	}
}

// publishForm publishes a change of a topology that Get-CsTopology returns in this form, with this text.
func publishForm(t *testing.T, form, stored, text, declaration string) {
	t.Helper()
	base, err := topology.Parse(topology.EncodeText(text))
	if err != nil || base.Text() != text || !strings.HasPrefix(text, declaration+"<Topology") {
		t.Fatalf("%v, the text begins with %.100q, want %q", err, text, declaration)
	}
	end := strings.LastIndex(text, "</")
	// The white space is that of the forms that format the document.
	next := text[:end] + "  <!-- \u00e9 \U0001f3e2 -->\n" + text[end:]
	result, err := runStandIns(t, forms+scriptText("publish-topology"), standInData{
		PublishData: PublishData{
			Run: powershell.NewID(), BaseSHA256: powershell.Hash([]byte(text)), LockSeconds: 60,
			Directory: filepath.Join(t.TempDir(), "backups"), Keep: 20,
		},
		Store: stored, Form: form,
	}, next)
	if err != nil {
		t.Fatal(err)
	}
	var facts PublishFacts
	if err := json.Unmarshal(result.Value, &facts); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(stored) //nolint:gosec // a file of this test
	if err != nil || string(content) != string(topology.EncodeText(next)) {
		t.Errorf("%v, the published file is not the document: %.100q", err, content)
	}
	if len(result.Faults) > 0 || result.Document != next || facts.Backup == nil || !facts.Backup.Same {
		t.Errorf("backup %+v, the document read back begins with %.100q, %+v", facts.Backup, result.Document,
			result.Faults)
	}
}
