# Functions of the scripts that use the lock. They follow those of management-shell.ps1 and windows.ps1.

# Acquires the lock that all runs of the provider on this host share. Returns nothing if the lock is not free in time,
# which is 10 minutes at most: any user of this host can hold it.
#
# If a process ends while it holds the lock, the lock is abandoned and the next process acquires it. That is safe
# because the store is read only after that.
function Enter-LyncLock {
    param([int] $Seconds)
    $name = 'Global\terraform-provider-lync'
    try {
        $mutex = Open-LyncMutex $name
    } catch {
        $cause = $_.Exception.GetBaseException()
        if (($cause -is [UnauthorizedAccessException]) -or ($cause -is [Threading.WaitHandleCannotBeOpenedException])) {
            Stop-Lync 'LyncLock' ($name + ': ' + $cause.Message)
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

# Returns the SIDs of the accounts that may write to the folders of this provider: the own one, SYSTEM and
# Administrators.
function Get-LyncTrusted {
    @((Get-LyncSelf), 'S-1-5-18', 'S-1-5-32-544')
}

# Returns the name of an account, if it has one, and its SID.
function Get-LyncAccount {
    param([string] $Sid)
    try {
        '{0} ({1})' -f (Get-LyncAccountName $Sid), $Sid
    } catch {
        $Sid
    }
}

# Returns true if a file or a folder is a link or another reparse point.
function Test-LyncLink {
    param([string] $Path)
    ([IO.File]::GetAttributes($Path) -band [IO.FileAttributes]::ReparsePoint) -ne 0
}

# Returns the owner of a file or a folder, and the accounts with one of these rights on it, if they are not trusted. Each
# is a table with sid and owns. $Inherit includes entries that only the content of a folder inherits. Entries that deny
# are ignored.
function Find-LyncForeigner {
    param([string] $Path, [string[]] $Trusted, [int] $Rights, [bool] $Inherit)
    $access = Get-LyncAccess $Path
    if ([Array]::IndexOf($Trusted, [string] $access.owner) -lt 0) {
        @{ sid = $access.owner; owns = $true }
    }
    # CREATOR OWNER and OWNER RIGHTS have the rights of the owner.
    [string[]] $holders = $Trusted + @('S-1-3-0', 'S-1-3-4')
    foreach ($rule in $access.rules) {
        # 2 is InheritOnly of PropagationFlags.
        $applies = $Inherit -or -not ($rule.flags -band 2)
        if ($applies -and $rule.type -eq 'Allow' -and ($rule.rights -band $Rights) -and [Array]::IndexOf($holders, [string] $rule.sid) -lt 0) {
            @{ sid = $rule.sid; owns = $false }
        }
    }
}

# Returns the reason why another account can replace or change a file or a folder, or nothing.
function Find-LyncWriter {
    param([string] $Path)
    if (Test-LyncLink $Path) {
        return 'is a link or another reparse point'
    }
    # Write, append, delete, and write attributes, permissions or the owner; generic write and all.
    foreach ($found in @(Find-LyncForeigner -Path $Path -Trusted (Get-LyncTrusted) -Rights 0x500D0156 -Inherit $true)) {
        return $(if ($found.owns) { 'is owned by ' } else { 'can be written by ' }) + (Get-LyncAccount $found.sid)
    }
}

# Returns the reason why another account can put another folder in the place of one that is in this folder, or nothing.
# Others may create files and folders in this folder, as all users may in ProgramData. Windows makes no link of a folder
# that is not empty. What the content inherits is checked there.
function Find-LyncMover {
    param([string] $Path)
    # TrustedInstaller owns the folders of Windows, and the root of its drive.
    $trusted = @(Get-LyncTrusted) + 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'
    # Delete the content, write permissions or the owner; generic all.
    $rights = 0x100C0040
    if ([IO.Path]::GetDirectoryName($Path)) {
        # Delete, which includes to rename. The root of a drive or a share has no name in another folder.
        $rights = $rights -bor 0x10000
    }
    try {
        if (Test-LyncLink $Path) {
            return 'is a link or another reparse point'
        }
        $found = @(Find-LyncForeigner -Path $Path -Trusted $trusted -Rights $rights -Inherit $false)
    } catch {
        return 'cannot be checked: ' + $_.Exception.GetBaseException().Message
    }
    if ($found.Count -eq 0) {
        return
    }
    $account = Get-LyncAccount $found[0].sid
    if ($found[0].owns) {
        return 'is owned by ' + $account
    }
    'lets ' + $account + ' replace folders'
}

# Ends the script if another account can replace or change a folder. It begins with the root: below a folder in which
# others can replace nothing, they cannot replace a folder that is already checked.
function Assert-LyncFolder {
    param([string] $Path)
    $parents = New-Object 'Collections.Generic.List[string]'
    $parent = [IO.Path]::GetDirectoryName($Path)
    while ($parent) {
        $parents.Insert(0, $parent)
        $parent = [IO.Path]::GetDirectoryName($parent)
    }
    foreach ($parent in $parents) {
        $reason = Find-LyncMover $parent
        if ($reason) {
            Stop-Lync 'LyncParent' ($parent + ' ' + $reason)
        }
    }
    $reason = Find-LyncWriter $Path
    if ($reason) {
        Stop-Lync 'LyncFolder' ($Path + ' ' + $reason)
    }
}

# Returns the folder of backups and reports, and creates it if necessary. In a new folder only the accounts that may write
# have rights. Administrators are among them, because they restore an overwritten topology from there. Therefore a folder
# that others could write ends the script, also if one of them has just created it.
function Get-LyncFolder {
    $folder = [string] $Lync.Data.directory
    if (-not $folder) {
        $folder = [IO.Path]::Combine($env:ProgramData, 'terraform-provider-lync')
    }
    $folder = [IO.Path]::GetFullPath($folder)
    if (-not [IO.Directory]::Exists($folder)) {
        New-LyncFolder $folder (Get-LyncTrusted)
    }
    Assert-LyncFolder $folder
    $folder
}

# Returns the beginning of the paths of the files of this run in that folder. Their order is that of their names. A module
# can set a culture with another calendar, so the name does not depend on the culture.
function New-LyncRun {
    $time = [DateTime]::UtcNow.ToString('yyyyMMddTHHmmssZ', [Globalization.CultureInfo]::InvariantCulture)
    $name = $time + '-' + [Guid]::NewGuid().ToString('N').Substring(0, 8)
    [IO.Path]::Combine((Get-LyncFolder), $name)
}

# Returns the path of the file that revokes this run. If it exists, the run must not publish, because the provider does
# not observe the run any more.
function Get-LyncRevocation {
    if ($Lync.Data.run -cnotmatch '^[0-9a-f]{32}\z') {
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
