# The start of every script. The rest of a script is functions and one call of Invoke-Lync with the work of the script.
#
# Scripts use PowerShell 3.0 syntax and ASCII only, and contain no value: values are in $Lync.Data, the document in
# $Lync.Document. $LyncBlocks is standard input, split at its dots: the script, the data, the document, a secret, and an
# empty block. No command has the secret or its block as an argument: Module Logging and Transcription record arguments.
# $LyncPiped is true if re-enter.ps1 runs the script in a session, which has no console.

# 'Stop' is for the statements of scripts. Invoke-LyncCmdlet sets 'Continue' for its cmdlet. The functions of modules do
# not inherit from this scope.
$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'

$english = [Globalization.CultureInfo]::GetCultureInfo('en-US')
[Threading.Thread]::CurrentThread.CurrentCulture = $english
[Threading.Thread]::CurrentThread.CurrentUICulture = $english
try {
    # For threads that cmdlets start. .NET before 4.5 does not have these properties.
    [Globalization.CultureInfo]::DefaultThreadCurrentCulture = $english
    [Globalization.CultureInfo]::DefaultThreadCurrentUICulture = $english
} catch {
    $english = $null
}

$Lync = @{
    Nonce = ''
    Data = $null
    Document = $null
    Result = @{}
    ResultDocument = $null
    Errors = New-Object 'Collections.Generic.List[object]'
    Warnings = New-Object 'Collections.Generic.List[object]'
    Seen = New-Object 'Collections.Generic.List[object]'
    # The number of recorded errors, including those that are no longer in Errors.
    ErrorCount = 0
    # The number of bytes that the values of Use-LyncSpace may still have in the JSON of the answer.
    Space = 614400
}

# Returns the text of the data (1) or of the document (2): base64 of gzip of UTF-8. .NET ignores white space in base64.
function Read-LyncBlock {
    param([int] $Index)
    $packed = New-Object IO.MemoryStream (, [Convert]::FromBase64String($LyncBlocks[$Index]))
    $zip = New-Object IO.Compression.GZipStream ($packed, [IO.Compression.CompressionMode]::Decompress)
    $reader = New-Object IO.StreamReader ($zip, (New-Object Text.UTF8Encoding ($false, $true)))
    $reader.ReadToEnd()
    $reader.Dispose()
}

# Returns the secret, base64 of UTF-16, and removes its block. Only .NET receives the block and the characters, so that
# the secret is no argument of a command. It never becomes a string.
function Read-LyncSecret {
    $secret = New-Object Security.SecureString
    $secretBytes = [Convert]::FromBase64String($LyncBlocks[3])
    $LyncBlocks[3] = ''
    for ($i = 0; $i -lt $secretBytes.Length; $i += 2) {
        $secret.AppendChar([BitConverter]::ToChar($secretBytes, $i))
        $secretBytes[$i] = $secretBytes[$i + 1] = 0
    }
    $secret.MakeReadOnly()
    $secret
}

# Returns the block of a text: the number of its bytes, a colon, and base64 in lines of 76 characters. The provider
# unpacks no more than that number of bytes.
function Format-LyncBlock {
    param([string] $Text)
    $bytes = (New-Object Text.UTF8Encoding ($false)).GetBytes($Text)
    $packed = New-Object IO.MemoryStream
    $zip = New-Object IO.Compression.GZipStream ($packed, [IO.Compression.CompressionMode]::Compress)
    $zip.Write($bytes, 0, $bytes.Length)
    $zip.Dispose()
    [string] $bytes.Length + ':' + [Convert]::ToBase64String($packed.ToArray(), [Base64FormattingOptions]::InsertLineBreaks)
}

# Returns the JSON of a value.
function ConvertTo-LyncJson {
    param($Value)
    ConvertTo-Json -Depth 16 -Compress -InputObject $Value
}

