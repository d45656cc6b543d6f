# Makes the scripts load the module as in Windows PowerShell.
function Get-LyncEdition {
    'Desktop'
}
