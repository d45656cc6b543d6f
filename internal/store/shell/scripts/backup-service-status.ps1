# Asks how far the backup service of a pool is. Of what Get-CsBackupServiceStatus puts out only BackupModules is known, with
# the names that its columns have in what others have shown. Whatever the types are, they come as texts.
Invoke-Lync {
    Import-LyncModule
    $before = $Lync.Errors.Count
    $modules = New-Object 'Collections.Generic.List[object]'
    foreach ($status in @(Invoke-LyncCmdlet 'Get-CsBackupServiceStatus' @{ PoolFqdn = [string] $Lync.Data.pool })) {
        if ($status -eq $null) {
            continue
        }
        foreach ($module in @($status.BackupModules)) {
            if ($module -ne $null) {
                $modules.Add(@{
                    identity = [string] $module.Identity
                    export_state = [string] $module.ExportStatus
                    import_state = [string] $module.ImportStatus
                })
            }
        }
    }
    $Lync.Result['errors'] = $Lync.Errors.Count - $before
    $Lync.Result['modules'] = $modules.ToArray()
}
