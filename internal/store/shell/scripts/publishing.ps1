# Functions of the scripts that use the lock. They follow those of management-shell.ps1.

# Creates or opens the mutex of the lock, which all accounts on this host can acquire.
function Open-LyncMutex {
    $users = New-Object Security.Principal.SecurityIdentifier ([Security.Principal.WellKnownSidType]::AuthenticatedUserSid, $null)
    $rule = New-Object Security.AccessControl.MutexAccessRule ($users, 'Synchronize, Modify', 'Allow')
    $security = New-Object Security.AccessControl.MutexSecurity
    $security.AddAccessRule($rule)
    $created = $false
    New-Object Threading.Mutex ($false, 'Global\terraform-provider-lync', ([ref] $created), $security)
}

# Acquires the lock that all runs of the provider on this host share. Returns nothing if the lock is not free in time,
# which is 10 minutes at most: any user of this host can hold it.
#
# If a process ends while it holds the lock, the lock is abandoned and the next process acquires it. That is safe
# because the store is read only after that.
function Enter-LyncLock {
    param([int] $Seconds)
    try {
        $mutex = Open-LyncMutex
    } catch {
        $cause = $_.Exception.GetBaseException()
        if (($cause -is [UnauthorizedAccessException]) -or ($cause -is [Threading.WaitHandleCannotBeOpenedException])) {
            Stop-Lync 'LyncLock' ('Global\terraform-provider-lync: ' + $cause.Message)
        }
        throw
    }
    $taken = $false
    try {
        $taken = $mutex.WaitOne([TimeSpan]::FromSeconds([Math]::Min([Math]::Max($Seconds, 0), 600)))
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

# Returns the SID of the account that runs this script.
function Get-LyncSelf {
    [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
}

# Returns the SIDs of the accounts that may write to the folders of this provider: the own one, SYSTEM and
# Administrators.
function Get-LyncTrusted {
    @((Get-LyncSelf), 'S-1-5-18', 'S-1-5-32-544')
}

# Returns the name of an account, in the language of the host, and its SID.
function Get-LyncAccount {
    param($Sid)
    try {
        '{0} ({1})' -f $Sid.Translate([Security.Principal.NTAccount]).Value, $Sid.Value
    } catch {
        [string] $Sid.Value
    }
}

# Returns the reason why another account can replace or change a file or a folder, or nothing. An entry that only the
# content of a folder inherits counts too. Entries that deny are ignored.
function Find-LyncWriter {
    param([string] $Path)
    if ([IO.File]::GetAttributes($Path) -band [IO.FileAttributes]::ReparsePoint) {
        return 'is a link or another reparse point'
    }
    # CREATOR OWNER and OWNER RIGHTS have the rights of the owner.
    $trusted = @(Get-LyncTrusted)
    $holders = $trusted + @('S-1-3-0', 'S-1-3-4')
    $acl = Get-Acl -LiteralPath $Path
    $owner = $acl.GetOwner([Security.Principal.SecurityIdentifier])
    if ($trusted -notcontains $owner.Value) {
        return 'is owned by ' + (Get-LyncAccount $owner)
    }
    # Write, append, delete, and write attributes, permissions or the owner; generic write and all.
    $writing = 0x500D0156
    foreach ($rule in $acl.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
        $allows = [string] $rule.AccessControlType -eq 'Allow'
        if ($allows -and ([int] $rule.FileSystemRights -band $writing) -and ($holders -notcontains $rule.IdentityReference.Value)) {
            return 'can be written by ' + (Get-LyncAccount $rule.IdentityReference)
        }
    }
}

# Ends the script if another account can replace or change a folder.
function Assert-LyncFolder {
    param([string] $Path)
    $reason = Find-LyncWriter $Path
    if ($reason) {
        Stop-Lync 'LyncFolder' ($Path + ' ' + $reason)
    }
}

# Creates a folder that only the accounts with these SIDs can read. It does not change an existing folder.
function New-LyncFolder {
    param([string] $Path, [string[]] $Accounts)
    $security = New-Object Security.AccessControl.DirectorySecurity
    $security.SetAccessRuleProtection($true, $false)
    foreach ($sid in $Accounts) {
        $account = New-Object Security.Principal.SecurityIdentifier ($sid)
        $rule = New-Object Security.AccessControl.FileSystemAccessRule ($account, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow')
        $security.AddAccessRule($rule)
    }
    [void] [IO.Directory]::CreateDirectory($Path, $security)
}

# Returns the folder of backups and reports, and creates it if necessary. Administrators can read it too, because they
# restore an overwritten topology from there. Therefore a folder that others could write ends the script, also if one of
# them has just created it.
function Get-LyncFolder {
    $folder = [string] $Lync.Data.directory
    if (-not $folder) {
        $folder = [IO.Path]::Combine($env:ProgramData, 'terraform-provider-lync')
    }
    if (-not [IO.Directory]::Exists($folder)) {
        New-LyncFolder $folder (Get-LyncTrusted)
    }
    Assert-LyncFolder $folder
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