# Returns the number of bytes that a value has in JSON. That depends on the text and on the version of PowerShell:
# Windows PowerShell writes an apostrophe as an escape of six bytes.
function Get-LyncSize {
    param($Value)
    [Text.Encoding]::UTF8.GetByteCount((ConvertTo-LyncJson $Value))
}

# Takes the space of a value that the script is about to add to the result. Every value that can be long needs that. If
# there is too little space, returns false and adds a warning with the name of the value.
function Use-LyncSpace {
    param($Value, [string] $Name)
    $size = Get-LyncSize $Value
    if ($size -gt $Lync.Space) {
        Add-LyncWarning ('{0} is too long to be sent to the provider' -f $Name)
        return $false
    }
    $Lync.Space -= $size
    $true
}

# Returns the block of a text that is a part of the result, or an empty text if there is too little space for it.
function Format-LyncText {
    param([string] $Text, [string] $Path)
    $block = Format-LyncBlock $Text
    if (Use-LyncSpace $block $Path) {
        return $block
    }
    ''
}

# Returns the start of a text.
function Get-LyncStart {
    param([string] $Text, [int] $Length)
    if ($Text.Length -gt $Length) {
        return $Text.Substring(0, $Length) + '...'
    }
    $Text
}

# Removes the records in the middle of a list, so that it does not exceed a length. The first record is often the cause,
# and the last error ended the script.
function Limit-LyncRecord {
    param($Records, [int] $Length)
    if ($Records.Count -gt $Length) {
        $Records.RemoveRange([int] ($Length / 2), $Records.Count - $Length)
    }
}

# Removes records from the middle of a list until its JSON does not exceed a number of bytes. The first and the last
# record always remain.
function Limit-LyncSize {
    param($Records, [int] $Size)
    while ($Records.Count -gt 2 -and (Get-LyncSize $Records.ToArray()) -gt $Size) {
        Limit-LyncRecord $Records ([int] ($Records.Count / 2))
    }
}

# Returns the SHA-256 of a text as UTF-8, in lower case hexadecimal. This class also works if a policy requires FIPS
# algorithms.
function Get-LyncHash {
    param([string] $Text)
    $algorithm = New-Object Security.Cryptography.SHA256CryptoServiceProvider
    $hash = $algorithm.ComputeHash((New-Object Text.UTF8Encoding ($false)).GetBytes($Text))
    $algorithm.Dispose()
    [BitConverter]::ToString($hash).Replace('-', '').ToLowerInvariant()
}

# Returns true if two texts are the same. The operators of PowerShell, also -ceq, ignore characters that are invisible,
# such as a soft hyphen, and -eq ignores case.
function Test-LyncEqual {
    param([string] $One, [string] $Other)
    [string]::Equals($One, $Other, [StringComparison]::Ordinal)
}

# Writes lines to [Console]::Out, because the PowerShell host would break and color them. In a session it writes them to
# the pipeline, in pieces of limited size, and re-enter.ps1 writes them to its console.
function Write-LyncOutput {
    param([string] $Text)
    if (-not $LyncPiped) {
        [Console]::Out.WriteLine($Text)
        [Console]::Out.Flush()
        return
    }
    for ($i = 0; $i -lt $Text.Length; $i += 32768) {
        $Text.Substring($i, [Math]::Min(32768, $Text.Length - $i))
    }
}

# Ends the script with an error. The provider decides by the id; the text is the detail of its message.
function Stop-Lync {
    param([string] $Id, [string] $Text)
    $exception = New-Object InvalidOperationException ($Text)
    throw (New-Object Management.Automation.ErrorRecord ($exception, $Id, [Management.Automation.ErrorCategory]::InvalidOperation, $null))
}

# Records a warning.
function Add-LyncWarning {
    param([string] $Text)
    $Lync.Warnings.Add((Get-LyncStart $Text 4096))
    Limit-LyncRecord $Lync.Warnings 100
}

