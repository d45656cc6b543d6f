@{
    ModuleVersion = '5.0.8308.0'
    GUID = '0d4b5d5c-3b6a-4a0c-9d4e-6f1f6d1f0c11'
    RootModule = 'Lync.dll'
    CmdletsToExport = @(
        'Get-CsTopology', 'Publish-CsTopology', 'Enable-CsTopology', 'Get-CsRegistrarConfiguration',
        'Get-CsSimpleUrlConfiguration', 'Get-CsBackupServiceStatus', 'Invoke-CsBackupServiceSync'
    )
    FunctionsToExport = @()
    AliasesToExport = @()
    VariablesToExport = @()
}
