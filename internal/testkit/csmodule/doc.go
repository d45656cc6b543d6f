// Package csmodule provides a host with a real PowerShell and a stand-in for the management shell: a module of cmdlets
// in C#, which PowerShell compiles, over a Central Management store in a folder.
//
// Parameters, parameter sets, error records, warnings and report files follow the help of the cmdlets and published
// logs. The types of output and the errors that neither describes are assumptions, and the double in package shelld
// makes the same ones. TestContract and TestEntryContract in package shell compare both.
//
// The scripts run as they ship, with one exception: functions that need Windows are replaced by those of windows.ps1 of
// this package. A test binary that is started as [Host.Executable] inserts them and becomes PowerShell. On Windows,
// where no process can become another one, it runs PowerShell as a child. Its TestMain must call [Main] first. The
// functions are replaced on Windows too, because there is one mutex for the whole machine.
//
// The cmdlets are C# 5 with .NET Framework 4.5, so that Windows PowerShell 5.1 compiles them.
//
// On Unix, [Host.OpenSessions] lets re-enter.ps1 open sessions on the host. entry.ps1 replaces the cmdlet that opens a
// session, and the settings of WinRM. A session is one of PowerShell over SSH.
package csmodule