# Records an error once: an error that ended a cmdlet is also in its error variable. Cmdlet is the cmdlet that a script
# ran. An error of another command inside it, and one without a command, belong to that cmdlet.
function Add-LyncError {
    param($Fault, [bool] $Terminating, [string] $Cmdlet = '')
    $record = $Fault
    if ($Fault -is [Management.Automation.RuntimeException]) {
        $record = $Fault.ErrorRecord
    }
    $exception = $record
    if ($record -is [Management.Automation.ErrorRecord]) {
        $exception = $record.Exception
        if ($exception -is [Management.Automation.ParentContainsErrorRecordException]) {
            # It stands for the exception that has the record.
            $exception = $Fault
        }
    }
    for ($i = 0; $i -lt $Lync.Seen.Count; $i++) {
        if ([object]::ReferenceEquals($Lync.Seen[$i], $exception)) {
            if ($Terminating) {
                # Seen and Errors have the same indexes.
                $Lync.Errors[$i]['terminating'] = $true
            }
            return
        }
    }
    $Lync.Seen.Add($exception)
    $Lync.ErrorCount++

    $causes = New-Object 'Collections.Generic.List[object]'
    $cause = $exception.InnerException
    while ($null -ne $cause -and $causes.Count -lt 8) {
        $causes.Add((Get-LyncStart ('{0}: {1}' -f $cause.GetType().FullName, $cause.Message) 1024))
        $cause = $cause.InnerException
    }

    $entry = @{
        message = Get-LyncStart $exception.Message 4096
        exception = Get-LyncStart ($exception.GetType().FullName) 1024
        causes = $causes.ToArray()
        category = ''
        cmdlet = ''
        id = ''
        position = ''
        terminating = $Terminating
    }
    if ($record -is [Management.Automation.ErrorRecord]) {
        $entry['category'] = [string] $record.CategoryInfo.Category
        $entry['cmdlet'] = Get-LyncStart $record.CategoryInfo.Activity 1024
        $entry['id'] = Get-LyncStart $record.FullyQualifiedErrorId 1024
        if ($null -ne $record.InvocationInfo) {
            $entry['position'] = Get-LyncStart $record.InvocationInfo.PositionMessage 1024
            if ($null -ne $record.InvocationInfo.MyCommand) {
                $entry['cmdlet'] = Get-LyncStart $record.InvocationInfo.MyCommand.Name 1024
            }
        }
    }
    if ($Cmdlet) {
        $entry['cmdlet'] = $Cmdlet
    }
    $Lync.Errors.Add($entry)
    Limit-LyncRecord $Lync.Errors 100
    Limit-LyncRecord $Lync.Seen 100
}

# Runs a cmdlet without confirmation and returns its output. It records errors and warnings. Only an error that ends the
# cmdlet ends the script too: otherwise the caller decides by the resulting state.
#
# A cmdlet that is a function can run break or continue outside a loop of its own. PowerShell then continues after the
# next loop of the callers. That is the loop of this function, so that no caller omits a check.
function Invoke-LyncCmdlet {
    param([string] $Name, [hashtable] $Arguments = @{})
    $command = Get-Command -Name $Name
    $all = @{}
    foreach ($key in $Arguments.Keys) {
        $all[$key] = $Arguments[$key]
    }
    $all['ErrorAction'] = 'Continue'
    $all['ErrorVariable'] = 'lyncErrors'
    $all['WarningVariable'] = 'lyncWarnings'
    if ($command.Parameters.ContainsKey('Confirm')) {
        $all['Confirm'] = $false
    }
    $lyncErrors = @()
    $lyncWarnings = @()
    $last = $null
    $ended = $false
    try {
        do {
            & $command @all 2>$null 3>$null
            $ended = $true
        } while ($false)
        if (-not $ended) {
            Stop-Lync 'LyncBreak' ('{0} ran break or continue outside a loop, so that it did not end' -f $command.Name)
        }
    } catch {
        $last = $_
        throw
    } finally {
        foreach ($fault in @($lyncErrors)) {
            if ($null -ne $fault) {
                Add-LyncError -Fault $fault -Terminating $false -Cmdlet $command.Name
            }
        }
        if ($null -ne $last) {
            Add-LyncError -Fault $last -Terminating $true -Cmdlet $command.Name
        }
        foreach ($warning in @($lyncWarnings)) {
            if ($null -ne $warning) {
                Add-LyncWarning $warning
            }
        }
    }
}

