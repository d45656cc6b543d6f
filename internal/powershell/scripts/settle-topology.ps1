# Reads the topology when no publish of this provider is under way on this host any more, and keeps the run that it is asked
# about from publishing later. It is for after a lost connection: a script that was left alone may still be on its way to
# publish, and what is read before that would tell nothing.
# Takes the lock that all runs of the provider on this host share, or returns nothing when it is not free in time. Each
# script that needs it has its own copy of this function: a script is the prelude and itself.
#
# Whoever dies with the lock leaves it abandoned, and the next one has it then: what the store holds is read after that.
function Enter-LyncLock {
    param([int] $Seconds)
    $users = New-Object Security.Principal.SecurityIdentifier ([Security.Principal.WellKnownSidType]::AuthenticatedUserSid, $null)
    $rule = New-Object Security.AccessControl.MutexAccessRule ($users, 'Synchronize, Modify', 'Allow')
    $security = New-Object Security.AccessControl.MutexSecurity
    $security.AddAccessRule($rule)
    $created = $false
    $mutex = New-Object Threading.Mutex ($false, 'Global\terraform-provider-lync', ([ref] $created), $security)
    $taken = $false
    try {
        $taken = $mutex.WaitOne([TimeSpan]::FromSeconds($Seconds))
    } catch {
        if ($_.Exception.GetBaseException() -isnot [Threading.AbandonedMutexException]) {
            throw
        }
        $taken = $true
    }
    if ($taken) {
        return $mutex
    }
    $mutex.Dispose()
}

function Exit-LyncLock {
    param($Mutex)
    $Mutex.ReleaseMutex()
    $Mutex.Dispose()
}

# Reads the topology from the Central Management store. Never the local copy of it: that lags behind.
function Read-LyncTopology {
    $topology = @(Invoke-LyncCmdlet 'Get-CsTopology' @{ AsXml = $true })
    if ($topology.Count -ne 1 -or $topology[0] -eq $null) {
        Stop-Lync 'LyncNoTopology' ('Get-CsTopology -AsXml put out {0} objects' -f $topology.Count)
    }
    # Whether this is an XDocument, an XElement or a text is nowhere documented; ToString() is what the help uses.
    if ($topology[0] -is [xml]) {
        return [string] $topology[0].OuterXml
    }
    [string] $topology[0].ToString()
}

# Makes a folder that only these accounts can read. One that is there stays as it is.
function New-LyncFolder {
    param([string] $Path, [object[]] $Accounts)
    $security = New-Object Security.AccessControl.DirectorySecurity
    $security.SetAccessRuleProtection($true, $false)
    foreach ($account in $Accounts) {
        $rule = New-Object Security.AccessControl.FileSystemAccessRule ($account, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow')
        $security.AddAccessRule($rule)
    }
    [void] [IO.Directory]::CreateDirectory($Path, $security)
}

# The folder of backups and reports. Administrators can read it too: another administrator's change is restored from there.
function Get-LyncFolder {
    $folder = [string] $Lync.Data.directory
    if (-not $folder) {
        $folder = [IO.Path]::Combine($env:ProgramData, 'terraform-provider-lync')
    }
    if (-not [IO.Directory]::Exists($folder)) {
        New-LyncFolder $folder @(
            [Security.Principal.WindowsIdentity]::GetCurrent().User,
            (New-Object Security.Principal.SecurityIdentifier ([Security.Principal.WellKnownSidType]::BuiltinAdministratorsSid, $null)),
            (New-Object Security.Principal.SecurityIdentifier ([Security.Principal.WellKnownSidType]::LocalSystemSid, $null))
        )
    }
    $folder
}

# The file that says that a publish must not be made any more: whoever started it has lost sight of it.
function Get-LyncRevocation {
    if ($Lync.Data.run -notmatch '^[0-9a-f]{32}$') {
        Stop-Lync 'LyncInput' 'the name of the run'
    }
    [IO.Path]::Combine((Get-LyncFolder), $Lync.Data.run + '.revoked')
}

Invoke-Lync {
    Import-LyncModule
    $lock = Enter-LyncLock $Lync.Data.lock_seconds
    $Lync.Result['settled'] = ($lock -ne $null)
    try {
        if ($lock -ne $null) {
            # Under the lock, as the other side looks for it: either that has published by now or it never will.
            [IO.File]::WriteAllText((Get-LyncRevocation), '')
        }
        $Lync.ResultDocument = Read-LyncTopology
    } finally {
        if ($lock -ne $null) {
            Exit-LyncLock $lock
        }
    }
}
