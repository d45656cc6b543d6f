# Ends the PowerShell of another run, which nothing else can end: an SSH server on Windows passes no signals on and leaves a
# script running whose session is closed. The number is the one that the other PowerShell gave of itself; its session is
# still open, so that no other process can have that number by now.
Invoke-Lync {
    $process = [Diagnostics.Process]::GetProcessById([int] $Lync.Data.process)
    if (@('powershell', 'pwsh') -contains $process.ProcessName) {
        $process.Kill()
        [void] $process.WaitForExit(5000)
    }
}
