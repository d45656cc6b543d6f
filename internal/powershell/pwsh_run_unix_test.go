//go:build unix

package powershell_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/powershell"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/local"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/powershelltest"
	"github.com/lync-iac/terraform-provider-lync/internal/powershell/ssh"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
	"github.com/lync-iac/terraform-provider-lync/internal/testkit/sshd"
)

func init() {
	realTransports["ssh"] = func(t *testing.T, executable string) powershell.Transport {
		t.Helper()
		server := sshd.Start(t, nil)
		s, err := ssh.New(ssh.Config{
			Host: server.Host, Port: server.Port, User: server.User, PrivateKey: server.PrivateKey,
			HostKey: server.HostKey(), Executable: executable,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	maps.Copy(powerShellRuns, map[string]powerShellRun{
		"a killed process": {
			plain, "[Diagnostics.Process]::GetCurrentProcess().Kill()", true, powershell.Lost, "was lost", "",
		},
		"output of a profile":     {withProfile, noise, false, "", `{"text":"Genève 東京 🏢"}`, ""},
		"a banner and a farewell": {withBanner, noise, false, "", `{"text":"Genève 東京 🏢"}`, ""},
		"Constrained Language Mode": {
			constrained, "", true, powershell.LanguageMode, "restricted language mode: ConstrainedLanguage", "",
		},
		"an empty standard input":  {`exec PWSH "$@" </dev/null`, "", false, powershell.InputCut, "incomplete when it arrived", ""},
		"a part of standard input": {`head -c 2000 | PWSH "$@"`, "", false, powershell.InputCut, "incomplete when it arrived", ""},
	})
}

// The shell scripts of executableOf.
const (
	// A real profile. The transports start PowerShell without one.
	withProfile = `mkdir FOLDER/powershell
cat > FOLDER/powershell/profile.ps1 <<'END'
Write-Host '{lync:0:result}'
Write-Output 'Welcome'
Write-Warning 'a profile'
[Console]::Error.WriteLine('a profile')
END
for last; do :; done
export XDG_CONFIG_HOME=FOLDER
PWSH -NonInteractive -OutputFormat Text -EncodedCommand "$last"`

	withBanner = `printf 'Authorized use only \374\n'
PWSH "$@"
echo '{lync:0:end}'`

	// The bootstrap in another language mode, which only Windows can set for a whole process.
	constrained = `cat > FOLDER/run.ps1 <<'END'
$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
BOOTSTRAP
END
exec PWSH -NoProfile -NonInteractive -File FOLDER/run.ps1`
)

// executableOf returns the path of an executable that is a shell script. PWSH in it is the path of PowerShell, FOLDER
// that of an empty folder, BOOTSTRAP the command that PowerShell starts with.
func executableOf(t *testing.T, script string) string {
	t.Helper()
	program := testkit.RequirePowerShell(t)
	// The name of a test, and therefore t.TempDir, may have characters that are special to a shell.
	dir, err := os.MkdirTemp("", "pwsh") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "pwsh")
	bootstrap := powershelltest.CommandText(t, powershell.Bootstrap())
	text := strings.NewReplacer("PWSH", program, "FOLDER", dir, "BOOTSTRAP", bootstrap).Replace(script)
	//nolint:gosec // an executable
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPowerShellCultures runs a script in a PowerShell that starts with cultures in which numbers, dates and the case
// of letters have other forms. The script uses that of the provider.
func TestPowerShellCultures(t *testing.T) {
	t.Parallel()
	testkit.SkipIfShort(t)
	script := powershell.NewScript("some-script", nil, `Invoke-Lync {
    $Lync.Result['host'] = [Globalization.CultureInfo]::InstalledUICulture.Name
    $Lync.Result['texts'] = @(
        (1234.5).ToString(), 'FILE'.ToLower(), (Get-Date -Date $Lync.Data).ToString('yyyyMMdd'), ('{0:n1}' -f 0.5)
    )
}
`)
	for _, culture := range []string{"de-DE", "tr-TR", "fa-IR"} {
		t.Run(culture, func(t *testing.T) {
			t.Parallel()
			executable := executableOf(t, "export LC_ALL="+strings.ReplaceAll(culture, "-", "_")+".UTF-8\n"+plain)
			result, err := powershell.Run(t.Context(), &local.Transport{Executable: executable}, script,
				powershell.Input{Data: "2013-01-02"})
			if err != nil {
				t.Fatal(err)
			}
			var got struct {
				Host  string   `json:"host"`
				Texts []string `json:"texts"`
			}
			if err := json.Unmarshal(result.Value, &got); err != nil {
				t.Fatal(err)
			}
			want := []string{"1234.5", "file", "20130102", "0.5"}
			if got.Host != culture || !slices.Equal(got.Texts, want) {
				t.Errorf("in %s: %q, want %q", got.Host, got.Texts, want)
			}
		})
	}
}
