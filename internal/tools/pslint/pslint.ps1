# Runs PSScriptAnalyzer, and fails if it reports anything, information included:
#
#   pwsh -NoProfile -File pslint.ps1 SETTINGS.psd1 SCRIPT.ps1 ...
$ErrorActionPreference = 'Stop'
$settings, $scripts = $args
$findings = @(foreach ($script in $scripts) {
    Invoke-ScriptAnalyzer -Path $script -Settings $settings
})
foreach ($finding in $findings) {
    '{0}:{1}:{2}: {3} ({4})' -f $finding.ScriptPath, $finding.Line, $finding.Column, $finding.Message, $finding.RuleName
}
'{0} scripts checked, {1} findings' -f @($scripts).Count, $findings.Count
if ($findings.Count -gt 0) {
    exit 1
}
