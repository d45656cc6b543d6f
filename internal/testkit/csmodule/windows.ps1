# Stand-ins for the functions of the scripts that need Windows. Get-StandInAccess returns the access control list of a
# path, or nothing, and Get-StandInMutex the name of a mutex. The user of these functions defines both.

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

# A path without a list belongs to the own account and has no entries. A missing one is an error, as that of Get-Acl.
function Get-LyncAccess {
    param([string] $Path)
    [void] [IO.File]::GetAttributes($Path)
    $access = Get-StandInAccess $Path
    if ($null -ne $access) {
        return $access
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
    New-Object Threading.Mutex ($false, (Get-StandInMutex $Name))
}
