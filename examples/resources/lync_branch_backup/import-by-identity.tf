import {
  to = lync_branch_backup.nantes
  identity = {
    appliance = "sba-nantes.contoso.com"
  }
}
