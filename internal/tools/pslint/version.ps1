# Prints the versions of PowerShell and of PSScriptAnalyzer, and fails if the latter is missing.
$module = Get-Module -ListAvailable -Name PSScriptAnalyzer | Sort-Object -Property Version -Descending |
    Select-Object -First 1
if ($null -eq $module) {
    'PowerShell {0} without PSScriptAnalyzer' -f $PSVersionTable.PSVersion
    exit 1
}
'PowerShell {0} with PSScriptAnalyzer {1}' -f $PSVersionTable.PSVersion, $module.Version
