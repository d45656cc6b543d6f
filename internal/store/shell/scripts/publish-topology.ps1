# Publishes a topology if the store still has the base, which is the topology that the change is based on, and enables
# it. Compare and swap are in one script, so that no other run of the provider can publish between them. The product is
# not known to have such a comparison, so an administrator with another tool can publish between them nevertheless. To
# detect that, the script compares the backup that Publish-CsTopology creates with the base.
#
# The outcome is in $Lync.Result. After the call of Publish-CsTopology no error ends the script: whether the publish was
# made depends only on the topology that the script reads after it, and the provider needs all results to evaluate it.

# Returns a document without the parts that can differ between texts of the same document: white space between tags, and
# the signature. Documents with another order of elements still differ. The provider compares those by their meaning.
function Get-LyncContent {
    param([string] $Text)
    $xml = New-Object Xml.XmlDocument
    $xml.XmlResolver = $null
    $xml.LoadXml($Text)
    $xml.DocumentElement.RemoveAttribute('Signature')
    $xml.DocumentElement.OuterXml
}

# Returns the text of a file with a document. It reads the file as .NET reads XML: the encoding is that of the byte order
# mark or of the XML declaration. A file that .NET cannot read is an error.
function Read-LyncXml {
    param([string] $Path)
    $xml = New-Object Xml.XmlDocument
    $xml.XmlResolver = $null
    $xml.PreserveWhitespace = $true
    $file = [IO.File]::OpenRead($Path)
    try {
        $xml.Load($file)
    } finally {
        $file.Dispose()
    }
    $xml.OuterXml
}

# Returns the encoding of the file of a document, which is the one that the XML declaration names, or else UTF-8. .NET
# does not read a file with another one. The text of an XmlDocument, and that of a file, can name UTF-16. An encoding
# without a character of the document ends the script: .NET would write a question mark instead.
function Get-LyncEncoding {
    param([string] $Text)
    if ($Text -cmatch '^<\?xml\s+version\s*=\s*["''][^"'']*["'']\s+encoding\s*=\s*["'']([A-Za-z0-9._-]+)["'']') {
        $name = $Matches[1]
        $encoding = [Text.Encoding]::GetEncoding($name, (New-Object Text.EncoderExceptionFallback), (New-Object Text.DecoderExceptionFallback))
        try {
            [void] $encoding.GetByteCount($Text)
        } catch {
            Stop-Lync 'LyncEncoding' ($name + ': ' + $_.Exception.GetBaseException().Message)
        }
        if ($encoding -isnot [Text.UTF8Encoding]) {
            # It writes a byte order mark.
            return $encoding
        }
    }
    New-Object Text.UTF8Encoding ($false)
}

# Returns the simple URLs as lines, or one line '?' if they cannot be read or are too long for the result. The names of
# the properties come from the help of the cmdlet. The output of a real deployment is not known.
function Get-LyncSimpleUrl {
    $lines = New-Object 'Collections.Generic.List[string]'
    $before = $Lync.ErrorCount
    try {
        foreach ($configuration in @(Invoke-LyncCmdlet 'Get-CsSimpleUrlConfiguration')) {
            if ($null -ne $configuration) {
                foreach ($url in @($configuration.SimpleUrl | Where-Object { $null -ne $_ })) {
                    $lines.Add((@($configuration.Identity, $url.Component, $url.Domain, $url.ActiveUrl) -join ' '))
                }
            }
        }
    } catch {
        Add-LyncError $_ $true
    }
    if ($Lync.ErrorCount -gt $before) {
        return '?'
    }
    $lines.Sort([StringComparer]::Ordinal)
    if (-not (Use-LyncSpace $lines.ToArray() 'the list of simple URLs')) {
        return '?'
    }
    $lines.ToArray()
}

# Returns those of the pools that are failed over, failing over or failing back. If the state of a pool cannot be read,
# it adds a warning. The identity of the configuration of a pool is an assumption from the form of other identities.
function Find-LyncFailedOver {
    param([string[]] $Pools)
    foreach ($pool in $Pools) {
        $state = ''
        try {
            foreach ($configuration in @(Invoke-LyncCmdlet 'Get-CsRegistrarConfiguration' @{ Identity = 'Service:Registrar:' + $pool })) {
                if ($null -ne $configuration -and $null -ne $configuration.PoolState) {
                    $state = [string] $configuration.PoolState
                }
            }
        } catch {
            Add-LyncError $_ $true
        }
        if (-not $state) {
            Add-LyncWarning ('whether ' + $pool + ' is failed over could not be learnt from Get-CsRegistrarConfiguration')
        } elseif (@('FailedOver', 'FailingOver', 'FailingBack') -contains $state) {
            @{ pool = $pool; state = $state }
        }
    }
}

