# Starts a synchronization of a pool with its backup pool. It copies only the data that the backup pool does not have
# yet, so it can be repeated safely.
Invoke-Lync {
    Import-LyncModule
    $before = $Lync.ErrorCount
    Invoke-LyncCmdlet 'Invoke-CsBackupServiceSync' @{ PoolFqdn = [string] $Lync.Data.pool } | Out-Null
    $Lync.Result['errors'] = $Lync.ErrorCount - $before
}
