# Starts a synchronisation of a pool with its backup pool. It copies what is not there yet, so that once more does no harm.
Invoke-Lync {
    Import-LyncModule
    $before = $Lync.Errors.Count
    Invoke-LyncCmdlet 'Invoke-CsBackupServiceSync' @{ PoolFqdn = [string] $Lync.Data.pool } | Out-Null
    $Lync.Result['errors'] = $Lync.Errors.Count - $before
}
