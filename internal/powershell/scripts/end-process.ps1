# Ends the PowerShell process of another run. An SSH server on Windows does not deliver signals and does not end a
# script together with its session. The id is the one that the other process has reported. Its session is still open, so
# that no other process can have this id.
Invoke-Lync {
    $process = [Diagnostics.Process]::GetProcessById([int] $Lync.Data.process)
    if (@('powershell', 'pwsh') -contains $process.ProcessName) {
        $process.Kill()
        [void] $process.WaitForExit(5000)
    }
}
