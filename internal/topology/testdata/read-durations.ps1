# Reads durations as .NET does, for the differential test. The file Durations has one in each line. The file Results gets
# a line for each: the ticks of 100 nanoseconds, or "refuses".
param([string] $Durations, [string] $Results)

$ErrorActionPreference = 'Stop'
$lines = foreach ($text in [System.IO.File]::ReadAllText($Durations).Split("`n")) {
    try {
        [System.Xml.XmlConvert]::ToTimeSpan($text).Ticks.ToString()
    } catch {
        'refuses'
    }
}
[System.IO.File]::WriteAllText($Results, ($lines -join "`n"))
