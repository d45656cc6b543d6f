package shell

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const trustedInstaller = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

// TestFindLyncMover checks in PowerShell which access control lists are refused above the folder of backups.
func TestFindLyncMover(t *testing.T) {
	t.Parallel()
	allow := func(sid string, rights, flags int) standInRule { return standInRule{sid, "Allow", rights, flags} }
	const (
		all    = 0x10000000
		create = 0x116    // create files and folders, write attributes
		modify = 0x1301BF // of the rights that count, only to delete
		read   = -0x80000000
	)
	system, service := allow(system, fullControl, 0), allow(trustedInstaller, fullControl, 0)
	lets := "lets " + namedUsers + " replace folders"
	tests := map[string]struct {
		owner string
		rules []standInRule
		want  string // the reason, "" if no other account can replace the content
	}{
		"own":    {ownAccount, []standInRule{allow(ownAccount, fullControl, 0)}, ""},
		"empty":  {ownAccount, nil, ""},
		"drive":  {trustedInstaller, []standInRule{service, allow(users, modify, inheritOnly), allow(users, 4, 0)}, ""},
		"data":   {administrator, []standInRule{allow(creatorOwner, all, inheritOnly), allow(users, create, 0)}, ""},
		"read":   {administrator, []standInRule{allow(users, read, 0), allow(users, readOnly, 0)}, ""},
		"write":  {administrator, []standInRule{allow(users, 0x40000000, 0)}, ""},
		"denied": {administrator, []standInRule{{users, "Deny", fullControl, 0}}, ""},

		"another owner":      {otherAccount, nil, "is owned by " + otherAccount},
		"modify":             {administrator, []standInRule{allow(users, modify, 0)}, lets},
		"delete":             {administrator, []standInRule{allow(users, 0x10000, 0)}, lets},
		"delete children":    {administrator, []standInRule{allow(users, 0x40, 0)}, lets},
		"permissions":        {administrator, []standInRule{system, allow(users, 0x40000, 0)}, lets},
		"take ownership":     {administrator, []standInRule{allow(users, 0x80000, 0)}, lets},
		"generic all":        {administrator, []standInRule{allow(users, all, 0)}, lets},
		"also for children":  {administrator, []standInRule{allow(users, fullControl, 1)}, lets},
		"the second of them": {system.SID, []standInRule{allow(users, create, 0), allow(users, 0x40, 0)}, lets},
	}
	dir := t.TempDir()
	data := standInData{PublishData: PublishData{Directory: dir}}
	for name, test := range tests {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		data.ACL = append(data.ACL, standInACL{"/" + name, test.owner, test.rules})
	}
	if err := os.Symlink(dir, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	// Only the root of the file system ends with a slash.
	data.ACL = append(data.ACL, standInACL{"/", administrator, []standInRule{allow(users, modify, 0)}})
	result, err := runStandIns(t, `Invoke-Lync {
    foreach ($folder in [IO.Directory]::GetDirectories($Lync.Data.directory)) {
        $Lync.Result[[IO.Path]::GetFileName($folder)] = [string] (Find-LyncMover $folder)
    }
    $Lync.Result['root'] = [string] (Find-LyncMover ([IO.Path]::GetPathRoot($Lync.Data.directory)))
    $Lync.Result['missing'] = [string] (Find-LyncMover '/no such folder')
}`, data, "")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(result.Value, &got); err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		if reason, ok := got[name]; !ok || reason != test.want {
			t.Errorf("%s: %q, want %q", name, reason, test.want)
		}
	}
	if got["root"] != "" || !strings.Contains(got["link"], "reparse point") ||
		!strings.HasPrefix(got["missing"], "cannot be checked: ") {
		t.Errorf("the root: %q, a link: %q, a missing folder: %q", got["root"], got["link"], got["missing"])
	}
}

// TestAssertLyncFolder checks in PowerShell that all folders above the folder of backups are checked, the root first.
func TestAssertLyncFolder(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	movable := []standInRule{{users, "Allow", 0x40, 0}}
	tests := map[string]struct {
		acl  []string // the folders in which users can delete
		link bool     // the folder top is a link
		want string   // the id and the start of the message
	}{
		"good":   {want: ""},
		"top":    {acl: []string{"top", "top/backups"}, want: "LyncParent DIR/top lets"},
		"case":   {acl: []string{""}, want: "LyncParent DIR lets"},
		"folder": {acl: []string{"top/backups"}, want: "LyncFolder DIR/top/backups can be written"},
		"linked": {link: true, want: "LyncParent DIR/top is a link"},
	}
	data := standInData{PublishData: PublishData{Directory: dir}}
	for name, test := range tests {
		path, target := filepath.Join(dir, name), filepath.Join(dir, name, "top")
		if test.link {
			target = filepath.Join(dir, name, "target")
		}
		if err := os.MkdirAll(filepath.Join(target, "backups"), 0o700); err != nil {
			t.Fatal(err)
		}
		if test.link {
			if err := os.Symlink(target, filepath.Join(path, "top")); err != nil {
				t.Fatal(err)
			}
		}
		for _, folder := range test.acl {
			data.ACL = append(data.ACL, standInACL{filepath.Join(path, folder), ownAccount, movable})
		}
	}
	result, err := runStandIns(t, `Invoke-Lync {
    foreach ($folder in [IO.Directory]::GetDirectories($Lync.Data.directory)) {
        $name = [IO.Path]::GetFileName($folder)
        $Lync.Result[$name] = ''
        try {
            Assert-LyncFolder ([IO.Path]::Combine($folder, 'top', 'backups'))
        } catch {
            $Lync.Result[$name] = $_.FullyQualifiedErrorId + ' ' + $_.Exception.Message
        }
    }
}`, data, "")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(result.Value, &got); err != nil {
		t.Fatal(err)
	}
	for name, test := range tests {
		want := strings.ReplaceAll(filepath.FromSlash(test.want), "DIR", filepath.Join(dir, name))
		if reason, ok := got[name]; !ok || !strings.HasPrefix(reason, want) || want == "" && reason != "" {
			t.Errorf("%s: %q, want %q", name, reason, want)
		}
	}
}