# Removes all files of runs that are older than the newest backups. It considers only files with the names that these
# scripts create, which begin with the time.
function Remove-LyncOldRun {
    param([string] $Run, [int] $Keep)
    try {
        $files = [IO.Directory]::GetFiles([IO.Path]::GetDirectoryName($Run))
        # The newest file is the last one.
        [Array]::Sort($files, [StringComparer]::Ordinal)
        $mine = @($files |
            Where-Object { [IO.Path]::GetFileName($_) -cmatch '^[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}\.(before|wanted|publish|enable)\.(xml|html)\z' })
        $backups = @($mine | Where-Object { $_.EndsWith('.before.xml', [StringComparison]::Ordinal) })
        $oldest = ''
        if ($backups.Count -gt $Keep) {
            $oldest = $backups[$backups.Count - $Keep]
            $oldest = $oldest.Substring(0, $oldest.Length - '.before.xml'.Length)
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
        Add-LyncWarning ('old backups cannot be removed: ' + $_.Exception.Message)
    }
}

Invoke-Lync {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $Lync.Result['outcome'] = 'none'
    Import-LyncModule

    # One publish at a time.
    $lock = Enter-LyncLock $Lync.Data.lock_seconds
    if ($null -eq $lock) {
        $Lync.Result['outcome'] = 'busy'
        return
    }
    try {
        if ([IO.File]::Exists((Get-LyncRevocation))) {
            $Lync.Result['outcome'] = 'revoked'
            return
        }

        # Publish only if the store still has the base.
        $base = Read-LyncTopology
        if (-not (Test-LyncEqual (Get-LyncHash $base) $Lync.Data.base_sha256)) {
            $Lync.Result['outcome'] = 'conflict'
            $Lync.ResultDocument = $base
            return
        }

        # A pool that is failed over must keep its partner (rule LC-NOFO).
        if ($Lync.Data.unpaired) {
            $moved = @(Find-LyncFailedOver @($Lync.Data.unpaired))
            if ($moved.Count -gt 0) {
                $Lync.Result['outcome'] = 'failed_over'
                $Lync.Result['failed_over'] = $moved
                return
            }
        }

        # According to the help of the cmdlet, a publish from a file can remove the simple URLs.
        $urls = @(Get-LyncSimpleUrl)

        # No other account can change the file: New-LyncRun has checked its folder.
        $run = New-LyncRun
        $wanted = $run + '.wanted.xml'
        [IO.File]::WriteAllText($wanted, $Lync.Document, (Get-LyncEncoding $Lync.Document))
        $backup = $run + '.before.xml'

        if ($Lync.Data.seconds -gt 0 -and $clock.Elapsed.TotalSeconds -ge $Lync.Data.seconds) {
            $Lync.Result['outcome'] = 'late'
            [IO.File]::Delete($wanted)
            return
        }

        # After this mark, the provider and re-enter.ps1 wait for the end of the script.
        $Lync.Result['outcome'] = 'called'
        $Lync.Result['wanted'] = @{ path = $wanted }
        [AppDomain]::CurrentDomain.SetData('lync-publishing', $true)
        Write-LyncOutput ('{lync:' + $Lync.Nonce + ':publishing}')
        Invoke-LyncReported 'Publish-CsTopology' 'publish' ($run + '.publish.html') @{
            FileName = $wanted
            BackupFileName = $backup
            Force = $true
        }

        # This document decides whether the publish was made.
        $changed = $false
        try {
            $Lync.ResultDocument = Read-LyncTopology
            $changed = -not (Test-LyncEqual (Get-LyncContent $Lync.ResultDocument) (Get-LyncContent $base))
        } catch {
            Add-LyncError $_ $true
        }

        # The backup is the content of the store immediately before the publish, unless another account could write it. A
        # backup that cannot be read is no reason to assume a change of another administrator.
        $held = @{ path = ''; same = $false; text = ''; untrusted = ''; unreadable = '' }
        try {
            if ([IO.File]::Exists($backup)) {
                $held['untrusted'] = [string] (Find-LyncWriter $backup)
            }
            if ([IO.File]::Exists($backup) -and -not $held['untrusted']) {
                $held['path'] = $backup
                $text = Read-LyncXml $backup
                $held['same'] = Test-LyncEqual (Get-LyncContent $text) (Get-LyncContent $base)
                if (-not $held['same']) {
                    $held['text'] = Format-LyncText $text $backup
                }
            }
        } catch {
            $held['unreadable'] = Get-LyncStart $_.Exception.GetBaseException().Message 1024
        }
        $Lync.Result['backup'] = $held

        # Enable the topology only after the expected outcome. Otherwise the topology may be that of another
        # administrator, or may have overwritten a change that must be restored. The provider decides.
        if ($changed -and $held['same']) {
            Invoke-LyncReported 'Enable-CsTopology' 'enable' ($run + '.enable.html')
        }

        $Lync.Result['urls_before'] = $urls
        $Lync.Result['urls_after'] = @(Get-LyncSimpleUrl)
        Remove-LyncOldRun $run $Lync.Data.keep
    } finally {
        Exit-LyncLock $lock
    }
}
