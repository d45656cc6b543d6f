package local

import (
	"slices"
	"strings"
)

// passedOn are the environment variables that Windows, PowerShell and the modules of the management shell need, in
// upper case. Any other variable can hold a secret, such as LYNC_PASSWORD or TF_VAR_password, and PowerShell passes its
// environment on to each program that it starts.
var passedOn = []string{
	// Windows: the machine.
	"ALLUSERSPROFILE", "COMMONPROGRAMFILES", "COMMONPROGRAMFILES(X86)", "COMMONPROGRAMW6432", "COMPUTERNAME", "COMSPEC",
	"DRIVERDATA", "NUMBER_OF_PROCESSORS", "OS", "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROCESSOR_ARCHITEW6432",
	"PROCESSOR_IDENTIFIER", "PROCESSOR_LEVEL", "PROCESSOR_REVISION", "PROGRAMDATA", "PROGRAMFILES", "PROGRAMFILES(X86)",
	"PROGRAMW6432", "PSMODULEPATH", "PUBLIC", "SYSTEMDRIVE", "SYSTEMROOT", "WINDIR",
	// Windows: the account.
	"APPDATA", "HOMEDRIVE", "HOMEPATH", "HOMESHARE", "LOCALAPPDATA", "LOGONSERVER", "SESSIONNAME", "TEMP", "TMP",
	"USERDNSDOMAIN", "USERDOMAIN", "USERDOMAIN_ROAMINGPROFILE", "USERNAME", "USERPROFILE",
	// Other systems, for PowerShell 7.
	"HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "SHELL", "TMPDIR", "TZ", "USER", "XDG_CACHE_HOME",
	"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR",
	// .NET, below PowerShell 7.
	"DOTNET_ROOT", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "LD_LIBRARY_PATH",
}

// environment returns those of the variables, each NAME=VALUE, that are passed on to an executable. Names are not case
// sensitive, as on Windows.
//
// Windows PowerShell does not receive PSModulePath. If PowerShell 7 has started this process, the variable has the
// modules of PowerShell 7, and Windows PowerShell fails to load its own ones (PowerShell/PowerShell, issue 27774).
// Without the variable it uses the settings of the machine and of the account.
func environment(executable string, variables []string) []string {
	var passed []string
	for _, variable := range variables {
		name, _, _ := strings.Cut(variable, "=")
		name = strings.ToUpper(name)
		if slices.Contains(passedOn, name) && (name != "PSMODULEPATH" || !isWindowsPowerShell(executable)) {
			passed = append(passed, variable)
		}
	}
	return passed
}

// isWindowsPowerShell reports whether an executable, a name or a path, is that of Windows PowerShell. The executable of
// PowerShell 7 is pwsh.
func isWindowsPowerShell(executable string) bool {
	name := strings.ToLower(executable[strings.LastIndexAny(executable, `/\:`)+1:])
	return name == "powershell" || name == "powershell.exe"
}
