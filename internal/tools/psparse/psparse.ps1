# Parses PowerShell scripts with PowerShell's parser, and fails if one has a syntax error:
#
#   pwsh -NoProfile -File psparse.ps1 SCRIPT.ps1 ...
$faults = 0
foreach ($file in $args) {
    $tokens = $null
    $errors = $null
    $path = (Resolve-Path -LiteralPath $file).ProviderPath
    [void] [Management.Automation.Language.Parser]::ParseFile($path, [ref] $tokens, [ref] $errors)
    foreach ($fault in $errors) {
        $faults++
        $at = $fault.Extent
        $text = '{0}:{1}:{2}: {3}' -f $file, $at.StartLineNumber, $at.StartColumnNumber, $fault.Message
        [Console]::Error.WriteLine($text)
    }
}
'{0} scripts parsed, {1} syntax errors' -f $args.Count, $faults
if ($faults -gt 0) { exit 1 }
