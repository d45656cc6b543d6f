# Parses PowerShell scripts with PowerShell's own parser and fails where one has a syntax error:
#
#   pwsh -NoProfile -File psparse.ps1 SCRIPT.ps1 ...
$faults = 0
foreach ($file in $args) {
    $tokens = $null
    $errors = $null
    [void] [Management.Automation.Language.Parser]::ParseFile((Resolve-Path -LiteralPath $file).ProviderPath, [ref] $tokens, [ref] $errors)
    foreach ($fault in $errors) {
        $faults++
        [Console]::Error.WriteLine(('{0}:{1}:{2}: {3}' -f $file, $fault.Extent.StartLineNumber, $fault.Extent.StartColumnNumber, $fault.Message))
    }
}
'{0} scripts parsed, {1} syntax errors' -f $args.Count, $faults
if ($faults -gt 0) { exit 1 }
