terraform import lync_branch_backup.nantes sba-nantes.contoso.com
