# Reads the topology when no publish of this provider is under way on this host any more, and keeps the run that it is asked
# about from publishing later. It is for after a lost connection: a script that was left alone may still be on its way to
# publish, and what is read before that would tell nothing.
Invoke-Lync {
    Import-LyncModule
    $lock = Enter-LyncLock $Lync.Data.lock_seconds
    $Lync.Result['settled'] = ($lock -ne $null)
    try {
        if ($lock -ne $null) {
            # Under the lock, as the other side looks for it: either that has published by now or it never will.
            [IO.File]::WriteAllText((Get-LyncRevocation), '')
        }
        $Lync.ResultDocument = Read-LyncTopology
    } finally {
        if ($lock -ne $null) {
            Exit-LyncLock $lock
        }
    }
}
