# The settings of PSScriptAnalyzer for all PowerShell scripts of the repository. `make lint` uses them, and editors find
# them here.
@{
    IncludeDefaultRules = $true

    ExcludeRules = @(
        # The rule is for cmdlets that a user calls with -WhatIf or -Confirm. The functions of these scripts have one
        # caller, a script of the provider, which has no user to ask.
        'PSUseShouldProcessForStateChangingFunctions'
    )

    Rules = @{
        # Windows PowerShell of Lync Server 2013 (3.0) to Skype for Business Server 2019 (5.1). Tests run the scripts in
        # PowerShell 7.
        PSUseCompatibleSyntax = @{
            Enable = $true
            TargetVersions = @('3.0', '4.0', '5.1', '7.0')
        }
        PSUseCompatibleCmdlets = @{
            compatibility = @('desktop-3.0-windows', 'desktop-4.0-windows', 'desktop-5.1.14393.206-windows')
        }
    }
}
