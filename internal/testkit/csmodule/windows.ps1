# Stand-ins for the functions of the scripts that need Windows. The file faults of the store switches faults on.

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

# With the fault ForeignBackup users can write a backup. Otherwise only the own account has rights.
function Get-LyncAccess {
    param([string] $Path)
    [void] [IO.File]::GetAttributes($Path)
    $rules = @()
    if ($Path -like '*.before.xml' -and (Test-StandInFault 'ForeignBackup')) {
        $rules = @(@{ sid = 'S-1-5-32-545'; type = 'Allow'; rights = 2; flags = 0 })
    }
    @{ owner = 'S-1-5-21-1'; rules = $rules }
}

function New-LyncFolder {
    param([string] $Path, [string[]] $Accounts)
    if (($Accounts -join ' ') -ne 'S-1-5-21-1 S-1-5-18 S-1-5-32-544') {
        throw ('these accounts may not have rights on the folder: ' + $Accounts)
    }
    [void] [IO.Directory]::CreateDirectory($Path)
}

# Returns true if a fault is switched on.
function Test-StandInFault {
    param([string] $Name)
    $faults = Join-Path $env:LYNC_STORE 'faults'
    [IO.File]::Exists($faults) -and @([IO.File]::ReadAllLines($faults)) -contains $Name
}

# Each host has a mutex of its own. With the fault Busy another thread holds it.
function Open-LyncMutex {
    param([string] $Name)
    $own = $Name + '-' + $env:LYNC_MUTEX
    if (Test-StandInFault 'Busy') {
        [Microsoft.Rtc.Management.Deployment.ForeignLock]::Hold($own)
    }
    New-Object Threading.Mutex ($false, $own)
}
