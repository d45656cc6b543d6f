# Stand-ins for the cmdlets of the management shell, and for the function that loads it, for tests of the scripts in
# PowerShell. They follow the functions of the scripts. $Lync.Data.store is the file of the topology, $Lync.Data.mutex
# the name of the mutex, and $Lync.Data.acl the owner and the entries of each path, by the end of the path.

function Get-StandInAccess {
    param([string] $Path)
    $Lync.Data.acl | Where-Object { $null -ne $_ -and $Path.EndsWith($_.path) } | Select-Object -First 1
}

function Get-StandInMutex {
    $Lync.Data.mutex
}

function Import-LyncModule { }

function Get-CsTopology {
    param([switch] $AsXml)
    if (-not $AsXml) {
        throw 'no document without AsXml'
    }
    [IO.File]::ReadAllText($Lync.Data.store)
}

function Get-CsSimpleUrlConfiguration {
    [pscustomobject] @{ Identity = 'Global'; SimpleUrl = $null }
}

function Publish-CsTopology {
    param([string] $FileName, [string] $BackupFileName, [string] $Report, [switch] $Force)
    if (-not $Force) {
        throw 'without Force, the cmdlet asks'
    }
    if ([IO.Path]::GetDirectoryName($FileName) -ne [IO.Path]::GetDirectoryName($BackupFileName)) {
        throw ('the folder of ' + $FileName + ' is not checked')
    }
    [IO.File]::Copy($Lync.Data.store, $BackupFileName)
    [IO.File]::Copy($FileName, $Lync.Data.store, $true)
    [IO.File]::WriteAllText($Report, '<html/>')
    [IO.File]::WriteAllText([IO.Path]::ChangeExtension($Report, '.xml'), '<report/>')
}

function Enable-CsTopology {
    param([string] $Report)
    [IO.File]::WriteAllText($Report, '<html/>')
}
