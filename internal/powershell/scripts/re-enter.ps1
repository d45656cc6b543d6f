# Runs another script in a session on this very host, opened with a password by CredSSP. The session can go on with that
# password to SQL Server, Active Directory and file shares, which the login of this script cannot. $Lync.Document is what
# the other script gets as standard input elsewhere, itself included. What it writes comes back down the pipeline as texts,
# piece by piece, and is written here as it comes, so that its marks and its answer are where they would be without this.
#
# Nothing of CredSSP is turned on here, on neither side. No real PowerShell has run this: the ids of errors are those of
# PowerShell's sources and wsmerror.h, the rest is from the documentation of remoting.

# What the session runs: what the command line of PowerShell does elsewhere (bootstrap.go), without a console.
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

    # Windows keeps a session, and what runs in it, after the process that opened it has died. Then nobody hears of this one any
    # more: it ends with that process, but for a publish that has begun. Each session has a process of its own.
    $watch = [PowerShell]::Create()
    [void] $watch.AddScript({
        param($Id)
        try {
            $process = [Diagnostics.Process]::GetProcessById($Id)
            while (-not $process.WaitForExit(1000)) {
                if ([AppDomain]::CurrentDomain.GetData('lync-over') -ne $null) {
                    return
                }
            }
        } catch {
            if ($_.Exception.GetBaseException() -isnot [ArgumentException]) {
                # It is there and another account's: it cannot be watched.
                return
            }
        }
        if ([AppDomain]::CurrentDomain.GetData('lync-publishing') -eq $null) {
            [Diagnostics.Process]::GetCurrentProcess().Kill()
        }
    }.ToString()).AddArgument($Outer)
    [void] $watch.BeginInvoke()

    try {
        $blocks = $Text.Split('.')
        $packed = New-Object IO.MemoryStream (, [Convert]::FromBase64String($blocks[0]))
        $zip = New-Object IO.Compression.GZipStream ($packed, [IO.Compression.CompressionMode]::Decompress)
        $reader = New-Object IO.StreamReader ($zip, [Text.Encoding]::UTF8)
        & ([ScriptBlock]::Create($reader.ReadToEnd())) $blocks $true
    } finally {
        [AppDomain]::CurrentDomain.SetData('lync-over', $true)
    }
}

# A setting of WinRM on this host, empty where this account may not read it.
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
    # The whole name: CredSSP hands a password only to hosts that are named so in its settings.
    $own = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
    $name = [string] $own.HostName
    if ($own.DomainName) {
        $name = $name + '.' + $own.DomainName
    }
    $Lync.Result['name'] = $name

    $password = New-Object Security.SecureString
    foreach ($letter in ([string] $Lync.Data.password).ToCharArray()) {
        $password.AppendChar($letter)
    }
    $credential = New-Object Management.Automation.PSCredential ([string] $Lync.Data.user, $password)

    try {
        $session = New-PSSession -ComputerName $name -Authentication Credssp -Credential $credential
    } catch {
        $Lync.Result['client'] = Get-LyncCredSsp 'Client'
        $Lync.Result['service'] = Get-LyncCredSsp 'Service'
        throw
    }
    $Lync.Result['opened'] = $true

    # Errors of the other script are in its answer. These are of the session, such as its end.
    $lyncErrors = @()
    try {
        Invoke-Command -Session $session -ScriptBlock $inside -ArgumentList $Lync.Document, $PID -ErrorAction Continue -ErrorVariable lyncErrors 2>$null 3>$null |
            ForEach-Object {
                [Console]::Out.WriteLine([string] $_)
                [Console]::Out.Flush()
            }
    } finally {
        foreach ($fault in @($lyncErrors)) {
            if ($fault -ne $null) {
                Add-LyncError $fault $false
            }
        }
        Remove-PSSession -Session $session -ErrorAction SilentlyContinue
    }
}
