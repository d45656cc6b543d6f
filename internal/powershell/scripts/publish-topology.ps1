# Publishes a topology if the store still holds the one that it was made from, and enables it. Compare and swap are in one
# script so that no other run of the provider comes between them. Nothing in the product is known to compare a topology to
# be published with the one there is, so an administrator with another tool still can: the backup that Publish-CsTopology
# makes is compared with the base afterwards, so that such a change is not lost unnoticed.
#
# What happened is in $Lync.Result. Once Publish-CsTopology was called no error ends the script any more: whether it did
# publish is told by what is read then, and whoever runs the script needs all there is to tell.
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

# A document without what may differ in the text of the same: white space between tags, and the signature. Re-ordered
# documents differ here; the provider looks closer.
function Get-LyncContent {
    param([string] $Text)
    $xml = New-Object Xml.XmlDocument
    $xml.XmlResolver = $null
    $xml.LoadXml($Text)
    $xml.DocumentElement.RemoveAttribute('Signature')
    $xml.DocumentElement.OuterXml
}

# The simple URLs as lines, or one line '?' where they cannot be read. The names of the properties are those of the cmdlet's
# help; what a deployment gives was not seen.
function Get-LyncSimpleUrl {
    $lines = New-Object 'Collections.Generic.List[string]'
    $before = $Lync.Errors.Count
    try {
        foreach ($configuration in @(Invoke-LyncCmdlet 'Get-CsSimpleUrlConfiguration')) {
            if ($configuration -ne $null) {
                foreach ($url in @($configuration.SimpleUrl)) {
                    $lines.Add(('{0} {1} {2} {3}' -f $configuration.Identity, $url.Component, $url.Domain, $url.ActiveUrl))
                }
            }
        }
    } catch {
        Add-LyncError $_ $true
    }
    if ($Lync.Errors.Count -gt $before) {
        return '?'
    }
    $lines.Sort([StringComparer]::Ordinal)
    $lines.ToArray()
}

# The pools among these that are failed over, or on their way there or back. Where that cannot be learnt it is a warning.
# That a pool's own configuration has this identity is an assumption from the form of identities elsewhere.
function Find-LyncFailedOver {
    param([string[]] $Pools)
    foreach ($pool in $Pools) {
        $state = ''
        try {
            foreach ($configuration in @(Invoke-LyncCmdlet 'Get-CsRegistrarConfiguration' @{ Identity = 'Service:Registrar:' + $pool })) {
                if ($configuration -ne $null -and $configuration.PoolState -ne $null) {
                    $state = [string] $configuration.PoolState
                }
            }
        } catch {
            Add-LyncError $_ $true
        }
        if (-not $state) {
            $Lync.Warnings.Add('whether ' + $pool + ' is failed over could not be learnt from Get-CsRegistrarConfiguration')
        } elseif (@('FailedOver', 'FailingOver', 'FailingBack') -contains $state) {
            @{ pool = $pool; state = $state }
        }
    }
}

# Keeps the newest backups and what belongs to them. Only files with names of ours are looked at; they begin with the time.
function Remove-LyncOldRun {
    param([string] $Run, [int] $Keep)
    try {
        $mine = @([IO.Directory]::GetFiles([IO.Path]::GetDirectoryName($Run)) |
            Where-Object { [IO.Path]::GetFileName($_) -match '^\d{8}T\d{6}Z-[0-9a-f]{8}\.(before|wanted|publish|enable)\.(xml|html)$' } |
            Sort-Object -Descending)
        $backups = @($mine | Where-Object { $_ -like '*.before.xml' })
        $oldest = ''
        if ($backups.Count -gt $Keep) {
            $oldest = $backups[$Keep - 1].Replace('.before.xml', '')
        }
        foreach ($file in $mine) {
            if ([string]::CompareOrdinal($file.Substring(0, $oldest.Length), $oldest) -lt 0) {
                [IO.File]::Delete($file)
            }
        }
        foreach ($file in [IO.Directory]::GetFiles([IO.Path]::GetDirectoryName($Run), '*.revoked')) {
            if ([IO.File]::GetLastWriteTimeUtc($file) -lt [DateTime]::UtcNow.AddDays(-7)) {
                [IO.File]::Delete($file)
            }
        }
    } catch {
        $Lync.Warnings.Add('old backups cannot be removed: ' + $_.Exception.Message)
    }
}

