# Compiles the cmdlets in a folder into an assembly. The language is C# 5, that of the compiler of Windows PowerShell.
param([string] $Folder, [string] $Assembly)
$ErrorActionPreference = 'Stop'
$options = @{ OutputAssembly = $Assembly; OutputType = 'Library'; IgnoreWarnings = $true }
if ($PSVersionTable.PSVersion.Major -lt 6) {
    $options['ReferencedAssemblies'] = @('System.Core', 'System.Xml', 'System.Xml.Linq')
} else {
    $options['CompilerOptions'] = '-langversion:5'
}
Add-Type -Path (Get-ChildItem -Path $Folder -Filter '*.cs').FullName @options
