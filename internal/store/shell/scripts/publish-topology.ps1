# Publishes a topology if the store still holds the one that it was made from, and enables it. Compare and swap are in one
# script so that no other run of the provider comes between them. Nothing in the product is known to compare a topology to
# be published with the one there is, so an administrator with another tool still can: the backup that Publish-CsTopology
# makes is compared with the base afterwards, so that such a change is not lost unnoticed.
#
# What happened is in $Lync.Result. Once Publish-CsTopology was called no error ends the script any more: whether it did
# publish is told by what is read then, and whoever runs the script needs all there is to tell.

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

        # From here on the provider lets the script finish, and so does re-enter.ps1.
        $Lync.Result['outcome'] = 'called'
        $Lync.Result['wanted'] = @{ path = $wanted }
        [AppDomain]::CurrentDomain.SetData('lync-publishing', $true)
        Write-LyncOutput ('{lync:' + $Lync.Nonce + ':publishing}')
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
