import {
  to = lync_branch_backup.nantes
  id = "sba-nantes.contoso.com"
}
