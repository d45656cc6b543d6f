# Functions of the scripts that use the lock. They follow those of management-shell.ps1.

# Acquires the lock that all runs of the provider on this host share. Returns nothing if the lock is not free in time.
#
# If a process ends while it holds the lock, the lock is abandoned and the next process acquires it. That is safe
# because the store is read only after that.
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

# Releases the lock.
function Exit-LyncLock {
    param($Mutex)
    $Mutex.ReleaseMutex()
    $Mutex.Dispose()
}

# Creates a folder that only these accounts can read. It does not change an existing folder.
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

# Returns the folder of backups and reports, and creates it if necessary. Administrators can read it too, because they
# restore an overwritten topology from there.
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

# Returns the beginning of the paths of the files of this run in that folder.
function New-LyncRun {
    $name = [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ') + '-' + [Guid]::NewGuid().ToString('N').Substring(0, 8)
    [IO.Path]::Combine((Get-LyncFolder), $name)
}

# Returns the path of the file that revokes this run. If it exists, the run must not publish, because the provider does
# not observe the run any more.
function Get-LyncRevocation {
    if ($Lync.Data.run -notmatch '^[0-9a-f]{32}$') {
        Stop-Lync 'LyncInput' 'the name of the run'
    }
    [IO.Path]::Combine((Get-LyncFolder), $Lync.Data.run + '.revoked')
}

# Runs a cmdlet that writes a report, and adds the path and the text of the report and the number of errors to the
# result. An error of the cmdlet does not end the script. The text is in an .xml file with the name of the HTML file.
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
    $before = $Lync.ErrorCount
    try {
        Invoke-LyncCmdlet $Name $all | Out-Null
    } catch {
        Add-LyncError $_ $true
    }
    $facts = @{ errors = $Lync.ErrorCount - $before; path = ''; text = '' }
    try {
        if ([IO.File]::Exists($Path)) {
            $facts['path'] = $Path
        }
        $xml = [IO.Path]::ChangeExtension($Path, '.xml')
        if ([IO.File]::Exists($xml)) {
            $facts['text'] = Format-LyncText ([IO.File]::ReadAllText($xml)) $xml
        }
    } catch {
        Add-LyncWarning ('the report of ' + $Name + ' cannot be read: ' + $_.Exception.Message)
    }
    $Lync.Result[$Key] = $facts
}
