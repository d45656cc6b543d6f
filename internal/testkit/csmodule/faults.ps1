# Faults of the functions that need Windows. The file faults of the store switches them on.

function Test-StandInFault {
    param([string] $Name)
    $faults = Join-Path $env:LYNC_STORE 'faults'
    [IO.File]::Exists($faults) -and @([IO.File]::ReadAllLines($faults)) -contains $Name
}

# With the fault ForeignBackup users can write a backup.
function Get-StandInAccess {
    param([string] $Path)
    if ($Path -like '*.before.xml' -and (Test-StandInFault 'ForeignBackup')) {
        @{ owner = 'S-1-5-21-1'; rules = @(@{ sid = 'S-1-5-32-545'; type = 'Allow'; rights = 2; flags = 0 }) }
    }
}

# Each host has a mutex of its own. With the fault Busy another thread holds it.
function Get-StandInMutex {
    param([string] $Name)
    $own = $Name + '-' + $env:LYNC_MUTEX
    if (Test-StandInFault 'Busy') {
        [Microsoft.Rtc.Management.Deployment.ForeignLock]::Hold($own)
    }
    $own
}