Invoke-Lync {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $Lync.Result['outcome'] = 'none'
    Import-LyncModule

    # One publish at a time.
    $lock = Enter-LyncLock $Lync.Data.lock_seconds
    if ($lock -eq $null) {
        $Lync.Result['outcome'] = 'busy'
        return
    }
    $private = $null
    try {
        if ([IO.File]::Exists((Get-LyncRevocation))) {
            $Lync.Result['outcome'] = 'revoked'
            return
        }

        # Only if the store still holds what the new document was made from.
        $base = Read-LyncTopology
        if ((Get-LyncHash $base) -ne $Lync.Data.base_sha256) {
            $Lync.Result['outcome'] = 'conflict'
            $Lync.ResultDocument = $base
            return
        }

        # A pool that is failed over must keep its partner.
        if ($Lync.Data.unpaired) {
            $moved = @(Find-LyncFailedOver @($Lync.Data.unpaired))
            if ($moved.Count -gt 0) {
                $Lync.Result['outcome'] = 'failed_over'
                $Lync.Result['failed_over'] = $moved
                return
            }
        }

        # The help says that a publish from a file may lose the simple URLs.
        $urls = @(Get-LyncSimpleUrl)

        $private = [IO.Path]::Combine([IO.Path]::GetTempPath(), 'lync-' + [Guid]::NewGuid().ToString('N'))
        New-LyncFolder $private @([Security.Principal.WindowsIdentity]::GetCurrent().User)
        $file = [IO.Path]::Combine($private, 'topology.xml')
        [IO.File]::WriteAllText($file, $Lync.Document, (New-Object Text.UTF8Encoding ($false)))
        $run = New-LyncRun
        $wanted = $run + '.wanted.xml'
        [IO.File]::Copy($file, $wanted)
        $backup = $run + '.before.xml'

        if ($Lync.Data.seconds -gt 0 -and $clock.Elapsed.TotalSeconds -ge $Lync.Data.seconds) {
            $Lync.Result['outcome'] = 'late'
            [IO.File]::Delete($wanted)
            return
        }

        # From here on the provider lets the script finish.
        $Lync.Result['outcome'] = 'called'
        $Lync.Result['wanted'] = @{ path = $wanted }
        [Console]::Out.WriteLine('{lync:' + $Lync.Nonce + ':publishing}')
        [Console]::Out.Flush()
        Invoke-LyncReported 'Publish-CsTopology' 'publish' ($run + '.publish.html') @{
            FileName = $file
            BackupFileName = $backup
            Force = $true
        }

        # Published or not: this tells.
        $changed = $false
        try {
            $Lync.ResultDocument = Read-LyncTopology
            $changed = (Get-LyncContent $Lync.ResultDocument) -ne (Get-LyncContent $base)
        } catch {
            Add-LyncError $_ $true
        }

        # What the store held when it was overwritten.
        $held = @{ path = ''; same = $false; text = '' }
        try {
            if ([IO.File]::Exists($backup)) {
                $held['path'] = $backup
                $text = [IO.File]::ReadAllText($backup)
                $held['same'] = (Get-LyncContent $text) -eq (Get-LyncContent $base)
                if (-not $held['same']) {
                    $held['text'] = Format-LyncBlock $text
                }
            }
        } catch {
            Add-LyncError $_ $true
        }
        $Lync.Result['backup'] = $held

        # Only where all is as expected. In any other case the provider looks closer first: what is published could be
        # another administrator's, or written over a change that has to be restored.
        if ($changed -and $held['same']) {
            Invoke-LyncReported 'Enable-CsTopology' 'enable' ($run + '.enable.html')
        }

        $Lync.Result['urls_before'] = $urls
        $Lync.Result['urls_after'] = @(Get-LyncSimpleUrl)
        Remove-LyncOldRun $run $Lync.Data.keep
    } finally {
        try {
            if ($private -ne $null -and [IO.Directory]::Exists($private)) {
                [IO.Directory]::Delete($private, $true)
            }
        } catch {
            $Lync.Warnings.Add('the folder ' + $private + ' cannot be removed: ' + $_.Exception.Message)
        }
        Exit-LyncLock $lock
    }
}
