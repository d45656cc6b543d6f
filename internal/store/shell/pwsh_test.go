package shell

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

// Access control lists of the stand-ins.
type (
	standInACL struct {
		Path  string        `json:"path"` // its end, with slashes
		Owner string        `json:"owner"`
		Rules []standInRule `json:"rules"`
	}
	standInRule struct {
		SID    string `json:"sid"`
		Type   string `json:"type"`
		Rights int    `json:"rights"`
		Flags  int    `json:"flags"` // PropagationFlags
	}
)

// standInData is the data of a script with stand-ins.
type standInData struct {
	PublishData
	Store string       `json:"store"`
	Mutex string       `json:"mutex"`
	ACL   []standInACL `json:"acl"`
	Form  string       `json:"form"`
	Forms any          `json:"forms"`
}

// runStandIns runs a work, the last part of a script, with the stand-ins in PowerShell.
func runStandIns(
	t *testing.T, work string, data standInData, document string,
) (result powershell.Result, err error) {
	t.Helper()
	testkit.SkipIfShort(t)
	executable := testkit.RequirePowerShell(t)
	data.Mutex = "lync-" + powershell.NewID()
	data.ACL = slices.Clone(data.ACL)
	for i := range data.ACL {
		data.ACL[i].Path = filepath.FromSlash(data.ACL[i].Path)
	}
	script := powershell.NewScript("some-script", refusals, scriptText("management-shell"),
		windowsStandIns(t), scriptText("publishing"), readTestData(t, "stand-ins.ps1"), work)
	return powershell.Run(t.Context(), &local.Transport{Executable: executable}, script,
		powershell.Input{Data: data, Document: document})
}

// windowsStandIns returns the stand-ins for windows.ps1. Package csmodule, which has them too, imports this package.
func windowsStandIns(t *testing.T) string {
	t.Helper()
	return readTestData(t, "../../../testkit/csmodule/windows.ps1")
}

// readTestData returns the text of a file. The name is relative to testdata.
func readTestData(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	ownAccount    = "S-1-5-21-1"
	otherAccount  = "S-1-5-21-2"
	users         = "S-1-5-32-545"
	administrator = "S-1-5-32-544"
	system        = "S-1-5-18"
	creatorOwner  = "S-1-3-0"

	namedUsers = `BUILTIN\Users (` + users + ")"

	fullControl = 0x1F01FF
	readOnly    = 0x1200A9
	inheritOnly = 2
)

// TestFindLyncWriter checks in PowerShell which access control lists of a folder are refused.
func TestFindLyncWriter(t *testing.T) {
	t.Parallel()
	allow := func(sid string, rights int) standInRule { return standInRule{sid, "Allow", rights, 0} }
	own := allow(ownAccount, fullControl)
	tests := []struct {
		name  string
		owner string
		rules []standInRule
		want  string // the reason, "" if only trusted accounts can write
	}{
		{"own", ownAccount, []standInRule{own}, ""},
		{"SYSTEM", system, []standInRule{own, allow(system, fullControl)}, ""},
		{"Administrators", administrator, []standInRule{own, allow(administrator, fullControl)}, ""},
		{"others read", administrator, []standInRule{own, allow(users, readOnly)}, ""},
		{"others are denied", administrator, []standInRule{own, {users, "Deny", fullControl, 0}}, ""},
		{"creator", administrator, []standInRule{own, allow(creatorOwner, 0x10000000)}, ""},
		{"content", system, []standInRule{own, {users, "Allow", 0x2, inheritOnly}}, "can be written by " + namedUsers},
		{"another owner", otherAccount, []standInRule{own}, "is owned by " + otherAccount},
		{"owned by users", users, []standInRule{own}, "is owned by " + namedUsers},
		{"others have all", system, []standInRule{own, allow(users, fullControl)}, "can be written by " + namedUsers},
		{"everyone", system, []standInRule{own, allow("S-1-1-0", fullControl)}, "can be written by S-1-1-0"},
	}
	for name, right := range map[string]int{
		"write": 0x2, "append": 0x4, "extended attributes": 0x10, "delete children": 0x40, "attributes": 0x100,
		"delete": 0x10000, "permissions": 0x40000, "owner": 0x80000, "generic all": 0x10000000,
		"generic write": 0x40000000,
	} {
		tests = append(tests, struct {
			name, owner string
			rules       []standInRule
			want        string
		}{"others have " + name, ownAccount, []standInRule{own, allow(otherAccount, right)},
			"can be written by " + otherAccount})
	}
	dir := t.TempDir()
	if err := os.Symlink(dir, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	data := standInData{PublishData: PublishData{Directory: dir}}
	for _, test := range tests {
		if err := os.Mkdir(filepath.Join(dir, test.name), 0o700); err != nil {
			t.Fatal(err)
		}
		data.ACL = append(data.ACL, standInACL{"/" + test.name, test.owner, test.rules})
	}
	result, err := runStandIns(t, `Invoke-Lync {
    foreach ($folder in [IO.Directory]::GetDirectories($Lync.Data.directory)) {
        $Lync.Result[[IO.Path]::GetFileName($folder)] = [string] (Find-LyncWriter $folder)
    }
}`, data, "")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(result.Value, &got); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		if reason, ok := got[test.name]; !ok || reason != test.want {
			t.Errorf("%s: %q, want %q", test.name, reason, test.want)
		}
	}
	if !strings.Contains(got["link"], "reparse point") {
		t.Errorf("a link: %q", got["link"])
	}
}

