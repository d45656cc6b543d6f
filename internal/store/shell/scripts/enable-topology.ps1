# Enables the topology that is published: what is published takes effect only with this. It does no harm where it was
# done already.
Invoke-Lync {
    $Lync.Result['outcome'] = 'none'
    Import-LyncModule
    $lock = Enter-LyncLock $Lync.Data.lock_seconds
    if ($lock -eq $null) {
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
