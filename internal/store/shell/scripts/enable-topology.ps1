# Enables the published topology, which is not in effect before. It can be repeated safely.
Invoke-Lync {
    $Lync.Result['outcome'] = 'none'
    Import-LyncModule
    $lock = Enter-LyncLock $Lync.Data.lock_seconds
    if ($null -eq $lock) {
        $Lync.Result['outcome'] = 'busy'
        return
    }
    try {
        $run = New-LyncRun
        $Lync.Result['outcome'] = 'called'
        Invoke-LyncReported 'Enable-CsTopology' 'enable' ($run + '.enable.html')
    } finally {
        Exit-LyncLock $lock
    }
}