// TestPublishScriptInPowerShell runs the script that publishes with folders and backups that others can write.
func TestPublishScriptInPowerShell(t *testing.T) {
	t.Parallel()
	base := testkit.Decode(testkit.Paired().Document())
	end := strings.LastIndex(base, "</")
	next := base[:end] + "<!-- next -->" + base[end:]
	for name, tc := range map[string]struct {
		acl    []standInACL
		exists bool // the folder of backups
		above  bool // the error names the folder above it

		wantErr       string
		wantPublished bool
		wantUntrusted string
	}{
		"a new folder": {wantPublished: true},
		"a folder of another account": {
			exists: true, wantErr: "is owned by " + otherAccount, acl: []standInACL{{"/backups", otherAccount, nil}},
		},
		"a folder that another account creates meanwhile": {
			wantErr: "is owned by " + otherAccount, acl: []standInACL{{"/backups", otherAccount, nil}},
		},
		"a folder that users can write": {
			exists: true, wantErr: "can be written by " + namedUsers,
			acl: []standInACL{{"/backups", administrator, []standInRule{{users, "Allow", 0x2, 0}}}},
		},
		"a folder above that users can replace": {
			wantErr: "lets " + namedUsers + " replace folders", above: true,
			acl: []standInACL{{"/001", administrator, []standInRule{{users, "Allow", 0x40, 0}}}},
		},
		"a backup that users can write": {
			exists: true, wantPublished: true, wantUntrusted: "can be written by " + namedUsers,
			acl: []standInACL{{".before.xml", administrator, []standInRule{{users, "Allow", fullControl, 0}}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			stored, backups := filepath.Join(dir, "store.xml"), filepath.Join(dir, "backups")
			if err := os.WriteFile(stored, []byte(base), 0o600); err != nil {
				t.Fatal(err)
			}
			if tc.exists {
				if err := os.Mkdir(backups, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			result, err := runStandIns(t, scriptText("publish-topology"), standInData{
				PublishData: PublishData{
					Run: powershell.NewID(), BaseSHA256: powershell.Hash([]byte(base)), LockSeconds: 1,
					Directory: backups, Keep: 20,
				},
				Store: stored, ACL: tc.acl,
			}, next)
			refused := backups
			if tc.above {
				refused = dir
			}
			if tc.wantErr == "" && err != nil || tc.wantErr != "" && (!errors.Is(err, BackupFolder) ||
				!strings.Contains(err.Error(), ": "+refused+" "+tc.wantErr)) {
				t.Fatalf("got %v, want %q", err, tc.wantErr)
			}
			content, err := os.ReadFile(stored) //nolint:gosec // a file of this test
			if err != nil || (string(content) == next) != tc.wantPublished {
				t.Errorf("published: %v, want %v, %v", string(content) == next, tc.wantPublished, err)
			}
			if !tc.wantPublished {
				return
			}
			var facts PublishFacts
			if err := json.Unmarshal(result.Value, &facts); err != nil {
				t.Fatal(err)
			}
			trusted := tc.wantUntrusted == ""
			if facts.Outcome != OutcomeCalled || facts.Backup == nil || facts.Backup.Untrusted != tc.wantUntrusted ||
				facts.Backup.Same != trusted || (facts.Backup.Path != "") != trusted || result.Document != next ||
				(facts.Enable != nil) != trusted || facts.Publish.Text != "<report/>" || len(result.Faults) > 0 {
				t.Errorf("%+v, backup %+v, %+v", facts, facts.Backup, result.Faults)
			}
			// The stand-in has a configuration without URLs.
			if len(facts.URLsBefore) > 0 || len(facts.URLsAfter) > 0 {
				t.Errorf("simple URLs %q and %q, want none", facts.URLsBefore, facts.URLsAfter)
			}
		})
	}
}

// TestLockInPowerShell runs the function that acquires the lock: while another thread holds it, after that thread has
// ended without a release, with limits that are no time spans, and if the mutex belongs to another program.
func TestLockInPowerShell(t *testing.T) {
	t.Parallel()
	result, err := runStandIns(t, `Invoke-Lync {
    $ready = New-Object Threading.ManualResetEvent ($false)
    $release = New-Object Threading.ManualResetEvent ($false)
    $other = [PowerShell]::Create()
    [void] $other.AddScript({
        param($Name, $Ready, $Release)
        $mutex = New-Object Threading.Mutex ($false, $Name)
        [void] $mutex.WaitOne()
        [void] $Ready.Set()
        [void] $Release.WaitOne()
    }.ToString()).AddArgument($Lync.Data.mutex).AddArgument($ready).AddArgument($release)
    $run = $other.BeginInvoke()
    [void] $ready.WaitOne()
    try {
        $Lync.Result['held'] = (Enter-LyncLock 1) -ne $null
        $Lync.Result['negative'] = (Enter-LyncLock -5) -ne $null
    } finally {
        [void] $release.Set()
    }
    [void] $other.EndInvoke($run)
    $other.Dispose()
    $lock = Enter-LyncLock 60
    $Lync.Result['abandoned'] = $lock -ne $null
    $Lync.Result['long'] = (Enter-LyncLock ([int]::MaxValue)) -ne $null

    function Open-LyncMutex {
        throw (New-Object UnauthorizedAccessException ('the text of Windows'))
    }
    [void] (Enter-LyncLock 1)
}`, standInData{}, "")
	if !errors.Is(err, ForeignLock) || !strings.Contains(err.Error(), `Global\terraform-provider-lync: the text of Windows`) {
		t.Errorf("another program: %v", err)
	}
	want := `{"abandoned":true,"held":false,"long":true,"negative":false}`
	var values map[string]bool
	if err := json.Unmarshal(result.Value, &values); err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(values); err != nil || string(got) != want {
		t.Errorf("got %s, want %s, %v", got, want, err)
	}
}
