# Stand-ins for Windows and for the cmdlets of the management shell, for tests of the scripts in PowerShell 7 on any
# system. They follow the functions of the scripts and replace those that need Windows. $Lync.Data.store is the file of
# the topology, $Lync.Data.acl the access control list of each path, by the end of the path.

function Import-LyncModule { }

function Get-LyncSelf {
    'S-1-5-21-1'
}

function New-LyncFolder {
    param([string] $Path)
    [void] [IO.Directory]::CreateDirectory($Path)
}

function Open-LyncMutex {
    New-Object Threading.Mutex ($false, $Lync.Data.mutex)
}

# An object with the methods of an access control list. An unknown path has only entries of the own account.
function Get-Acl {
    param([string] $LiteralPath)
    $found = [pscustomobject] @{ owner = 'S-1-5-21-1'; rules = @() }
    foreach ($entry in @($Lync.Data.acl)) {
        if ($entry -ne $null -and $LiteralPath.EndsWith($entry.path)) {
            $found = $entry
        }
    }
    $acl = New-Object psobject -Property @{ Found = $found }
    Add-Member -InputObject $acl -MemberType ScriptMethod -Name GetOwner -Value { [pscustomobject] @{ Value = $this.Found.owner } }
    Add-Member -InputObject $acl -MemberType ScriptMethod -Name GetAccessRules -Value {
        foreach ($rule in @($this.Found.rules)) {
            if ($rule -ne $null) {
                [pscustomobject] @{
                    AccessControlType = $rule.type
                    FileSystemRights = $rule.rights
                    PropagationFlags = $rule.flags
                    IdentityReference = [pscustomobject] @{ Value = $rule.sid }
                }
            }
        }
    }
    $acl
}

function Get-CsTopology {
    param([switch] $AsXml)
    [IO.File]::ReadAllText($Lync.Data.store)
}

function Get-CsSimpleUrlConfiguration {
}

function Publish-CsTopology {
    param([string] $FileName, [string] $BackupFileName, [string] $Report, [switch] $Force)
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
