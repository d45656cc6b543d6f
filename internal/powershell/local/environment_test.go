package local

import (
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/lync-iac/terraform-provider-lync/internal/testkit"
)

func TestEnvironment(t *testing.T) {
	t.Parallel()

	const modules = `PSModulePath=C:\Program Files\PowerShell\7\Modules`

	needed := []string{
		`SystemRoot=C:\Windows`, `Path=C:\Windows\system32;C:\Windows`, `ProgramFiles(x86)=C:\Program Files (x86)`,
		`CommonProgramFiles=C:\Program Files\Common Files`, `ProgramData=C:\ProgramData`, `TEMP=C:\Temp`, "TMP=",
		"HOME=/home/admin",
	}
	withheld := []string{
		"LYNC_PASSWORD=geheim", "lync_password=geheim", "LYNC_", "TF_VAR_password=geheim", "TF_LOG=trace",
		"TF_REATTACH_PROVIDERS={}", "AWS_SECRET_ACCESS_KEY=geheim", "ARM_CLIENT_SECRET=geheim", "PATHS=x",
		`=C:=C:\Users`, "", "SSH_AUTH_SOCK=/tmp/agent",
	}

	for executable, wantsModules := range map[string]bool{
		"pwsh":                                   true,
		"pwsh.exe":                               true,
		`C:\Program Files\PowerShell\7\pwsh.exe`: true,
		`C:\powershell.exe\pwsh.exe`:             true,
		"powershell.exe":                         false,
		"powershell":                             false,
		"PowerShell.EXE":                         false,
		`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`: false,
		"C:powershell.exe": false,
		"/opt/powershell":  false,
	} {
		want := needed
		if wantsModules {
			want = append([]string{modules}, needed...)
		}
		got := environment(executable, slices.Concat([]string{modules}, needed, withheld))
		if !slices.Equal(got, want) {
			t.Errorf("%s receives\n%q, want\n%q", executable, got, want)
		}
	}
}

// A process that a transport starts has no variable of the provider and of Terraform. Without PATH and SystemRoot it
// would start no other program on Windows.
func TestProcessReceivesNoSecret(t *testing.T) {
	testkit.SkipIfShort(t)

	for _, name := range []string{"LYNC_PASSWORD", "TF_VAR_password", "OTHER_SECRET"} {
		t.Setenv(name, "geheim")
	}
	t.Setenv("PSModulePath", "of PowerShell 7")
	want := []string{"PATH=" + os.Getenv("PATH")}
	if runtime.GOOS == "windows" {
		want = append(want, "SYSTEMROOT="+os.Getenv("SystemRoot"))
	}
	for name, wantsModules := range map[string]bool{"powershell": false, "pwsh": true} {
		out, err := (&Transport{Executable: startable(t, name, modeEnvironment)}).
			Run(t.Context(), "", strings.NewReader(""))
		if err != nil {
			t.Fatal(err)
		}
		var received []string
		for line := range strings.Lines(string(out.Stdout)) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			received = append(received, strings.ToUpper(name)+"="+value)
		}
		for _, variable := range want {
			if !slices.Contains(received, variable) {
				t.Errorf("%s does not receive %s", name, variable)
			}
		}
		if got := slices.Contains(received, "PSMODULEPATH=of PowerShell 7"); got != wantsModules {
			t.Errorf("%s receives PSModulePath: %v, want %v", name, got, wantsModules)
		}
		if strings.Contains(string(out.Stdout), "geheim") {
			t.Errorf("%s receives a secret", name)
		}
	}
}
