# Stand-ins for what re-enter.ps1 needs of Windows: WinRM with CredSSP, and its settings. The session is a real one,
# over SSH. It has a process of its own, and PowerShell serializes what enters and leaves it.
#
# With the fault Entry, New-PSSession fails with this id. The faults Client and Service are the settings of CredSSP.
# Without these faults the account may not read the settings.

# Returns the argument of a fault, or nothing.
function Get-StandInArgument {
    param([string] $Name)
    $faults = Join-Path $env:LYNC_STORE 'faults'
    if ([IO.File]::Exists($faults)) {
        foreach ($line in [IO.File]::ReadAllLines($faults)) {
            if ($line.StartsWith($Name + "`t", [StringComparison]::Ordinal)) {
                return $line.Substring($Name.Length + 1)
            }
        }
    }
}

# Returns the error record of a session that does not open. With a public constructor, PowerShell would add the name of
# the command to the id. New-PSSession uses this constructor.
function New-StandInRefusal {
    param([string] $Id, [string] $Computer, [string] $Reason)
    $text = 'Connecting to remote server {0} failed{1}.' -f $Computer, $Reason
    # Reflection does not convert a PSObject.
    $exception = (New-Object Management.Automation.Remoting.PSRemotingTransportException ($text)).PSObject.BaseObject
    $constructor = [Management.Automation.ErrorRecord].GetConstructors('Instance, NonPublic') |
        Where-Object { $_.GetParameters().Count -eq 11 }
    $constructor.Invoke([object[]] @(
        $exception, $Computer, ($Id + ',PSSessionOpenFailed'), [Management.Automation.ErrorCategory]::OpenError,
        $null, $null, $null, $null, $null, $null, $null
    ))
}

# The parameters are those that re-enter.ps1 uses, with the types of Windows PowerShell 3.0. Any other one is an error.
function New-PSSession {
    [Diagnostics.CodeAnalysis.SuppressMessage('PSAvoidOverwritingBuiltInCmdlets', '', Justification = 'a double')]
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, Position = 0)]
        [ValidateNotNullOrEmpty()]
        [string[]] $ComputerName,

        [Management.Automation.Runspaces.AuthenticationMechanism] $Authentication,

        [ValidateNotNull()]
        [Management.Automation.PSCredential] $Credential
    )
    if ("$Authentication" -ne 'Credssp' -or $ComputerName.Count -ne 1 -or $null -eq $Credential) {
        throw 'New-PSSession with other arguments'
    }
    $names = [Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
    if (@($names.HostName, ($names.HostName + '.' + $names.DomainName)) -notcontains $ComputerName[0]) {
        throw ('a session on another host: ' + $ComputerName[0])
    }
    $reason = ''
    $id = Get-StandInArgument 'Entry'
    if (-not $id) {
        # The hash is that of the user and the password.
        $text = $Credential.UserName + "`n" + $Credential.GetNetworkCredential().Password
        if ((Get-LyncHash $text) -ne $env:LYNC_LOGIN) {
            $id = 'AccessDenied'
            $reason = ' with the following error message : Access is denied'
        }
    }
    if ($id) {
        $PSCmdlet.WriteError((New-StandInRefusal -Id $id -Computer $ComputerName[0] -Reason $reason))
        return
    }
    Microsoft.PowerShell.Core\New-PSSession -HostName '127.0.0.1' -Port $env:LYNC_PORT -UserName $env:LYNC_USER `
        -KeyFilePath $env:LYNC_KEY -Options @{
            StrictHostKeyChecking = 'no'
            UserKnownHostsFile = '/dev/null'
            IdentitiesOnly = 'yes'
            LogLevel = 'ERROR'
        }
}

# With the fault CloseFails this is an error, as PowerShell 7 sometimes has it after "exit" in the session.
function Remove-PSSession {
    [Diagnostics.CodeAnalysis.SuppressMessage('PSAvoidOverwritingBuiltInCmdlets', '', Justification = 'a double')]
    [CmdletBinding()]
    param($Session)
    Microsoft.PowerShell.Core\Remove-PSSession -Session $Session
    if (Test-StandInFault 'CloseFails') {
        throw (New-Object NullReferenceException)
    }
}

# The drive WSMan.
function Get-Item {
    [Diagnostics.CodeAnalysis.SuppressMessage('PSAvoidOverwritingBuiltInCmdlets', '', Justification = 'a double')]
    [CmdletBinding()]
    param([string] $LiteralPath)
    foreach ($side in @('Client', 'Service')) {
        $value = Get-StandInArgument $side
        if ($value -and $LiteralPath -eq ('WSMan:\localhost\{0}\Auth\CredSSP' -f $side)) {
            return [pscustomobject] @{ Name = 'CredSSP'; Value = $value }
        }
    }
    throw ('Access is denied: ' + $LiteralPath)
}
