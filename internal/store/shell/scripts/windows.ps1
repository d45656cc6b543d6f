# Functions that exist on Windows only: accounts, access control lists, and a mutex that all accounts can acquire. Tests
# replace this file by stand-ins. An account is a SID, as text.

# Returns the account that runs this script.
function Get-LyncSelf {
    [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
}

# Returns the name of an account, in the language of the host.
function Get-LyncAccountName {
    param([string] $Sid)
    (New-Object Security.Principal.SecurityIdentifier ($Sid)).Translate([Security.Principal.NTAccount]).Value
}

# Returns the owner of a file or a folder, and the entries of its access control list, inherited ones included.
function Get-LyncAccess {
    param([string] $Path)
    $acl = Get-Acl -LiteralPath $Path
    $rules = New-Object 'Collections.Generic.List[object]'
    foreach ($rule in $acl.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
        $rules.Add(@{
            sid = $rule.IdentityReference.Value
            type = [string] $rule.AccessControlType
            rights = [int] $rule.FileSystemRights
            flags = [int] $rule.PropagationFlags
        })
    }
    @{ owner = $acl.GetOwner([Security.Principal.SecurityIdentifier]).Value; rules = $rules.ToArray() }
}

# Creates a folder on which only these accounts have rights. It does not change an existing folder.
function New-LyncFolder {
    param([string] $Path, [string[]] $Accounts)
    $security = New-Object Security.AccessControl.DirectorySecurity
    $security.SetAccessRuleProtection($true, $false)
    foreach ($sid in $Accounts) {
        $account = New-Object Security.Principal.SecurityIdentifier ($sid)
        $rule = New-Object Security.AccessControl.FileSystemAccessRule ($account, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow')
        $security.AddAccessRule($rule)
    }
    [void] [IO.Directory]::CreateDirectory($Path, $security)
}

# Creates or opens a mutex that all accounts on this host can acquire.
function Open-LyncMutex {
    param([string] $Name)
    $users = New-Object Security.Principal.SecurityIdentifier ([Security.Principal.WellKnownSidType]::AuthenticatedUserSid, $null)
    $rule = New-Object Security.AccessControl.MutexAccessRule ($users, 'Synchronize, Modify', 'Allow')
    $security = New-Object Security.AccessControl.MutexSecurity
    $security.AddAccessRule($rule)
    $created = $false
    New-Object Threading.Mutex ($false, $Name, ([ref] $created), $security)
}
