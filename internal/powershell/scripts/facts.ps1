# Tells what is on the host, without loading anything.
Invoke-Lync {
    $Lync.Result['wow64'] = [bool] (Test-LyncWow64)
    $Lync.Result['modules'] = @(Find-LyncModule)
    $Lync.Result['policies'] = Get-LyncPolicy
    $Lync.Result['culture'] = [string] [Threading.Thread]::CurrentThread.CurrentCulture.Name
}
