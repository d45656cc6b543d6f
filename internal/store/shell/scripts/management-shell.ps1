# Functions that load the management shell and read the topology. Every script has them, after the prelude.

# Returns the paths of the installed modules, for Import-Module. The newer product comes first.
function Find-LyncModule {
    foreach ($name in @('SkypeForBusiness', 'Lync')) {
        foreach ($module in @(Get-Module -ListAvailable -Name $name -ErrorAction SilentlyContinue)) {
            if ($null -ne $module) {
                [string] $module.Path
            }
        }
    }
    if ($env:CommonProgramFiles) {
        $folders = @(Get-Item -Path (Join-Path $env:CommonProgramFiles 'Skype for Business Server 20*') -ErrorAction SilentlyContinue |
            Sort-Object -Culture 'en-US' -Property Name -Descending)
        $folders += @(Get-Item -Path (Join-Path $env:CommonProgramFiles 'Microsoft Lync Server 2013') -ErrorAction SilentlyContinue)
        foreach ($folder in $folders) {
            foreach ($name in @('SkypeForBusiness', 'Lync')) {
                $manifest = Join-Path $folder.FullName ('Modules\{0}\{0}.psd1' -f $name)
                if (Test-Path -LiteralPath $manifest) {
                    [string] $manifest
                }
            }
        }
    }
}

# Returns the execution policies that are set, by scope.
function Get-LyncPolicy {
    $policies = @{}
    foreach ($entry in @(Get-ExecutionPolicy -List)) {
        if ([string] $entry.ExecutionPolicy -ne 'Undefined') {
            $policies[[string] $entry.Scope] = [string] $entry.ExecutionPolicy
        }
    }
    $policies
}

# Returns true in a 32-bit PowerShell on 64-bit Windows.
function Test-LyncWow64 {
    ([IntPtr]::Size -eq 4) -and [Environment]::Is64BitOperatingSystem
}

# Loads the module of the management shell, or ends the script with the reason.
function Import-LyncModule {
    if ((Get-LyncEdition) -ne 'Desktop') {
        # The modules require .NET Framework. PowerShell 7 loads only proxy functions for their cmdlets.
        $native = @(Get-Command -Name 'Get-CsTopology' -CommandType Cmdlet -ErrorAction SilentlyContinue)
        if ($native.Count -eq 0 -or $null -eq $native[0]) {
            Stop-Lync 'LyncEdition' ('Get-CsTopology is no native command of PowerShell {0}' -f $PSVersionTable.PSVersion)
        }
        return
    }
    if (Test-LyncWow64) {
        Stop-Lync 'LyncBitness' 'a 32-bit PowerShell on a 64-bit Windows'
    }
    $found = @(Find-LyncModule)
    if ($found.Count -eq 0) {
        Stop-Lync 'LyncModule' ('PSModulePath is {0}' -f $env:PSModulePath)
    }
    foreach ($module in $found) {
        try {
            Invoke-LyncCmdlet 'Import-Module' @{ Name = $module; DisableNameChecking = $true } | Out-Null
        } catch {
            Add-LyncError $_ $true
        }
        if (@(Get-Command -Name 'Get-CsTopology' -ErrorAction SilentlyContinue).Count -gt 0) {
            return
        }
    }
    foreach ($entry in $Lync.Errors) {
        # Ids and types do not depend on the language.
        if ($entry['id'] -cmatch '^UnauthorizedAccess' -or $entry['exception'] -cmatch '\.PSSecurityException\z') {
            $policies = Get-LyncPolicy
            foreach ($scope in @('MachinePolicy', 'UserPolicy')) {
                if ($policies.ContainsKey($scope)) {
                    Stop-Lync 'LyncGroupPolicy' ('{0} is {1}' -f $scope, $policies[$scope])
                }
            }
            Stop-Lync 'LyncPolicy' ('the execution policy is {0}' -f (Get-ExecutionPolicy))
        }
    }
    Stop-Lync 'LyncModuleLoad' ('no Get-CsTopology after loading {0}' -f ($found -join ', '))
}

# Reads the topology from the Central Management store. The local copy of it can be outdated.
function Read-LyncTopology {
    $topology = @(Invoke-LyncCmdlet 'Get-CsTopology' @{ AsXml = $true })
    if ($topology.Count -ne 1 -or $null -eq $topology[0]) {
        Stop-Lync 'LyncNoTopology' ('Get-CsTopology -AsXml put out {0} objects' -f $topology.Count)
    }
    # The type of the output is not documented. The help of the cmdlet uses ToString(), which returns the text of an
    # XDocument, an XElement and a string, but not of an XmlDocument.
    if ($topology[0] -is [Xml.XmlNode]) {
        $text = [string] $topology[0].OuterXml
    } else {
        $text = [string] $topology[0].ToString()
    }
    # A byte order mark is part of a file and not of a text.
    $text.TrimStart([char] 0xFEFF)
}
