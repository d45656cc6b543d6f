# Compiles the cmdlets in a folder into an assembly.
param([string] $Folder, [string] $Assembly)
$ErrorActionPreference = 'Stop'
Add-Type -Path (Get-ChildItem -Path $Folder -Filter '*.cs').FullName -OutputAssembly $Assembly -OutputType Library
