# Reads the topology from the Central Management store.
Invoke-Lync {
    Import-LyncModule
    $command = Get-Command -Name 'Get-CsTopology'
    $Lync.Result['module'] = [string] $command.ModuleName
    $Lync.Result['module_version'] = ''
    if ($null -ne $command.Module) {
        $Lync.Result['module_version'] = [string] $command.Module.Version
    }
    $Lync.ResultDocument = Read-LyncTopology
}
