# Stand-ins for the functions of scripts/windows.ps1, for tests of the scripts in PowerShell 7 on other systems.
# $Lync.Data.mutex is the name of the mutex, $Lync.Data.acl the owner and the entries of each path, by the end of the
# path.

function Get-LyncSelf {
    'S-1-5-21-1'
}

function Get-LyncAccountName {
    param([string] $Sid)
    if ($Sid -ne 'S-1-5-32-545') {
        throw ('no name for ' + $Sid)
    }
    'BUILTIN\Users'
}

# An unknown path has no entries and belongs to the own account. A missing one is an error, as that of Get-Acl.
function Get-LyncAccess {
    param([string] $Path)
    [void] [IO.File]::GetAttributes($Path)
    foreach ($entry in @($Lync.Data.acl)) {
        if ($null -ne $entry -and $Path.EndsWith($entry.path)) {
            return $entry
        }
    }
    @{ owner = 'S-1-5-21-1'; rules = @() }
}

function New-LyncFolder {
    param([string] $Path, [string[]] $Accounts)
    if (($Accounts -join ' ') -ne 'S-1-5-21-1 S-1-5-18 S-1-5-32-544') {
        throw ('these accounts may not have rights on the folder: ' + $Accounts)
    }
    [void] [IO.Directory]::CreateDirectory($Path)
}

function Open-LyncMutex {
    param([string] $Name)
    if ($Name -ne 'Global\terraform-provider-lync') {
        throw ('another mutex: ' + $Name)
    }
    New-Object Threading.Mutex ($false, $Lync.Data.mutex)
}
