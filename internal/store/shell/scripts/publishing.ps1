# What the scripts that publish and enable share. It stands between the prelude and each of them.

# Takes the lock that all runs of the provider on this host share, or returns nothing when it is not free in time.
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

# The beginning of the paths of this run there.
function New-LyncRun {
    $name = [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ') + '-' + [Guid]::NewGuid().ToString('N').Substring(0, 8)
    [IO.Path]::Combine((Get-LyncFolder), $name)
}

# The file that says that a publish must not be made any more: whoever started it has lost sight of it.
function Get-LyncRevocation {
    if ($Lync.Data.run -notmatch '^[0-9a-f]{32}$') {
        Stop-Lync 'LyncInput' 'the name of the run'
    }
    [IO.Path]::Combine((Get-LyncFolder), $Lync.Data.run + '.revoked')
}

# Runs a cmdlet that writes a report and tells its path, its text and how many errors there were, whatever came of it.
# The report is beside the HTML in a file of the same name that ends in .xml.
function Invoke-LyncReported {
    param([string] $Name, [string] $Key, [string] $Path, [hashtable] $Arguments = @{})
    $all = @{ Report = $Path }
    foreach ($argument in $Arguments.Keys) {
        $all[$argument] = $Arguments[$argument]
    }
    if ($Lync.Data.domain_controller) {
        $all['GlobalSettingsDomainController'] = [string] $Lync.Data.domain_controller
    }
    if ($Lync.Data.global_catalog) {
        $all['GlobalCatalog'] = [string] $Lync.Data.global_catalog
    }
    $before = $Lync.Errors.Count
    try {
        Invoke-LyncCmdlet $Name $all | Out-Null
    } catch {
        Add-LyncError $_ $true
    }
    $told = @{ errors = $Lync.Errors.Count - $before; path = ''; text = '' }
    try {
        if ([IO.File]::Exists($Path)) {
            $told['path'] = $Path
        }
        $xml = [IO.Path]::ChangeExtension($Path, '.xml')
        if ([IO.File]::Exists($xml)) {
            $told['text'] = Format-LyncBlock ([IO.File]::ReadAllText($xml))
        }
    } catch {
        $Lync.Warnings.Add('the report of ' + $Name + ' cannot be read: ' + $_.Exception.Message)
    }
    $Lync.Result[$Key] = $told
}
