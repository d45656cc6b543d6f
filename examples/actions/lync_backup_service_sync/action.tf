# Before the maintenance of a pool: terraform apply -invoke=action.lync_backup_service_sync.paris_lyon
action "lync_backup_service_sync" "paris_lyon" {
  config {
    pool = "pool-paris.contoso.com" # or its partner
  }
}
