# Runs another script in a session on this host, opened with CredSSP and a password. The session can log in to SQL
# Server, Active Directory and file shares with that password. The login of this script cannot. $Lync.Document is the
# standard input of the other script, including the script itself. The output of the other script arrives through the
# pipeline as strings. This script writes each of them immediately, so that marks and answer are the same as without a
# session.
#
# This script does not enable CredSSP. Tests run it in PowerShell 7, with a session over SSH instead of WinRM. No host
# with CredSSP has run it: the ids of errors of New-PSSession are from the sources of PowerShell and from wsmerror.h.

# The script block that the session runs. It does the same as the bootstrap (bootstrap.go), without a console.
$inside = {
    param([string] $Text, [int] $Outer)
    $mode = $ExecutionContext.SessionState.LanguageMode
    if ("$mode" -ne 'FullLanguage') {
        "lync-refused:language-mode:$mode"
        return
    }
    $version = $PSVersionTable.PSVersion
    if ($version.Major -lt 3) {
        "lync-refused:version:$version"
        return
    }
    $ProgressPreference = 'SilentlyContinue'

    # Windows keeps a session and its script after the process that opened it has ended. This session ends itself then,
    # unless the script has started to publish. Each session has a process of its own.
    $watch = [PowerShell]::Create()
    [void] $watch.AddScript({
        param($Id)
        try {
            $process = [Diagnostics.Process]::GetProcessById($Id)
            while (-not $process.WaitForExit(1000)) {
                if ($null -ne [AppDomain]::CurrentDomain.GetData('lync-over')) {
                    return
                }
            }
        } catch {
            if ($_.Exception.GetBaseException() -isnot [ArgumentException]) {
                # The process belongs to another account and cannot be watched.
                return
            }
        }
        if ($null -eq [AppDomain]::CurrentDomain.GetData('lync-publishing')) {
            [Diagnostics.Process]::GetCurrentProcess().Kill()
        }
    }.ToString()).AddArgument($Outer)
    [void] $watch.BeginInvoke()

    try {
        $LyncBlocks = $Text.Split('.')
        # The prelude of the other script reads it.
        Set-Variable -Name 'LyncPiped' -Value $true
        $packed = New-Object IO.MemoryStream (, [Convert]::FromBase64String($LyncBlocks[0]))
        $zip = New-Object IO.Compression.GZipStream ($packed, [IO.Compression.CompressionMode]::Decompress)
        $reader = New-Object IO.StreamReader ($zip, [Text.Encoding]::UTF8)
        & ([ScriptBlock]::Create($reader.ReadToEnd()))
    } finally {
        [AppDomain]::CurrentDomain.SetData('lync-over', $true)
    }
}

# Returns a setting of WinRM on this host, or an empty string if this account may not read it.
function Get-LyncCredSsp {
    param([string] $Side)
    try {
        [string] (Get-Item -LiteralPath ('WSMan:\localhost\{0}\Auth\CredSSP' -f $Side)).Value
    } catch {
        ''
    }
}

Invoke-Lync {
    $Lync.Result['opened'] = $false
    # The full name: CredSSP sends a password only to hosts whose names are in its settings.
    $own = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
    $name = [string] $own.HostName
    if ($own.DomainName) {
        $name = $name + '.' + $own.DomainName
    }
    $Lync.Result['name'] = $name

    $credential = New-Object Management.Automation.PSCredential ([string] $Lync.Data.user, (Read-LyncSecret))

    try {
        $session = New-PSSession -ComputerName $name -Authentication Credssp -Credential $credential
    } catch {
        $Lync.Result['client'] = Get-LyncCredSsp 'Client'
        $Lync.Result['service'] = Get-LyncCredSsp 'Service'
        throw
    }
    $Lync.Result['opened'] = $true
    # This mark shows that the password is right, also if the answer of this script does not arrive.
    Write-LyncOutput ('{lync:' + $Lync.Nonce + ':opened}')

    # These are errors of the session, such as its end. Errors of the other script are in its answer.
    $lyncErrors = @()
    try {
        Invoke-Command -Session $session -ScriptBlock $inside -ArgumentList $Lync.Document, $PID -ErrorAction Continue -ErrorVariable lyncErrors 2>$null 3>$null |
            ForEach-Object {
                [Console]::Out.WriteLine([string] $_)
                [Console]::Out.Flush()
            }
    } finally {
        foreach ($fault in @($lyncErrors)) {
            if ($null -ne $fault) {
                Add-LyncError $fault $false
            }
        }
        try {
            Remove-PSSession -Session $session
        } catch {
            # This must not hide the error that ended the session. What is left of the session ends with this process.
            $session = $null
        }
    }
}
