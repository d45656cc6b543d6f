# Reads the state of the backup service of a pool. Of the output of Get-CsBackupServiceStatus only BackupModules is
# known, with the column names in published output. All values are converted to text because their types are not known.
Invoke-Lync {
    Import-LyncModule
    $before = $Lync.ErrorCount
    $modules = New-Object 'Collections.Generic.List[object]'
    foreach ($status in @(Invoke-LyncCmdlet 'Get-CsBackupServiceStatus' @{ PoolFqdn = [string] $Lync.Data.pool })) {
        if ($null -eq $status) {
            continue
        }
        foreach ($module in @($status.BackupModules)) {
            if ($null -ne $module) {
                $modules.Add(@{
                    identity = [string] $module.Identity
                    export_state = [string] $module.ExportStatus
                    import_state = [string] $module.ImportStatus
                })
            }
        }
    }
    if (-not (Use-LyncSpace $modules.ToArray() 'the state of the backup service')) {
        $modules.Clear()
        Add-LyncError (New-Object InvalidOperationException ('the state of the backup service is too long')) $false
    }
    $Lync.Result['errors'] = $Lync.ErrorCount - $before
    $Lync.Result['modules'] = $modules.ToArray()
}
