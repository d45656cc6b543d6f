# Prints what PowerShell scripts use of .NET, one use in each line: the file, the line and the use, between tabs. A type is
# its full name, a static member Type::Name, an instance member Type.Name, and a constructor Type::new. The number of
# arguments of a method or a constructor follows a slash. Of an instance member, several types are separated by a bar, and
# ? is a type that does not follow from the text. It needs PowerShell 7:
#
#   pwsh -NoProfile -File uses.ps1 SCRIPT.ps1 ...
$ErrorActionPreference = 'Stop'

# The type inference of command completion. It is not public.
$inference = [psobject].Assembly.GetType('System.Management.Automation.AstTypeInference').GetMethod('InferTypeOf',
    [Reflection.BindingFlags] 'Static, Public, NonPublic', $null, @([Management.Automation.Language.Ast]), $null)

# Returns the full name of a type: that of the elements of an array, without the arguments of a generic type. For a type
# that is not public, it is the name of its public base type.
function Get-FullName {
    param([type] $Type)
    while ($Type.HasElementType) {
        $Type = $Type.GetElementType()
    }
    while (-not $Type.IsVisible) {
        $Type = $Type.BaseType
    }
    if ($Type.IsGenericType) {
        $Type = $Type.GetGenericTypeDefinition()
    }
    $Type.FullName
}

# Returns the full name of the type that a text names, or the text if this PowerShell does not have the type.
function Resolve-Name {
    param([string] $Name)
    $type = $Name -as [type]
    if ($null -eq $type) {
        return $Name
    }
    Get-FullName $type
}

# Returns the number of arguments of New-Object, with a slash.
function Get-ArgumentCount {
    param($Command)
    $elements = $Command.CommandElements
    if ($elements.Count -eq 2) {
        return '/0'
    }
    if ($elements.Count -gt 3 -or $elements[2] -isnot [Management.Automation.Language.ParenExpressionAst]) {
        return '/?'
    }
    $expression = $elements[2].Pipeline.PipelineElements[0].Expression
    if ($expression -is [Management.Automation.Language.ArrayLiteralAst]) {
        return '/' + $expression.Elements.Count
    }
    '/1'
}

# Returns the types that an expression can have, or ?. The output of a cmdlet has other types than those of its help, if
# it depends on a provider.
function Get-InferredType {
    param($Expression)
    if ($Expression -is [Management.Automation.Language.ParenExpressionAst]) {
        $command = $Expression.Pipeline.PipelineElements[0]
        if ($command -is [Management.Automation.Language.CommandAst] -and $command.GetCommandName() -ne 'New-Object') {
            return '?'
        }
    }
    $names = foreach ($inferred in $inference.Invoke($null, @($Expression))) {
        if ($null -ne $inferred.Type) {
            if ($inferred.Type.IsArray) { 'System.Array' } else { Get-FullName $inferred.Type }
        }
    }
    $names = @($names | Sort-Object -Unique)
    if ($names.Count -eq 0 -or $names -contains 'System.Object') {
        return '?'
    }
    $names -join '|'
}

# Returns the use of a member.
function Get-MemberUse {
    param($Member)
    $name = $Member.Member.Extent.Text
    if ($Member -is [Management.Automation.Language.InvokeMemberExpressionAst]) {
        $name += '/' + @($Member.Arguments | Where-Object { $null -ne $_ }).Count
    }
    if (-not $Member.Static) {
        $types = Get-InferredType $Member.Expression
        # A key of a hash table, and the property that PowerShell adds to every object.
        if (($types -eq 'System.Collections.Hashtable' -and $name -ne 'Keys' -and $name -notlike '*/*') -or $name -eq 'Count') {
            $types = '?'
        }
        return $types + '.' + $name
    }
    if ($Member.Expression -is [Management.Automation.Language.TypeExpressionAst]) {
        return (Resolve-Name $Member.Expression.TypeName.FullName) + '::' + $name
    }
    '?::' + $name
}

foreach ($file in $args) {
    $tokens = $null
    $errors = $null
    $script = [Management.Automation.Language.Parser]::ParseFile($file, [ref] $tokens, [ref] $errors)
    if ($errors) {
        throw $errors[0]
    }
    foreach ($ast in $script.FindAll({ $true }, $true)) {
        $uses = @()
        if ($ast -is [Management.Automation.Language.TypeExpressionAst] -or
            $ast -is [Management.Automation.Language.AttributeBaseAst]) {
            $uses = @(Resolve-Name $ast.TypeName.FullName)
        } elseif ($ast -is [Management.Automation.Language.MemberExpressionAst]) {
            $uses = @(Get-MemberUse $ast)
        } elseif ($ast -is [Management.Automation.Language.CommandAst] -and $ast.GetCommandName() -eq 'New-Object') {
            $type = Resolve-Name $ast.CommandElements[1].Extent.Text.Trim("'")
            $uses = @($type, ($type + '::new' + (Get-ArgumentCount $ast)))
        }
        foreach ($use in $uses) {
            "{0}`t{1}`t{2}" -f [IO.Path]::GetFileNameWithoutExtension($file), $ast.Extent.StartLineNumber, $use
        }
    }
}