function Get-LyncEdition {
    if ($PSVersionTable.ContainsKey('PSEdition')) {
        return [string] $PSVersionTable['PSEdition']
    }
    'Desktop'
}

# Describes the host and its PowerShell. Every answer contains this.
function Get-LyncHost {
    @{
        computer = [string] [Environment]::MachineName
        powershell = [string] $PSVersionTable.PSVersion
        edition = [string] (Get-LyncEdition)
        bits = [IntPtr]::Size * 8
        windows = [string] [Environment]::OSVersion.Version
        windows_bits = $(if ([Environment]::Is64BitOperatingSystem) { 64 } else { 32 })
        language_mode = [string] $ExecutionContext.SessionState.LanguageMode
    }
}

# Returns the JSON of the answer. The provider accepts 1 MiB, 1048576 bytes. These are 614400 of the values of
# Use-LyncSpace, 262144 of errors, 98304 of warnings, and 73728 of all other values, which are names and paths. Two
# records are below these limits: the texts of an error have 16500 characters and a warning 4100, of up to six bytes.
function Get-LyncAnswer {
    param([bool] $Done)
    $answer = @{
        done = $Done
        facts = Get-LyncHost
        result = $Lync.Result
        errors = $Lync.Errors.ToArray()
        warnings = $Lync.Warnings.ToArray()
        document_sha256 = $(if ($null -ne $Lync.ResultDocument) { Get-LyncHash $Lync.ResultDocument } else { '' })
    }
    if ((Get-LyncSize $answer) -gt 1048576) {
        Limit-LyncSize $Lync.Errors 262144
        Limit-LyncSize $Lync.Warnings 98304
        $answer['errors'] = $Lync.Errors.ToArray()
        $answer['warnings'] = $Lync.Warnings.ToArray()
    }
    ConvertTo-LyncJson $answer
}

# Runs the work of the script and then writes the answer, also after an error. Of the output of the work it writes only
# marks.
function Invoke-Lync {
    param([scriptblock] $Work)
    $options = @{}
    if ((Get-Command -Name 'ConvertFrom-Json').Parameters.ContainsKey('DateKind')) {
        # PowerShell 7 would convert a string that looks like a date.
        $options['DateKind'] = 'String'
    }
    $envelope = ConvertFrom-Json -InputObject (Read-LyncBlock 1) @options
    $Lync.Nonce = [string] $envelope.nonce
    $Lync.Data = $envelope.data

    $done = $false
    try {
        if ($LyncBlocks[2].Trim()) {
            $Lync.Document = Read-LyncBlock 2
            if (-not (Test-LyncEqual (Get-LyncHash $Lync.Document) $envelope.document_sha256)) {
                Stop-Lync 'LyncInput' 'the document did not arrive as it was sent'
            }
        }
        & $Work | Where-Object { ($_ -is [string]) -and $_.StartsWith('{lync:' + $Lync.Nonce, [StringComparison]::Ordinal) }
        $done = $true
    } catch {
        Add-LyncError $_ $true
    }

    $answer = Get-LyncAnswer $done
    $text = New-Object Text.StringBuilder
    [void] $text.AppendLine().AppendLine('{lync:' + $Lync.Nonce + ':result}').AppendLine((Format-LyncBlock $answer))
    if ($null -ne $Lync.ResultDocument) {
        [void] $text.AppendLine('{lync:' + $Lync.Nonce + ':document}').AppendLine((Format-LyncBlock $Lync.ResultDocument))
    }
    [void] $text.AppendLine('{lync:' + $Lync.Nonce + ':end}')
    Write-LyncOutput $text.ToString()
}
