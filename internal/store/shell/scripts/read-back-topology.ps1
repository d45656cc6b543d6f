# Reads the topology when no publish of this provider runs on this host, and revokes a run, so that it does not publish
# later. The provider needs this after a lost connection: the script of that run may still be running and about to
# publish, so a topology that is read without the lock does not show the outcome.
Invoke-Lync {
    Import-LyncModule
    $lock = Enter-LyncLock $Lync.Data.lock_seconds
    $Lync.Result['settled'] = ($null -ne $lock)
    try {
        if ($null -ne $lock) {
            # The other script checks this file under the lock too. So it has published already, or it never will.
            [IO.File]::WriteAllText((Get-LyncRevocation), '')
        }
        $Lync.ResultDocument = Read-LyncTopology
    } finally {
        if ($null -ne $lock) {
            Exit-LyncLock $lock
        }
    }
}
