# Reads the topology from the Central Management store. Never the local copy of it: that lags behind.
Invoke-Lync {
    Import-LyncModule
    $command = Get-Command -Name 'Get-CsTopology'
    $Lync.Result['module'] = [string] $command.ModuleName
    $Lync.Result['module_version'] = ''
    if ($command.Module -ne $null) {
        $Lync.Result['module_version'] = [string] $command.Module.Version
    }

    $topology = @(Invoke-LyncCmdlet 'Get-CsTopology' @{ AsXml = $true })
    if ($topology.Count -ne 1 -or $topology[0] -eq $null) {
        Stop-Lync 'LyncNoTopology' ('Get-CsTopology -AsXml put out {0} objects' -f $topology.Count)
    }
    # Whether this is an XDocument, an XElement or a text is nowhere documented; ToString() is what the help uses.
    if ($topology[0] -is [xml]) {
        $Lync.ResultDocument = [string] $topology[0].OuterXml
        return
    }
    $Lync.ResultDocument = [string] $topology[0].ToString()
}
